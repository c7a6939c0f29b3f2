"""A language model is tried at start: what is wrong is said then, and a slow one is loaded before anybody asks."""

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import fake_provider
from tests.bot.running import ADMIN, command, running
from tests.fake_provider import Provider, Reply
from tests.fake_telegram.server import TelegramServer

REFUSED = "The language model openai:stub refused its key."


@pytest.fixture
def provider() -> Iterator[Provider]:
    with fake_provider.running() as found:
        yield found


@pytest.fixture
def settings(provider: Provider) -> dict[str, str]:
    return {"chat_model": "openai:stub", "chat_base_url": f"{provider.url}/v1", "chat_timeout": "1.5"}


def test_a_key_that_is_refused_is_said_at_start_and_the_bot_answers_all_the_same(
    data: Path, provider: Provider, settings: dict[str, str]
) -> None:
    provider.fails(status=401)
    with TelegramServer() as telegram, running(telegram, data, **settings) as bot:
        answer = telegram.ask(ADMIN, "Who heads the Security Council?")
        assert REFUSED in bot.log.read_text(encoding="utf-8")
    assert "[1]" in answer.text
    assert "rejected its key" in answer.text


def test_the_doctor_says_what_is_wrong_with_the_model(data: Path, provider: Provider, settings: dict[str, str]) -> None:
    provider.fails(status=401)
    with TelegramServer() as telegram:
        done = command(telegram, data, "doctor", "--json", **settings)
    assert json.loads(done.stdout)["model"] == {"ok": False, "says": REFUSED}
    assert done.returncode == 1


def test_a_model_that_is_slow_to_load_is_loaded_before_anybody_asks(
    data: Path, provider: Provider, settings: dict[str, str]
) -> None:
    provider.reply = lambda _prompt: Reply("ready", wait=2.0)  # longer than an answer is waited for
    with TelegramServer() as telegram, running(telegram, data, **settings) as bot:
        deadline = time.monotonic() + 30
        while bot.log.read_text(encoding="utf-8").count("the language model answers") < 1:
            assert time.monotonic() < deadline
            time.sleep(0.1)
    assert "one word" in json.dumps(provider.asked[0])
