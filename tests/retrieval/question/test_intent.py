"""What a message asks to be done, in plain words, in four languages."""

import json
from pathlib import Path

import pytest

from retrieval.domain import Intent
from retrieval.embedding import Embedder
from retrieval.language.words import is_stopword
from retrieval.question.intent import read_request
from training.intents import LABELLED, UNSEEN

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
        ("включи мне уведомления", Intent.SUBSCRIBE),
        ("отключи мне уведомления", Intent.UNSUBSCRIBE),
        ("turn the notifications on please", Intent.SUBSCRIBE),
        ("turn the notifications off please", Intent.UNSUBSCRIBE),
        ("хабарландыруды қосып қойшы", Intent.SUBSCRIBE),
        ("хабарландыруды өшіріп қойшы", Intent.UNSUBSCRIBE),
        ("actívame las notificaciones", Intent.SUBSCRIBE),
        ("desactívame las notificaciones", Intent.UNSUBSCRIBE),
        ("Give Me A Daily Summary", Intent.SUMMARY),
        ("GIVE ME A DAILY SUMMARY", Intent.SUMMARY),
        ("I'd like a daily brief", Intent.SUMMARY),
        ("Дай ежедневную сводку", Intent.SUMMARY),
        ("Дайте мне дневную сводку", Intent.SUMMARY),
        ("Күнделікті шолу бер", Intent.SUMMARY),
        ("Dame el resumen diario", Intent.SUMMARY),
        ("Resumen diario por favor", Intent.SUMMARY),
        ("send daily summaries", Intent.SUBSCRIBE),
        ("Has the Pope commented on any of this", Intent.QUESTION),
        ("Who ordered the troops to open fire?", Intent.QUESTION),
        ("Кто приказал стрелять?", Intent.QUESTION),
        ("¿Por qué empezaron las protestas?", Intent.QUESTION),
        ("Наразылық неден басталды?", Intent.QUESTION),
    ],
)
def test_a_message_is_taken_for_what_it_asks(text: str, intent: Intent, embedder: Embedder) -> None:
    assert read_request(embedder, text).intent is intent


def test_sentences_that_it_was_not_made_from_are_told_apart(embedder: Embedder) -> None:
    rows = [json.loads(line) for line in SENTENCES.read_text(encoding="utf-8").splitlines()]
    unseen = [row for number, row in enumerate(rows, start=1) if number % UNSEEN == 0][::4]
    right = [read_request(embedder, row["text"]).intent.value == row["intent"] for row in unseen]
    assert sum(right) >= LEAST_RIGHT * len(right)


@pytest.mark.parametrize("text", ["", "  ", "…", "\x00"])
def test_a_message_without_words_asks_for_nothing(text: str, embedder: Embedder) -> None:
    assert read_request(embedder, text).intent is Intent.OTHER


def test_the_words_that_requests_are_about_are_told_in_sentences_that_it_was_not_made_from(embedder: Embedder) -> None:
    rows = [json.loads(line) for line in SENTENCES.read_text(encoding="utf-8").splitlines()]
    unseen = [row for number, row in enumerate(rows, start=1) if number % UNSEEN == 0 and row["intent"] in LABELLED]
    right = [
        _has_topic(read_request(embedder, row["text"]).about, row["lang"]) == ("about" in row) for row in unseen[::4]
    ]
    assert sum(right) >= LEAST_RIGHT * len(right)


def _has_topic(about: frozenset[str], language: str) -> bool:
    return any(not (is_stopword(word, language) or word[0].isdigit()) for word in about)
