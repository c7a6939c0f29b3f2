"""The briefings of chats: composed once for all chats that have read the same, and recorded as they are sent."""

from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import lru_cache

from bot.resources import Resources
from retrieval.briefing.brief import brief
from retrieval.domain import Briefing, ShownQuote

KEPT = 64
"""Briefings kept for other chats that are due the same."""


@dataclass(eq=False)
class Briefer:
    """Composes briefings; a class because it keeps the last ones, for chats that have read the same."""

    resources: Resources

    def __post_init__(self) -> None:
        self._composed = lru_cache(KEPT)(self._compose)

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
        """Return what was published in [since, until) and is not in `shown`. Blocking.

        It is the kept briefing if the library has not changed since.
        """
        change = self.resources.library.newest_change()
        return self._composed(change, until.tzinfo, since, until, language, shown, topics, length)

    def _compose(
        self,
        change: object,
        zone: tzinfo | None,
        since: datetime,
        until: datetime,
        language: str,
        shown: tuple[ShownQuote, ...] | None,
        topics: tuple[str, ...],
        length: str,
    ) -> Briefing:
        resources = self.resources
        return brief(
            resources.library,
            resources.embedder,
            since,
            until,
            language=language,
            shown=shown,
            topics=topics,
            length=length,
            chat_model=resources.chat_model,
        )
