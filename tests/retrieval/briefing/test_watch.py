"""What has just arrived and is news to somebody who watches; and what is not."""

from datetime import UTC, datetime

import pytest

from retrieval.briefing.watch import news
from retrieval.domain import Answer
from retrieval.embedding import Embedder
from retrieval.ingest.pipeline import ingest
from retrieval.ingest.submission import Submission
from retrieval.reader.reader import Reader
from retrieval.store.chats import watches
from retrieval.store.database import writing
from retrieval.store.library import Library

NOW = datetime(2022, 1, 8, tzinfo=UTC)
QUESTION = "How many tram drivers were detained in Temirtau?"

FIRST = "Police detained 12 tram drivers in Temirtau on Friday, the interior ministry said. The depot stayed shut."
CHANGED = "Police detained 19 tram drivers in Temirtau on Friday, the interior ministry said. The depot stayed shut."
OTHER = "A lawyer for the drivers said that 30 tram drivers had been detained in Temirtau since the strike began."
UNRELATED = "The national library reopened its reading room after a year of repairs to its roof and its heating."
"""Written for this test."""


def publish(library: Library, embedder: Embedder, text: str, url: str, publisher: str = "Daily") -> None:
    told = Submission(text=text, title="Tram strike", where="test", url=url, publisher=publisher)
    ingest(library, embedder, [told], clock=lambda: NOW)


def look(library: Library, embedder: Embedder, reader: Reader, watched: str, seen: int) -> Answer | None:
    arrived = watches.arrived(library.engine, seen, watches.newest(library.engine))
    return news(library, embedder, reader, watched, arrived, seen, NOW)


@pytest.fixture
def seen(library: Library, embedder: Embedder) -> int:
    """A library that holds the first report, and the key up to which it was looked through."""
    publish(library, embedder, FIRST, "https://a.example/1")
    publish(library, embedder, UNRELATED, "https://a.example/2")
    return watches.newest(library.engine)


def test_a_new_origin_that_answers_is_news_quoted_to_the_character(
    library: Library, embedder: Embedder, reader: Reader, seen: int
) -> None:
    publish(library, embedder, OTHER, "https://b.example/1", "Weekly")
    found = look(library, embedder, reader, QUESTION, seen)
    assert found is not None
    (citation,) = [c for c in found.citations if "30" in c.quote]
    assert citation.article.text[citation.start : citation.end] == citation.quote
    assert all(c.article.publisher == "Weekly" for c in found.citations)


def test_what_was_there_before_is_no_news(library: Library, embedder: Embedder, reader: Reader, seen: int) -> None:
    assert look(library, embedder, reader, QUESTION, seen) is None


def test_a_copy_of_a_known_origin_is_no_news(library: Library, embedder: Embedder, reader: Reader, seen: int) -> None:
    publish(library, embedder, FIRST, "https://c.example/1", "Copyist")
    with writing(library.engine) as connection:
        connection.exec_driver_sql("UPDATE articles SET origin = 'one' WHERE url LIKE 'https://%.example/1'")
    assert look(library, embedder, reader, QUESTION, seen) is None


def test_a_figure_that_a_changed_article_gives_anew_is_news(
    library: Library, embedder: Embedder, reader: Reader, seen: int
) -> None:
    publish(library, embedder, CHANGED, "https://a.example/1")
    found = look(library, embedder, reader, QUESTION, seen)
    assert found is not None
    assert "19" in found.citations[0].quote


def test_a_changed_article_without_a_new_figure_is_no_news(
    library: Library, embedder: Embedder, reader: Reader, seen: int
) -> None:
    publish(library, embedder, FIRST.replace("stayed", "remained"), "https://a.example/1")
    assert look(library, embedder, reader, QUESTION, seen) is None


def test_an_unrelated_article_is_no_news(library: Library, embedder: Embedder, reader: Reader, seen: int) -> None:
    publish(library, embedder, UNRELATED.replace("library", "theatre"), "https://d.example/1")
    assert look(library, embedder, reader, QUESTION, seen) is None


def test_a_topic_is_heard_of_by_its_words_and_by_its_names_in_another_script(
    library: Library, embedder: Embedder, reader: Reader, seen: int
) -> None:
    publish(library, embedder, "Трамвайщики в Темиртау вернулись в депо, сообщил акимат города.", "https://e.example/1")
    found = look(library, embedder, reader, "Temirtau", seen)
    assert found is not None
    assert "Темиртау" in found.citations[0].quote
