"""Which updates are taken in, decided before the inbox: strangers, floods and what is too much leave no row on disk."""

import asyncio
import time
from collections import Counter, OrderedDict
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import structlog
from telegram import Bot
from telegram.error import TelegramError
from telegram.ext import ExtBot

from bot.locales import LOCALES, say
from bot.metrics import REFUSED
from bot.resources import Resources
from bot.telegram.access import Access
from bot.telegram.clock import Clock
from bot.telegram.limits import BROADCAST, pause
from bot.telegram.richtext import Button, Run
from bot.telegram.richtext import message as richtext
from bot.telegram.sending import NO_PREVIEW, keyboard
from retrieval.domain import SitrepError
from retrieval.store.chats.chats import Chat

log = structlog.get_logger("sitrep.admission")

MOST_OF_CHAT = 10
"""Updates of a chat that wait; more are refused."""

MOST_OLD_OF_CHAT = 30
"""The same of a chat while the bot is behind, having been down: that is no flood."""

MOST_OF_ADMIN = 200
"""The same of an admin, who may forward many posts at once, and of a channel that is read."""

MOST_IN_ALL = 600
"""Updates of all readers that wait: as many as can be handled in half a minute."""

BACKLOG_SECONDS = 10.0
"""Seconds after which a message that is taken in has waited at Telegram, and can wait there longer."""

CAUGHT_UP = 60
"""So many that wait are handled in three seconds: the bot is no longer behind."""

ROOM_EVERY = 0.5
"""Seconds between two tries to take in such messages while there is no room for them."""

CHEAP, QUESTION, SUMMARY, CHART, EXPORT = 0.2, 1.0, 2.0, 2.0, 3.0
"""What a command or button costs, in questions."""

COMMANDS = {
    "ask": QUESTION,
    "asof": QUESTION,
    "brief": SUMMARY,
    "timeline": SUMMARY,
    "figures": CHART,
}
BUTTONS = {
    "len": QUESTION,
    "more": QUESTION,
    "brief": SUMMARY,
    "fig": CHART,
    "chart": CHART,
    "try": QUESTION,
    "doc": EXPORT,
}
"""By name; all others are cheap."""

MODEL = 2.0
"""Times the cost of what a language model reads."""

REQUEST = "req:ask"
"""The data of the button with which a stranger asks the admins to be let in."""

STRANGERS_MAY = (REQUEST,)
"""How the data of buttons begins that strangers may press."""

DECISIONS = 4_096
"""Decisions remembered, so that an update which comes again (it could not be stored) costs nothing more."""

MOST_LINES = 3
"""Refusals that wait to be said; more are dropped, as one that comes late says nothing."""

LINE_EVERY = 0.15
"""Seconds between two of them: answers need the rest of what Telegram lets the bot send."""

LINES_REMEMBERED = 10_000
MINUTE = 60.0

Json = dict[str, Any]

MESSAGES = ("message", "edited_message")
CHANNEL_POSTS = ("channel_post", "edited_channel_post")


@dataclass(frozen=True, slots=True)
class Arrival:
    """What is decided by, of an update as Telegram's JSON has it."""

    number: int
    kind: str = ""
    chat_id: int | None = None  # of an inline query, the person's
    is_group: bool = False
    person: int = 0
    language: str = ""  # of the person's client
    content: Json | None = None

    @property
    def text(self) -> str:
        content = self.content or {}
        return str(content.get("text") or content.get("caption") or "")

    @property
    def command(self) -> str:
        """The name of the command that a message is; "" for none."""
        first = self.text.split(maxsplit=1)[0] if self.text.startswith("/") else ""
        return first[1:].partition("@")[0].lower()

    @property
    def button(self) -> str:
        """The data of the button that was pressed; "" for none."""
        return str((self.content or {}).get("data") or "") if self.kind == "callback_query" else ""

    def age(self, now: float) -> float:
        """Return the seconds since a message was written or edited; 0 where that is not known."""
        content = (self.content or {}) if self.kind in MESSAGES else {}
        written = content.get("edit_date") or content.get("date")
        return now - written if isinstance(written, int) else 0.0


def arrival(update: Json) -> Arrival:
    """Read an update as far as is needed; what cannot be read has no chat."""
    kind = next((name for name, value in update.items() if isinstance(value, dict)), "")
    content = update.get(kind) or {}
    pressed = content.get("message")
    place = (pressed if kind == "callback_query" and isinstance(pressed, dict) else content).get("chat")
    person = content.get("from")
    place, person = (one if isinstance(one, dict) else {} for one in (place, person))
    chat_id, number = place.get("id", person.get("id")), person.get("id")
    return Arrival(
        update["update_id"],
        kind,
        chat_id if type(chat_id) is int else None,
        place.get("type") in ("group", "supergroup"),
        number if type(number) is int else 0,
        str(person.get("language_code") or "")[:2],
        content,
    )


def cost_of(arrived: Arrival, with_model: bool) -> float:
    """Return what an update costs its chat, in questions."""
    times = MODEL if with_model else 1.0
    if arrived.kind == "callback_query":
        name = arrived.button.partition(":")[0]
        return BUTTONS.get(name, CHEAP) * (times if name == "len" else 1.0)
    if arrived.command:
        cost = COMMANDS.get(arrived.command, CHEAP)
        return cost * (times if cost == QUESTION else 1.0)
    if arrived.kind == "inline_query":
        return QUESTION
    return QUESTION * times if arrived.text else CHEAP


def surcharge(command: str, with_model: bool) -> float:
    """Return what a command costs more than the text in plain words that stands for it, in questions."""
    return max(0.0, COMMANDS[command] - QUESTION * (MODEL if with_model else 1.0))


def concerns_us(arrived: Arrival, bot: Bot) -> bool:
    """Return False for what people in a group say to each other.

    Of a message that names or answers the bot the handlers decide.
    """
    content = arrived.content or {}
    if not arrived.is_group or arrived.kind not in MESSAGES or "migrate_to_chat_id" in content:
        return True
    own_command = arrived.command and "@" not in arrived.text.split(maxsplit=1)[0]
    special = {"migrate_from_chat_id", "location"} & content.keys()
    return bool(addresses(arrived, bot) or own_command or special)


def addresses(arrived: Arrival, bot: Bot) -> bool:
    """Return whether a message names the bot or answers it."""
    replied = (arrived.content or {}).get("reply_to_message")
    answers = isinstance(replied, dict) and (replied.get("from") or {}).get("id") == bot.id
    return answers or f"@{bot.username}".casefold() in arrived.text.casefold()


class BacklogError(SitrepError):
    """More waits here than there is room for, and the bot is behind: Telegram is to keep the updates for now."""


class Admission:
    """Decides on updates, and says why it refuses some; a class because it remembers what it decided and said.

    Refusals have a lane of their own: they are not stored, a chat gets one a minute, and they go after all answers.
    What was written while the bot was down waits at Telegram for room, and so does what is written until that is
    handled: nobody is to be refused for what others wrote before. What comes later is refused if there is no room.
    """

    def __init__(
        self,
        resources: Resources,
        access: Access,
        bot: Bot,
        clock: Callable[[], float] = time.monotonic,
        telegram_clock: Clock | None = None,
    ) -> None:
        self._resources, self._access, self._bot, self._clock = resources, access, bot, clock
        self._telegram_clock = telegram_clock or Clock()
        self._decisions: OrderedDict[int, bool] = OrderedDict()
        self._said: OrderedDict[tuple[int, str], float] = OrderedDict()
        self._lines: asyncio.Queue[Callable[[], Awaitable[object]]] = asyncio.Queue(MOST_LINES)
        self._behind = False  # what was written while the bot was down is not handled yet

    def require_room(self, arrivals: Sequence[Arrival], waiting: int) -> None:
        """Raise BacklogError while there is no room for updates and the bot is behind; `waiting` is how many wait."""
        now = time.time() - self._telegram_clock.ahead
        if any(one.age(now) > BACKLOG_SECONDS for one in arrivals):
            self._behind = True
        elif waiting < CAUGHT_UP:
            self._behind = False
        if self._behind and waiting + len(arrivals) > MOST_IN_ALL:
            raise BacklogError("What was written while the bot was down is handled little by little.")

    def admitted(
        self, arrivals: Sequence[Arrival], known: Mapping[int, Chat], waiting: Collection[int | None]
    ) -> set[int]:
        """Return the numbers of the updates to take in.

        `known` are the chats among them that there are settings of, `waiting` has the chat of each update that waits.
        """
        of_chat = Counter(waiting)
        let_in = set()
        most = MOST_OLD_OF_CHAT if self._behind else MOST_OF_CHAT
        for arrived in arrivals:
            if arrived.number not in self._decisions:
                refused = self._refusal(arrived, known.get(arrived.chat_id or 0), of_chat, most)
                if refused:
                    REFUSED.labels(refused).inc()
                self._remember(self._decisions, arrived.number, not refused, DECISIONS)
            if self._decisions[arrived.number]:
                of_chat[arrived.chat_id] += 1
                let_in.add(arrived.number)
        return let_in

    def _refusal(self, arrived: Arrival, chat: Chat | None, of_chat: Counter[int | None], most: int) -> str:
        """Return why an update is refused, having said so if it is to be said; "" if it is taken in."""
        waiting = of_chat[arrived.chat_id]
        if arrived.kind in CHANNEL_POSTS:
            wanted = chat.admitted if chat is not None else waiting == 0
            return "" if wanted and waiting < MOST_OF_ADMIN else "channel"
        if arrived.kind not in (*MESSAGES, "callback_query", "inline_query") or arrived.chat_id is None:
            return "" if waiting < MOST_OF_CHAT else "crowded"
        return self._refusal_of_message(arrived, chat, of_chat, most) if concerns_us(arrived, self._bot) else "group"

    def _refusal_of_message(self, arrived: Arrival, chat: Chat | None, of_chat: Counter[int | None], most: int) -> str:
        waiting = of_chat[arrived.chat_id]
        language = (chat.language if chat else None) or self._language(arrived)
        is_admin = self._access.is_admin(arrived.person)
        if not is_admin and not (chat is not None and chat.admitted):
            return self._refuse_stranger(arrived, language, waiting)
        full = waiting >= MOST_OF_ADMIN if is_admin else waiting >= most or of_chat.total() >= MOST_IN_ALL
        if full:
            self._say(arrived, "error.crowded", language)
            return "crowded"
        cost = cost_of(arrived, self._resources.settings.chat_model != "")
        if self._access.too_many(arrived.chat_id or 0, arrived.person, cost):
            self._say(arrived, "too_many", language)
            return "too many"
        return ""

    def _refuse_stranger(self, arrived: Arrival, language: str, waiting: int) -> str:
        invited = arrived.command == "start" and len(arrived.text.split()) > 1
        if (invited or arrived.button.startswith(STRANGERS_MAY)) and waiting == 0:
            return ""
        if not arrived.is_group or arrived.kind not in MESSAGES or addresses(arrived, self._bot):
            self._say(arrived, "stranger", language)
        return "stranger"

    def _language(self, arrived: Arrival) -> str:
        return arrived.language if arrived.language in LOCALES else self._resources.settings.language

    def _say(self, arrived: Arrival, key: str, language: str) -> None:
        """Say why an update is refused: where a button was pressed for a moment, else in a line, once a minute."""
        chat_id = arrived.chat_id or 0
        if arrived.kind == "inline_query":
            return
        text = say(key, language, chat=chat_id) if key == "stranger" else say(key, language)
        if arrived.kind == "callback_query":
            query = str((arrived.content or {}).get("id"))
            shown = None if key == "stranger" else text
            self._put(partial(self._bot.answer_callback_query, query, shown))
            return
        now = self._clock()
        if now - self._said.get((chat_id, key), -MINUTE) >= MINUTE:
            options: Json = {"link_preview_options": NO_PREVIEW}
            if key == "stranger":
                row = [Button(say("request_button", language), REQUEST)]
                options["reply_markup"] = keyboard(richtext([(Run(text),)], [row]))
            topic = (arrived.content or {}).get("message_thread_id")
            if topic is not None and (arrived.content or {}).get("is_topic_message"):
                options["message_thread_id"] = topic
            if isinstance(self._bot, ExtBot) and self._bot.rate_limiter is not None:
                options["rate_limit_args"] = BROADCAST
            if self._put(partial(self._bot.send_message, chat_id, text, **options)):
                self._remember(self._said, (chat_id, key), now, LINES_REMEMBERED)

    def _put(self, line: Callable[[], Awaitable[object]]) -> bool:
        """Have a refusal said; return False if too many wait."""
        if self._lines.full():
            return False
        self._lines.put_nowait(line)
        return True

    def _remember(self, where: OrderedDict[Any, Any], key: Any, value: Any, most: int) -> None:
        where[key] = value
        where.move_to_end(key)
        while len(where) > most:
            where.popitem(last=False)

    async def run(self, stop: asyncio.Event) -> None:
        """Say until `stop` what is refused."""
        while not stop.is_set():
            await self.flush(1)
            await pause(stop, LINE_EVERY)

    async def flush(self, most: int = MOST_LINES) -> None:
        """Say what waits to be said, so many lines at most; what Telegram does not take is dropped."""
        for _ in range(min(most, self._lines.qsize())):
            try:
                await self._lines.get_nowait()()
            except TelegramError as exc:
                log.info("a refusal could not be sent", error=type(exc).__name__)
