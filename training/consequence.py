"""Make `retrieval/briefing/consequence.npz`: how much an event changes, learned from graded sentences.

`python -m training.consequence [--model FOLDER] [--write]`, from `training/data/consequence.jsonl`: facts of invented
unrests, each in four languages, graded from 0 (the weather) to 1 (power changes hands). Ridge regression on the
sentence's vector and on the concepts that it mentions; and on the concepts alone, for other embedders' vectors. Prints
Spearman's rank correlation with the grades in folds, a fact in all its languages left out at a time.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.stats import spearmanr

from retrieval.briefing.consequence import CONCEPT_SHARE, WEIGHTS, concepts_of
from retrieval.embedding import load_embedder
from retrieval.embedding.centred import embed_passages
from training.sets import ROOT, lines

EXAMPLES = ROOT / "training" / "data" / "consequence.jsonl"
LANGUAGES = ("en", "ru", "kk", "es")
FOLDS = 8
PENALTY, PENALTY_ALONE = 1.0, 0.6  # of the ridge, the best in the folds; the second for concepts alone


def fitted(rows: NDArray[np.float64], grades: NDArray[np.float64], penalty: float) -> tuple[NDArray[np.float64], float]:
    """Return the weights (features,) and the constant of a ridge regression."""
    mean, middle = float(grades.mean()), rows.mean(axis=0)
    moved = rows - middle
    dual = np.linalg.solve(moved @ moved.T + penalty * np.eye(len(rows)), grades - mean)
    weights = moved.T @ dual
    return weights, mean - float(middle @ weights)


def in_folds(
    rows: NDArray[np.float64], grades: NDArray[np.float64], facts: NDArray[np.int64], penalty: float
) -> NDArray[np.float64]:
    """Return the grade predicted for each row by weights fitted without its fact, (n,)."""
    predicted = np.zeros_like(grades)
    order = np.random.RandomState(0).permutation(facts.max() + 1)
    for fold in np.array_split(order, FOLDS):
        out = np.isin(facts, fold)
        weights, constant = fitted(rows[~out], grades[~out], penalty)
        predicted[out] = rows[out] @ weights + constant
    return predicted


def _concept_rows(found: Sequence[frozenset[str]], names: Sequence[str]) -> NDArray[np.float64]:
    return np.array([[CONCEPT_SHARE * (name in own) for name in names] for own in found], dtype=np.float64)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, default=Path("models"))
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    examples = [(at, language, row) for at, row in enumerate(lines(EXAMPLES)) for language in LANGUAGES]
    texts, languages = [row[language] for _, language, row in examples], [language for _, language, _ in examples]
    facts = np.array([at for at, _, _ in examples])
    grades = np.array([row["consequence"] for _, _, row in examples])
    found = [concepts_of(text, language) for text, language in zip(texts, languages, strict=True)]
    names = sorted(frozenset().union(*found))
    concepts = _concept_rows(found, names)
    vectors = embed_passages(load_embedder(options.model), texts, languages).astype(np.float64)
    both = np.hstack([vectors, concepts])
    for name, rows, penalty in (("vectors and concepts", both, PENALTY), ("concepts alone", concepts, PENALTY_ALONE)):
        predicted = in_folds(rows, grades, facts, penalty)
        error = np.abs(predicted - grades).mean()
        print(
            f"{name}: Spearman {spearmanr(predicted, grades)[0]:.2f}, mean error {error:.2f} ({len(grades)} sentences)"
        )
    weights, constant = fitted(both, grades, PENALTY)
    alone, constant_alone = fitted(concepts, grades, PENALTY_ALONE)
    if options.write:
        np.savez_compressed(
            WEIGHTS,
            names=np.array(names),
            vector=weights[: vectors.shape[1]].astype(np.float32),
            concepts=weights[vectors.shape[1] :].astype(np.float32),
            constant=np.float32(constant),
            alone=alone.astype(np.float32),
            constant_alone=np.float32(constant_alone),
        )
        print(f"{WEIGHTS.name}: {WEIGHTS.stat().st_size} bytes")


if __name__ == "__main__":
    main()
