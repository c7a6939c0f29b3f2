"""Make `retrieval/question/intents.npz`, by which an intent is told, and `retrieval/question/request_words.json`.

The first has example sentences, and what likeness to each of them says of a message; the second the words that requests
are put in, so that the rest is what a request is about.

`python -m training.intents [--model FOLDER] [--write]`. The sentences are those of `training/data/intents.jsonl` (what
people type, with the intent of each) and, as further questions, some of `training/data/reader`. Every fifth sentence is
left out, to measure on. Their vectors are centred and stored in bytes; kernel ridge regression on the intents gives the
worth of each. With the same kernel, a logistic regression on the bare vectors is right eight times in a hundred less
often, the nearest sentence alone twelve times. It prints how many of the unseen are right. The reader's questions are
drawn with a fixed seed.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import gettempdir

import numpy as np
from numpy.typing import NDArray

from retrieval.domain import Intent
from retrieval.embedding import Embedder, load_embedder
from retrieval.language.words import stem, words
from retrieval.question.intent import QUESTION_BIAS, STEP, Weights, as_read, centred, kernel
from training.sets import ROOT, lines
from training.stories import STORIES

SENTENCES = ROOT / "training" / "data" / "intents.jsonl"
SHIPPED = ROOT / "retrieval" / "question" / "intents.npz"
WORDS = ROOT / "retrieval" / "question" / "request_words.json"
UNSEEN = 5  # training leaves out every fifth sentence
RIDGE = 0.005  # chosen with WIDTH on the seen sentences
READER_QUESTIONS = 800
SEED = 1
ABOUT = ("topic", "place", "person")  # slots whose words are what a request is about
REQUESTS = frozenset(
    {Intent.SUMMARY, Intent.LATEST, Intent.TIMELINE, Intent.FIGURES, Intent.SUBSCRIBE, Intent.UNSUBSCRIBE, Intent.WATCH}
)
MORE_OFTEN = 4.0  # times as often in requests as in questions a request word is at least
LEAST_OFTEN = 2  # requests that have it
CLEAR_KINDS = frozenset(
    {"who", "why", "where", "when", "which", "how", "how long", "yes/no", "what did X say", "whose"}
)
"""Kinds of the reader's questions that are no requests beyond doubt; "how many" may be figures."""


@dataclass(frozen=True, slots=True)
class Sentence:
    text: str
    language: str
    intent: Intent


def sentences(*, unseen: bool) -> list[Sentence]:
    """Return the sentences that training learns from, or every fifth one, which it leaves out."""
    rows = enumerate(lines(SENTENCES), start=1)
    return [
        Sentence(row["text"], row["lang"], Intent(row["intent"]))
        for number, row in rows
        if (number % UNSEEN == 0) == unseen
    ]


def reader_questions() -> list[Sentence]:
    """Return questions on news stories, drawn from those that are questions beyond doubt."""
    stories = [row for path in sorted(STORIES.glob("*.jsonl")) for row in lines(path)]
    found = [one for story in stories for one in story["questions"] if one.get("kind") in CLEAR_KINDS]
    drawn = random.Random(SEED).sample(found, READER_QUESTIONS)
    return [Sentence(one["q"], one["lang"], Intent.QUESTION) for one in drawn]


def fitted(vectors: NDArray[np.float32], intents: Sequence[Intent]) -> dict[str, NDArray[np.generic]]:
    """Return the arrays of the shipped file for unit vectors, (n, d), and the intent of each."""
    mean = vectors.mean(axis=0).astype(np.float16)
    rows = centred(vectors, mean.astype(np.float32))
    scale = STEP / np.abs(rows).max()
    examples = np.round(rows * scale).astype(np.int8)
    stored = examples.astype(np.float32)
    stored /= np.linalg.norm(stored, axis=1, keepdims=True)
    names = sorted(set(intents))
    wanted = np.array([[one == name for name in names] for one in intents], dtype=np.float64)
    worth = np.linalg.solve(kernel(stored, stored).astype(np.float64) + RIDGE * np.eye(len(stored)), wanted)
    return {"mean": mean, "examples": examples, "worth": worth.astype(np.float16), "intents": np.array(names)}


def report(weights: Weights, vectors: NDArray[np.float32], unseen: Sequence[Sentence]) -> None:
    """Print how many of the unseen sentences are right, by intent and by language."""
    scores = np.array([weights.scores(vector) for vector in vectors])
    scores[:, weights.intents.index(Intent.QUESTION)] += QUESTION_BIAS
    told = [weights.intents[at] for at in scores.argmax(axis=1)]
    shares: dict[str, list[bool]] = defaultdict(list)
    for sentence, intent in zip(unseen, told, strict=True):
        for name in ("all", sentence.intent.value, sentence.language):
            shares[name].append(intent is sentence.intent)
    for name, right in shares.items():
        print(f"{name}: {sum(right)}/{len(right)} right ({np.mean(right):.3f})")
    for sentence, intent in zip(unseen, told, strict=True):
        if intent is not sentence.intent:
            print(f"  {sentence.intent} taken for {intent}: {sentence.text}")


def request_words() -> dict[str, list[str]]:
    """Return the stems, by language, that requests have more often than questions on news do, slots and names aside."""
    asking: dict[str, Counter[str]] = defaultdict(Counter)
    about: dict[str, set[str]] = defaultdict(set)
    for row in lines(SENTENCES):
        language, slots = row["lang"], row.get("slots", {})
        about[language] |= {stem(word.text, language) for slot in ABOUT for word in words(slots.get(slot, ""))}
        if row["intent"] in REQUESTS:
            written = enumerate(words(row["text"]))
            asking[language].update(stem(w.text, language) for at, w in written if at == 0 or not w.text[0].isupper())
    news: dict[str, Counter[str]] = defaultdict(Counter)
    for path in sorted(STORIES.glob("*.jsonl")):
        for one in (question for story in lines(path) for question in story["questions"]):
            news[one["lang"]].update(stem(word.text, one["lang"]) for word in words(one["q"]))
    return {
        language: sorted(
            stem_
            for stem_, count in found.items()
            if count >= LEAST_OFTEN
            and stem_ not in about[language]
            and count / found.total() >= MORE_OFTEN * (news[language][stem_] + 0.5) / news[language].total()
        )
        for language, found in sorted(asking.items())
    }


def embedded(embedder: Embedder, texts: Sequence[Sentence]) -> NDArray[np.float32]:
    """Return the vectors of sentences, (n, d)."""
    return np.stack([embedder.embed_query(as_read(one.text)) for one in texts])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, default=Path(gettempdir()) / "sitrep-training-model")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    embedder = load_embedder(options.model)
    seen, unseen = [*sentences(unseen=False), *reader_questions()], sentences(unseen=True)
    made = fitted(embedded(embedder, seen), [one.intent for one in seen])
    examples = made["examples"].astype(np.float32)
    weights = Weights(
        made["mean"].astype(np.float32),
        examples / np.linalg.norm(examples, axis=1, keepdims=True),
        made["worth"].astype(np.float32),
        tuple(Intent(str(name)) for name in made["intents"]),
    )
    report(weights, embedded(embedder, unseen), unseen)
    if options.write:
        np.savez_compressed(SHIPPED, **made)
        WORDS.write_text(json.dumps(request_words(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
