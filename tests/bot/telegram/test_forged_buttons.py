"""Anybody can send any data for a button: nothing raises, each press is answered, and nobody sees or changes more."""

from pathlib import Path

import pytest
from structlog.testing import capture_logs
from telegram.ext import CallbackQueryHandler

from retrieval.embedding import Embedder
from retrieval.store.chats import access, chats, subscriptions, watches
from tests.bot.in_process import ADMIN, READER, InProcess, in_process

STRANGER = 3003
CANARY = "Zyzzyva-5512"

FORMS = (
    "ctx:N:N:N ctx:N:N:N:N con:N:N con:N:N:killed con:N:N:killed.N con:N:N:N.N.N back:N src:N bad:N:N:N len:N:1 asof "
    "fig:killed:N fig:nonsense:N chart:killed:N:dark chart:nonsense:N:light "
    "timeline:N brief:2022-99-99 brief:2022-01-05 brief:N more:N:N:aaaaaaaaaaaa doc:N:N "
    "doc:N:0 watch:x:N set:m set:l set:l:kk set:q:off set:q:from:+1 set:s:N set:t:N set:a:N set:x:N set:h:N:60 "
    "set:d:N:3 set:n:N:long link:N chan:on:N chan:off:-N let:reader:N let:editor:N let:admin:N let:no:N let:reader:-N "
    "export:add req:ask try:N sources pdf:N:0 len len: : nobody nobody:N"
).split()
"""Data of every kind of button; N stands for each of the NUMBERS."""

NUMBERS = (
    "0", "1", "2", "-5", "1001", "2147483648", "4503599627370496", "999999999999999", "9999999999999999",
    "9223372036854775808", "1" + "0" * 20, "٣", "1e9", "",
)  # fmt: skip

LONGEST = 64
"""Bytes that Telegram takes for the data of a button."""

FORGED = sorted({form.replace("N", n).encode()[:LONGEST].decode(errors="ignore") for form in FORMS for n in NUMBERS})


def presses(chat: InProcess, user: int, where: object, every: int) -> None:
    for data in FORGED[::every]:
        chat.telegram.press(where, data=data, user=user, stale=True)


def kept(chat: InProcess) -> object:
    """Return what others have, and who is let in."""
    engine = chat.resources.library.engine
    return watches.of_chat(engine, ADMIN), subscriptions.of_chat(engine, ADMIN), access.roles(engine)


@pytest.mark.parametrize("who", ["reader", "member of a group", "stranger"])
async def test_forged_buttons_raise_nothing_are_all_answered_and_open_nothing_of_others(
    who: str, data: Path, embedder: Embedder
) -> None:
    async with in_process(data, embedder) as chat:
        chat.application.bot_data["access"]._rate = 10**6
        engine = chat.resources.library.engine
        chats.keep(engine, READER, admitted=True, language="en")
        for line in (f"/watch what became of {CANARY}", "/subscribe 08:00 Almaty", f"/topics 08:00 {CANARY}"):
            await chat.write(ADMIN, line)
        await chat.write(ADMIN, f"Who is responsible for {CANARY}?")
        group = chat.telegram.add_group("Newsroom", by=ADMIN)
        chats.keep(engine, group, admitted=True)
        before = kept(chat)
        user = STRANGER if who == "stranger" else READER
        if who == "member of a group":
            chat.telegram.group_message(group, READER, "/help")
        else:
            chat.telegram.private_message(user, "/help")
        [shown] = [call for call in await chat.handle() if call.method == "sendMessage"]
        presses(chat, user, shown, every=3 if who == "member of a group" else 1)
        mark = chat.telegram.mark()
        with capture_logs() as logged:
            await chat.handle()
        assert [line for line in logged if line["log_level"] in ("error", "warning")] == []
        assert chat.telegram.unanswered() == []
        for call in chat.telegram.refusals():  # an edit that changes nothing is the only call that may be refused
            assert "not modified" in call.description
            call.injected = True
        assert not any(CANARY in repr(call.parameters) for call in chat.telegram.calls()[mark:])
        assert kept(chat) == before


async def test_each_kind_of_button_is_among_the_forged(chat: InProcess) -> None:
    handlers = [one for group in chat.application.handlers.values() for one in group]
    patterns = [one.pattern for one in handlers if isinstance(one, CallbackQueryHandler) and one.pattern]
    assert [one.pattern for one in patterns if not any(one.match(data) for data in FORGED)] == []
