"""The context of every handler: who wrote where, in which language and zone, and the parts it works with."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Self, TypeAlias, TypeVar
from zoneinfo import ZoneInfo

import structlog
import telegram
from telegram import CallbackQuery, ChatMemberUpdated, Document, InlineQuery, Location, MessageEntity, Update
from telegram.constants import ChatAction
from telegram.error import TelegramError
from telegram.ext import Application, CallbackContext, ExtBot

from bot.locales import LOCALES, say
from bot.resources import Resources
from bot.telegram.access import Access
from bot.telegram.conversation import Conversations, Exchange, Memory, Place
from bot.telegram.letters import Stored, as_json, document_as_json, edit_as_json, photo_as_json
from bot.telegram.outbox import Sent
from bot.telegram.richtext import Button, Message, Run
from bot.telegram.richtext import message as richtext
from bot.telegram.sending import NO_PREVIEW
from bot.telegram.updates.admission import surcharge
from bot.telegram.updates.pools import Pool, Pools
from retrieval.domain import QuestionError
from retrieval.store.chats import chats
from retrieval.store.chats.outbox import Alongside

log = structlog.get_logger("sitrep.context")

FORGED_DIGITS = 17
"""No number in our buttons has so many; it would fit no column."""

TYPING_EVERY = 4.5
"""Seconds; Telegram shows "typing" for five."""

Data: TypeAlias = dict[Any, Any]
BotApplication: TypeAlias = "Application[ExtBot[Any], Context, Data, Data, Data, Any]"
"""The application that `bot.app.build` makes."""

Perform: TypeAlias = "Callable[[Update, Context], Coroutine[Any, Any, None]]"

Field = TypeVar("Field")
Result = TypeVar("Result")


@dataclass
class Reply:
    """What becomes of an update, all of it in the transaction that ends it."""

    messages: list[tuple[int, Stored, Sent | None]] = field(default_factory=list)  # to which chat, and see `Sent`
    alongside: list[Alongside] = field(default_factory=list)  # what is written with them
    acknowledged: bool = False  # the press of a button
    put_off: bool = False  # it met a passing failure, and is handled again instead


class Context(CallbackContext[ExtBot[Any], Data, Data, Data]):
    """Made by python-telegram-bot for every update; see its `examples/contexttypesbot.py`.

    `chat`, `message`, its `location` and `document`, `query`, `inline_query` and `membership` raise
    LookupError if the update has none.
    """

    def __init__(self, application: BotApplication, chat_id: int | None = None, user_id: int | None = None) -> None:
        super().__init__(application, chat_id, user_id)
        self.resources: Resources = application.bot_data["resources"]
        self.access: Access = application.bot_data["access"]
        self.conversations: Conversations = application.bot_data["conversations"]
        self._replies: dict[int, Reply] = application.bot_data["replies"]  # by the number of the update
        self._update = Update(0)
        self._pools: Pools = application.bot_data["pools"]
        self._argument: str | None = None  # of the command that a message in plain words stands for
        self.settings = chats.Chat(self.chat_id)
        """The chat's language, zone and quiet hours, and whether it was admitted."""

    @classmethod
    def from_update(cls, update: object, application: "Application[Any, Self, Any, Any, Any, Any]") -> Self:
        """Return the context of an update. It must not raise: python-telegram-bot would drop the update."""
        context = super().from_update(update, application)
        if isinstance(update, Update):
            context._update = update
        return context

    async def refresh_data(self) -> None:
        """Read the chat's settings; python-telegram-bot calls this before the handler. Raises StoreError."""
        self.settings = await asyncio.to_thread(chats.chat, self.engine, self.chat_id)

    def change_settings(self, **values: Any) -> None:
        """Store settings of the chat (fields of `chats.Chat`). Blocking; raises StoreError."""
        chats.keep(self.engine, self.chat_id, **values)
        self.settings = replace(self.settings, **values)

    # --- the update ---------------------------------------------------------------------------------

    @property
    def update_id(self) -> int:
        return self._update.update_id

    @property
    def chat(self) -> telegram.Chat:
        return _given(self._update.effective_chat, "chat")

    @property
    def message(self) -> telegram.Message:
        return _given(self._update.effective_message, "message")

    @property
    def location(self) -> Location:
        return _given(self.message.location, "location")

    @property
    def document(self) -> Document:
        return _given(self.message.document, "document")

    @property
    def query(self) -> CallbackQuery:
        return _given(self._update.callback_query, "callback query")

    @property
    def membership(self) -> ChatMemberUpdated:
        """The change of the bot's own membership of a chat."""
        return _given(self._update.my_chat_member, "change of membership")

    @property
    def is_press(self) -> bool:
        return self._update.callback_query is not None

    @property
    def inline_query(self) -> InlineQuery:
        return _given(self._update.inline_query, "inline query")

    @property
    def chat_id(self) -> int:
        """The chat's number; the person's for an inline query, which has no chat; 0 without either."""
        return self._chat_id or self._user_id or 0

    @property
    def thread(self) -> int | None:
        """The topic of a forum that the message is in, so that answers go there too."""
        message = self._update.effective_message
        return message.message_thread_id if message and message.is_topic_message else None

    @property
    def is_group(self) -> bool:
        return self.chat.type != telegram.Chat.PRIVATE

    @property
    def written(self) -> str:
        """The text of the message, or the caption of its picture."""
        return self.message.text or self.message.caption or ""

    def mentions_the_bot(self) -> bool:
        """Return whether an entity of the message is a mention of the bot; an address like a@bot is none."""
        name = f"@{self.bot.username}".casefold()
        marked = [*self.message.parse_entities([MessageEntity.MENTION]).values()]
        marked += self.message.parse_caption_entities([MessageEntity.MENTION]).values()
        return name in [one.casefold() for one in marked]

    def is_unchanged(self) -> bool:
        """Return whether the message is the edit of one with the same words, say where its preview changed.

        Remembers the words of the message.
        """
        number, texts = self.message.message_id, self.memory.texts
        unchanged = self._update.edited_message is not None and (number, self.written) in texts
        texts.append((number, self.written))
        return unchanged

    @property
    def argument(self) -> str:
        """The words after a command."""
        if self._argument is not None:
            return self._argument
        return " ".join(self.written.split()[1:])

    @property
    def button(self) -> list[str]:
        """The fields of a pressed button's data after its name, e.g. ["7", "2"] of "len:7:2".

        Raises QuestionError for numbers that no button of ours has: anybody can send any data.
        """
        data = self.query.data or ""
        if re.search(rf"\d{{{FORGED_DIGITS}}}", data):
            raise QuestionError(self.say("forgotten_exchange"))
        return data.split(":")[1:]

    async def perform(self, callback: "Perform", argument: str) -> None:
        """Do what a command does, in answer to a message that asks for it in plain words."""
        self._argument = argument
        await callback(self._update, self)

    async def run_in(self, pool: Pool, work: Callable[..., Result], *args: Any, **options: Any) -> Result:
        """Return what slow work returns, done in a thread of its pool. Raises QuestionError if too much waits there."""
        return await self._pools.run(pool, work, *args, **options)

    # --- the chat -----------------------------------------------------------------------------------

    @property
    def engine(self) -> Any:
        return self.resources.library.engine

    @property
    def language(self) -> str:
        """The language of the replies: the chat's own setting, else the user's, else the configured one."""
        user = self._update.effective_user
        known = (user.language_code or "")[:2] if user else ""
        return self.settings.language or (known if known in LOCALES else self.resources.settings.language)

    @property
    def zone(self) -> ZoneInfo:
        """The chat's own time zone, else the configured one."""
        return ZoneInfo(self.settings.zone) if self.settings.zone else self.resources.settings.zone

    @property
    def memory(self) -> Memory:
        return self.conversations.memory(self.place)

    @property
    def place(self) -> Place:
        """The chat, the topic and, in a group, the person that the conversation goes on with."""
        return Place(self.chat_id, self.thread, (self._user_id or 0) if self.is_group else 0)

    def answered(self) -> Exchange | None:
        """Return the exchange that a message goes on from: the one it replies to, or else the last one."""
        replied = self.message.reply_to_message
        found = self.conversations.shown_in(self.chat_id, replied.message_id) if replied else None
        exchanges = self.memory.exchanges
        return found or (exchanges[-1] if exchanges else None)

    def now(self) -> datetime:
        """Return the time by the bot's clock, in the chat's zone."""
        return self.resources.settings.now().astimezone(self.zone)

    def is_admin(self) -> bool:
        """Return True if an admin wrote."""
        return self.access.is_admin(self._user_id or 0)

    def may_add(self) -> bool:
        """Return True if an editor or an admin wrote."""
        return self.access.may_add(self._user_id or 0)

    def may_ask(self) -> bool:
        """Return True if the chat gets answers: an admin wrote, or an admin let the chat in."""
        return self.settings.admitted or self.is_admin()

    def charge_as(self, command: str) -> None:
        """Charge the chat what the command costs that its message stands for, less what admission charged."""
        cost = surcharge(command.removeprefix("/"), with_model=self.resources.settings.chat_model != "")
        self.access.charge(self.chat_id, self._user_id or 0, cost)

    def may_subscribe(self) -> bool:
        """Return True if the chat may be written to unasked: an admin let it in, or it is an admin's own."""
        return self.settings.admitted or self.access.is_admin(self.chat_id)

    # --- answering ----------------------------------------------------------------------------------

    def say(self, key: str, **fields: object) -> str:
        """Return a frame text in the language of the chat."""
        return say(key, self.language, **fields)

    # Messages are put together here, and go into the outbox in the transaction that ends the update. So none is lost,
    # and none comes twice, wherever the process dies; and what Telegram does not take now, it takes later.

    @property
    def _reply(self) -> Reply:
        return self._replies.setdefault(self.update_id, Reply())

    def _put(self, stored: Stored, sent: Sent | None = None) -> None:
        self._reply.messages.append((self.chat_id, stored, sent))

    def send_to(self, chat_id: int, message: Message) -> None:
        """Send a message to another chat, say to an admin."""
        self._reply.messages.append((chat_id, as_json(message), None))

    def write_alongside(self, write: Alongside) -> None:
        """Write to the database in the transaction that ends the update."""
        self._reply.alongside.append(write)

    def put_off(self) -> None:
        """Have the update handled again, later and from its start."""
        self._reply.put_off = True

    async def reply(self, key: str, **fields: object) -> None:
        """Send a frame text in the language of the chat."""
        await self.send_text(self.say(key, **fields))

    async def send_text(self, text: str) -> None:
        """Send plain text."""
        await self.send(richtext([(Run(text),)]))

    async def send_small(self, text: str) -> None:
        """Send a frame text in small print."""
        await self.send(richtext([(Run(text, italic=True),)]))

    async def send(self, message: Message, reply_to: int | None = None, sent: Sent | None = None) -> None:
        """Send a message; `sent` is called with its number once that is known."""
        self._put(as_json(message, reply_to=reply_to, thread=self.thread), sent)

    async def send_photo(self, picture: bytes, name: str, buttons: Sequence[Sequence[Button]] = ()) -> None:
        self._put(photo_as_json(picture, name, buttons, thread=self.thread))

    async def send_document(self, document: bytes, name: str, instead: Sequence[Message]) -> None:
        """Send a document; should Telegram refuse it, these messages."""
        self._put(document_as_json(document, name, instead, thread=self.thread))

    async def edit(self, message: Message, message_id: int | None = None) -> None:
        """Replace a message, the one whose button was pressed if none is named; send a new one if it is gone."""
        if message_id is None and self.query.message is not None:
            message_id = self.query.message.message_id
        if message_id is None:
            await self.send(message)
        else:
            self._put(edit_as_json(message, message_id, thread=self.thread))

    async def show_progress(self, text: str, message_id: int | None = None) -> int | None:
        """Show how far the work is, at once, in a new message or an earlier one; return its number.

        Returns None, and shows nothing, if Telegram does not take it.
        """
        try:
            if message_id is None:
                options: dict[str, Any] = {"link_preview_options": NO_PREVIEW, "message_thread_id": self.thread}
                return (await self.bot.send_message(self.chat_id, text, **options)).message_id
            await self.bot.edit_message_text(text, self.chat_id, message_id, link_preview_options=NO_PREVIEW)
        except TelegramError as exc:
            log.info("progress could not be shown", error=type(exc).__name__)
        return message_id

    async def open(self, message: Message) -> None:
        """Show what a button opens: in groups in the place of its message, elsewhere below it."""
        await (self.edit(message) if self.is_group else self.send(message))

    @property
    def acknowledged(self) -> bool:
        """Whether the press of a button was answered, be it before its handler failed."""
        return self._reply.acknowledged

    async def acknowledge(self, text: str | None = None) -> None:
        """Answer the press of a button, with a text that the client shows for a moment.

        Telegram refuses that for one pressed while the bot was down.
        """
        self._reply.acknowledged = True
        try:
            await self.query.answer(text)
        except TelegramError as exc:
            log.info("a pressed button could not be acknowledged", error=type(exc).__name__)

    @asynccontextmanager
    async def typing(self) -> AsyncIterator[None]:
        """Show that the bot is at work, within a `with`."""

        async def show() -> None:
            while True:
                await self.bot.send_chat_action(self.chat_id, ChatAction.TYPING, message_thread_id=self.thread)
                await asyncio.sleep(TYPING_EVERY)

        task = asyncio.create_task(show())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


def _given(field: Field | None, name: str) -> Field:
    if field is None:
        raise LookupError(f"the update has no {name}")
    return field
