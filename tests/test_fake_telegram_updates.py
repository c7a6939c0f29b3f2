"""The fake Telegram delivers updates as Telegram does, by polling and by webhook."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from aiohttp import web
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.error import BadRequest, Conflict
from telegram.ext import Application, ApplicationBuilder, CommandHandler, ContextTypes
from telegram.request import HTTPXRequest

from tests.fake_telegram.fixtures import telegram_server  # noqa: F401
from tests.fake_telegram.server import TelegramServer

USER = 1001
ROOT = Path(__file__).parent.parent
ALL = Update.ALL_TYPES


@pytest.fixture
def server(telegram_server: TelegramServer) -> TelegramServer:  # noqa: F811
    return telegram_server


@pytest.fixture
async def bot(server: TelegramServer) -> AsyncIterator[Bot]:
    clients = {"request": plain(), "get_updates_request": plain()}
    async with Bot(server.token, f"{server.url}/bot", **clients) as made:
        yield made


def plain() -> HTTPXRequest:
    """Return a client that reads no certificates, which takes long and is for https only."""
    return HTTPXRequest(connection_pool_size=8, httpx_kwargs={"verify": False})


def texts(updates: tuple[Update, ...]) -> list[str | None]:
    return [update.message.text for update in updates if update.message]


# --- polling ----------------------------------------------------------------------------------------


async def test_updates_come_again_until_they_are_confirmed(bot: Bot, server: TelegramServer) -> None:
    for text in ("one", "two", "three"):
        server.private_message(USER, text)
    first = await bot.get_updates()
    assert texts(first) == ["one", "two", "three"]
    assert texts(await bot.get_updates(offset=first[1].update_id)) == ["two", "three"]
    assert len(server.pending()) == 2
    assert await bot.get_updates(offset=first[-1].update_id + 1) == ()
    assert server.pending() == []


async def test_update_ids_count_on(bot: Bot, server: TelegramServer) -> None:
    made = [server.private_message(USER, "x").update_id for _ in range(3)]
    server.jump_update_ids(5)
    made.append(server.private_message(USER, "after an idle week").update_id)
    assert made == [made[0], made[0] + 1, made[0] + 2, 5]


async def test_a_batch_has_at_most_a_hundred(bot: Bot, server: TelegramServer) -> None:
    for number in range(120):
        server.private_message(USER, f"{number}")
    first = await bot.get_updates(limit=500)
    assert len(first) == 100
    assert len(await bot.get_updates(offset=first[-1].update_id + 1)) == 20
    assert len(await bot.get_updates(limit=7)) == 7


async def test_a_negative_offset_keeps_the_last_ones(bot: Bot, server: TelegramServer) -> None:
    for text in ("one", "two", "three"):
        server.private_message(USER, text)
    assert texts(await bot.get_updates(offset=-1)) == ["three"]


async def test_an_offset_from_the_future_confirms_nothing(bot: Bot, server: TelegramServer) -> None:
    server.private_message(USER, "one")
    assert texts(await bot.get_updates(offset=2_000_000_000)) == ["one"]


async def test_a_poll_waits_for_an_update_and_no_longer(bot: Bot, server: TelegramServer) -> None:
    poll = asyncio.create_task(bot.get_updates(timeout=20))
    await asyncio.sleep(0.2)
    began = time.monotonic()
    server.private_message(USER, "at last")
    assert texts(await poll) == ["at last"]
    assert time.monotonic() - began < 10


async def test_an_empty_poll_ends_after_its_timeout(bot: Bot) -> None:
    began = time.monotonic()
    assert await bot.get_updates(timeout=1) == ()
    assert 0.9 < time.monotonic() - began < 10


async def test_of_two_pollers_the_first_is_sent_away(bot: Bot, server: TelegramServer) -> None:
    first = asyncio.create_task(bot.get_updates(timeout=20))
    await asyncio.sleep(0.2)
    second = asyncio.create_task(bot.get_updates(timeout=20))
    with pytest.raises(Conflict, match=r"(?i)terminated by other getupdates request"):
        await first
    server.private_message(USER, "for the second")
    assert texts(await second) == ["for the second"]


async def test_a_poller_that_went_away_takes_nothing_with_it(bot: Bot, server: TelegramServer) -> None:
    gone = asyncio.create_task(bot.get_updates(timeout=20))
    await asyncio.sleep(0.2)
    gone.cancel()
    await asyncio.gather(gone, return_exceptions=True)
    server.private_message(USER, "still there")
    assert texts(await bot.get_updates()) == ["still there"]


async def test_only_the_kinds_asked_for_are_delivered(bot: Bot, server: TelegramServer) -> None:
    server.private_message(USER, "x")
    asked = await bot.get_updates(allowed_updates=["message"])
    server.block(USER)
    assert len(server.dropped()) == 1
    assert len(await bot.get_updates()) == 1
    await bot.get_updates(allowed_updates=[])
    server.react(USER, {"chat_id": USER, "message_id": asked[0].message.message_id}, "👍")
    assert len(server.dropped()) == 2  # reactions come on request only


async def test_a_confirmed_update_can_come_once_more(bot: Bot, server: TelegramServer) -> None:
    update_id = server.private_message(USER, "x").update_id
    await bot.get_updates(offset=update_id + 1)
    server.redeliver(update_id)
    assert [u.update_id for u in await bot.get_updates()] == [update_id]


# --- what people do ---------------------------------------------------------------------------------


async def test_every_act_of_people_is_an_update_that_python_telegram_bot_reads(
    bot: Bot, server: TelegramServer
) -> None:
    await bot.get_updates(allowed_updates=ALL)
    server.add_user(USER, first_name="Asel", username="asel", language_code="kk")
    group = server.add_group("Newsroom", by=USER)
    channel = server.add_channel("Wire", username="wire")
    asked = server.private_message(USER, "/ask@sitrep_test_bot how many?")
    server.edit(asked, "how many now?")
    server.group_message(group, USER, "@sitrep_test_bot how many?")
    server.edit(server.channel_post(channel, "https://a.example/story"), "corrected")
    server.forward(USER, "seen on the wire", channel=channel)
    server.forward(USER, "heard from a friend", hidden="A Friend")
    server.document(USER, "story.html", b"<p>", caption="see https://a.example", mime_type="text/html")
    server.location(USER, 43.24, 76.89)
    server.send(USER, {"dice": {"emoji": "🎲", "value": 3}}, chat_id=group)
    server.inline_query(USER, "how many")
    sent = await bot.send_message(
        group, "x", reply_markup=InlineKeyboardMarkup([[InlineKeyboardButton("Go", callback_data="d")]])
    )
    where = {"chat_id": group, "message_id": sent.message_id}
    server.press(where, "Go", user=USER)
    server.react(USER, where, "👍")
    server.group_message(group, USER, "and now?", reply_to=where)
    server.block(USER)
    server.migrate(server.add_group("Small", by=USER, supergroup=False))
    updates = await bot.get_updates(allowed_updates=ALL)
    kinds = [next(k for k in ALL if getattr(u, k, None) is not None) for u in updates]
    assert kinds == [
        "my_chat_member", "message", "edited_message", "message", "channel_post", "edited_channel_post",
        "message", "message", "message", "message", "message", "inline_query", "callback_query",
        "message_reaction", "message", "my_chat_member", "my_chat_member", "message", "message",
    ]  # fmt: skip
    assert updates[1].effective_user.language_code == "kk"
    assert [e.type for e in updates[1].message.entities] == ["bot_command"]
    assert [e.type for e in updates[3].message.entities] == ["mention"]
    assert updates[6].message.forward_origin.chat.id == channel
    assert updates[14].message.reply_to_message.message_id == sent.message_id
    assert updates[15].my_chat_member.new_chat_member.status == "kicked"


async def test_an_update_says_what_was_so_when_it_was_made(bot: Bot, server: TelegramServer) -> None:
    server.edit(server.private_message(USER, "before"), "after")
    first, second = await bot.get_updates()
    assert (first.message.text, second.edited_message.text) == ("before", "after")


def test_a_long_text_is_pasted_in_pieces(server: TelegramServer) -> None:
    text = "\U0001f54a" * 5000
    pieces = [update.message.text for update in server.paste(USER, text)]
    assert "".join(pieces) == text
    assert [len(p.encode("utf-16-le")) // 2 for p in pieces] == [4096, 4096, 1808]
    with pytest.raises(ValueError, match="use paste"):
        server.private_message(USER, text)


async def greet(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    await update.message.reply_text(f"Hello, {update.effective_user.first_name}")


def application(server: TelegramServer) -> Application:
    builder = ApplicationBuilder().token(server.token).base_url(f"{server.url}/bot")
    made = builder.request(plain()).get_updates_request(plain()).build()
    made.add_handler(CommandHandler("start", greet))
    return made


async def test_an_application_polls_and_answers(server: TelegramServer) -> None:
    app = application(server)
    async with app:
        await app.start()
        await app.updater.start_polling()
        answer = await asyncio.to_thread(server.ask, USER, "/start")
        await asyncio.to_thread(server.wait_until_confirmed)
        await app.updater.stop()
        await app.stop()
    assert answer.text == f"Hello, Person {USER}"
    assert server.violations() == server.refusals() == []


async def test_a_bot_is_up_when_it_polls_again(bot: Bot, server: TelegramServer) -> None:
    await bot.get_updates()
    server.wait_until_polling(timeout=1)
    mark = server.mark()
    with pytest.raises(TimeoutError, match="did not ask for updates"):
        server.wait_until_polling(timeout=0.1, since=mark)
    await bot.get_updates()
    server.wait_until_polling(timeout=1, since=mark)


# --- webhooks ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "reason"),
    [("http://bot.example/hook", "https url"), ("https://bot.example:8080/hook", "only on ports")],
)
async def test_a_webhook_must_be_https_on_one_of_four_ports(bot: Bot, url: str, reason: str) -> None:
    with pytest.raises(BadRequest, match=f"(?i){reason}"):
        await bot.set_webhook(url)


@pytest.mark.parametrize("wrong", [{"secret_token": "no spaces"}, {"max_connections": 101}])
async def test_a_bad_secret_or_number_of_connections_is_refused(bot: Bot, wrong: dict[str, object]) -> None:
    with pytest.raises(BadRequest):
        await bot.set_webhook("https://bot.example/hook", **wrong)


async def test_there_is_no_polling_while_a_webhook_is_set(bot: Bot, server: TelegramServer) -> None:
    await bot.set_webhook("https://bot.example:8443/hook", allowed_updates=["message"])
    with pytest.raises(Conflict, match=r"(?i)webhook is active"):
        await bot.get_updates()
    assert (await bot.get_webhook_info()).allowed_updates == ("message",)
    server.private_message(USER, "x")
    await bot.delete_webhook(drop_pending_updates=True)
    assert await bot.get_updates() == ()


async def test_setting_a_webhook_ends_a_poll(bot: Bot) -> None:
    poll = asyncio.create_task(bot.get_updates(timeout=20))
    await asyncio.sleep(0.2)
    await bot.set_webhook("https://bot.example/hook")
    with pytest.raises(Conflict, match=r"(?i)terminated by setwebhook"):
        await poll


@asynccontextmanager
async def listener(statuses: list[int]) -> AsyncIterator[tuple[str, list[tuple[str | None, int]]]]:
    """Listen as a bot would, answering with `statuses` in turn; yield the address and what was pushed."""
    pushed: list[tuple[str | None, int]] = []

    async def hook(request: web.Request) -> web.Response:
        secret = request.headers.get("X-Telegram-Bot-Api-Secret-Token")
        pushed.append((secret, (await request.json())["update_id"]))
        return web.Response(status=statuses.pop(0) if statuses else 200)

    app = web.Application()
    app.router.add_post("/hook", hook)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}", pushed
    finally:
        await runner.cleanup()


async def test_an_update_is_pushed_with_the_secret_until_it_is_accepted(bot: Bot, server: TelegramServer) -> None:
    async with listener([500, 503, 204]) as (local, pushed):
        server.proxy("https://bot.example", local)
        await bot.set_webhook("https://bot.example/hook", secret_token="s3cret")
        update_id = server.private_message(USER, "x").update_id
        await asyncio.to_thread(server.wait_until_confirmed)
        info = await bot.get_webhook_info()
    assert pushed == [("s3cret", update_id)] * 3
    assert (info.pending_update_count, "503" in info.last_error_message) == (0, True)


async def test_updates_wait_for_a_webhook_that_is_down(bot: Bot, server: TelegramServer) -> None:
    async with listener([]) as (local, pushed):
        pass
    await bot.set_webhook(f"{local}/hook")
    server.private_message(USER, "x")
    await asyncio.sleep(0.3)
    assert (len(server.pending()), pushed) == (1, [])
    assert "refused" in (await bot.get_webhook_info()).last_error_message


async def test_an_application_is_pushed_to_and_answers(server: TelegramServer, unused_tcp_port: int) -> None:
    app = application(server)
    async with app:
        await app.start()
        await app.updater.start_webhook(
            "127.0.0.1", unused_tcp_port, "hook", secret_token="s3cret",
            webhook_url=f"http://127.0.0.1:{unused_tcp_port}/hook",
        )  # fmt: skip
        answer = await asyncio.to_thread(server.ask, USER, "/start")
        await app.updater.stop()
        await app.stop()
    assert answer.text == f"Hello, Person {USER}"


# --- as a process of its own --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def process() -> Iterator[tuple[str, str]]:
    command = [sys.executable, "-m", "tests.fake_telegram", "--port", "0", "--no-rates"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as started:
        assert started.stdout is not None
        url, token = started.stdout.readline().split()
        yield url, token
        started.terminate()


def act(url: str, name: str, **arguments: object) -> httpx.Response:
    return httpx.post(f"{url}/control/{name}", json=arguments, timeout=30)


def test_another_process_can_act_for_people_and_see_what_was_sent(process: tuple[str, str]) -> None:
    url, token = process
    update = act(url, "private_message", user=7, text="/start").json()["result"]
    assert update["message"]["entities"][0]["type"] == "bot_command"
    httpx.post(f"{url}/bot{token}/sendMessage", data={"chat_id": "7", "text": "hello"}).raise_for_status()
    assert act(url, "wait_for", chat_id=7, timeout=5).json()["result"]["result"]["text"] == "hello"
    assert [m["text"] for m in act(url, "sent", chat_id=7).json()["result"]] == ["hello"]
    assert act(url, "violations").json() == {"result": []}


@pytest.mark.parametrize(("name", "arguments"), [("stop", {}), ("press", {}), ("no_such_act", {})])
def test_a_wrong_act_is_a_400_that_says_why(process: tuple[str, str], name: str, arguments: dict[str, object]) -> None:
    answer = act(process[0], name, **arguments)
    assert (answer.status_code, bool(answer.json()["error"])) == (400, True)
