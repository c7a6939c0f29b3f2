"""What a message asks to be done, in plain words, in four languages."""

import json
from pathlib import Path

import pytest

from retrieval.domain import Intent
from retrieval.embedding import Embedder
from retrieval.question.intent import read_intent
from training.intents import UNSEEN

SENTENCES = Path(__file__).parents[3] / "training" / "data" / "intents.jsonl"
LEAST_RIGHT = 0.92


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("Give me a daily summary", Intent.SUMMARY),
        ("Дай сводку за 6 января", Intent.SUMMARY),
        ("Resumen del día, por favor", Intent.SUMMARY),
        ("кеше не болды?", Intent.SUMMARY),
        ("thanks!", Intent.THANKS),
        ("Who ordered the troops to open fire?", Intent.QUESTION),
        ("Кто приказал стрелять?", Intent.QUESTION),
        ("¿Por qué empezaron las protestas?", Intent.QUESTION),
        ("Наразылық неден басталды?", Intent.QUESTION),
    ],
)
def test_a_message_is_taken_for_what_it_asks(text: str, intent: Intent, embedder: Embedder) -> None:
    assert read_intent(embedder, text) is intent


def test_sentences_that_it_was_not_made_from_are_told_apart(embedder: Embedder) -> None:
    rows = [json.loads(line) for line in SENTENCES.read_text(encoding="utf-8").splitlines()]
    unseen = [row for number, row in enumerate(rows, start=1) if number % UNSEEN == 0][::4]
    right = [read_intent(embedder, row["text"]).value == row["intent"] for row in unseen]
    assert sum(right) >= LEAST_RIGHT * len(right)


@pytest.mark.parametrize("text", ["", "  ", "…", "\x00"])
def test_a_message_without_words_asks_for_nothing(text: str, embedder: Embedder) -> None:
    assert read_intent(embedder, text) is Intent.OTHER
