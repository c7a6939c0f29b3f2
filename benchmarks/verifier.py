"""How often the verifier lets a tampered statement pass, and refuses a true one.

    python -m benchmarks.verifier [--data DIR] [--set dev|dev2|dev3|dev4|dev5|test|all] [--wrong]

Reads `tests/data/tampered/*.jsonl` (our own sentences, each file labelled before the verifier first saw it), or
`*.jsonl` of the same form in DIR. Rules and words were chosen by the `dev` files and, after its first look, by
`test`. At first look, unseen: `dev2` .8 % and 14 %, `dev3` 2.3 % and 31 %, `test` 2.3 % and 28 %, `dev4` (all
across languages) 3.8 % and 31 %, `dev5` 2.9 % and 31 %. What is wrongly refused is nearly all across languages,
where statement or quote has words that `verify_concepts.tsv` lacks; so expect more than the target there on
other stories.

Beside it runs the rule of kotaemon's citation matcher as its users know it: a quote is taken for found when about a
third of the text overlaps.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter
from collections.abc import Callable
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

from retrieval.answer.verify import verify

TARGET_ACCEPTED = 0.01  # of tampered statements
TARGET_REFUSED = 0.05  # of true statements
THIRD = 1 / 3  # of the statement, in the longest run it shares with the quote or in shared words
DATA = Path(__file__).parent.parent / "tests" / "data" / "tampered"

Row = dict[str, Any]


def ours(row: Row) -> bool:
    return bool(verify(row["statement"], row["quotes"], row["language"], row["quote_languages"]))


def a_third_overlaps(row: Row) -> bool:
    """Accept where a third of the statement's characters match the quote's, in order."""
    statement, quote = row["statement"].casefold(), " ".join(row["quotes"]).casefold()
    matcher = SequenceMatcher(None, statement, quote, autojunk=False)
    return sum(block.size for block in matcher.get_matching_blocks()) >= THIRD * len(statement)


def a_third_of_words(row: Row) -> bool:
    """Accept where a third of the statement's words stand in the quote."""
    said = re.findall(r"\w+", row["statement"].casefold())
    held = set(re.findall(r"\w+", " ".join(row["quotes"]).casefold()))
    return sum(word in held for word in said) >= THIRD * len(said)


def table(rows: list[Row], rules: dict[str, Callable[[Row], bool]]) -> None:
    print(f"{'':34}{'tampered accepted':>20}{'true refused':>16}")
    print(f"{'target':34}{TARGET_ACCEPTED:>20.1%}{TARGET_REFUSED:>16.1%}")
    for name, rule in rules.items():
        verdicts = [(row, rule(row)) for row in rows]
        for part, chosen in parts(verdicts):
            bad = [ok for row, ok in chosen if not row["stands"]]
            good = [not ok for row, ok in chosen if row["stands"]]
            print(f"{name + part:34}{share(bad):>20}{share(good):>16}")


def parts(verdicts: list[tuple[Row, bool]]) -> list[tuple[str, list[tuple[Row, bool]]]]:
    same = [v for v in verdicts if set(v[0]["quote_languages"]) == {v[0]["language"]}]
    across = [v for v in verdicts if set(v[0]["quote_languages"]) != {v[0]["language"]}]
    return [("", verdicts), (", one language", same), (", across languages", across)]


def share(flags: list[bool]) -> str:
    return f"{sum(flags) / len(flags):.1%} ({sum(flags)}/{len(flags)})" if flags else "-"


def show_wrong(rows: list[Row]) -> None:
    for row in rows:
        verdict = verify(row["statement"], row["quotes"], row["language"], row["quote_languages"])
        if verdict.ok != row["stands"]:
            print(f"\n{row['id']} stands={row['stands']} {row['kind'] or ''} -> {verdict.reason}: {verdict.detail}")
            print(f"   {row['statement']}\n   {row['quotes']}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--set", default="all")
    parser.add_argument("--wrong", action="store_true", help="show each wrong verdict")
    args = parser.parse_args()
    paths = sorted(args.data.glob("*.jsonl" if args.set == "all" else f"{args.set}.jsonl"))
    for path in paths:
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        print(f"\n{path.stem}: {len(rows)} statements, {dict(Counter(row['kind'] or 'true' for row in rows))}")
        table(
            rows,
            {
                "sitrep": ours,
                "a third overlaps (kotaemon's rule)": a_third_overlaps,
                "a third of the words": a_third_of_words,
            },
        )
        if args.wrong:
            show_wrong(rows)


if __name__ == "__main__":
    main()
