"""A clock that is wrong is reported to the admins, and so is one that is right again."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.app import build
from bot.locales import say
from bot.resources import Resources
from bot.settings import Settings
from bot.telegram.updates import supervisor as supervising
from retrieval.embedding import Embedder
from tests.bot.in_process import ADMIN
from tests.fake_telegram.server import TelegramServer

HOUR = timedelta(hours=1).total_seconds()


async def test_a_wrong_clock_is_reported_with_the_seconds_and_so_is_its_end(
    telegram_server: TelegramServer, tmp_path: Path, embedder: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervising, "CHECK_EVERY", 0.05)
    server = telegram_server
    server.world.private_chat(ADMIN)
    token = SecretStr(server.token)
    settings = Settings(data_dir=tmp_path, telegram_token=token, telegram_api_url=server.url, admins=frozenset({ADMIN}))
    with Resources(settings) as resources:
        resources.__dict__["embedder"] = embedder
        application = build(resources)
        await application.initialize()
        supervisor, reports = application.bot_data["supervisor"], application.bot_data["reports"]

        async def reported() -> str:
            stop = asyncio.Event()
            checking = asyncio.create_task(supervisor.run(stop))
            await asyncio.sleep(0.3)
            stop.set()
            await checking
            await reports.send(application.bot, resources.library)
            return server.calls("sendMessage", ADMIN)[-1].text

        server.shift_clock(-HOUR)
        await application.bot.get_me()
        wrong = await reported()
        server.shift_clock(0)
        await application.bot.get_me()
        right = await reported()
        await application.shutdown()
    assert wrong in [say("report.clock", "en", seconds=f"+{HOUR + late:.0f}") for late in (0, 1, 2, 3)]
    assert right == say("report.clock_over", "en")
