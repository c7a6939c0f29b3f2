"""`/figures` in a chat: the ledger, its chart, and bad input."""

import io

from PIL import Image

from bot.locales import say
from tests.bot.in_process import ADMIN, InProcess, messages
from tests.fake_telegram.ledger import Call


async def test_the_ledger_of_a_kind_comes_with_its_chart(chat: InProcess) -> None:
    chart, ledger = await chat.write(ADMIN, "/figures killed")
    assert chart.method == "sendPhoto"
    assert chart.files["photo"][1].startswith(b"\x89PNG")
    assert "<s>164</s>" in ledger.parameters["text"]


async def test_the_ledger_of_all_kinds_comes_without_a_chart(chat: InProcess) -> None:
    [ledger] = await chat.write(ADMIN, "/figures")
    assert "Killed" in ledger.text
    assert "Detained" in ledger.text


async def test_the_ledger_is_as_of_the_moment_that_the_chat_asks_as_of(chat: InProcess) -> None:
    await chat.ask(ADMIN, "/asof 10 Jan 2022")
    _, ledger = await chat.write(ADMIN, "/figures killed")
    assert "<s>164</s>" not in ledger.parameters["text"]


async def test_a_chart_that_telegram_refuses_leaves_the_ledger(chat: InProcess) -> None:
    chat.telegram.fail("sendPhoto", code=400)
    refused, ledger = await chat.write(ADMIN, "/figures killed")
    assert refused.status == 400
    assert "164" in ledger.text


async def test_a_kind_there_is_not_is_one_sentence(chat: InProcess) -> None:
    [reply] = await chat.write(ADMIN, "/figures sunk")
    assert reply.text == say("error.no_kind", "en", name="sunk")


async def test_the_button_under_a_chart_draws_it_on_the_other_background_and_so_those_that_follow(
    chat: InProcess,
) -> None:
    light, _ = await chat.write(ADMIN, "/figures killed")
    [dark] = messages(await chat.press(light, say("chart_dark", "en")))
    assert dark.method == "sendPhoto"
    assert corner(dark) < 60
    assert corner(light) > 200
    after, _ = await chat.write(ADMIN, "/figures injured")
    assert corner(after) < 60
    assert after.buttons == [say("chart_light", "en")]


def corner(photo: Call) -> int:
    """Return how light the first pixel of a picture is, 0 to 255."""
    return int(Image.open(io.BytesIO(photo.files["photo"][1])).convert("L").getpixel((0, 0)))
