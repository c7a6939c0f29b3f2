"""The fake Telegram refuses what Telegram refuses; python-telegram-bot is the client, over real HTTP."""

from __future__ import annotations

import html
import io
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

import httpx
import pytest
from aiogram.types import MessageEntity as AiogramEntity
from aiogram.utils.text_decorations import html_decoration
from hypothesis import given
from hypothesis import strategies as st
from telegram import (
    Bot,
    BotCommand,
    ForceReply,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQueryResultArticle,
    InputTextMessageContent,
    LinkPreviewOptions,
    MessageEntity,
    ReplyParameters,
)
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken
from telegram.request import HTTPXRequest

from tests.fake_telegram.errors import ApiError
from tests.fake_telegram.fixtures import telegram_server  # noqa: F401
from tests.fake_telegram.html import parse_html
from tests.fake_telegram.server import TelegramServer

USER = 1001
EMOJI = "\U0001f54a"  # two UTF-16 code units


@pytest.fixture
def server(telegram_server: TelegramServer) -> TelegramServer:  # noqa: F811
    """A Telegram whose rates are off (they have tests of their own), where USER has written to the bot."""
    telegram_server.set_rates(enforced=False)
    telegram_server.private_message(USER, "/start")
    return telegram_server


@pytest.fixture
async def bot(server: TelegramServer) -> AsyncIterator[Bot]:
    urls = {"base_url": f"{server.url}/bot", "base_file_url": f"{server.url}/file/bot"}
    async with Bot(server.token, **urls, request=plain(), get_updates_request=plain()) as made:
        yield made


def plain() -> HTTPXRequest:
    """Return a client that reads no certificates, which takes long and is for https only."""
    return HTTPXRequest(httpx_kwargs={"verify": False})


@contextmanager
def refused(words: str) -> Iterator[None]:
    """Expect a 400 with these words; python-telegram-bot changes the case of Telegram's."""
    with pytest.raises(BadRequest) as caught:
        yield
    assert words.lower() in caught.value.message.lower()


def keyboard(*rows: list[InlineKeyboardButton]) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(rows)


def button(text: str = "go", **action: object) -> InlineKeyboardButton:
    return InlineKeyboardButton(text, **(action or {"callback_data": "d"}))


# --- texts ------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["a" * 4096, EMOJI * 2048, " " * 50 + "a" * 4096 + "\n"])
async def test_a_text_of_4096_utf16_units_is_sent(bot: Bot, text: str) -> None:
    assert (await bot.send_message(USER, text)).text == text.strip()


@pytest.mark.parametrize("text", ["a" * 4097, EMOJI * 2048 + "a"])
async def test_a_longer_text_is_refused(bot: Bot, text: str) -> None:
    with refused("message is too long"):
        await bot.send_message(USER, text)


async def test_the_length_counts_after_markup_is_parsed(bot: Bot) -> None:
    sent = await bot.send_message(USER, f"<b>{'&lt;' * 4096}</b>", parse_mode="HTML")
    assert sent.text == "<" * 4096


@pytest.mark.parametrize("text", ["", " \n\t", "<b> </b>"])
async def test_an_empty_text_is_refused(bot: Bot, text: str) -> None:
    with refused("text is empty"):
        await bot.send_message(USER, text, parse_mode="HTML")


@pytest.mark.parametrize(
    ("markup", "reason"),
    [
        ("a <br> b", 'Unsupported start tag "br" at byte offset 2'),
        ("ы <script>x</script>", 'Unsupported start tag "script" at byte offset 3'),
        ("1 < 2 and 3 > 2", 'Unsupported start tag "" at byte offset 2'),
        ("a <", "Unclosed start tag at byte offset 2"),
        ("<b", "Unclosed start tag at byte offset 0"),
        ("<a href='x'", "Unclosed start tag at byte offset 0"),
        ("<a href", 'Unclosed start tag "a" at byte offset 0'),
        ("<a href='x", "Unclosed start tag at byte offset 0"),
        ("<a ='x'>y</a>", 'Empty attribute name in the tag "a" at byte offset 0'),
        ("<a href=x/y>z</a>", "Unexpected end of name token at byte offset 8"),
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
        ("<b><i>x</b></i>", 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
    ],
)
async def test_bad_html_is_refused_in_telegrams_words(bot: Bot, markup: str, reason: str) -> None:
    with refused(f"can't parse entities: {reason}"):
        await bot.send_message(USER, markup, parse_mode="HTML")


async def test_html_becomes_text_and_entities(bot: Bot) -> None:
    markup = (
        f'{EMOJI} <b>bold <i>both</i></b> <a href="https://a.example/x#:~:text=y">link</a> '
        '<pre><code class="language-py">x &lt; 1</code></pre><blockquote expandable>q</blockquote> &nbsp;&#1099;'
    )
    sent = await bot.send_message(USER, markup, parse_mode="HTML")
    assert sent.text == f"{EMOJI} bold both link x < 1q &nbsp;ы"
    assert [(e.type, e.offset, e.length) for e in sent.entities] == [
        ("bold", 3, 9),
        ("italic", 8, 4),
        ("text_link", 13, 4),
        ("pre", 18, 5),
        ("expandable_blockquote", 23, 1),
    ]
    assert sent.entities[2].url == "https://a.example/x#:~:text=y"
    assert sent.entities[3].language == "py"


@given(st.text())
def test_escaped_text_comes_back_as_it_was(text: str) -> None:
    assert parse_html(html.escape(text, quote=False)) == (text, [])


@given(st.lists(st.tuples(st.text("a<&ы\U0001f54a", min_size=1), st.sampled_from(["bold", "italic", "code", ""]))))
def test_what_aiogram_writes_as_html_is_read_as_the_same_entities(parts: list[tuple[str, str]]) -> None:
    text, offset, entities = "", 0, []
    for piece, kind in parts:
        length = len(piece.encode("utf-16-le")) // 2
        if kind:
            entities.append({"type": kind, "offset": offset, "length": length})
        text, offset = text + piece, offset + length
    written = html_decoration.unparse(text, [AiogramEntity(**e) for e in entities])
    assert parse_html(written) == (text, entities)


@given(st.text("<>/ab ='\"&;", max_size=30))
def test_any_markup_is_parsed_or_refused(markup: str) -> None:
    try:
        text, _ = parse_html(markup)
    except ApiError as refusal:
        assert refusal.description.startswith("Bad Request: can't parse entities: ")
    else:
        assert len(text) <= len(markup)


async def test_other_parse_modes_are_refused(bot: Bot) -> None:
    with refused("unsupported parse_mode"):
        await bot.send_message(USER, "*x*", parse_mode="MarkdownV2")


@pytest.mark.parametrize(("offset", "length"), [(0, 9), (9, 1), (0, 0), (1, 1)])
async def test_entities_outside_the_text_or_inside_a_pair_are_refused(bot: Bot, offset: int, length: int) -> None:
    with refused("entit"):
        await bot.send_message(USER, f"{EMOJI}abc", entities=[MessageEntity("bold", offset, length)])


async def test_more_than_a_hundred_entities_are_refused(bot: Bot) -> None:
    await bot.send_message(USER, "<b>x</b> " * 100, parse_mode="HTML")
    with refused("too many entities"):
        await bot.send_message(USER, "<b>x</b> " * 101, parse_mode="HTML")


async def test_what_becomes_clickable_without_markup_is_marked(bot: Bot) -> None:
    sent = await bot.send_message(USER, "see a.example.com/x, tg://resolve?domain=x or @someone: /start #tag me@b.org")
    assert [e.type for e in sent.entities] == ["url", "url", "mention", "bot_command", "hashtag", "email"]


async def test_preview_options_stay_on_the_message(bot: Bot, server: TelegramServer) -> None:
    await bot.send_message(USER, "https://a.example", link_preview_options=LinkPreviewOptions(is_disabled=True))
    assert server.sent(USER)[0].link_preview_options.is_disabled is True


async def test_links_that_telegram_would_fetch_are_told(bot: Bot, server: TelegramServer) -> None:
    off = LinkPreviewOptions(is_disabled=True)
    sent = await bot.send_message(USER, f"{EMOJI} https://a.example", link_preview_options=off)
    assert server.previews() == []
    await sent.edit_text(f"{EMOJI} https://a.example now")
    await bot.send_message(USER, '<a href="https://b.example/x">b</a>', parse_mode="HTML")
    asked = server.inline_query(USER, "x")
    await bot.answer_inline_query(asked.inline_query.id, [article(1, "c.example.org")])
    assert server.previews() == ["https://a.example", "https://b.example/x", "c.example.org"]


def post(server: TelegramServer, method: str, body: str) -> httpx.Response:
    headers = {"Content-Type": "application/json"}
    return httpx.post(f"{server.url}/bot{server.token}/{method}", content=body, headers=headers)


@pytest.mark.parametrize("text", ['"\\ud83d"', '"a\\udd4a"'])
def test_half_a_surrogate_pair_is_refused(server: TelegramServer, text: str) -> None:
    answer = post(server, "sendMessage", f'{{"chat_id": {USER}, "text": {text}}}')
    assert answer.json()["description"] == "Bad Request: strings must be encoded in UTF-8"


def test_bytes_that_are_not_utf8_are_refused(server: TelegramServer) -> None:
    answer = httpx.get(f"{server.url}/bot{server.token}/sendMessage?chat_id={USER}&text=%ff")
    assert answer.json()["description"] == "Bad Request: strings must be encoded in UTF-8"


# --- calls ------------------------------------------------------------------------------------


def test_an_unknown_parameter_is_refused(server: TelegramServer) -> None:
    answer = post(server, "sendMessage", f'{{"chat_id": {USER}, "text": "x", "parsemode": "HTML"}}')
    assert (answer.status_code, answer.json()["description"]) == (400, "Bad Request: unknown parameter: parsemode")


def test_a_parameter_of_the_wrong_type_is_refused(server: TelegramServer) -> None:
    answer = post(server, "sendMessage", f'{{"chat_id": {USER}, "text": "x", "reply_markup": {{"keyboard": 1}}}}')
    assert answer.status_code == 400
    assert "reply_markup" in answer.json()["description"]


def test_an_unknown_method_is_not_found(server: TelegramServer) -> None:
    assert post(server, "sendMesage", "{}").json()["error_code"] == 404


def test_a_method_that_the_fake_lacks_says_so(server: TelegramServer) -> None:
    assert post(server, "sendDice", f'{{"chat_id": {USER}}}').status_code == 501


@pytest.mark.parametrize("token", ["7000000001:AAF-another-token-of-the-right-shape", "nonsense"])
async def test_a_wrong_token_is_refused(server: TelegramServer, token: str) -> None:
    with pytest.raises(InvalidToken):
        await Bot(token, base_url=f"{server.url}/bot").initialize()


async def test_an_unknown_chat_is_refused(bot: Bot) -> None:
    with refused("chat not found"):
        await bot.send_message(42, "x")


async def test_who_blocked_the_bot_gets_nothing_until_they_unblock_it(bot: Bot, server: TelegramServer) -> None:
    server.block(USER)
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await bot.send_message(USER, "x")
    server.unblock(USER)
    await bot.send_message(USER, "x")


async def test_a_migrated_group_tells_its_new_id(bot: Bot, server: TelegramServer) -> None:
    old = server.add_group("Newsroom", supergroup=False)
    new = server.migrate(old)
    with pytest.raises(ChatMigrated) as moved:
        await bot.send_message(old, "x")
    assert moved.value.new_chat_id == new
    assert (await bot.send_message(new, "x")).chat_id == new


async def test_a_reply_needs_the_message_it_replies_to(bot: Bot, server: TelegramServer) -> None:
    asked = server.private_message(USER, "and?").message
    sent = await bot.send_message(USER, "so", reply_parameters=ReplyParameters(asked.message_id))
    assert sent.reply_to_message.text == "and?"
    with refused("message to be replied not found"):
        await bot.send_message(USER, "so", reply_parameters=ReplyParameters(999))


# --- keyboards ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([[button(callback_data="ы" * 33)]], "BUTTON_DATA_INVALID"),
        ([[button()]] * 101, "reply markup is too long"),
        ([[button()] * 9], "BUTTONS_ROW_TOO_LONG"),
        ([[button(url="javascript:alert(1)")]], "Wrong HTTP URL"),
        ([[button(url="https://")]], "Wrong HTTP URL"),
        ([[button(url="https://a.example", callback_data="d")]], "Exactly one optional field"),
        ([[InlineKeyboardButton("go")]], "Text buttons are unallowed"),
        ([[button(" ")]], "non-empty text"),
    ],
)
async def test_a_bad_keyboard_is_refused(bot: Bot, rows: list[list[InlineKeyboardButton]], reason: str) -> None:
    with refused(reason):
        await bot.send_message(USER, "x", reply_markup=keyboard(*rows))


async def test_the_largest_keyboard_is_sent(bot: Bot) -> None:
    rows = [[button(callback_data="ы" * 32)] * 8] * 12 + [[button(url="tg://user?id=1")] * 4]
    sent = await bot.send_message(USER, "x", reply_markup=keyboard(*rows))
    assert sum(len(row) for row in sent.reply_markup.inline_keyboard) == 100


async def test_only_inline_keyboards_stay_on_a_message(bot: Bot) -> None:
    assert (await bot.send_message(USER, "x", reply_markup=ForceReply())).reply_markup is None


# --- edits, deletions, drafts, reactions ----------------------------------------------------------


async def test_an_edit_replaces_text_and_keyboard(bot: Bot, server: TelegramServer) -> None:
    sent = await bot.send_message(USER, "one", reply_markup=keyboard([button()]))
    await sent.edit_text("<i>two</i>", parse_mode="HTML")
    (now,) = server.sent(USER)
    assert (now.text, now.html_text, now.reply_markup) == ("two", "<i>two</i>", None)


async def test_an_edit_that_changes_nothing_is_refused(bot: Bot) -> None:
    sent = await bot.send_message(USER, "one", reply_markup=keyboard([button()]))
    with refused("message is not modified"):
        await sent.edit_text("one", reply_markup=keyboard([button()]))
    with refused("message is not modified"):
        await sent.edit_reply_markup(keyboard([button()]))


async def test_a_message_that_is_gone_or_not_the_bots_cannot_be_edited(bot: Bot, server: TelegramServer) -> None:
    sent = await bot.send_message(USER, "one")
    server.delete({"chat_id": USER, "message_id": sent.message_id})
    with refused("message to edit not found"):
        await sent.edit_text("two")
    asked = server.private_message(USER, "mine").message
    with refused("message can't be edited"):
        await bot.edit_message_text("yours", USER, asked.message_id)


async def test_a_message_is_deleted_once(bot: Bot, server: TelegramServer) -> None:
    sent = await bot.send_message(USER, "one")
    assert await sent.delete()
    assert server.sent(USER) == []
    with refused("message to delete not found"):
        await sent.delete()


async def test_a_draft_is_seen_until_the_message_comes(bot: Bot, server: TelegramServer) -> None:
    assert await bot.send_message_draft(USER, 7, "So far")
    assert server.draft(USER) == "So far"
    await bot.send_message(USER, "So far and no further")
    assert server.draft(USER) is None


async def test_drafts_are_for_private_chats_with_an_id(bot: Bot, server: TelegramServer) -> None:
    with refused("only in private chats"):
        await bot.send_message_draft(server.add_group("Newsroom"), 7, "x")
    with refused("DRAFT_ID_INVALID"):
        await bot.send_message_draft(USER, 0, "x")
    with refused("too long"):
        await bot.send_message_draft(USER, 7, "x" * 4097)


def test_a_draft_may_be_empty(server: TelegramServer) -> None:
    assert post(server, "sendMessageDraft", f'{{"chat_id": {USER}, "draft_id": 7, "text": ""}}').json()["result"]


async def test_a_reaction_is_one_emoji_that_telegram_has(bot: Bot, server: TelegramServer) -> None:
    asked = server.private_message(USER, "thanks").message
    await bot.set_message_reaction(USER, asked.message_id, "👍")
    assert server.reactions(USER, asked.message_id) == [{"type": "emoji", "emoji": "👍"}]
    with refused("REACTION_INVALID"):
        await bot.set_message_reaction(USER, asked.message_id, "🗞")
    with refused("REACTIONS_TOO_MANY"):
        await bot.set_message_reaction(USER, asked.message_id, ["👍", "👎"])


async def test_an_action_must_be_one_of_telegrams(bot: Bot) -> None:
    assert await bot.send_chat_action(USER, "typing")
    with refused("wrong parameter action"):
        await bot.send_chat_action(USER, "thinking")


# --- queries ------------------------------------------------------------------------------------


async def test_a_press_is_answered_once_in_200_characters(bot: Bot, server: TelegramServer) -> None:
    await bot.send_message(USER, "x", reply_markup=keyboard([button("Go", callback_data="d:1")]))
    pressed = server.press(server.wait_for("sendMessage", USER), "Go").callback_query
    assert (pressed.data, server.unanswered()) == ("d:1", [pressed.id])
    with refused("MESSAGE_TOO_LONG"):
        await bot.answer_callback_query(pressed.id, "x" * 201)
    await bot.answer_callback_query(pressed.id, "x" * 200)
    assert server.unanswered() == []
    for known in (pressed.id, "12345"):
        with refused("query is too old"):
            await bot.answer_callback_query(known)


async def test_only_a_button_that_is_there_can_be_pressed(bot: Bot, server: TelegramServer) -> None:
    sent = await bot.send_message(USER, "x", reply_markup=keyboard([button("Go")]))
    where = {"chat_id": USER, "message_id": sent.message_id}
    with pytest.raises(ValueError, match="no button 'Stop'"):
        server.press(where, "Stop")
    old = server.press(where, data="gone:7", stale=True, inaccessible=True).callback_query
    assert (old.data, old.message.date) == ("gone:7", 0)


def article(number: int, text: str = "x") -> InlineQueryResultArticle:
    content = InputTextMessageContent(text)
    return InlineQueryResultArticle(str(number), "title", content, reply_markup=keyboard([button()]))


async def test_an_inline_query_is_answered_once_with_at_most_50_results(bot: Bot, server: TelegramServer) -> None:
    asked = server.inline_query(USER, "how many?")
    query_id = asked.inline_query.id
    for results, reason in [
        ([article(n) for n in range(51)], "RESULTS_TOO_MUCH"),
        ([article(1), article(1)], "RESULT_ID_DUPLICATE"),
        ([article(1, "")], "text is empty"),
        ([article(1, "x" * 4097)], "too long"),
    ]:
        # All at once: python-telegram-bot would page through more than 50 by itself.
        body = {"inline_query_id": query_id, "results": [r.to_dict() for r in results]}
        with refused(reason):
            await bot._post("answerInlineQuery", body)
    await bot.answer_inline_query(query_id, [article(1)])
    with refused("query is too old"):
        await bot.answer_inline_query(query_id, [article(1)])


async def test_a_chosen_inline_result_can_be_pressed_and_edited(bot: Bot, server: TelegramServer) -> None:
    asked = server.inline_query(USER, "how many?")
    await bot.answer_inline_query(asked.inline_query.id, [article(1)])
    chosen = server.choose(asked, "1").chosen_inline_result
    assert server.press(chosen.inline_message_id, "go", user=USER).callback_query.data == "d"
    assert await bot.edit_message_text("two", inline_message_id=chosen.inline_message_id)


# --- files --------------------------------------------------------------------------------------


def picture(width: int, height: int) -> bytes:
    from PIL import Image

    kept = io.BytesIO()
    Image.new("1", (width, height)).save(kept, "PNG")
    return kept.getvalue()


async def test_a_photo_and_its_caption_arrive(bot: Bot, server: TelegramServer) -> None:
    sent = await bot.send_photo(USER, picture(640, 480), caption="<b>Figures</b>", parse_mode="HTML")
    assert (sent.photo[-1].width, sent.photo[-1].height, sent.caption) == (640, 480, "Figures")
    assert server.content(sent.photo[-1].file_id) == picture(640, 480)
    with refused("caption is too long"):
        await bot.send_photo(USER, picture(9, 9), caption="x" * 1025)
    await sent.edit_caption("Other")
    with refused("no text in the message"):
        await sent.edit_text("Other")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"no picture", "IMAGE_PROCESS_FAILED"),
        (picture(9000, 1001), "PHOTO_INVALID_DIMENSIONS"),
        (picture(210, 10), "PHOTO_INVALID_DIMENSIONS"),
        (b"\0" * (10 * 1024 * 1024 + 1), "file is too big"),
        (b"", "file must be non-empty"),
    ],
)
async def test_a_bad_photo_is_refused(bot: Bot, content: bytes, reason: str) -> None:
    with refused(reason):
        await bot.send_photo(USER, content)


async def test_a_document_arrives_and_can_be_sent_again_by_its_id(bot: Bot, server: TelegramServer) -> None:
    sent = await bot.send_document(USER, b"# Brief", filename="brief.md", caption="Today")
    assert (sent.document.file_name, server.content(sent.document.file_id)) == ("brief.md", b"# Brief")
    assert (await bot.send_document(USER, sent.document.file_id)).document.file_size == 7
    with refused("wrong file identifier"):
        await bot.send_document(USER, "no-such-id")


def test_an_upload_of_more_than_50_mb_is_refused(server: TelegramServer) -> None:
    files = {"document": ("big.bin", b"\0" * (50 * 1024 * 1024 + 1))}
    url = f"{server.url}/bot{server.token}/sendDocument"
    assert httpx.post(url, data={"chat_id": str(USER)}, files=files, timeout=60).status_code == 413


async def test_a_document_that_somebody_sends_is_downloaded(bot: Bot, server: TelegramServer) -> None:
    document = server.document(USER, "story.txt", b"text", mime_type="text/plain").message.document
    file = await bot.get_file(document.file_id)
    assert bytes(await file.download_as_bytearray()) == b"text"


async def test_a_file_of_more_than_20_mb_cannot_be_fetched(bot: Bot, server: TelegramServer) -> None:
    document = server.document(USER, "big.bin", b"\0" * (20 * 1024 * 1024 + 1)).message.document
    with refused("file is too big"):
        await bot.get_file(document.file_id)


# --- the bot itself --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "commands",
    [
        [BotCommand("Ask", "upper case")],
        [BotCommand("a" * 33, "too long")],
        [BotCommand("ask", "")],
        [BotCommand("ask", "x" * 257)],
        [BotCommand(f"c{n}", "too many") for n in range(101)],
    ],
)
async def test_bad_commands_are_refused(bot: Bot, commands: list[BotCommand]) -> None:
    with refused("BOT_COMMAND"):
        await bot.set_my_commands(commands)


async def test_commands_are_kept_for_each_language(bot: Bot) -> None:
    await bot.set_my_commands([BotCommand("ask", "Ask a question")])
    await bot.set_my_commands([BotCommand("ask", "Задать вопрос")], language_code="ru")
    assert (await bot.get_my_commands())[0].description == "Ask a question"
    await bot.delete_my_commands(language_code="ru")
    assert await bot.get_my_commands(language_code="ru") == ()


async def test_descriptions_have_their_own_limits(bot: Bot) -> None:
    assert await bot.set_my_description("x" * 512)
    assert await bot.set_my_short_description("x" * 120)
    with refused("BOT_DESCRIPTION_INVALID"):
        await bot.set_my_description("x" * 513)
    with refused("BOT_SHORT_DESCRIPTION_INVALID"):
        await bot.set_my_short_description("x" * 121)


async def test_messages_bear_the_servers_time(bot: Bot, server: TelegramServer) -> None:
    server.shift_clock(-7 * 86400)
    sent = await bot.send_message(USER, "x")
    assert 6.9 < (time.time() - sent.date.timestamp()) / 86400 < 7.1


async def test_a_chat_and_its_members_can_be_asked_for(bot: Bot, server: TelegramServer) -> None:
    group = server.add_group("Newsroom", by=USER)
    assert (await bot.get_chat(group)).title == "Newsroom"
    assert (await bot.get_chat_member(group, USER)).status == "creator"
    assert (await bot.get_chat_member(group, 5)).status == "member"
    assert [m.user.id for m in await bot.get_chat_administrators(group)] == [USER]
    await bot.leave_chat(group)
    with pytest.raises(Forbidden):
        await bot.send_message(group, "x")
