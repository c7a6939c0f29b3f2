"""Make `retrieval/reader/weights.json`: from the scores of reader and search to the probability of an answer.

`python -m training.calibration [--model FOLDER] [--write]`. One library is made of the stories of training/data/reader
whose number 24 divides, and more are the libraries of events that the reader was not trained on; each of their
questions is asked of all of its library. A logistic regression (scikit-learn) over the sentences read is fitted to
which of them answer. A short answer is believed where it is as likely as those of which `RIGHT` are right, in sentences
that answer. Nothing in it is drawn by chance. Whether to answer at all is fitted by `training.abstention`.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from itertools import takewhile
from pathlib import Path
from tempfile import gettempdir

import numpy as np

from retrieval.answer.ask import PASSAGES_FOUND
from retrieval.embedding import Embedder, load_embedder
from retrieval.ingest.submission import Submission
from retrieval.question.question import Question
from retrieval.reader.cross_encoder import load_reader
from retrieval.reader.extract import numbered_sentences
from retrieval.reader.passages import read_passages
from retrieval.reader.reader import Reader, Weights
from retrieval.search.find import find
from training.sets import ROOT, taken_in
from training.stories import LIBRARIES, UNSEEN_LIBRARIES, EventLibrary, read_library, read_questions

SHIPPED = ROOT / "retrieval" / "reader" / "weights.json"
NOW = datetime(2040, 1, 1, tzinfo=UTC)  # after all stories
CALIBRATES = 24  # divides the number of a story
NEAR = 0.1  # chosen with `python -m benchmarks.answers`: with more, sentences that answer are left out
NEWNESS_KEPT = (
    0.5  # of its slope: it is fitted on events of some days; asked of weeks, as our own sets are, half is best
)
RIGHT = 0.95
FEWEST = 20  # short answers by which their share is measured
MOST_SHORT = -2.52  # as on w3 and the stories alone: on harder questions few are believed, and few first lines doubted
FEATURES = ("score", "cosine", "passage", "covered", "own_language", "newness")


@dataclass(frozen=True)
class Candidate:
    """A sentence that was read for a question."""

    features: tuple[float, ...]  # in the order of FEATURES
    answers: bool
    short: float | None  # the log probability of its short answer, where the question asks for one and it is known
    short_is_right: bool


@dataclass(frozen=True)
class Calibrated:
    """A question, the sentences of its library that answer it, and the words of them that answer alone."""

    text: str
    as_of: datetime | None
    gold: frozenset[str]
    short: str | None


def candidates(
    asked: Iterable[Calibrated], sources: Iterable[Submission], now: datetime, embedder: Embedder, reader: Reader
) -> Iterator[list[Candidate]]:
    """Yield what is read for each question over a library of all articles."""
    with taken_in(sources, embedder) as library:
        for one in asked:
            question = Question.read(one.text, now=now, as_of=one.as_of)
            found = find(library, embedder, question, PASSAGES_FOUND)
            passages = read_passages(library, found, PASSAGES_FOUND)
            read = []
            for among in reader.over(passages).read(question, numbered_sentences(found, passages)):
                sentence, result = among.sentence, among.read
                answers = any(sentence.text in whole for whole in one.gold)
                asks_short = question.short_answer is not None and one.short is not None
                known = asks_short and answers and one.short in sentence.text and result.short is not None
                said = result.short.of(sentence.text) if result.short is not None else ""
                right = answers and one.short is not None and (said in one.short or one.short in said)
                short_score = result.short_score if known else None
                read.append(Candidate(among.features, answers, short_score, right))
            yield read


def of_stories(embedder: Embedder, reader: Reader) -> Iterator[list[Candidate]]:
    """Yield what is read for the questions on unseen stories; no two tell of one event, so all are undated."""
    asked = [one for one in read_questions() if one.story.number % CALIBRATES == 0]
    stories = {one.story.id: one.story for one in asked}.values()
    undated = [Submission(" ".join(one.sentences), one.id, one.title, one.id, language=one.language) for one in stories]
    questions = [
        Calibrated(one.text, None, frozenset(one.story.sentences[number] for number in one.answers), one.short)
        for one in asked
    ]
    return candidates(questions, undated, NOW, embedder, reader)


def of_events(library: EventLibrary, embedder: Embedder, reader: Reader) -> Iterator[list[Candidate]]:
    """Yield what is read for the questions on a library of events."""
    questions = [
        Calibrated(
            one.text,
            one.as_of,
            frozenset(library.stories[id_].sentences[number] for id_, number in one.answers),
            one.short,
        )
        for one in library.questions
        if one.kind != "summary" and not one.previous
    ]
    return candidates(questions, library.articles, library.asked_at, embedder, reader)


def fitted(read: Sequence[Sequence[Candidate]]) -> Weights:
    """Return the weights that fit what was read for some questions."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import StandardScaler

    flat = [one for found in read for one in found]
    scaler = StandardScaler()
    model = LogisticRegression(max_iter=1_000)
    model.fit(scaler.fit_transform([one.features for one in flat]), [one.answers for one in flat])
    slopes = model.coef_[0] / scaler.scale_
    bias = float(model.intercept_[0] - slopes @ scaler.mean_)
    newness = FEATURES.index("newness")
    bias += slopes[newness] * (1 - NEWNESS_KEPT) / 2  # as for one of middling newness
    slopes[newness] *= NEWNESS_KEPT
    best = [max(found, key=lambda one: slopes @ one.features) for found in read if found]
    named = {name: round(float(slope), 3) for name, slope in zip(FEATURES, slopes, strict=True)}
    return Weights(round(bias, 3), **named, near=NEAR, short=min(MOST_SHORT, least_short(best)))


def least_short(best: Sequence[Candidate]) -> float:
    """Return the log probability down to which `RIGHT` of the short answers of the best sentences are right."""
    known = sorted(((one.short, one.short_is_right) for one in best if one.short is not None), reverse=True)
    right = np.cumsum([good for _, good in known]) / np.arange(1, len(known) + 1)
    enough = takewhile(lambda at: right[at] >= RIGHT, range(FEWEST - 1, len(known)))
    return round(known[max(enough, default=0)][0], 2) if known else 0.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, default=Path(gettempdir()) / "sitrep-training-model")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    embedder, reader = load_embedder(options.model), Reader(load_reader(options.model))
    libraries = [read_library(LIBRARIES / name) for name in UNSEEN_LIBRARIES]
    events = [read for library in libraries for read in of_events(library, embedder, reader)]
    weights = fitted([*of_stories(embedder, reader), *events])
    print(json.dumps(asdict(weights), indent=1))
    if options.write:
        SHIPPED.write_text(json.dumps(asdict(weights), indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
