"""Alerts: when articles about a watched topic arrive, the chat gets a message, but not too often."""

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import structlog

from bot.ask.render import answer_messages
from bot.locales import say
from bot.schedule.due import is_quiet, read_quiet
from bot.telegram.letters import as_json
from retrieval.answer.harmless import defang
from retrieval.briefing.shown import shown_quotes
from retrieval.briefing.watch import news
from retrieval.domain import Answer
from retrieval.embedding import Embedder
from retrieval.reader.reader import Reader
from retrieval.store.chats import chats, outbox, watches
from retrieval.store.chats.chats import Chat
from retrieval.store.chats.shown import record_in
from retrieval.store.chats.watches import Watch
from retrieval.store.library import Library

log = structlog.get_logger("sitrep.alerts")

ALERT_EVERY = timedelta(minutes=30)
"""Between two alerts of one watch; what arrives meanwhile comes in the next one."""

MOST_AT_ONCE = 40
"""Watches checked in one run of the job, so that no brief waits long behind them."""


class Alerts:
    """Puts alerts into the outbox; a class because it needs all of these."""

    def __init__(
        self, library: Library, embedder: Embedder, reader: Reader, admins: frozenset[int], zone: str, language: str
    ) -> None:
        self._library, self._embedder, self._reader, self._admins = library, embedder, reader, admins
        self._zone, self._language = zone, language  # of chats that chose none

    def post_due(self, now: datetime) -> int:
        """Search the new articles for the topics that chats watch, and post alerts; return how many."""
        engine = self._library.engine
        newest = watches.newest(engine)
        known = chats.every(engine)
        behind = [w for w in watches.every(engine) if w.seen < newest and self._may_alert(w, known, now)]
        nothing: list[int] = []
        posted = 0
        for watch in behind[:MOST_AT_ONCE]:
            answer = self._news(watch, newest, now)
            if answer is None:
                nothing.append(watch.id)
            else:
                posted += self._post(watch, known.get(watch.chat_id, Chat(watch.chat_id)), answer, newest, now)
        if nothing:
            watches.searched(engine, nothing, newest)
        return posted

    def _may_alert(self, watch: Watch, known: dict[int, Chat], now: datetime) -> bool:
        """Return True if a chat is admitted, outside its quiet hours, and had no alert of this watch lately.

        Otherwise the new articles wait for a later run.
        """
        chat = known.get(watch.chat_id, Chat(watch.chat_id))
        recent = watch.alerted_at is not None and abs(now - watch.alerted_at) < ALERT_EVERY
        quiet = is_quiet(read_quiet(chat.quiet), now, chat.zone or self._zone)
        return not recent and not quiet and (chat.admitted or chat.id in self._admins)

    def _news(self, watch: Watch, newest: int, now: datetime) -> Answer | None:
        arrived = watches.arrived(self._library.engine, watch.seen, newest)
        if not arrived:
            return None
        try:
            return news(self._library, self._embedder, self._reader, watch.text, arrived, watch.seen, now)
        except Exception as exc:  # one watch must not stop the others'
            log.error("a watch could not be searched", error=type(exc).__name__)
            return None

    def _post(self, watch: Watch, chat: Chat, answer: Answer, newest: int, now: datetime) -> bool:
        language = chat.language or self._language
        heading = say("watch_news", language, text=defang(watch.text))
        rendered = answer_messages(replace(answer, language=language), heading=heading)
        messages = [as_json(message, thread=watch.thread) for message in rendered]
        day = now.astimezone(ZoneInfo(chat.zone or self._zone)).date()
        noted = partial(watches.alerted, watch_id=watch.id, seen=newest, at=now)
        slot = f"watch {watch.id} {newest}"
        shown = partial(record_in, chat_id=watch.chat_id, quotes=shown_quotes(answer), at=now)
        return outbox.post(self._library.engine, watch.chat_id, day, slot, messages, now, (noted, shown))
