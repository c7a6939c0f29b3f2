"""SIGTERM: an answer that is being made is finished and sent, within ten seconds, by polling and by webhook."""

import json
import time
from pathlib import Path

import pytest

from tests import fake_provider
from tests.bot.running import ADMIN, running
from tests.bot.telegram.test_webhook import PUBLIC, SECRET, free_port
from tests.bot.test_bot import QUESTION
from tests.fake_telegram.server import TelegramServer

SLOW = 2.0  # seconds
MOST_SECONDS = 10.0


@pytest.mark.parametrize("how", ["polling", "webhook"])
def test_an_answer_in_flight_is_sent_before_the_bot_ends(how: str, telegram_server: TelegramServer, data: Path) -> None:
    server, settings = telegram_server, dict[str, str]()
    if how == "webhook":
        listen = f"127.0.0.1:{free_port()}"
        server.proxy(PUBLIC, f"http://{listen}")
        settings = {"webhook_url": f"{PUBLIC}/telegram", "webhook_secret": SECRET, "webhook_listen": listen}
    with fake_provider.running() as provider:
        written = json.dumps({"groups": [[1]], "translations": []})
        provider.reply = lambda prompt: fake_provider.Reply(written, wait=SLOW if QUESTION in prompt else 0.0)
        settings |= {"chat_model": "openai:m", "chat_base_url": f"{provider.url}/v1"}
        with running(server, data, **settings) as bot:
            server.private_message(ADMIN, QUESTION)
            deadline = time.monotonic() + 60
            while not any(QUESTION in str(asked) for asked in provider.asked):
                assert time.monotonic() < deadline
                time.sleep(0.02)
            assert server.calls("sendMessage", ADMIN) == []
            began = time.monotonic()
            assert bot.stop() == 0
            assert time.monotonic() - began < MOST_SECONDS
    [answer] = server.calls("sendMessage", ADMIN)
    assert "[1]" in answer.text
    assert server.pending() == []
