"""Make `retrieval/language/sameness.json`: small trees that say how likely two sentences say the same.

`python -m training.sameness [--model FOLDER] [--write]`, from the pairs in `training/data/sameness.jsonl` and four in
five of those in `tests/data/sameness.jsonl`; every fifth stays a test, benchmarks/sameness.py. Each pair is learned
twice, with the days of publication and without, so that it can be judged where they are not known. The thresholds, with
days and without, are the least at which, in eight folds, an update or a contradiction is taken for the same in at most
MOST_FALSE of the pairs. Gradient-boosted trees of scikit-learn with seed 1. In folds, logistic regression on the same
numbers did as well on the first file, and on the second found .10 (with days) to .20 fewer pairs that say the same.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import GradientBoostingClassifier

from retrieval.domain import Moment, Span
from retrieval.embedding import Embedder, load_embedder
from retrieval.embedding.centred import embed_passages
from retrieval.language import sameness
from retrieval.language.doc import Doc, Sentence
from retrieval.language.sameness import Relation, Tree, compared
from training.sets import ROOT, lines

WEIGHTS = ROOT / "retrieval" / "language" / "sameness.json"
OWN, GIVEN = ROOT / "training" / "data" / "sameness.jsonl", ROOT / "tests" / "data" / "sameness.jsonl"
UNSEEN_EVERY = 5  # of the given pairs, by line
FOLDS = 8
MOST_FALSE = 0.025  # of the updates and contradictions, in the folds; .03 is the target on pairs not seen
FALSE = (Relation.UPDATE, Relation.CONTRADICTION)
TREES, DEPTH, RATE, PART, FEATURES = 80, 3, 0.08, 0.7, 0.4  # part of the pairs and of the features that a tree sees


@dataclass(frozen=True)
class Pair:
    """Two sentences, labelled; `undated` are the same two without their days of publication."""

    one: Sentence
    other: Sentence
    undated: tuple[Sentence, Sentence]
    cosine: float
    relation: Relation
    row: dict[str, Any]

    def sentences(self, dated: bool) -> tuple[Sentence, Sentence]:
        return (self.one, self.other) if dated else self.undated


def pairs(file: Path, embedder: Embedder) -> list[Pair]:
    """Return the pairs of a file, in order."""
    rows = list(lines(file))
    texts = [row[side] for row in rows for side in "ab"]
    vectors = embed_passages(embedder, texts, [row[f"lang_{side}"] for row in rows for side in "ab"])
    return [
        Pair(
            _sentence(row, "a", dated=True),
            _sentence(row, "b", dated=True),
            (_sentence(row, "a", dated=False), _sentence(row, "b", dated=False)),
            float(vectors[2 * at] @ vectors[2 * at + 1]),
            Relation(row["relation"]),
            row,
        )
        for at, row in enumerate(rows)
    ]


def _sentence(row: dict[str, Any], side: str, *, dated: bool) -> Sentence:
    day = Moment(datetime.fromisoformat(row[f"day_{side}"]).astimezone(), day_only=True) if dated else None
    return Sentence(Doc(row[side], row[f"lang_{side}"], day), Span(0, len(row[side])))


def seen(given: Sequence[Pair]) -> list[Pair]:
    return [pair for at, pair in enumerate(given, start=1) if at % UNSEEN_EVERY]


def unseen(given: Sequence[Pair]) -> list[Pair]:
    return [pair for at, pair in enumerate(given, start=1) if at % UNSEEN_EVERY == 0]


def numbers_of(found: Sequence[Pair], dated: bool) -> list[dict[str, float]]:
    """Return what `compared` says of each pair."""
    sides = (pair.sentences(dated) for pair in found)
    return [
        compared(one.statement, other.statement, pair.cosine) for (one, other), pair in zip(sides, found, strict=True)
    ]


def fit(table: NDArray[np.float64], same: NDArray[np.bool_]) -> GradientBoostingClassifier:
    return GradientBoostingClassifier(
        n_estimators=TREES, max_depth=DEPTH, learning_rate=RATE, subsample=PART, max_features=FEATURES, random_state=1
    ).fit(table, same)


def thresholds(
    tables: Sequence[NDArray[np.float64]], found: Sequence[Pair], free: Sequence[NDArray[np.bool_]]
) -> dict[str, float]:
    """Return the least probabilities at which few enough pairs are falsely taken for the same, in folds.

    `tables` and `free` (no conflict) are those with days and without.
    """
    same = np.array([pair.relation is Relation.SAME for pair in found])
    false = np.array([pair.relation in FALSE for pair in found])
    fold = np.random.RandomState(0).randint(0, FOLDS, len(found))
    given = [np.zeros(len(found)) for _ in tables]
    for number in range(FOLDS):
        rest = fold != number
        model = fit(np.vstack([table[rest] for table in tables]), np.tile(same[rest], len(tables)))
        for table, probabilities in zip(tables, given, strict=True):
            probabilities[~rest] = model.predict_proba(table[~rest])[:, 1]
    least: dict[str, float] = {}
    for name, probabilities, allowed in zip(("dated", "undated"), given, free, strict=True):
        judged = np.where(allowed, probabilities, 0.0)
        highest_false = np.sort(judged[false])[::-1][int(MOST_FALSE * false.sum())]
        least[name] = round(float(highest_false) + 0.005, 2)
        shares = {one: (judged[[p.relation is one for p in found]] >= least[name]).mean() for one in Relation}
        print(f"{name}, in folds, taken for the same at {least[name]}:", end=" ")
        print(", ".join(f"{one.value} {share:.3f}" for one, share in shares.items()))
    return least


def _tree(tree: Any, node: int, names: Sequence[str]) -> Tree:
    if tree.children_left[node] < 0:
        return round(RATE * float(tree.value[node][0][0]), 4)
    below, above = (_tree(tree, child[node], names) for child in (tree.children_left, tree.children_right))
    return [names[tree.feature[node]], round(float(tree.threshold[node]), 4), below, above]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, default=ROOT / "benchmarks" / "out" / "model")
    parser.add_argument("--write", action="store_true", help="write the weights over the shipped ones")
    options = parser.parse_args()
    embedder = load_embedder(options.model)
    found = [*seen(pairs(GIVEN, embedder)), *pairs(OWN, embedder)]
    numbers = [numbers_of(found, dated) for dated in (True, False)]
    names = sorted(numbers[0][0])
    tables = [np.array([[one[name] for name in names] for one in each]) for each in numbers]
    free = [np.array([not sameness.is_conflict(one) for one in each]) for each in numbers]
    same = np.array([pair.relation is Relation.SAME for pair in found])
    model = fit(np.vstack(tables), np.tile(same, 2))
    prior = float(np.log(same.mean() / (1 - same.mean())))
    trees = [_tree(one[0].tree_, 0, names) for one in model.estimators_]
    least = thresholds(tables, found, free)
    if options.write:
        rows = ",\n  ".join(json.dumps(tree) for tree in trees)
        WEIGHTS.write_text(
            f'{{"thresholds": {json.dumps(least)}, "prior": {prior:.4f}, "trees": [\n  {rows}\n]}}\n', "utf-8"
        )
        print(f"wrote {WEIGHTS.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
