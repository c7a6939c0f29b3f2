"""`sitrep run` on PostgreSQL, through the strict Telegram."""

from collections.abc import Callable
from datetime import UTC
from pathlib import Path

from retrieval.embedding import Embedder
from retrieval.embedding.centred import name_of
from retrieval.ingest.files import from_path
from retrieval.ingest.pipeline import ingest
from retrieval.store.library import open_library
from tests.bot.commands import data
from tests.bot.running import ADMIN, running
from tests.bot.test_bot import QUESTION
from tests.conftest import SAMPLES
from tests.fake_telegram.server import TelegramServer

__all__ = ["data"]


def test_a_bot_on_postgresql_answers_with_citations_and_keeps_its_inbox_there(
    telegram_server: TelegramServer, data: Path, embedder: Embedder, new_postgres: Callable[[], str]
) -> None:
    url = new_postgres()
    library = open_library(data, name_of(embedder), url)
    ingest(library, embedder, from_path(SAMPLES, UTC))
    with running(telegram_server, data, database_url=url) as bot:
        assert "[1]" in telegram_server.ask(ADMIN, QUESTION).text
        assert "2002" in telegram_server.ask(ADMIN, "/admit 2002").text
        assert "No feed" in telegram_server.ask(ADMIN, "/feeds list").text
        assert bot.stop() == 0
    assert not (data / "sitrep.db").exists()
    library.close()
