"""`/start`: three questions that the library answers, as buttons; what to do next where it is empty; the menus."""

from pathlib import Path

import pytest

from bot.locales import LOCALES, say
from bot.requests.examples import EXAMPLES
from retrieval.embedding import Embedder
from tests.bot.in_process import ADMIN, READER, InProcess, in_process, messages
from tests.bot.running import running
from tests.conftest import MODELS
from tests.fake_telegram.server import TelegramServer


@pytest.mark.parametrize("language", ["en", "ru", "kk", "es"])
async def test_every_question_that_start_offers_is_answered(chat: InProcess, language: str) -> None:
    await chat.write(ADMIN, f"/language {language}")
    [greeting] = await chat.write(ADMIN, "/start")
    assert len(set(greeting.buttons)) == EXAMPLES
    for question in greeting.buttons:
        answer = messages(await chat.press(greeting, question))[0]
        assert "[1]" in answer.text
        assert say("abstained", language) not in answer.text


async def test_the_questions_are_tried_once_for_a_library(chat: InProcess) -> None:
    await chat.write(ADMIN, "/start")
    tried = dict(chat.application.bot_data["examples"])
    await chat.write(ADMIN, "/start")
    assert chat.application.bot_data["examples"] == tried


async def test_an_empty_library_says_what_to_do_next_by_role(tmp_path: Path, embedder: Embedder) -> None:
    (tmp_path / "models").symlink_to(MODELS)
    async with in_process(tmp_path, embedder) as chat:
        assert say("start_empty_editor", "en") in (await chat.ask(ADMIN, "/start")).text
        await chat.write(ADMIN, f"/admit {READER}")
        assert say("start_empty", "en") in (await chat.ask(READER, "/start")).text


def test_menus_are_by_role_and_in_every_language(telegram_server: TelegramServer, data: Path) -> None:
    server = telegram_server
    with running(server, data):
        server.ask(ADMIN, f"/admit {READER} editor")
        menus = {
            scope: [command["command"] for command in commands] for scope, commands in server.world.commands.items()
        }
        server.ask(ADMIN, f"/expel {READER}")
        left = set(server.world.commands)
    for code in ("", *LOCALES):
        assert "invite" in menus[f"chat{ADMIN}:{code}"]
        assert "feeds" in menus[f"chat{READER}:{code}"]
        assert not {"invite", "feeds"} & {*menus[f"default:{code}"], *menus[f"all_group_chats:{code}"]}
        assert "language" in menus[f"default:{code}"]
        assert "language" not in menus[f"all_group_chats:{code}"]
    assert not [scope for scope in left if scope.startswith(f"chat{READER}")]
