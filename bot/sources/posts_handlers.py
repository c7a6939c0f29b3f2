"""Telegram callbacks of posts: forwarded by an admin, or of channels that the bot is a member of."""

import asyncio
from contextlib import suppress
from urllib.parse import urlsplit

from telegram import ChatMember, Message, MessageOriginUser
from telegram.constants import ChatType
from telegram.error import TelegramError
from telegram.ext import CallbackQueryHandler, ChatMemberHandler, MessageHandler, filters

from bot.locales import explain, moment_text, say
from bot.sources.handlers import add_links
from bot.sources.messages import Albums, channel_post, forwarded_post, links_of, text_of
from bot.telegram.access import MayAdd
from bot.telegram.context import BotApplication, Context
from bot.telegram.guards import admins_only, anybody, editors_only
from bot.telegram.richtext import Button, Run
from bot.telegram.richtext import message as richtext
from bot.telegram.sending import send
from bot.telegram.updates.processor import ChatByChat
from retrieval.answer.harmless import defang
from retrieval.ingest.files import SUFFIXES
from retrieval.ingest.pipeline import Report, ingest
from retrieval.ingest.submission import Submission
from retrieval.store.chats import chats
from retrieval.store.sources.addresses import TELEGRAM_HOSTS

ALBUM_SECONDS = 2.0
"""Time in which all parts of an album have come."""

MOST_LINKS = 3
"""Links of a forwarded post that are offered to be read."""

TITLE_CHARACTERS = 80

INSIDE = (ChatMember.ADMINISTRATOR, ChatMember.MEMBER, ChatMember.OWNER)


class _IsPost(filters.MessageFilter):
    """A forwarded message that is no document to be read; a class because python-telegram-bot asks for one."""

    def filter(self, message: Message) -> bool:
        name = (message.document.file_name or "").lower() if message.document else ""
        return message.forward_origin is not None and not name.endswith((*SUFFIXES, ".opml", ".xml"))


# --- forwarded ------------------------------------------------------------------------------------


@editors_only
async def take_forwarded(context: Context) -> None:
    """Take in the post or message that an admin forwards, and say so in reply; offer to read its links."""
    message, origin = context.message, context.message.forward_origin
    if isinstance(origin, MessageOriginUser) and origin.sender_user.id == context.bot.id:
        await _reply(context, context.say("post_own"))
        return
    albums: Albums = context.bot_data["albums"]
    post = albums.joined(message, forwarded_post(message))
    if message.media_group_id is not None and not text_of(message):
        if albums.is_first(message):
            context.application.create_task(_say_if_textless(context, albums))
        return
    report = await _taken(context, post)
    await _reply(context, _outcome(report, post, context.language), _link_buttons(context))


async def _say_if_textless(context: Context, albums: Albums) -> None:
    await asyncio.sleep(ALBUM_SECONDS)
    if not albums.text(context.message):
        await _reply(context, context.say("error.no_text"))
        processor = context.application.update_processor
        assert isinstance(processor, ChatByChat)
        await processor.send_late_reply(context.update_id)


async def _taken(context: Context, post: Submission) -> Report:
    resources = context.resources
    return await asyncio.to_thread(ingest, resources.library, resources.embedder, [post], clock=resources.settings.now)


def _outcome(report: Report, post: Submission, language: str) -> str:
    """Return in one sentence what became of a post."""
    if report.rejected:
        return explain(report.rejected[0].error, language)
    key = "post_added" if report.added else "post_updated" if report.updated else "post_known"
    title, publisher = defang(post.title[:TITLE_CHARACTERS]), defang(post.publisher or "")
    return say(key, language, title=title, publisher=publisher, moment=moment_text(post.published, language))


def _link_buttons(context: Context) -> list[list[Button]]:
    """Return a button for each of the first links of a post that lead out of Telegram."""
    return [
        [Button(context.say("post_link", host=defang(urlsplit(link).hostname or "")), f"link:{number}")]
        for number, link in enumerate(links_of(context.message))
        if urlsplit(link).hostname not in TELEGRAM_HOSTS
    ][:MOST_LINKS]


async def _reply(context: Context, text: str, rows: list[list[Button]] | None = None) -> None:
    await context.send(richtext([(Run(text),)], rows or []), reply_to=context.message.message_id)


@editors_only
async def read_link(context: Context) -> None:
    """The button that reads a link of a forwarded post, which its message answers."""
    await context.acknowledge()
    shown = context.query.message
    forwarded = shown.reply_to_message if isinstance(shown, Message) else None
    links = links_of(forwarded) if forwarded else []
    number = int(context.button[0])
    if number < len(links):
        await add_links(context, [links[number]])
    else:
        await context.reply("post_gone")


# --- channels that the bot is in ------------------------------------------------------------------


async def joined_or_left(context: Context) -> None:
    """Ask the admins whether a channel that the bot was added to is to be read; forget one that it left."""
    change = context.membership
    if change.chat.type != ChatType.CHANNEL:
        return
    if change.new_chat_member.status in INSIDE:
        await _ask_once(context)
    else:
        await asyncio.to_thread(chats.erase, context.engine, change.chat.id)


async def _ask_once(context: Context) -> None:
    """Ask every admin, in private, whether to read this channel; once, as soon as one of them can be reached."""
    chat, engine, settings = context.chat, context.engine, context.resources.settings
    if await asyncio.to_thread(chats.is_known, engine, chat.id):
        return
    for admin in context.access.admins:
        language = (await asyncio.to_thread(chats.chat, engine, admin)).language or settings.language
        text = say("channel_joined", language, channel=defang(chat.title or ""))
        row = [Button(say("channel_read", language), f"chan:on:{chat.id}")]
        with suppress(TelegramError):  # an admin who never wrote to the bot
            await send(context.bot, admin, richtext([(Run(text),)], [row]))
            await asyncio.to_thread(chats.keep, engine, chat.id, admitted=False)


@admins_only
async def switch(context: Context) -> None:
    """The button that has a channel read, or no longer."""
    on, chat_id = context.button[0] == "on", int(context.button[1])
    await asyncio.to_thread(chats.keep, context.engine, chat_id, admitted=on)
    await context.acknowledge()
    text = context.say("channel_on" if on else "channel_off")
    row = [Button(context.say("channel_stop" if on else "channel_read"), f"chan:{'off' if on else 'on'}:{chat_id}")]
    await context.edit(richtext([(Run(text),)], [row]))


async def take_channel_post(context: Context) -> None:
    """Take in a post of a channel that an admin switched on, new or edited; nothing is ever written there."""
    if not context.settings.admitted:
        await _ask_once(context)
        return
    albums: Albums = context.bot_data["albums"]
    post = albums.joined(context.message, channel_post(context.message))
    if post.text:
        await _taken(context, post)


def register(application: BotApplication) -> None:
    """Add these handlers to the application; what others forward stays a question."""
    application.bot_data["albums"] = Albums()
    private = filters.UpdateType.MESSAGE & filters.ChatType.PRIVATE & MayAdd(application.bot_data["access"])
    application.add_handler(MessageHandler(private & _IsPost(), take_forwarded))
    application.add_handler(CallbackQueryHandler(read_link, pattern=r"^link:\d{1,3}$"))
    application.add_handler(CallbackQueryHandler(switch, pattern=r"^chan:(?:on|off):-?\d{1,20}$"))
    application.add_handler(MessageHandler(filters.UpdateType.CHANNEL_POSTS, anybody(take_channel_post)))
    application.add_handler(ChatMemberHandler(anybody(joined_or_left), ChatMemberHandler.MY_CHAT_MEMBER))
