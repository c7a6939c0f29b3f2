"""What may be sent when: by a simulated clock, and through python-telegram-bot."""

import asyncio
import time
from bisect import bisect_right
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram.error import RetryAfter

from bot.telegram.limits import BROADCAST, Limits, Pace, is_message

GROUP = -1001


def simulate(chats: list[int], delays: list[float]) -> list[tuple[float, int]]:
    """Send to `chats` as soon as the pace allows; each reaches Telegram a delay later and is answered as long after.

    Returns when each arrived, and where, in seconds.
    """
    pace, now, arrived = Pace(), 0.0, []
    answers: list[tuple[float, int]] = []
    for number, chat in enumerate(chats):
        while (wait := pace.wait(chat, now)) > 0:
            due = [answer for answer in answers if answer[0] <= now + wait]
            now = max(now, min(due)[0]) if due else now + wait
            for at, answered in sorted(due[:1]):
                pace.answer(answered, max(at, now))
                answers.remove((at, answered))
        pace.start(chat, now)
        delay = delays[number % len(delays)]
        arrived.append((now + delay, chat))
        answers.append((now + 2 * delay, chat))
    return sorted(arrived)


def most_within(times: list[float], seconds: float) -> int:
    return max(bisect_right(times, at) - bisect_right(times, at - seconds) for at in times)


DELAYS = st.lists(st.floats(0.0, 0.7), min_size=1, max_size=20)


@given(delays=DELAYS)
def test_no_second_at_telegram_sees_more_than_thirty_however_late_messages_arrive(delays: list[float]) -> None:
    arrived = simulate(list(range(150)), delays)
    assert most_within([at for at, _ in arrived], 1.0) <= 30


@given(delays=DELAYS, chats=st.lists(st.sampled_from([7, 8, GROUP]), min_size=1, max_size=60))
def test_a_chat_gets_one_message_a_second_and_a_group_twenty_a_minute(delays: list[float], chats: list[int]) -> None:
    arrived = simulate(chats, delays)
    for chat in set(chats):
        times = [at for at, to in arrived if to == chat]
        assert most_within(times, 1.0) == 1
        assert chat != GROUP or most_within(times, 60.0) <= 20


def test_ten_thousand_messages_take_less_than_seven_minutes() -> None:
    """By the simulated clock, with answers after 60 ms, from the pace of 3,000; the floor is 334 s."""
    arrived = simulate(list(range(3_000)), [0.03])
    assert arrived[-1][0] * 10_000 / 3_000 < 390


def test_chats_written_to_long_ago_are_forgotten() -> None:
    pace = Pace()
    for number in range(3_000):
        pace.start(number, number)
        pace.answer(number, number)
    assert len(pace._chats) <= 1_000


@pytest.mark.parametrize(
    ("endpoint", "expected"),
    [
        ("sendMessage", True),
        ("sendDocument", True),
        ("forwardMessage", True),
        ("editMessageText", False),
        ("answerCallbackQuery", False),
        ("sendChatAction", False),
    ],
)
def test_edits_button_answers_and_actions_are_not_held_up(endpoint: str, expected: bool) -> None:
    assert is_message(endpoint) is expected


async def call(limits: Limits, log: list[Any], chat: int, name: str, broadcast: bool = False, **errors: Any) -> None:
    failures = list(errors.get("fail", ()))

    async def callback() -> bool:
        if failures:
            raise failures.pop()
        log.append((name, time.monotonic()))
        return True

    args = BROADCAST if broadcast else None
    await limits.process_request(callback, (), {}, errors.get("endpoint", "sendMessage"), {"chat_id": chat}, args)


async def test_an_answer_goes_before_all_the_broadcasts_that_wait() -> None:
    limits, log = Limits(), []
    waiting = [asyncio.create_task(call(limits, log, n, f"brief {n}", broadcast=True)) for n in range(1, 41)]
    await asyncio.sleep(0.1)
    await call(limits, log, 99, "answer")
    came = [name for name, _ in log].index("answer")
    await asyncio.gather(*waiting)
    assert came <= 6
    assert len(log) == 41


async def test_a_flood_wait_holds_up_every_chat_and_then_the_message_goes() -> None:
    limits, log = Limits(), []
    start = time.monotonic()
    flooded = asyncio.create_task(call(limits, log, 1, "flooded", fail=[RetryAfter(1)]))
    await asyncio.sleep(0.05)
    other = asyncio.create_task(call(limits, log, 2, "other"))
    await call(limits, log, 3, "typing", endpoint="sendChatAction")
    await asyncio.gather(flooded, other)
    at = {name: when - start for name, when in log}
    assert at["typing"] < 0.5
    assert min(at["flooded"], at["other"]) >= 1.0


async def test_a_flood_that_does_not_end_is_told_in_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.telegram.limits.FLOOD_MARGIN", 0.0)
    with pytest.raises(RetryAfter):
        await call(Limits(), [], 1, "never", fail=[RetryAfter(0)] * 9)


async def test_one_who_gives_up_waiting_leaves_the_room_to_others() -> None:
    limits, log = Limits(), []
    await call(limits, log, 1, "first")
    gives_up = asyncio.create_task(call(limits, log, 1, "gives up"))
    await asyncio.sleep(0.01)
    gives_up.cancel()
    await asyncio.gather(gives_up, return_exceptions=True)
    await asyncio.wait_for(call(limits, log, 1, "second"), 3)
    assert [name for name, _ in log] == ["first", "second"]
