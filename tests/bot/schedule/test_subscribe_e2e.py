"""Being briefed, end to end: `sitrep run` through a strict Telegram, on days of the samples, by a clock set to them."""

import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.bot.running import ADMIN, Bot, running
from tests.conftest import ROOT
from tests.fake_telegram.ledger import Call
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
    """Three missed days make one brief, and a restarted bot repeats none."""
    server = telegram_server
    with bots.at(local("2022-01-06T07:59:50")) as bot:
        told = server.ask(ADMIN, "/subscribe 08:00 Asia/Almaty").text
        assert "08:00" in told
        assert "Asia/Almaty" in told
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


READER = 2002

STORY = (
    "Tram drivers in Temirtau refused to leave their depot on Monday over unpaid wages, the drivers' union said. {}\n"
)


@pytest.fixture(scope="module")
def shared(sample_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bots]:
    """One running bot for the tests that leave nothing behind for the others."""
    folder = tmp_path_factory.mktemp("bots") / "data"
    shutil.copytree(sample_data, folder, symlinks=True)
    with TelegramServer() as server:
        bots = Bots(server, folder)
        with bots.at(local("2022-01-06T12:00")):
            yield bots
        assert server.refusals() == server.violations() == []


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("/subscribe", "/subscribe 08:00"),
        ("/subscribe soon", "couldn't find a time"),
        ("/subscribe 25:00 Almaty", "couldn't find a time"),
        ("/subscribe 8am Almatty", "Asia/Almaty"),
        ("/subscribe 08:00 Xqzzyx", "don't know that place"),
        ("/unsubscribe", "no briefs"),
        ("/topics 08:00 fuel", "no briefs"),
        ("/watch", "after /watch"),
        ("/watch " + "x" * 300, "too long"),
        ("/watches", "follows no topics"),
        ("/language xx", "Choose a language"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_clear_sentence(written: str, told: str, shared: Bots) -> None:
    assert told in shared.server.ask(ADMIN, written).text


def test_a_stranger_cannot_subscribe(shared: Bots) -> None:
    assert "private" in shared.server.ask(READER, "/subscribe 08:00 Almaty").text


def test_an_hour_without_a_place_says_whose_hour_it_is_and_a_location_gives_another(shared: Bots) -> None:
    server = shared.server
    assert "this is the time in UTC" in server.ask(ADMIN, "/subscribe 20.30").text
    mark = server.mark()
    server.location(ADMIN, 43.24, 76.95)
    assert "Asia/Almaty" in server.wait_for("sendMessage", ADMIN, since=mark).text
    assert "20:30 Asia/Almaty" in server.ask(ADMIN, "/settings").buttons
    assert "20:30" in server.ask(ADMIN, "/unsubscribe").text


def test_a_chat_has_eight_briefs_at_most_and_ends_one_or_all(shared: Bots) -> None:
    server = shared.server
    told = [server.ask(ADMIN, f"/subscribe {hour}:15 Madrid").text for hour in range(13, 22)]
    assert all("13:15" in text or "Europe/Madrid" in text for text in told[:8])
    assert "already has 8 briefs" in told[8]
    assert "several briefs" in server.ask(ADMIN, "/unsubscribe").text
    assert "13:15" in server.ask(ADMIN, "/unsubscribe 13:15").text
    assert "no brief at that time" in server.ask(ADMIN, "/unsubscribe 13:15").text
    assert "20:15" in server.ask(ADMIN, "/unsubscribe all").text


def test_settings_are_changed_by_buttons_in_place(shared: Bots) -> None:
    """Weekdays, length, topics, quiet hours and language; a button of a brief that ended says so."""
    server = shared.server
    server.ask(ADMIN, "/subscribe 23:00 Almaty")
    assert "fuel, courts" in server.ask(ADMIN, "/topics 23:00 fuel, courts").text
    overview = server.ask(ADMIN, "/settings")

    def press(data: str) -> str:
        server.press(overview, data=data, stale=True)
        return server.wait_for("editMessageText", ADMIN).text

    slot = next(b for b in _data(overview) if b.startswith("set:s:")).rpartition(":")[2]
    assert "Sun" not in press(f"set:d:{slot}:6").partition("·")[2].partition("Asia")[0]
    assert "long" in press(f"set:n:{slot}:long")
    assert "fuel" not in press(f"set:a:{slot}")
    assert "22:00–07:00" in press("set:q:from:-1")
    assert "23:00–07:00" in press("set:q:from:+1")
    assert "Русский" in press("set:l:ru")
    assert "English" in press("set:l:en")
    assert "no briefs" in press(f"set:x:{slot}")
    server.press(overview, data=f"set:s:{slot}", stale=True)
    gone = server.wait_for("answerCallbackQuery", where=lambda call: bool(call.parameters.get("text")))
    assert "ended" in gone.parameters["text"]
    press("set:q:off")
    assert server.unanswered() == []


def _data(call: Call) -> list[str]:
    rows = call.result["reply_markup"]["inline_keyboard"]
    return [button["callback_data"] for row in rows for button in row]


def test_who_watches_hears_of_a_new_origin_until_it_is_stopped(shared: Bots, tmp_path: Path) -> None:
    server = shared.server
    assert "Following" in server.ask(ADMIN, "/watch Why did the tram drivers refuse to leave their depot?").text
    mark = server.mark()
    ingest_text(shared.folder, tmp_path, "first", STORY.format(""))
    alert = server.wait_for("sendMessage", ADMIN, timeout=150, since=mark)
    assert alert.text.startswith("News on “Why did the tram drivers")
    assert "unpaid wages" in alert.text
    listed = server.ask(ADMIN, "/watches")
    server.press(listed, listed.buttons[0])
    assert "follows no topics" in server.wait_for("editMessageText", ADMIN).text


def ingest_text(data: Path, folder: Path, name: str, text: str) -> None:
    path = folder / f"{name}.txt"
    path.write_text(text, encoding="utf-8")
    environment = {"PATH": os.environ["PATH"], "SITREP_DATA_DIR": str(data)}
    done = subprocess.run(
        [sys.executable, "-m", "bot.cli", "ingest", str(path)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=150,
        check=False,
    )
    assert done.returncode == 0, done.stderr
