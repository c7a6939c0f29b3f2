"""How often the verifier lets a tampered statement pass, and refuses a true one.

    python -m benchmarks.verifier [--data DIR] [--set dev|test|dev6|test2|...|all] [--wrong]

Reads `tests/data/tampered/` (our own sentences, each file labelled before the verifier first saw it), or `*.jsonl` of
the same form in DIR. Rules and words were chosen by the `dev` files and, after its first look, by `test`. `fresh/` has
harder ones of unrests elsewhere, written before the rules were read: numbers, names and roles of one quote exchanged,
"until" for "since", killed for wounded. `test2` was looked at once, when most was done; what it showed was mended
afterwards. `benchmarks/README.md` has what each set gave when first seen: that, not what is printed here, is to be
expected on other stories.

Beside it runs the rule of kotaemon's citation matcher as its users know it: a quote is taken for found when about a
third of the text overlaps.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

from retrieval.answer.draft import DraftedCite, DraftedStatement, labels, stands
from retrieval.answer.verify import verify
from retrieval.domain import Article, Passage

TARGET_ACCEPTED = 0.01  # of tampered statements
TARGET_REFUSED = 0.05  # of true statements
THIRD = 1 / 3  # of the statement, in the longest run it shares with the quote or in shared words
DATA = Path(__file__).parent.parent / "tests" / "data" / "tampered"

Row = dict[str, Any]


def ours(row: Row) -> bool:
    return bool(verify(row["statement"], row["quotes"], row["language"], row["quote_languages"]))


def as_drafted(row: Row) -> bool:
    """Accept what becomes part of an answer when a model drafts it, each quote a passage of its own."""
    articles = [
        Article(str(n), None, "", quote, language)
        for n, (quote, language) in enumerate(zip(row["quotes"], row["quote_languages"], strict=True))
    ]
    shown = labels([Passage(n, article, 0, len(article.text)) for n, article in enumerate(articles, start=1)])
    cites = [DraftedCite(passage=label, quote=p.article.text, translation="") for label, p in shown.items()]
    return stands(DraftedStatement(text=row["statement"], cites=cites), shown, row["language"]) is not None


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


def by_kind(rows: list[Row]) -> None:
    """Print, for ours, what is accepted by kind of tampering and what is refused by pair of languages."""
    kinds, pairs = defaultdict(list), defaultdict(list)
    for row in rows:
        if row["stands"]:
            pairs[f"{row['quote_languages'][0]}-{row['language']}"].append(not ours(row))
        else:
            kinds[row["kind"]].append(ours(row))
    for name, found in (("accepted by kind", kinds), ("refused by languages", pairs)):
        print(f"{name}: " + ", ".join(f"{key} {sum(flags)}/{len(flags)}" for key, flags in sorted(found.items())))


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
    paths = sorted(args.data.rglob("*.jsonl" if args.set == "all" else f"{args.set}.jsonl"))
    for path in paths:
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        print(f"\n{path.stem}: {len(rows)} statements, {dict(Counter(row['kind'] or 'true' for row in rows))}")
        table(
            rows,
            {
                "sitrep": ours,
                "sitrep, as drafted": as_drafted,
                "a third overlaps (kotaemon's rule)": a_third_overlaps,
                "a third of the words": a_third_of_words,
            },
        )
        by_kind(rows)
        if args.wrong:
            show_wrong(rows)


if __name__ == "__main__":
    main()
