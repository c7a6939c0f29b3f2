"""Which pairs of sentences are taken for the same, beside what answers did before: words, sense and numbers alone.

python -m benchmarks.sameness [--model FOLDER]. The pairs are ours (tests/data/sameness.jsonl, 280 in four languages and
across them); four in five were learned from by training/sameness.py, every fifth was not. Each is judged with the days
of publication and without. Wanted: `same` found, and nothing else taken for it.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from retrieval.embedding import load_embedder
from retrieval.language.doc import Sentence
from retrieval.language.sameness import Relation, relation, says_the_same
from training.sameness import FALSE, GIVEN, Pair, pairs, seen, unseen
from training.sets import ROOT

BASELINE_WORDS, BASELINE_SENSE, BASELINE_TOPIC = 0.6, 0.93, 0.7
TARGET = "target: same .85, update or contradiction .03"
Judge = Callable[[Sentence, Sentence, float], bool]


def baseline(one: Sentence, other: Sentence, cosine: float) -> bool:
    """Return what answers went by before: most stems in common, or nearly one sense, and the same numbers."""
    if cosine < BASELINE_TOPIC:
        return False
    if cosine < BASELINE_SENSE:
        left, right = set(one.stems), set(other.stems)
        if one.language != other.language or not left or len(left & right) < BASELINE_WORDS * len(left | right):
            return False
    return one.number_values == other.number_values


def share(found: Sequence[Pair], judge: Judge, dated: bool) -> str:
    if not found:
        return "-"
    taken = sum(judge(*pair.sentences(dated), pair.cosine) for pair in found)
    return f"{taken / len(found):.2f} of {len(found)}"


def row(name: str, found: Sequence[Pair], judge: Judge, dated: bool) -> None:
    by_relation = [[pair for pair in found if pair.relation is one] for one in Relation]
    false = [pair for pair in found if pair.relation in FALSE]
    cells = [share(each, judge, dated) for each in (*by_relation, false)]
    print(f"{name:34}" + "".join(f"{cell:>13}" for cell in cells))


def report(given: Sequence[Pair]) -> None:
    print(f"taken for the same ({TARGET})")
    print(f"{'':34}" + "".join(f"{one.value:>13}" for one in Relation) + f"{'upd. + contr.':>13}")
    for name, judge in (("before", baseline), ("now", says_the_same)):
        for half, found in (("learned from", seen(given)), ("not seen", unseen(given))):
            for dated in (True, False):
                row(f"{name}, {half}, {'days' if dated else 'no days'}", found, judge, dated)
    for languages in sorted({"-".join(sorted((p.one.language, p.other.language))) for p in given}):
        found = [p for p in given if "-".join(sorted((p.one.language, p.other.language))) == languages]
        row(f"now, all, days, {languages}", found, says_the_same, dated=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="not needed: the set is in tests/data")
    parser.add_argument("--model", type=Path, default=ROOT / "benchmarks" / "out" / "model")
    given = pairs(GIVEN, load_embedder(parser.parse_args().model))
    report(given)
    for name, found in (("learned from", seen(given)), ("not seen", unseen(given))):
        right = sum(relation(pair.one, pair.other, pair.cosine) is pair.relation for pair in found)
        print(f"relation right, {name}, days: {right / len(found):.2f}")
    start = time.process_time()
    for pair in given:
        relation(pair.one, pair.other, pair.cosine)
    print(f"a pair, sentences parsed: {(time.process_time() - start) / len(given) * 1000:.2f} ms")


if __name__ == "__main__":
    main()
