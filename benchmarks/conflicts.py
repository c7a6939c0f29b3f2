"""How many pairs of reports that cannot both be true are shown as a conflict, and how many that can.

Run: python -m benchmarks.conflicts [--show]. The pairs of `tests/data/conflicts.jsonl` differ in whether something is
so, in a name, a day or a place; each pair is of one event, of one day and of two sources.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from tempfile import gettempdir
from typing import Any

from retrieval.answer.rivals import rivals
from retrieval.domain import Article, Moment, Passage, Span
from retrieval.embedding import Embedder, load_embedder
from retrieval.embedding.centred import embed_passages
from retrieval.reader.choice import NumberedSentence

PAIRS = Path(__file__).parent.parent / "tests" / "data" / "conflicts.jsonl"
DAY = Moment(datetime(2031, 3, 4, tzinfo=UTC), day_only=True)
TARGET = 20  # of 25


def pairs() -> list[dict[str, Any]]:
    """Return the pairs of reports, each with its kind, its language and whether they are a conflict."""
    return [json.loads(line) for line in PAIRS.read_text(encoding="utf-8").splitlines()]


def is_shown(pair: dict[str, Any], embedder: Embedder) -> bool:
    """Return whether each report of a pair is shown as what conflicts with the other."""
    language, texts = pair["language"], [pair["one"], pair["other"]]
    vectors = embed_passages(embedder, texts, [language] * len(texts))
    one, other = (
        NumberedSentence(number, Passage(number, article, 0, len(text)), Span(0, len(text)), vectors[number])
        for number, text in enumerate(texts)
        for article in (Article(str(number), None, "", text, language, DAY, origin=str(number), event=1),)
    )
    return bool(rivals([one], [one, other]) and rivals([other], [one, other]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--show", action="store_true", help="print the pairs that come out wrong")
    parser.add_argument("--model", type=Path, default=Path(gettempdir()) / "sitrep-training-model")
    options = parser.parse_args()
    embedder = load_embedder(options.model)
    shown, known = Counter[str](), Counter[str]()
    for pair in pairs():
        found = is_shown(pair, embedder)
        known[pair["kind"]] += 1
        shown[pair["kind"]] += found
        if options.show and found is not pair["conflict"]:
            print(pair["kind"], "|", pair["one"], "|", pair["other"])
    for kind, count in known.items():
        print(f"{kind:>16}: {shown[kind]} of {count} shown")
    right = sum(count for kind, count in shown.items() if kind != "both true")
    print(f"conflicts shown: {right} of {sum(known.values()) - known['both true']} (target {TARGET})")


if __name__ == "__main__":
    main()
