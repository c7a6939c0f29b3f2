"""Whether to answer or to abstain: NoMIRACL, by cross-validation and with the shipped weights, and the samples.

`python -m benchmarks.abstention --data DIR [--model FOLDER] [--fit all|news]`; DIR holds nomiracl/, xquad/ and
kazqad/.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from benchmarks.abstention_sets import (
    CORPORA,
    LANGUAGES,
    ROOT,
    Case,
    Corpus,
    Vectors,
    is_dev,
    kazqad,
    lines,
    nomiracl,
    searched,
    taken_in,
    xquad,
)
from retrieval.answer.ask import ask
from retrieval.domain import Status
from retrieval.embedding import Embedder, load_embedder
from retrieval.language.kind_words import Kind
from retrieval.question.words import forms
from retrieval.reader.abstain import THRESHOLD, Weights, probability, score, shipped_weights
from retrieval.reader.evidence import features

WEIGHTS = ROOT / "retrieval" / "answer" / "abstain.json"
GPT4 = {"en": 76.4, "es": 85.7, "ru": 75.2}  # balanced accuracy in %, with the same passages
TARGET = {"en": 75.0, "es": 75.0, "ru": 72.0}
OWN_TARGET = 85.0  # %
FOLDS, REPEATS = 5, 20
REGULARISATION = 0.01  # scikit-learn's C
NEWS_REGULARISATION = 0.005
UNREST_WEIGHT = 0.3  # of each other unrest beside the samples' questions
REFERENCE_WEIGHT = 0.1  # of each set of reference text beside them
EFFECTIVE_CASES = 500  # what the weights of a set add up to
LANGUAGE_FREEDOM = 0.7  # how freely a language's weights may differ from the shared ones; 0: not at all
VECTOR_SCALE, NEAREST_SCALE, FORMS_SCALE = 6.0, 4.5, 3.0  # how freely these weigh beside a feature of spread 1
BIAS_SCALE = 10.0  # how freely a language's bias may differ: as good as quite
LEAST_ASKED = 4  # questions that must share a word or a pair of words
REFERENCE_FEATURES_WRITTEN = """
    cosine_best raw_best raw_mean raw_stands_out raw_gap3 words_line words_lines words_spread words_many
    words_anywhere words_passages missing_line missing_anywhere kind_top3 kind_words names_line numbers_near
    names terms length rarity_most agree_passage agree_title agree_rank agree_line agree_course words_differ
"""
NEWS_FEATURES_WRITTEN = """
    cosine_best cosine_second cosine_top3 cosine_mean cosine_gap cosine_gap3 cosine_spread cosine_stands_out
    raw_best raw_second raw_top3 raw_mean raw_gap raw_gap3 raw_spread raw_stands_out
    words_line words_lines3 words_lines words_spread words_many words_passage words_passages words_anywhere
    missing_line missing_passage missing_anywhere kind_best kind_top3 kind_words concepts_line concepts_anywhere
    together_line names_line names_near name_missing numbers_near day_missing year_missing
    names numbers terms length rarity_mean rarity_most own_language
"""
REFERENCE_FEATURES = (*REFERENCE_FEATURES_WRITTEN.split(), *(f"asks_{kind}" for kind in Kind))
NEWS_FEATURES = (*NEWS_FEATURES_WRITTEN.split(), *(f"asks_{kind}" for kind in Kind))


# --- fitting -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sample:
    """Reference cases as they are fitted on: a row a case."""

    numbers: np.ndarray  # (n, features)
    vectors: np.ndarray  # (n, d), the questions'
    nearest: np.ndarray  # (n, d), those of the passages nearest to them
    forms: list[frozenset[str]]
    answered: np.ndarray
    spoken: np.ndarray  # language codes

    def of(self, rows: np.ndarray) -> Sample:
        kept = [self.forms[row] for row in rows]
        return Sample(
            self.numbers[rows], self.vectors[rows], self.nearest[rows], kept, self.answered[rows], self.spoken[rows]
        )


def sample(cases: Sequence[Case]) -> Sample:
    return Sample(
        table(cases, REFERENCE_FEATURES),
        np.stack([case.evidence.vector for case in cases]),
        np.stack([case.evidence.nearest for case in cases]),
        [forms(case.evidence.question) for case in cases],
        np.array([case.answered for case in cases]),
        np.array([case.evidence.language for case in cases]),
    )


def table(cases: Sequence[Case], names: Sequence[str]) -> np.ndarray:
    rows = [features(case.evidence) for case in cases]
    return np.array([[row.get(name, np.nan) for name in names] for row in rows])


def told(x: np.ndarray) -> np.ndarray:
    """Put each feature's mean where it is not told."""
    return np.where(np.isnan(x), np.nanmean(x, 0), x)


def balanced(labels: np.ndarray, groups: np.ndarray) -> np.ndarray:
    """Return weights under which both labels of a group count alike, and a group by how much the two can tell."""
    weights = np.ones(len(labels))
    for group in set(groups):
        cells = [(groups == group) & (labels == label) for label in (False, True)]
        counts = [max(1, int(cell.sum())) for cell in cells]
        for cell, count in zip(cells, counts, strict=True):
            weights[cell] = 1 / (1 / counts[0] + 1 / counts[1]) / count
    return weights / weights.mean()


def logistic(x: np.ndarray, y: np.ndarray, weights: np.ndarray, strength: float) -> tuple[np.ndarray, float]:
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=strength, max_iter=5000).fit(x, y, sample_weight=weights)
    return model.coef_[0], float(model.intercept_[0])


def vocabulary(rows: Sample, code: str) -> list[str]:
    """Return the forms that several questions of a language have."""
    counts = Counter(
        form for spoken, held in zip(rows.spoken, rows.forms, strict=True) if spoken == code for form in held
    )
    return sorted(form for form, count in counts.items() if count >= LEAST_ASKED)


def fit_reference(rows: Sample) -> dict[str, Weights]:
    """Fit weights for each language, held near weights that all share; the words of a language are its own."""
    numbers = told(rows.numbers)
    mean, scale = numbers.mean(0), numbers.std(0) + 1e-9
    shared = np.hstack([(numbers - mean) / scale, VECTOR_SCALE * rows.vectors, NEAREST_SCALE * rows.nearest])
    speaks = [(rows.spoken == code)[:, None] for code in LANGUAGES]
    known = [vocabulary(rows, code) for code in LANGUAGES]
    said = [
        FORMS_SCALE * here * np.array([[form in held for form in words] for held in rows.forms], float)
        for here, words in zip(speaks, known, strict=True)
    ]
    blocks = [shared, *(LANGUAGE_FREEDOM * shared * here for here in speaks), *said, BIAS_SCALE * np.hstack(speaks)]
    weights, bias = logistic(np.hstack(blocks), rows.answered, balanced(rows.answered, rows.spoken), REGULARISATION)
    parts = np.split(weights, np.cumsum([block.shape[1] for block in blocks])[:-1])
    count, size = len(REFERENCE_FEATURES), rows.vectors.shape[1]
    models = {}
    for k, code in enumerate(LANGUAGES):
        own = parts[0] + LANGUAGE_FREEDOM * parts[k + 1]
        models[code] = replace(
            packed(REFERENCE_FEATURES, mean, scale, own[:count], bias + BIAS_SCALE * parts[-1][k]),
            forms=dict(zip(known[k], (FORMS_SCALE * parts[4 + k]).round(4).tolist(), strict=True)),
            vector=(VECTOR_SCALE * own[count : count + size]).round(3).astype(np.float32),
            nearest=(NEAREST_SCALE * own[count + size :]).round(3).astype(np.float32),
        )
    return models


def packed(names: Sequence[str], mean: np.ndarray, scale: np.ndarray, weights: np.ndarray, bias: float) -> Weights:
    rounded = zip(names, mean, scale, weights, strict=True)
    return Weights(
        {n: (round(float(m), 5), round(float(s), 5) or 1.0, round(float(w), 4)) for n, m, s, w in rounded},
        round(float(bias), 4),
    )


def fit_news(cases: Sequence[tuple[str, Case]]) -> Weights:
    """Fit weights on cases of several named sets; the samples' count most, those of reference text least."""
    x, y = told(table([case for _, case in cases], NEWS_FEATURES)), np.array([case.answered for _, case in cases])
    sets = np.array([name for name, _ in cases])
    counts = {corpus.name: UNREST_WEIGHT for corpus in CORPORA} | {"samples": 1.0}
    weights = np.array([counts.get(name, REFERENCE_WEIGHT) / (sets == name).sum() for name in sets])
    mean, scale = x.mean(0), x.std(0) + 1e-9
    coefficients, bias = logistic((x - mean) / scale, y, weights * EFFECTIVE_CASES, NEWS_REGULARISATION)
    return packed(NEWS_FEATURES, mean, scale, coefficients, bias)


def news(data: Path, vectors: Vectors, reference: Sequence[Case]) -> list[tuple[str, Case]]:
    """Return what the weights for news are fitted on, each case with the name of its set."""
    cases = [(corpus.name, case) for corpus in CORPORA for case in searched(corpus, vectors.embedder) if is_dev(case)]
    more = (("nomiracl", reference), ("xquad", xquad(data, vectors)), ("kazqad", kazqad(data, vectors)))
    return cases + [(name, case) for name, found in more for case in found]


def write(models: dict[str, Weights]) -> None:
    """Write models as JSON, a list of numbers a line."""
    stored = {}
    for name, model in models.items():
        stored[name] = {"features": model.features, "bias": model.bias}
        if model.vector is not None and model.nearest is not None:
            vectors = {"vector": listed(model.vector), "nearest": listed(model.nearest)}
            stored[name] |= {"forms": model.forms, **vectors}
    text = json.dumps(stored, indent=1, ensure_ascii=False)
    short = re.sub(r"\[[^\[\]{}]*\]", lambda found: " ".join(found[0].split()), text)
    WEIGHTS.write_text(short + "\n", encoding="utf-8")


def listed(vector: np.ndarray) -> list[float]:
    return [round(float(value), 3) for value in vector]


# --- measuring ---------------------------------------------------------------------------------


def rates(answered: np.ndarray, gave: np.ndarray) -> tuple[float, float, float]:
    """Return error, hallucination and balanced accuracy, in %."""
    error, hallucination = 100 * (~gave[answered]).mean(), 100 * gave[~answered].mean()
    return float(error), float(hallucination), float(100 - (error + hallucination) / 2)


def cross_validated(cases: Sequence[Case]) -> dict[str, tuple[float, float, float]]:
    """Return the mean rates per language over repeated folds; every question is judged by weights that never saw it."""
    from sklearn.model_selection import StratifiedKFold

    rows = sample(cases)
    y, spoken = rows.answered, rows.spoken
    found: dict[str, list[tuple[float, float, float]]] = {code: [] for code in LANGUAGES}
    for repeat in range(REPEATS):
        gave = np.zeros(len(cases), bool)
        cells = [f"{code}{label}" for code, label in zip(spoken, y, strict=True)]
        for train, test in StratifiedKFold(FOLDS, shuffle=True, random_state=repeat).split(rows.numbers, cells):
            models = fit_reference(rows.of(train))
            for i in test:
                numbers = dict(zip(REFERENCE_FEATURES, rows.numbers[i], strict=True))
                gave[i] = score(cases[i].evidence, numbers, models[spoken[i]]) >= THRESHOLD
        for code in LANGUAGES:
            found[code].append(rates(y[spoken == code], gave[spoken == code]))
    return {code: tuple(np.mean(rows, 0)) for code, rows in found.items()}  # type: ignore[misc]


def report(title: str, by_language: dict[str, tuple[float, float, float]]) -> None:
    print(f"\n{title}\n{'':4}{'error':>8}{'halluc.':>9}{'balanced':>10}{'target':>8}{'GPT-4':>7}   (%)")
    for code, (error, hallucination, accuracy) in by_language.items():
        print(f"{code:4}{error:8.1f}{hallucination:9.1f}{accuracy:10.1f}{TARGET[code]:8.0f}{GPT4[code]:7.1f}")


def shipped(cases: Sequence[Case]) -> dict[str, tuple[float, float, float]]:
    y = np.array([case.answered for case in cases])
    gave = np.array([probability(case.evidence) >= 0.5 for case in cases])
    spoken = np.array([case.evidence.language for case in cases])
    return {code: rates(y[spoken == code], gave[spoken == code]) for code in sorted(set(spoken))}


def through_ask(corpus: Corpus, embedder: Embedder) -> None:
    """Print the rates of the whole path on a corpus's questions: search, ledger of figures, decision."""
    asked = lines(corpus.questions)
    with taken_in(corpus, embedder) as library:
        gave = [ask(library, embedder, q["question"], now=corpus.asked_at).status is Status.ANSWERED for q in asked]
    answerable, answered = np.array([q["answerable"] for q in asked]), np.array(gave)
    odd = np.array([int(q["id"].lstrip("qv")) % 2 == 1 for q in asked])
    spoken = np.array([q["language"] for q in asked])
    parts = {"all": np.ones(len(asked), bool), "fitted on": odd, "held back": ~odd}
    parts |= {code: spoken == code for code in ("en", "es", "ru", "kk")}
    print(f"\nThe questions on {corpus.name} through `ask` (target {OWN_TARGET:.0f} % balanced)")
    for name, part in parts.items():
        print("{:10}{:8.1f}{:9.1f}{:10.1f}".format(name, *rates(answerable[part], answered[part])))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument(
        "--model", type=Path, default=ROOT / "benchmarks" / "out" / "model", help="where the embedder keeps its model"
    )
    parser.add_argument("--fit", choices=("all", "news"), help="fit the shipped weights anew, or those for news alone")
    options = parser.parse_args()
    embedder = load_embedder(options.model)
    run(options.data, Vectors(embedder), options.fit)
    for corpus in () if options.fit else CORPORA:
        through_ask(corpus, embedder)


def run(data: Path, vectors: Vectors, fit: str | None) -> None:
    """Print the tables, after fitting the weights anew where asked."""
    reference = nomiracl(data, vectors)
    if fit:
        models = shipped_weights() if fit == "news" else fit_reference(sample(reference))
        write({**models, "news": fit_news(news(data, vectors, reference))})
        print(f"wrote {WEIGHTS.relative_to(ROOT)}; run again to measure it")
        return
    report(f"NoMIRACL, cross-validated ({REPEATS} times {FOLDS} folds)", cross_validated(reference))
    report(
        "NoMIRACL, the shipped weights (fitted on dev.jsonl: only on other questions does this tell)",
        shipped(reference),
    )


if __name__ == "__main__":
    main()
