"""A request to compare reports: what is disputed, of the topic that it names."""

import json
from datetime import UTC
from pathlib import Path

import pytest

from retrieval.answer.ask import ask
from retrieval.domain import Answer, Intent, Status
from retrieval.embedding import Embedder
from retrieval.ingest.files import from_path
from retrieval.ingest.pipeline import ingest
from retrieval.question.intent import read_request
from retrieval.reader.reader import Reader
from retrieval.store.library import Library

FIRE = "A fire broke out at the market in Tamberley on Tuesday. Twelve people were killed, the Health Ministry said."
FIRE_TOO = "After the fire at the market in Tamberley on Tuesday, 19 people were killed, the opposition said."
CRASH = "Two trains collided near Ostrow on Tuesday. Thirty-one people were killed, the railway said."
CRASH_TOO = "After the collision of two trains near Ostrow on Tuesday, 36 people were killed, the police said."
CLINIC = "The mayor opened a new clinic in Tamberley on Wednesday and thanked those who had paid for it."


@pytest.fixture
def compared(library: Library, embedder: Embedder, reader: Reader, tmp_path: Path) -> "Compared":
    return Compared(library, embedder, reader, tmp_path / "articles.jsonl")


class Compared:
    """A library of articles of one day, and requests made of it."""

    def __init__(self, library: Library, embedder: Embedder, reader: Reader, path: Path) -> None:
        self.library, self.embedder, self.reader, self.path = library, embedder, reader, path

    def answer(self, text: str, *articles: str) -> Answer:
        rows = [
            {"id": str(at), "url": f"https://{at}.example/{at}", "publisher": f"Paper {at}", "title": "News",
             "published_at": "2031-03-05T12:00:00Z", "text": article}
            for at, article in enumerate(articles)
        ]  # fmt: skip
        self.path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
        ingest(self.library, self.embedder, from_path(self.path, UTC))
        request = read_request(self.embedder, text)
        assert request.intent is Intent.COMPARE
        return ask(self.library, self.embedder, self.reader, text, intent=request.intent, about=request.about)


def test_the_disputes_of_all_events_answer_a_request_without_a_topic(compared: Compared) -> None:
    answer = compared.answer("where do the reports disagree", FIRE, FIRE_TOO, CRASH, CRASH_TOO, CLINIC)
    assert sorted((one.low, one.high, one.disputed) for one in answer.summaries) == [(12, 19, True), (31, 36, True)]
    assert sorted(row.low or 0 for row in answer.figures) == [12, 19, 31, 36]
    assert {row.standing for row in answer.figures} == {"contradicted"}


def test_a_topic_narrows_what_is_compared(compared: Compared) -> None:
    answer = compared.answer("compare the reports on the fire in Tamberley", FIRE, FIRE_TOO, CRASH, CRASH_TOO, CLINIC)
    assert [(one.low, one.high) for one in answer.summaries] == [(12, 19)]


def test_where_nothing_is_disputed_there_is_no_answer(compared: Compared) -> None:
    answer = compared.answer("where do the reports disagree", FIRE, CRASH, CLINIC)
    assert (answer.status, answer.figures) == (Status.ABSTAINED, ())
