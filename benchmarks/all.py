"""Every benchmark, one after the other, in one report: `make bench DATA=DIR`.

python -m benchmarks.all --data DIR [--slow] [--only NAME ...]. Each runs as a process of its own with a time limit; one
that fails or takes too long is said so, and the rest go on. Every figure stands beside its target and its baseline in
benchmarks/out/report.md, the main ones of retrieval and latency are drawn in benchmarks/out/report.png. The folder's
libraries are kept in benchmarks/out/kept, so that a second run does not embed again.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
OUT = HERE / "out"
KEPT = OUT / "kept"
LONGEST = 3_600  # seconds a benchmark may take
LONGEST_SLOW = 3 * 3_600  # the same for the slow ones

DATA = ("--data", "{data}")
OWN = ()  # its set ships with the code
ARGUMENTS: dict[str, tuple[str, ...]] = {
    "retrieval": (*DATA, "--keep", "{kept}/retrieval"),
    "index": (*DATA, "--keep", "{kept}/retrieval"),
    "first_lines": (*DATA, "--keep", "{kept}/retrieval"),
    "latency": (*DATA, "--keep", "{kept}/latency"),
    "answers": (*DATA, "--save", "{kept}/answers.json"),
    "briefing": OWN,
    "timeline": OWN,
    "sameness": OWN,
    "intents": OWN,
    "conflicts": OWN,
    "marks": OWN,
    "faults": OWN,
    "mutants": OWN,
}
"""How a benchmark is called where `--data` is not all it takes; in this order, and before the others."""

SLOW = frozenset(("schedule", "delivery", "faults", "kill", "kill_ingest", "load", "mutants", "replicas"))


@dataclass(frozen=True)
class Outcome:
    name: str
    printed: str
    seconds: float
    fault: str = ""


def names(slow: bool, only: Sequence[str]) -> list[str]:
    """Return the benchmarks of this folder that are to be run: the modules that can be."""
    found = {path.stem for path in HERE.glob("*.py") if "__main__" in path.read_text(encoding="utf-8")}
    ordered = [name for name in ARGUMENTS if name in found] + sorted(found - ARGUMENTS.keys() - {"all"})
    return [name for name in ordered if (name in only if only else slow or name not in SLOW)]


def run(name: str, data: Path) -> Outcome:
    """Run one benchmark; what it printed until it ended, failed or ran out of time is kept."""
    arguments = [part.format(data=data, kept=KEPT) for part in ARGUMENTS.get(name, DATA)]
    limit = LONGEST_SLOW if name in SLOW else LONGEST
    start = time.monotonic()
    with (OUT / f"{name}.txt").open("w+", encoding="utf-8") as printed:
        try:
            ended = subprocess.run(
                [sys.executable, "-u", "-m", f"benchmarks.{name}", *arguments],  # -u: what is killed has said its part
                check=False,
                cwd=HERE.parent,
                stdout=printed,
                stderr=subprocess.PIPE,
                text=True,
                timeout=limit,
            )
            fault = f"it failed ({_last_line(ended.stderr)})" if ended.returncode else ""
        except subprocess.TimeoutExpired:
            fault = f"it took longer than {limit} seconds"
        printed.seek(0)
        return Outcome(name, printed.read(), time.monotonic() - start, fault)


def _last_line(said: str) -> str:
    return said.strip().splitlines()[-1][:200] if said.strip() else "it did not say why"


def report(outcomes: Sequence[Outcome]) -> str:
    """Return all that was printed as Markdown, what did not end well first."""
    faults = [f"- `benchmarks.{outcome.name}`: {outcome.fault}" for outcome in outcomes if outcome.fault]
    parts = ["# Benchmarks\n", *(["Not everything ran:\n", *faults, ""] if faults else [])]
    parts += [f"## {one.name} ({one.seconds:.0f} s)\n\n```\n{one.printed.rstrip()}\n```\n" for one in outcomes]
    return "\n".join(parts)


# --- the plot ----------------------------------------------------------------------------------


def retrieval_figures(printed: str) -> dict[str, list[tuple[str, float, float]]]:
    """Return (language, same, across) of each ranking, from the table that `benchmarks.retrieval` prints."""
    line = re.compile(r"^(.+?)\s+(en|es|ru)\s+(\.?[\d.]+) \(.*?\)\s+([\d.]+) \(", re.MULTILINE)
    found: dict[str, list[tuple[str, float, float]]] = {}
    for name, language, same, across in line.findall(printed):
        found.setdefault(name, []).append((language, float(same), float(across)))
    return found


def latency_figures(printed: str) -> list[tuple[int, list[float]]]:
    """Return the milliseconds of embedding, stock search, asking and asking as of, by size of library."""
    line = re.compile(r"^\s*([\d,]+)\s+([\d.]+)\s+([\d.]+)\s+([\d.]+)\s+([\d.]+)\s+ask", re.MULTILINE)
    return [(int(size.replace(",", "")), [float(ms) for ms in times]) for size, *times in line.findall(printed)]


def draw(outcomes: Sequence[Outcome], target: Path) -> bool:
    """Draw what there is of retrieval and latency; return whether there was anything."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    rankings = retrieval_figures("\n".join(o.printed for o in outcomes if o.name == "retrieval"))
    sizes = dict(latency_figures("\n".join(o.printed for o in outcomes if o.name == "latency")))
    if not rankings and not sizes:
        return False
    figure, (left, right) = pyplot.subplots(1, 2, figsize=(11, 4))
    for shift, (name, rows) in enumerate(rankings.items()):
        left.bar([n + 0.25 * shift for n in range(len(rows))], [across for *_, across in rows], 0.23, label=name)
        left.set_xticks([n + 0.25 for n in range(len(rows))], [language for language, *_ in rows])
    left.axhline(0.93, color="grey", linestyle="--", label="target .93")
    left.set_title("XQuAD across languages, hit@5")
    for n, name in enumerate(("embedding", "LangChain + Chroma", "ask", "ask as of")):
        right.plot(list(sizes), [times[n] for times in sizes.values()], marker="o", label=name)
    right.set_xscale("log")
    right.set_ylim(bottom=0)
    right.set_xlabel("passages")
    right.set_title("Milliseconds a question, 95th percentile")
    for axes in (left, right):
        axes.legend(fontsize="small")
    figure.tight_layout()
    figure.savefig(target, dpi=120)
    return True


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--slow", action="store_true", help="also 10,000 briefs and hundreds of kills")
    parser.add_argument("--only", nargs="+", default=(), metavar="NAME", help="these benchmarks only")
    options = parser.parse_args()
    for folder in (KEPT / "retrieval", KEPT / "latency"):
        folder.mkdir(parents=True, exist_ok=True)
    outcomes = []
    for name in names(options.slow, options.only):
        print(f"\n== {name}", flush=True)
        outcomes.append(run(name, options.data.resolve()))
        print(outcomes[-1].printed + (f"!! {outcomes[-1].fault}" if outcomes[-1].fault else ""), flush=True)
        (OUT / "report.md").write_text(report(outcomes), encoding="utf-8")
    drawn = draw(outcomes, OUT / "report.png")
    print(f"\nAll of it is in {OUT / 'report.md'}" + (f", a plot in {OUT / 'report.png'}." if drawn else "."))
    if any(outcome.fault for outcome in outcomes):
        raise SystemExit("Failed: " + ", ".join(outcome.name for outcome in outcomes if outcome.fault))


if __name__ == "__main__":
    main()
