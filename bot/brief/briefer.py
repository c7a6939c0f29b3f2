"""The briefings of chats: composed once for all chats that have read the same, and recorded as they are sent."""

from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import lru_cache
from typing import Any

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
        self._kept = lru_cache(KEPT)(self._brief)

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
        """Return the news published in [since, until) that is not in `shown`. Blocking.

        It is the kept briefing if the library has not changed since.
        """
        change = self.resources.library.newest_change()
        options = {"language": language, "shown": shown, "topics": topics, "length": length}
        return self._kept(change, until.tzinfo, since, until, **options)

    def _brief(self, change: object, zone: tzinfo | None, since: datetime, until: datetime, **options: Any) -> Briefing:
        resources = self.resources
        return brief(resources.library, resources.embedder, since, until, chat_model=resources.chat_model, **options)
