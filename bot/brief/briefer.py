"""The briefings of chats: composed once for all chats that have read the same, and recorded as they are sent."""

from collections import OrderedDict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock

from bot.brief.render import brief_messages
from bot.resources import Resources
from bot.telegram.richtext import Message
from retrieval.briefing.brief import brief
from retrieval.briefing.shown import shown_quotes
from retrieval.domain import Briefing, ShownQuote
from retrieval.store.chats.outbox import Alongside
from retrieval.store.chats.shown import recording, shown_to

KEPT = 64
"""Briefings kept for other chats that are due the same."""


@dataclass(eq=False)
class Briefer:
    """Composes briefings; a class because it keeps the last ones, for chats that have read the same."""

    resources: Resources
    _kept: OrderedDict[Hashable, Briefing] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def for_chat(
        self,
        chat_id: int,
        since: datetime,
        until: datetime,
        *,
        language: str,
        topics: Sequence[str] = (),
        length: str = "standard",
    ) -> tuple[list[Message], Alongside]:
        """Return the messages of a chat's brief, and the statement that records them as read, for their transaction.

        It holds what was published in [since, until) and is new to this chat. Blocking.
        """
        shown = shown_to(self.resources.library.engine, chat_id)
        made = self.compose(since, until, language=language, shown=shown, topics=tuple(topics), length=length)
        return brief_messages(made), recording(chat_id, shown_quotes(made), until)

    def compose(
        self,
        since: datetime,
        until: datetime,
        *,
        language: str,
        shown: tuple[ShownQuote, ...] | None = None,
        topics: tuple[str, ...] = (),
        length: str = "standard",
    ) -> Briefing:
        """Return a briefing, the kept one if the library has not changed since."""
        library = self.resources.library
        key = (library.newest_change(), since, until, str(until.tzinfo), language, shown, topics, length)
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        embedder = self.resources.embedder
        made = brief(
            library,
            embedder,
            since,
            until,
            language=language,
            shown=shown,
            topics=topics,
            length=length,
            chat_model=self.resources.chat_model,
        )
        with self._lock:
            self._kept[key] = made
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return made
