"""The fake Telegram counts messages, and fails to order; python-telegram-bot is the client."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram import Bot
from telegram.error import BadRequest, NetworkError, RetryAfter, TelegramError, TimedOut
from telegram.ext import AIORateLimiter, ExtBot
from telegram.request import HTTPXRequest

from tests.fake_telegram.faults import Fault
from tests.fake_telegram.fixtures import telegram_server  # noqa: F401
from tests.fake_telegram.limits import RateGate, Rates
from tests.fake_telegram.server import TelegramServer

USER = 1001


@pytest.fixture
def server(telegram_server: TelegramServer) -> TelegramServer:  # noqa: F811
    telegram_server.private_message(USER, "/start")
    return telegram_server


@pytest.fixture
async def bot(server: TelegramServer) -> AsyncIterator[Bot]:
    request = HTTPXRequest(connection_pool_size=64, httpx_kwargs={"verify": False})
    poll = HTTPXRequest(httpx_kwargs={"verify": False})
    async with Bot(server.token, f"{server.url}/bot", request=request, get_updates_request=poll) as made:
        yield made


# --- the gate, on a clock of our own --------------------------------------------------------------


def admitted(gate: RateGate, chats: list[tuple[float, int]], *, groups: bool = False) -> list[tuple[float, int]]:
    return [(at, c) for at, c in chats if gate.admit(c, is_group=groups, now=at) is None]


def most_within(times: list[float], window: float) -> int:
    return max((sum(t <= u < t + window for u in times) for t in times), default=0)


MOMENTS = st.lists(st.tuples(st.floats(0, 90), st.integers(1, 60)), max_size=300).map(sorted)


@given(MOMENTS)
def test_no_second_has_more_than_thirty_messages(moments: list[tuple[float, int]]) -> None:
    passed = admitted(RateGate(Rates(chat_burst=1000)), moments)
    assert most_within([at for at, _ in passed], 1.0) <= 30


@given(st.lists(st.floats(0, 200), max_size=200).map(sorted))
def test_no_minute_of_a_group_has_more_than_twenty_messages(times: list[float]) -> None:
    passed = admitted(RateGate(Rates(chat_burst=1000)), [(t, 1) for t in times], groups=True)
    assert most_within([at for at, _ in passed], 60.0) <= 20


@given(st.lists(st.floats(0, 60), max_size=100).map(sorted))
def test_a_chat_gets_one_message_a_second_after_its_burst(times: list[float]) -> None:
    passed = [at for at, _ in admitted(RateGate(Rates(chat_burst=3)), [(t, 1) for t in times])]
    for first, at in enumerate(passed):
        assert len(passed[first:]) <= 3 + (passed[-1] - at) + 1e-6


def test_a_sender_who_keeps_to_the_rates_is_never_refused() -> None:
    gate = RateGate(Rates())
    moments = [(n / 29, n) for n in range(10_000)]
    assert (len(admitted(gate, moments)), gate.violations) == (10_000, [])


def test_writing_on_before_retry_after_has_passed_is_a_violation() -> None:
    gate = RateGate(Rates(chat_burst=1, chat_per_second=0.25))
    answers = [gate.admit(1, is_group=False, now=at) for at in (0.0, 0.5, 3.9, 4.6)]
    assert answers == [None, 4, 1, None]
    assert [v.rule for v in gate.violations] == ["chat", "retry_after"]


# --- over HTTP ------------------------------------------------------------------------------------


async def test_a_burst_to_one_chat_is_answered_with_retry_after(bot: Bot, server: TelegramServer) -> None:
    server.set_rates(chat_per_second=0.1)
    for number in range(3):
        await bot.send_message(USER, f"{number}")
    with pytest.raises(RetryAfter) as refused:
        await bot.send_message(USER, "3")
    assert refused.value._retry_after.total_seconds() == 10
    assert [(v.rule, v.chat_id) for v in server.violations()] == [("chat", USER)]


async def test_a_refused_message_does_not_count(bot: Bot, server: TelegramServer) -> None:
    for _ in range(5):
        with pytest.raises(BadRequest):
            await bot.send_message(USER, "")
    await bot.send_message(USER, "x")
    assert server.violations() == []


async def test_python_telegram_bots_own_limiter_breaks_the_limit_of_a_chat(server: TelegramServer) -> None:
    request = HTTPXRequest(connection_pool_size=64, httpx_kwargs={"verify": False})
    limited = ExtBot(server.token, f"{server.url}/bot", request=request, rate_limiter=AIORateLimiter())
    async with limited:
        await asyncio.gather(*(limited.send_message(USER, f"{n}") for n in range(8)), return_exceptions=True)
    assert {v.rule for v in server.violations()} == {"chat", "retry_after"}


async def test_a_flood_wait_is_for_everybody_or_for_one_chat(bot: Bot, server: TelegramServer) -> None:
    server.private_message(2, "/start")
    server.flood(30, chat_id=USER)
    with pytest.raises(RetryAfter):
        await bot.send_message(USER, "x")
    assert server.violations() == []
    await bot.send_message(2, "x")
    server.flood(30)
    for _ in range(2):
        with pytest.raises(RetryAfter):
            await bot.send_message(2, "x")
    assert [v.rule for v in server.violations()] == ["retry_after"]


async def test_rates_can_be_set(bot: Bot, server: TelegramServer) -> None:
    server.set_rates(enforced=False)
    for number in range(40):
        await bot.send_message(USER, f"{number}")
    with pytest.raises(ValueError, match="no rate per_hour"):
        server.set_rates(per_hour=1)


# --- faults on order --------------------------------------------------------------------------------


async def test_an_error_comes_as_often_as_it_was_ordered(bot: Bot, server: TelegramServer) -> None:
    server.fail("sendMessage", times=2, code=502)
    for _ in range(2):
        with pytest.raises(NetworkError, match="Bad Gateway"):
            await bot.send_message(USER, "x")
    await bot.send_message(USER, "x")
    assert [m.text for m in server.sent(USER)] == ["x"]
    assert server.refusals() == []


async def test_a_fault_may_be_for_one_chat_and_can_be_cancelled(bot: Bot, server: TelegramServer) -> None:
    server.private_message(2, "/start")
    server.fail("sendMessage", times=9, code=500, chat_id=2)
    await bot.send_message(USER, "x")
    with pytest.raises(NetworkError):
        await bot.send_message(2, "x")
    server.heal()
    await bot.send_message(2, "x")


async def test_a_dropped_connection_may_have_sent_the_message(bot: Bot, server: TelegramServer) -> None:
    server.fail("sendMessage", kind="drop")
    with pytest.raises(NetworkError):
        await bot.send_message(USER, "lost")
    server.fail("sendMessage", kind="drop", applied=True)
    with pytest.raises(NetworkError):
        await bot.send_message(USER, "sent")
    assert [m.text for m in server.sent(USER)] == ["sent"]


async def test_a_call_that_hangs_times_out(bot: Bot, server: TelegramServer) -> None:
    server.fail("sendMessage", kind="hang")
    with pytest.raises(TimedOut):
        await bot.send_message(USER, "x", read_timeout=0.3)
    assert server.wait_for("sendMessage", ok=False).status == 0


async def test_a_delayed_call_succeeds_later(bot: Bot, server: TelegramServer) -> None:
    server.fail("sendMessage", kind="delay", seconds=0.2)
    began = time.monotonic()
    await bot.send_message(USER, "x")
    assert time.monotonic() - began >= 0.2


async def test_garbage_is_no_answer(bot: Bot, server: TelegramServer) -> None:
    server.fail("getMe", kind="garbage")
    with pytest.raises(TelegramError, match="Invalid server response"):
        await bot.get_me()


def test_an_unknown_kind_of_fault_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="a fault is one of"):
        Fault("sendMessage", kind="explode")


# --- waiting ------------------------------------------------------------------------------------------


async def test_a_wait_returns_each_call_once(bot: Bot, server: TelegramServer) -> None:
    server.set_rates(enforced=False)
    for text in ("one", "two"):
        await bot.send_message(USER, text)
    assert [server.wait_for("sendMessage", USER).text for _ in range(2)] == ["one", "two"]
    later = asyncio.create_task(server.wait_for_async("sendMessage", USER, text="fo"))
    await bot.send_message(USER, "three")
    await bot.send_message(USER, "four")
    assert (await later).text == "four"


async def test_a_wait_in_vain_tells_what_came(bot: Bot, server: TelegramServer) -> None:
    await bot.send_message(USER, "hello")
    with pytest.raises(TimeoutError, match=r"(?s)no sendPhoto .* within 0.1 s.*sendMessage\(1001\) 'hello'"):
        server.wait_for("sendPhoto", timeout=0.1)


async def test_a_mark_leaves_out_what_came_before(bot: Bot, server: TelegramServer) -> None:
    await bot.send_message(USER, "old")
    mark = server.mark()
    await bot.send_message(USER, "new")
    assert server.wait_for("sendMessage", USER, since=mark).text == "new"
