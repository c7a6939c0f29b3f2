"""What a briefing is wanted of, and how much it may hold."""

from dataclasses import dataclass
from datetime import datetime

from retrieval.briefing.phrase import Phraser


@dataclass(frozen=True, slots=True)
class Length:
    """How much a briefing may hold; characters are of quotes."""

    stories: int
    characters: int
    figures: int
    disputed: int
    unknown: int


LENGTHS = {
    "short": Length(stories=3, characters=700, figures=3, disputed=1, unknown=1),
    "standard": Length(stories=7, characters=1_900, figures=5, disputed=2, unknown=2),
    "long": Length(stories=25, characters=12_000, figures=20, disputed=8, unknown=8),
}
"""A standard briefing fits one Telegram message with its frame: 4,096 units."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A window, the reader's language, the room there is, and the moment the briefing speaks for (None: now)."""

    since: datetime
    until: datetime
    language: str
    size: Length
    as_of: datetime | None = None
    phraser: Phraser | None = None
