"""Make `retrieval/reader/abstain.json`: whether what was found answers a question, by logistic regression.

`python -m training.abstention [--model FOLDER] [--write]`, from the articles and questions on the samples, Velmora,
Taravor and Ostria in `samples/` and `tests/data/`, and on one library of events that the reader was not trained on.
The weights are fitted on all these sets; the test is each set by weights fitted on the others. Printed, per set:
balanced accuracy of those, of the shipped weights and of those made. There is no chance in it: the same articles,
questions, embedder and reader give the same weights.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from retrieval.embedding import Embedder, load_embedder
from retrieval.language.kinds import Kind
from retrieval.reader.abstain import THRESHOLD, Weights, score, shipped_weights
from retrieval.reader.cross_encoder import load_reader
from retrieval.reader.reader import Reader
from training.sets import CORPORA, ROOT, Case, SetQuestion, found_for, searched, taken_in
from training.stories import DECISION_LIBRARY, LIBRARIES, EventLibrary, read_library

WEIGHTS = ROOT / "retrieval" / "reader" / "abstain.json"
REGULARISATION = 0.03  # scikit-learn's C, with weights that add up to EFFECTIVE_CASES
EFFECTIVE_CASES = 500
SAMPLES_WEIGHT = 2.0  # of the samples, which are news as it is, beside 1 for each invented set
FEATURES = (
    *"""
    cosine_best cosine_second cosine_top3 cosine_mean cosine_gap cosine_gap3 cosine_spread cosine_stands_out
    words_line words_lines3 words_lines words_spread words_many words_passage words_passages words_anywhere
    missing_line missing_passage missing_anywhere kind_best kind_top3 kind_words concepts_line concepts_anywhere
    together_line names_line names_near name_missing numbers_near day_missing year_missing
    reader_first reader_mean names numbers terms length rarity_mean rarity_most own_language
    """.split(),
    *(f"asks_{kind}" for kind in Kind),
)

Sets = dict[str, list[Case]]


def fit(sets: Sets) -> Weights:
    """Return weights fitted on the cases of several sets, by name."""
    known = {name: [case for case in found if case.features] for name, found in sets.items()}
    cases = [case for found in known.values() for case in found]
    table = np.array([[case.features.get(name, np.nan) for name in FEATURES] for case in cases])
    filled = np.where(np.isnan(table), np.nanmean(table, 0), table)
    mean, scale = filled.mean(0), filled.std(0) + 1e-9
    counts = {name: SAMPLES_WEIGHT if name == "samples" else 1.0 for name in known}
    each = np.concatenate([np.full(len(found), counts[name] / len(found)) for name, found in known.items()])
    model = LogisticRegression(C=REGULARISATION, max_iter=5000).fit(
        (filled - mean) / scale,
        [case.answerable for case in cases],
        sample_weight=each * EFFECTIVE_CASES / each.sum(),
    )
    numbers = zip(FEATURES, mean, scale, model.coef_[0], strict=True)
    return Weights(
        {n: (round(float(m), 5), round(float(s), 5) or 1.0, round(float(w), 4)) for n, m, s, w in numbers},
        round(float(model.intercept_[0]), 4),
    )


def of_library(library: EventLibrary, embedder: Embedder, reader: Reader) -> list[Case]:
    """Return the questions on a library of events that stand alone, with what is found for each."""
    questions = [
        SetQuestion(one.id, one.text, one.language, bool(one.answers), one.as_of)
        for one in library.questions
        if one.kind != "summary" and not one.previous
    ]
    with taken_in(library.articles, embedder) as taken:
        return found_for(questions, taken, library.asked_at, embedder, reader)


def balanced(cases: Sequence[Case], weights: Weights) -> float:
    """Return the mean of the shares of rightly answered and of rightly refused questions, from 0 to 1."""
    gave = np.array([bool(case.features) and score(case.features, weights) >= THRESHOLD for case in cases])
    answerable = np.array([case.answerable for case in cases])
    return float((gave[answerable].mean() + (~gave[~answerable]).mean()) / 2)


def report(sets: Sets, made: Weights) -> None:
    print(f"{'balanced accuracy':20}{'questions':>10}{'left out':>10}{'shipped':>10}{'made':>10}")
    for name, cases in sets.items():
        others = fit({other: found for other, found in sets.items() if other != name})
        figures = [balanced(cases, one) for one in (others, shipped_weights(), made)]
        print(f"{name:20}{len(cases):10}{figures[0]:10.3f}{figures[1]:10.3f}{figures[2]:10.3f}")


def write(weights: Weights) -> None:
    """Write weights as JSON, a feature a line."""
    text = json.dumps({"features": weights.features, "bias": weights.bias}, indent=1)
    short = re.sub(r"\[[^\[\]{}]*\]", lambda found: " ".join(found[0].split()), text)
    WEIGHTS.write_text(short + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--model", type=Path, default=ROOT / "benchmarks" / "out" / "model", help="where the embedder keeps its model"
    )
    parser.add_argument("--write", action="store_true", help="write the weights over the shipped ones")
    options = parser.parse_args()
    embedder, reader = load_embedder(options.model), Reader(load_reader(options.model))
    sets = {corpus.name: searched(corpus, embedder, reader) for corpus in CORPORA}
    sets[DECISION_LIBRARY] = of_library(read_library(LIBRARIES / DECISION_LIBRARY), embedder, reader)
    made = fit(sets)
    report(sets, made)
    if options.write:
        write(made)
        print(f"wrote {WEIGHTS.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
