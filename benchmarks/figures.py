"""Figures read from labelled sentences: precision and recall of kind + value + group, and of the speaker.

Run: python -m benchmarks.figures [--part dev|test] [--show] [FILE.jsonl ...]
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from retrieval.domain import Article, Figure, Moment
from retrieval.figures.extraction import read_figures
from retrieval.language.doc import Doc
from retrieval.language.packs import FULL_LANGUAGES

ROOT = Path(__file__).parent.parent
LABELS = ROOT / "tests" / "data" / "figures"
VELMORA = ROOT / "tests" / "data" / "velmora"
TARGETS = {"precision": 0.95, "recall": 0.85, "speaker": 0.90}
PARTS = ("dev", "second", "third", "test", "samples", "velmora")
PERIODS = ("curfew", "emergency")  # labelled by kind alone

Row = dict[str, Any]


def article(row: Row) -> Article:
    """Return a labelled row as the article that it is."""
    published = Moment(datetime.fromisoformat(row["published"]).replace(tzinfo=UTC), day_only=True)
    return Article(row["id"], None, row.get("title", ""), row["text"], row["language"], published)


def key(figure: Row) -> tuple[object, ...]:
    """Return what must be right of a figure: kind, value and group; of a period, its kind."""
    if figure["kind"] in PERIODS:
        return (figure["kind"],)
    return figure["kind"], figure["low"], figure["high"], figure["group"]


def read(row: Row) -> list[Row]:
    """Return the figures read from a row, in the form of its labels."""
    return [_as_row(f) for f in read_figures(Doc.of(article(row)))]


def _as_row(figure: Figure) -> Row:
    fields = ("low", "high", "group", "speaker")
    return {"kind": str(figure.kind)} | {name: getattr(figure, name) for name in fields}


def score(rows: list[Row], *, show: bool) -> Counter[str]:
    """Return how many figures were labelled, read, right, and right in their speaker too."""
    counts: Counter[str] = Counter()
    for row in rows:
        labelled, found = list(row["figures"]), read(row)
        counts.update(labelled=len(labelled), read=len(found))
        for one in found:
            match = next((label for label in labelled if key(label) == key(one)), None)
            if match is None:
                _tell(show, "surplus", row, one)
                continue
            labelled.remove(match)
            counts["right"] += 1
            if same_speaker(match["speaker"], one["speaker"]):
                counts["speaker"] += 1
            else:
                _tell(show, f"speaker {one['speaker']!r}", row, match)
        for label in labelled:
            _tell(show, "missed", row, label)
    return counts


def same_speaker(label: str | None, found: str | None) -> bool:
    """Tell whether two spans name the same speaker: one holds the other, or both name nobody."""
    if not label or not found:
        return not label and not found
    one, other = label.casefold(), found.casefold()
    return one in other or other in one


def _tell(show: bool, what: str, row: Row, figure: Row) -> None:
    if show:
        print(f"{what:>9} {row['id']} {figure} | {row['text'][:160]}")


def labelled(part: str) -> list[Row]:
    """Return the labelled sentences of a part; with "samples" and "velmora" whole articles."""
    if part == "samples":
        lines = (ROOT / "samples" / "articles.jsonl").read_text(encoding="utf-8").splitlines()
        articles = {row["id"]: row for row in map(json.loads, lines)}
        labels = _lines(LABELS / "samples.jsonl")
        rows = [articles[label["id"]] | label for label in labels]
        return [row | {"published": row["published_at"]} for row in rows]
    if part == "velmora":
        articles = {row["id"]: row for row in _lines(VELMORA / "articles.jsonl")}
        rows = [articles[label["id"]] | label for label in _lines(VELMORA / "figures.jsonl")]
        return [row | {"published": row["published_at"][:10]} for row in rows]
    return [row for language in FULL_LANGUAGES for row in _lines(LABELS / f"{language}-{part}.jsonl")]


def _lines(path: Path) -> list[Row]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def ratio(part: int, whole: int) -> float:
    return part / whole if whole else 1.0


def report(name: str, rows: list[Row], *, show: bool) -> None:
    """Print a line for each language, and one for all, beside the targets."""
    print(f"\n{name}: {len(rows)} rows")
    print(f"{'':6}{'labelled':>9}{'precision':>11}{'recall':>9}{'speaker':>9}")
    total: Counter[str] = Counter()
    for language in FULL_LANGUAGES:
        counts = score([row for row in rows if row["language"] == language], show=show)
        total += counts
        _line(language, counts)
    _line("all", total)
    print(f"{'target':6}{'':9}{TARGETS['precision']:>11.2f}{TARGETS['recall']:>9.2f}{TARGETS['speaker']:>9.2f}")


def _line(name: str, counts: Counter[str]) -> None:
    precision, recall = ratio(counts["right"], counts["read"]), ratio(counts["right"], counts["labelled"])
    speaker = ratio(counts["speaker"], counts["right"])
    print(f"{name:6}{counts['labelled']:>9}{precision:>11.3f}{recall:>9.3f}{speaker:>9.3f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", type=Path, help="further labelled files of the same form")
    parser.add_argument("--part", action="append", choices=PARTS)
    parser.add_argument("--show", action="store_true", help="print what was missed, surplus, or given another speaker")
    parser.add_argument("--data", type=Path, help="taken for the sake of `make bench`; these labels ship with the code")
    options = parser.parse_args()
    for path in options.files:
        report(path.name, _lines(path), show=options.show)
    for part in options.part or ([] if options.files else PARTS):
        report(part, labelled(part), show=options.show)


if __name__ == "__main__":
    main()
