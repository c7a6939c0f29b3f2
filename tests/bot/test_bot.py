"""`sitrep run`, as a process of its own, through a strict Telegram over HTTP."""

import sqlite3
import time
from pathlib import Path

import pytest

from tests.bot.running import ADMIN, command, running
from tests.fake_telegram.server import TelegramServer

STRANGER = 2002
QUESTION = "Who did Tokayev ask for help against the threat?"


def test_an_admin_is_answered_with_citations_and_their_passages(telegram_server: TelegramServer, data: Path) -> None:
    """Typing first, then the answer as HTML, previews off; a button opens the passage in its context."""
    server = telegram_server
    with running(server, data):
        greeting = server.ask(ADMIN, "/start")
        assert "exact quote" in greeting.text
        mark = server.mark()
        answer = server.ask(ADMIN, QUESTION)
        assert server.calls("sendChatAction", ADMIN)
        assert answer.parameters["parse_mode"] == "HTML"
        assert answer.parameters["link_preview_options"]["is_disabled"] is True
        assert "#:~:text=" in answer.parameters["text"]
        assert "[1]" in answer.text
        server.press(answer, "[1]")
        opened = server.wait_for("sendMessage", ADMIN, since=mark)
        assert "<b>" in opened.parameters["text"]
        assert server.unanswered() == []
        assert server.violations() == server.refusals() == []


def test_a_bot_api_server_that_lacks_methods_still_gets_answers_to_its_users(
    telegram_server: TelegramServer, data: Path
) -> None:
    """No commands to offer, no webhook to delete, no typing to show, no button to acknowledge: asked and answered."""
    server = telegram_server
    for method in ("setMyCommands", "deleteWebhook", "sendChatAction", "answerCallbackQuery"):
        server.fail(method, code=404, times=100)
    with running(server, data):
        answer = server.ask(ADMIN, QUESTION)
        assert "[1]" in answer.text
        mark = server.mark()
        server.press(answer, "[1]")
        assert "<b>" in server.wait_for("sendMessage", ADMIN, since=mark).parameters["text"]


def test_a_question_survives_a_kill_and_is_answered_once(telegram_server: TelegramServer, data: Path) -> None:
    """Killed while it answers, the bot answers after its restart; what was answered is not answered again."""
    server = telegram_server
    server.fail("sendMessage", kind="hang", times=1)
    with running(server, data) as bot:
        server.private_message(ADMIN, QUESTION)
        server.wait_until_confirmed()
        bot.kill()
    server.heal()
    with running(server, data):
        answer = server.wait_for("sendMessage", ADMIN, timeout=30)
        assert "[1]" in answer.text
        server.ask(ADMIN, "/help")
    assert len([message for message in server.sent(ADMIN) if "[1]" in (message.text or "")]) == 1


def test_an_update_that_cannot_be_read_is_passed_over_and_not_logged(
    telegram_server: TelegramServer, data: Path
) -> None:
    server = telegram_server
    with running(server, data) as bot:
        server.deliver({"update_id": 800_000_001, "message": {"text": "a secret question", "from": {"id": ADMIN}}})
        assert "[1]" in server.ask(ADMIN, QUESTION).text
        assert bot.stop() == 0
        log = bot.log.read_text()
    assert "cannot be read" in log
    assert "secret" not in log


def test_the_bot_stops_when_its_token_is_taken_back(telegram_server: TelegramServer, data: Path) -> None:
    server = telegram_server
    with running(server, data) as bot:
        server.fail("getUpdates", code=401, times=100)
        server.private_message(ADMIN, "/help")
        assert bot.process.wait(timeout=30) == 1
        assert "does not know the token" in bot.log.read_text().splitlines()[-1]


def test_questions_are_neither_kept_nor_logged_and_the_token_is_nowhere(
    telegram_server: TelegramServer, data: Path
) -> None:
    server = telegram_server
    with running(server, data, log_level="DEBUG") as bot:
        server.ask(ADMIN, "Where is the zanzibarine lighthouse?")
        server.ask(ADMIN, "/help")
        assert bot.stop() == 0
        log = bot.log.read_text(encoding="utf-8")
    assert "the bot runs" in log
    assert "zanzibarine" not in log
    assert server.token not in log
    with sqlite3.connect(data / "sitrep.db") as database:
        assert database.execute("SELECT count(*) FROM inbox WHERE payload IS NOT NULL").fetchone() == (0,)


def test_a_second_bot_gets_one_clear_sentence(telegram_server: TelegramServer, data: Path) -> None:
    server = telegram_server
    with running(server, data):
        second = command(server, data, "run")
        assert second.returncode == 1
        assert "Another bot already runs" in second.stderr.splitlines()[-1]


def test_another_process_ingests_and_asks_while_the_bot_runs(
    telegram_server: TelegramServer, data: Path, tmp_path: Path
) -> None:
    server = telegram_server
    story = tmp_path / "story.txt"
    story.write_text("Miners at the Karaganda pit stopped work over unpaid wages, the union of miners said.\n")
    with running(server, data):
        for words in (["ingest", str(story)], ["ask", "Why did the miners stop work?"]):
            done = command(server, data, *words)
            assert done.returncode == 0, done.stderr
        assert "unpaid wages" in done.stdout
        deadline = time.monotonic() + 20
        while "unpaid wages" not in server.ask(ADMIN, "Why did the miners stop work?").text:
            assert time.monotonic() < deadline


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"telegram_token": ""}, "SITREP_TELEGRAM_TOKEN is empty"),
        ({"telegram_token": "123456:wrong-token-wrong-token-wrong-token"}, "does not know the token"),
        ({"admins": "me", "timezone": "Mars/Olympus"}, "SITREP_TIMEZONE"),
    ],
)
def test_what_keeps_the_bot_from_starting_is_said_in_one_sentence(
    settings: dict[str, str],
    told: str,
    telegram_server: TelegramServer,
    data: Path,
) -> None:
    done = command(telegram_server, data, "run", **settings)
    assert done.returncode == 1
    assert told in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr
