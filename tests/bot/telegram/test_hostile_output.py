"""Whatever strangers write, Telegram takes our messages, and nothing of it can be tapped (benchmarks/output.py)."""

import pytest

from bot.telegram.richtext import Message
from tests.hostile_output import Replies, faults, read_attacks

REPLIES = 300


def test_no_message_of_hostile_content_is_refused_or_read_otherwise() -> None:
    replies = Replies(1, read_attacks())
    assert [fault for _ in range(REPLIES) for message in replies.messages() for fault in faults(message)] == []


@pytest.mark.parametrize(
    "html", ["<b>x", "<a href='tg://x'>x</a>", "@durov", "<font>x</font>", "x" * 4097, "<b>other</b>"]
)
def test_the_check_finds_faults(html: str) -> None:
    assert faults(Message(html, "x", ()))
