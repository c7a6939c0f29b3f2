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
from tests.bot.running import ADMIN, command, running
from tests.bot.test_bot import QUESTION
from tests.conftest import MODELS, SAMPLES
from tests.fake_telegram.server import TelegramServer

__all__ = ["data"]


def test_a_bot_on_postgresql_answers_with_citations_keeps_its_inbox_there_and_bears_no_other_beside_it(
    telegram_server: TelegramServer, data: Path, embedder: Embedder, new_postgres: Callable[[], str], tmp_path: Path
) -> None:
    url = new_postgres()
    library = open_library(data, name_of(embedder), url)
    ingest(library, embedder, from_path(SAMPLES, UTC))
    with running(telegram_server, data, database_url=url) as bot:
        assert "[1]" in telegram_server.ask(ADMIN, QUESTION).text
        assert "2002" in telegram_server.ask(ADMIN, "/admit 2002").text
        assert "No feed" in telegram_server.ask(ADMIN, "/feeds list").text
        other = tmp_path / "other"
        other.mkdir()
        (other / "models").symlink_to(MODELS)
        second = command(telegram_server, other, "run", database_url=url)
        assert second.returncode == 1
        assert "Another bot already runs on this database" in second.stderr.splitlines()[-1]
        assert bot.stop() == 0
    assert not (data / "sitrep.db").exists()
    library.close()
