"""What is kept about people is what `/privacy` says, and what is deleted cannot be read from the disk any more."""

import os
import stat
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.locales import LOCALES, say
from bot.telegram.conversation import Place
from retrieval.store.chats.chats import KEPT_BY_CHAT
from retrieval.store.database import checkpoint, open_database
from tests.bot.in_process import ADMIN, READER, InProcess, messages

CANARY = "Zyzzyva-7391"
PRIVATE = (
    f"Who is responsible for {CANARY}?",
    f"/watch what became of {CANARY}",
    "/subscribe 08:00 Almaty",
    f"/topics 08:00 {CANARY} prices",
    f"/ask where is {CANARY} now?",
)
"""What a reader writes to the bot."""


def found(folder: Path) -> list[str]:
    """Return the files in a folder that contain the canary in any encoding that we write."""
    spellings = [CANARY.encode(), CANARY.lower().encode(), CANARY.encode("utf-16-le")]
    files = [path for path in folder.rglob("*") if path.is_file() and "models" not in path.parts]
    assert len(files) > 2
    return [path.name for path in files if any(one in path.read_bytes() for one in spellings)]


async def written(chat: InProcess) -> None:
    await chat.ask(ADMIN, f"/admit {READER}")
    for line in PRIVATE:
        await chat.write(READER, line)
    assert found(chat.resources.settings.data_dir), "a watch and a topic are kept"


async def test_no_byte_of_what_was_forgotten_is_left_on_disk(chat: InProcess) -> None:
    await written(chat)
    assert (await chat.ask(READER, "/forget")).text == say("forgotten_all", "en")
    assert checkpoint(chat.resources.library.engine), "the bot does it every five seconds"
    assert found(chat.resources.settings.data_dir) == []


async def test_no_byte_of_who_was_expelled_is_left_on_disk(chat: InProcess) -> None:
    await written(chat)
    await chat.ask(ADMIN, f"/expel {READER}")
    assert checkpoint(chat.resources.library.engine)
    assert found(chat.resources.settings.data_dir) == []
    with chat.resources.library.engine.connect() as connection:
        for table in ("inbox", *(table.name for table in KEPT_BY_CHAT)):
            assert connection.execute(text(f"SELECT count(*) FROM {table} WHERE chat_id = {READER}")).scalar() == 0
        assert connection.execute(text(f"SELECT count(*) FROM chats WHERE id = {READER}")).scalar() == 0


async def test_a_question_that_was_answered_is_not_left_on_disk(chat: InProcess) -> None:
    await chat.ask(ADMIN, f"/admit {READER}")
    await chat.write(READER, PRIVATE[0])
    assert checkpoint(chat.resources.library.engine)
    assert found(chat.resources.settings.data_dir) == []


async def test_forgetting_leaves_the_role_and_the_conversation_is_gone(chat: InProcess) -> None:
    await written(chat)
    await chat.ask(READER, "/forget")
    assert not chat.application.bot_data["conversations"].memory(Place(READER)).exchanges
    assert (await chat.ask(READER, "/watches")).text == say("watch_none", "en")


async def test_a_member_cannot_delete_what_their_group_set(chat: InProcess) -> None:
    group = chat.telegram.add_group("Newsroom", by=ADMIN)
    chat.telegram.group_message(group, ADMIN, "/admit")
    chat.telegram.group_message(group, ADMIN, f"/watch what became of {CANARY}")
    chat.telegram.group_message(group, READER, "/forget")
    assert messages(await chat.handle())[-1].text == say("forgotten_group", "en")
    assert found(chat.resources.settings.data_dir)
    chat.telegram.group_message(group, ADMIN, "/forget")
    assert messages(await chat.handle())[-1].text == say("forgotten_all", "en")
    assert checkpoint(chat.resources.library.engine)
    assert found(chat.resources.settings.data_dir) == []


@pytest.mark.parametrize("language", LOCALES)
def test_privacy_names_the_commands_that_delete(language: str) -> None:
    said = say("privacy", language, model="")
    assert all(command in said for command in ("/forget", "/new"))


@pytest.mark.skipif(os.name != "posix", reason="modes are those of POSIX")
def test_nobody_else_can_read_the_data_whatever_the_umask(tmp_path: Path) -> None:
    data = tmp_path / "data"
    old = os.umask(0)
    try:
        (data / "index" / "chroma-x").mkdir(parents=True)
        (data / "index" / "chroma-x" / "chroma.sqlite3").write_bytes(b"x")
        engine = open_database("", data)
        with engine.begin() as connection:
            connection.execute(text("INSERT INTO chats (id, admitted) VALUES (7, true)"))
        modes = {p.name: stat.S_IMODE(p.stat().st_mode) for p in (data, *data.rglob("*"))}
        engine.dispose()
    finally:
        os.umask(old)
    assert modes["sitrep.db-wal"] == 0o600
    folders = {"data", "index", "chroma-x"}
    assert {name for name, mode in modes.items() if mode != (0o700 if name in folders else 0o600)} == set()
