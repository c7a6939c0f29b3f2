"""A library that an earlier version made is opened with everything in it."""

from datetime import UTC, datetime
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, text

from retrieval.domain import ShownQuote
from retrieval.store import database
from retrieval.store.chats.shown import shown_to
from retrieval.store.database import open_database

BEFORE_SHOWN = "0010"


def made_at(revision: str, folder: Path) -> None:
    """Make a database as the version with this schema did, with a quote that chat 7 was shown."""
    config = Config()
    config.set_main_option("script_location", str(Path(database.__file__).parent / "migrations"))
    engine = create_engine(f"sqlite:///{folder / 'sitrep.db'}")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        row = {"at": datetime(2022, 1, 8, tzinfo=UTC).replace(tzinfo=None).isoformat(" ")}
        connection.execute(text("INSERT INTO told VALUES (7, 'hash', 'article', 1, 0, 10, :at)"), row)
    engine.dispose()


def test_quotes_that_a_chat_was_shown_before_are_known(tmp_path: Path) -> None:
    made_at(BEFORE_SHOWN, tmp_path)
    engine = open_database("", tmp_path)
    assert shown_to(engine, 7) == (ShownQuote("article", 1, 0, 10, "hash"),)
    engine.dispose()
