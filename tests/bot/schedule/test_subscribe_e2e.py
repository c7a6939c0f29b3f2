"""Being briefed, end to end: `sitrep run` through a strict Telegram, on days of the samples, by a clock set to them."""

import shutil
import sqlite3
import time
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.bot.running import ADMIN, Bot, running
from tests.fake_telegram.server import TelegramServer

ALMATY = ZoneInfo("Asia/Almaty")
KYIV = ZoneInfo("Europe/Kyiv")

ROUND_SECONDS = 3
"""By then a bot that answers has made its first round, which it begins before it polls."""


class Bots:
    """Bots on one copy of the samples, one after the other; a class because they share the folder."""

    def __init__(self, server: TelegramServer, folder: Path) -> None:
        self.server, self.folder = server, folder

    def at(self, moment: datetime) -> AbstractContextManager[Bot]:
        """Run a bot whose clock starts at `moment`."""
        offset = (moment - datetime.now(UTC)).total_seconds()
        return running(self.server, self.folder, clock_offset=str(offset))

    def wait_for_brief(self, since: int = 0) -> str:
        """Return the brief that comes, once its sending is recorded."""
        came = self.server.wait_for("sendMessage", ADMIN, timeout=150, since=since, where=lambda c: is_brief(c.text))
        for _ in range(500):
            with sqlite3.connect(self.folder / "sitrep.db") as database:
                if database.execute("SELECT count(*) FROM outbox WHERE closed_at IS NULL").fetchone() == (0,):
                    return came.text
            time.sleep(0.02)
        raise TimeoutError("the brief was not recorded")

    def briefs_until_settled(self, since: int = 0) -> list[str]:
        """Return the briefs that came since a mark, once the running bot has made a round."""
        self.server.ask(ADMIN, "/help")
        time.sleep(ROUND_SECONDS)
        calls = self.server.calls("sendMessage", ADMIN)
        return [call.text for call in calls if call.ok and call.number >= since and is_brief(call.text)]


def is_brief(text: str) -> bool:
    return text.startswith("Brief,")


@pytest.fixture
def bots(sample_data: Path, tmp_path: Path, telegram_server: TelegramServer) -> Bots:
    shutil.copytree(sample_data, tmp_path / "data", symlinks=True)
    return Bots(telegram_server, tmp_path / "data")


def local(text: str, zone: ZoneInfo = ALMATY) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def test_a_brief_comes_at_its_hour_once_is_caught_up_after_a_kill_and_ends_with_the_subscription(
    telegram_server: TelegramServer, bots: Bots
) -> None:
    """Three missed days make one brief, and a restarted bot repeats none.

    The chat subscribes an hour before: how long a bot takes to start must not matter.
    """
    server = telegram_server
    with bots.at(local("2022-01-06T07:00")):
        told = server.ask(ADMIN, "/subscribe 08:00 Asia/Almaty").text
        assert "08:00" in told
        assert "Asia/Almaty" in told
        assert bots.briefs_until_settled() == []
    with bots.at(local("2022-01-06T07:59:50")) as bot:
        bots.wait_for_brief()
        bot.kill()
    mark = server.mark()
    with bots.at(local("2022-01-06T12:00")) as bot:
        assert bots.briefs_until_settled(mark) == []
        bot.kill()
    with bots.at(local("2022-01-09T11:00")):
        bots.wait_for_brief(mark)
        assert "08:00" in server.ask(ADMIN, "/unsubscribe").text
    with bots.at(local("2022-01-10T08:30")):
        assert len(bots.briefs_until_settled(mark)) == 1
    assert server.refusals() == server.violations() == []


def test_an_hour_changed_by_a_button_holds_across_the_change_of_the_clocks(
    telegram_server: TelegramServer, bots: Bots
) -> None:
    """In Kyiv, 03:30 comes twice on 30 October 2022 and not at all on 27 March 2022; each day is briefed once."""
    server = telegram_server
    with bots.at(local("2022-03-26T12:00", KYIV)):
        server.ask(ADMIN, "/subscribe 02:30 Київ")
        settings = server.ask(ADMIN, "/settings")
        server.press(settings, "02:30 Europe/Kyiv")
        opened = server.wait_for("editMessageText", ADMIN)
        server.press(opened, "+1 h")
        assert "03:30" in server.wait_for("editMessageText", ADMIN).text
    mark = server.mark()
    with bots.at(local("2022-03-27T04:30", KYIV)):
        bots.wait_for_brief(mark)
    with bots.at(local("2022-10-30T03:31", KYIV)):
        bots.wait_for_brief(mark)
    with bots.at(local("2022-10-30T03:31", KYIV).replace(fold=1)):
        assert len(bots.briefs_until_settled(mark)) == 2
    assert server.unanswered() == []
