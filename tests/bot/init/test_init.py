"""`sitrep init` against a strict Telegram over HTTP: each answer is checked, and `.env` is written at the end."""

import os
import pty
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.init.command import run
from bot.init.env_file import merged
from bot.locales import LOCALES, say
from bot.settings import read_settings
from tests.bot.commands import Sitrep, data, sitrep
from tests.conftest import ROOT
from tests.fake_telegram.server import TelegramServer

__all__ = ["data", "sitrep"]

PERSON, STRANGER = 1001, 2002
CODE = "000042"


@pytest.fixture
def place(
    tmp_path: Path, data: Path, telegram_server: TelegramServer, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    """The folder that the bot is set up in; Telegram is the test's, and the code is known."""
    for name in [name for name in os.environ if name.startswith("SITREP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("SITREP_TELEGRAM_API_URL", telegram_server.url)
    monkeypatch.setenv("SITREP_DATA_DIR", str(data))
    monkeypatch.setattr("secrets.randbelow", lambda below: int(CODE))
    monkeypatch.chdir(tmp_path)
    read_settings.cache_clear()
    yield tmp_path
    read_settings.cache_clear()


def answering(*answers: str) -> Callable[[str], str]:
    """Return what writes these answers, one a question, and then Enter."""
    left = list(answers)
    return lambda question: left.pop(0) if left else ""


def test_what_is_asked_for_is_checked_and_written_for_its_owner_alone(
    place: Path, telegram_server: TelegramServer
) -> None:
    telegram_server.private_message(PERSON, CODE)
    run(answering("ru", telegram_server.token, "", "Алматы"))
    written = (place / ".env").read_text().splitlines()
    assert written == [
        "SITREP_LANGUAGE=ru",
        f"SITREP_TELEGRAM_TOKEN={telegram_server.token}",
        f"SITREP_ADMINS={PERSON}",
        "SITREP_TIMEZONE=Asia/Almaty",
    ]
    assert stat.S_IMODE((place / ".env").stat().st_mode) == 0o600
    assert telegram_server.sent(PERSON)[-1].text == say("init.hello", "ru")
    assert telegram_server.refusals() == []


def test_what_is_there_is_kept_and_enter_keeps_it(place: Path, telegram_server: TelegramServer) -> None:
    before = f"# mine\nOPENAI_API_KEY=k\nSITREP_TELEGRAM_TOKEN={telegram_server.token}\nSITREP_ADMINS=5,6\n"
    (place / ".env").write_text(before + "SITREP_TIMEZONE=Asia/Almaty\nSITREP_LANGUAGE=es\n")
    run(answering("", "", "", "Madrid"))
    assert (place / ".env").read_text() == before + "SITREP_TIMEZONE=Europe/Madrid\nSITREP_LANGUAGE=es\n"


def test_a_wrong_answer_is_one_sentence_and_is_asked_for_again(
    place: Path, telegram_server: TelegramServer, capsys: pytest.CaptureFixture[str]
) -> None:
    good = telegram_server.token
    run(answering("xx", "en", "nonsense", "123456:wrong-token", good, "me", "77", "Almatyy", "Almaty", "no-such.txt"))
    told = capsys.readouterr().err.splitlines()
    assert told == [
        f"? {', '.join(LOCALES)}",
        say("init.token_unknown", "en"),
        say("init.token_unknown", "en"),
        say("init.admins_what", "en"),
        told[4],
        say("init.source_none", "en", written="no-such.txt"),
    ]
    assert "Almaty" in told[4]
    assert "SITREP_ADMINS=77" in (place / ".env").read_text()


def test_the_code_takes_no_message_of_others_from_the_bot(place: Path, telegram_server: TelegramServer) -> None:
    telegram_server.private_message(STRANGER, "Hello?")
    telegram_server.private_message(PERSON, CODE)
    run(answering("en", telegram_server.token))
    assert f"SITREP_ADMINS={PERSON}" in (place / ".env").read_text()
    waiting = telegram_server.world.updates.pending
    assert [update["message"]["text"] for update in waiting] == ["Hello?", CODE]


def test_where_another_program_receives_the_messages_the_number_is_asked_for(
    place: Path, telegram_server: TelegramServer, capsys: pytest.CaptureFixture[str]
) -> None:
    telegram_server.fail("getUpdates", code=409)
    run(answering("en", telegram_server.token, "", "77"))
    assert say("init.busy", "en") in capsys.readouterr().err
    assert "SITREP_ADMINS=77" in (place / ".env").read_text()


@pytest.mark.parametrize("stopped_at", [1, 2, 3])
def test_ctrl_c_writes_nothing(place: Path, telegram_server: TelegramServer, stopped_at: int) -> None:
    answers = ["en", telegram_server.token, "77", "Almaty"][:stopped_at]

    def ask(question: str) -> str:
        if not answers:
            raise KeyboardInterrupt
        return answers.pop(0)

    with pytest.raises(KeyboardInterrupt):
        run(ask)
    assert [one.name for one in place.iterdir()] == ["data"]


def test_a_first_source_can_be_asked_about_at_once(
    place: Path, sitrep: Sitrep, capsys: pytest.CaptureFixture[str]
) -> None:
    story = place / "story.txt"
    story.write_text("Miners at the Karaganda pit stopped work over unpaid wages, the union of miners said.\n")
    run(answering("en", "", "Almaty", str(story)))
    assert "1 added" in capsys.readouterr().out
    assert "unpaid wages" in sitrep("ask", "Why did the miners stop work?").stdout


def test_without_a_terminal_it_says_so(place: Path, sitrep: Sitrep) -> None:
    done = sitrep("init")
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1)
    assert "needs a terminal" in done.stderr
    assert not (place / ".env").exists()


def test_at_a_real_terminal(place: Path) -> None:
    leader, follower = pty.openpty()
    command = [sys.executable, "-m", "bot.cli", "init"]
    with subprocess.Popen(
        command, cwd=place, env=os.environ | {"PYTHONPATH": str(ROOT)}, stdin=follower, stdout=follower, stderr=follower
    ) as process:
        os.write(leader, b"es\n\nAlmaty\n\n")
        assert process.wait(timeout=60) == 0
    os.close(follower)
    assert (place / ".env").read_text() == "SITREP_LANGUAGE=es\nSITREP_TIMEZONE=Asia/Almaty\n"


def test_a_name_that_is_set_twice_is_set_once() -> None:
    assert merged("A=1\n#A=0\nexport A=2\nB=3", {"A": "9", "C": "8"}) == "A=9\n#A=0\nB=3\nC=8\n"
