"""What Sitrep talks about: frozen values, and the tree of errors. Imports nothing of ours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

# --- errors: one tree, a sentence each -------------------------------------------------------


class SitrepError(Exception):
    """Anything that Sitrep could not do; `str()` of it is one English sentence fit for a person.

    `key` names the frame text that says the same in other languages (`error.KEY` in `bot/locales`, "" where there is
    none), and `fields` are that text's.
    """

    def __init__(self, sentence: str = "", *, key: str = "", **fields: object) -> None:
        super().__init__(sentence)
        self.key = key
        self.fields = fields


class RejectedError(SitrepError):
    """A source that was not taken in, with the reason."""


class FetchError(RejectedError):
    """An address that could not be fetched, or must not be."""


class StoreError(SitrepError):
    """The library on disk, or its database, cannot be read or written."""


class BusyError(StoreError):
    """Another process holds what may have one owner only."""


class ModelError(SitrepError):
    """A chat or embedding model cannot be had, or failed."""


class QuestionError(SitrepError):
    """A question, moment or window that cannot be understood."""


# --- articles ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Moment:
    """When something was published: an aware time, or a day where only the day is known."""

    at: datetime  # aware; midnight in the source's own (or the configured) zone where only the day is known
    day_only: bool = False

    def isoformat(self) -> str:
        """Return `2022-01-06` where only the day is known, else the full ISO 8601 time with offset."""
        return self.at.date().isoformat() if self.day_only else self.at.isoformat()


@dataclass(frozen=True, slots=True)
class Article:
    """One version of an article as it was read; offsets everywhere refer to `text`."""

    id: str
    url: str | None
    title: str
    text: str
    language: str  # ISO 639-1; of a language pack, or another code where there is none of the text's language
    published: Moment | None = None  # None: the source does not say
    publisher: str | None = None
    author: str | None = None
    agency: str | None = None  # the wire agency it names, e.g. "EFE"
    place: str | None = None  # where its dateline was written
    fetched_at: datetime | None = None  # when we first saw this version
    version: int = 1
    origin: str | None = None  # shared by all copies of one text

    @property
    def origin_id(self) -> str:
        """Its origin; where none is set its own id."""
        return self.origin or self.id

    @property
    def published_on(self) -> date | None:
        """The day of publication, in the source's own zone; None where the source does not say."""
        return self.published.at.date() if self.published else None


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open range of characters, `text[start:end]`."""

    start: int
    end: int

    def of(self, text: str) -> str:
        """Return what this span covers in `text`."""
        return text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Passage:
    """A sentence-aligned span of one version of an article; `article.text[start:end] == text`."""

    id: int
    article: Article
    start: int
    end: int

    @property
    def text(self) -> str:
        return self.article.text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that was found, and how well it matches (higher is better)."""

    passage: Passage
    score: float


# --- answers ----------------------------------------------------------------------------------


class Intent(StrEnum):
    """What a message asks to be done."""

    QUESTION = "question"
    FIGURES = "figures"  # a number of a kind that the ledger of figures contains
    LATEST = "latest"


class Status(StrEnum):
    ANSWERED = "answered"
    ABSTAINED = "abstained"


@dataclass(frozen=True, slots=True)
class Citation:
    """A verbatim quote: `article.text[start:end] == quote`, to the character."""

    n: int  # its number in the answer, from 1
    article: Article
    start: int
    end: int
    passage_id: int | None = None
    origin_copies: int = 1  # articles that carry this text, this one included
    withdrawn: bool = False
    speaker: str | None = None  # who says so, in the article's own words
    translation: str | None = None  # of the quote, by a language model; its numbers, days and names were compared

    @property
    def quote(self) -> str:
        return self.article.text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence of an answer, and the numbers of the citations that support it."""

    text: str
    citations: tuple[int, ...]
    probability: float | None = None  # that it answers, from 0 to 1, where the chooser gives one


@dataclass(frozen=True, slots=True)
class FirstLine:
    """The one name, day, place or number that answers: a verbatim part of the quote it cites."""

    text: str
    citation: int
    day: date | None = None  # the day meant, where it is one ("yesterday", "6 January")


@dataclass(frozen=True, slots=True)
class FigureRow:
    """A line of the ledger in an answer: what was reported, by whom, and whether it still stands."""

    kind: FigureKind
    wording: str  # the number as written
    speaker: str | None
    published: Moment | None
    citation: int
    group: str
    standing: str  # standing | updated | contradicted | withdrawn
    by: int | None = None  # the citation of what updated, contradicted or withdrew it
    by_published: Moment | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    question: str
    language: str
    status: Status
    as_of: datetime
    engine: str  # "reader" or "provider:model"
    statements: tuple[Statement, ...] = ()
    citations: tuple[Citation, ...] = ()
    first_line: FirstLine | None = None  # what answers in a word, where that is beyond doubt
    nearest: tuple[Citation, ...] = ()  # what comes nearest, where there is no answer
    newest_article_at: Moment | None = None
    intent: Intent = Intent.QUESTION  # as it was read from the question
    notes: tuple[str, ...] = ()  # keys of frame texts that go with it, e.g. "model_unavailable"
    figures: tuple[FigureRow, ...] = ()  # where a number was asked for: the ledger, oldest first
    id: str = ""


# --- figures ----------------------------------------------------------------------------------


class FigureKind(StrEnum):
    KILLED = "killed"
    INJURED = "injured"
    DETAINED = "detained"
    MISSING = "missing"
    HOSPITALISED = "hospitalised"
    DEPLOYED = "deployed"
    DISPLACED = "displaced"
    PRICE = "price"
    CURFEW = "curfew"
    EMERGENCY = "emergency"


@dataclass(frozen=True, slots=True)
class Figure:
    """A reported number (or period): what the article says, who says so, and where it says it."""

    kind: FigureKind
    quote: Span  # in the article's text: the sentence (or clause) that reports it
    wording: Span  # in the article's text: the number as written, e.g. "dozens", "around 2,000"
    low: float | None  # least value; None where only an upper bound is given
    high: float | None  # greatest value; None where there is no upper bound ("at least 10")
    approximate: bool = False  # "around", "почти", "жуық"
    group: str = "total"  # protesters | security | civilians | children | journalists | foreigners | total ...
    place: str | None = None
    speaker: str | None = None  # as the article names them; None where the article itself says so
    unit: str | None = None  # for prices: "KZT/l"; None for people
    event_from: date | None = None  # the days the number speaks of, where the text says
    event_to: date | None = None


# --- briefings --------------------------------------------------------------------------------


class Change(StrEnum):
    NEW = "new"
    UPDATE = "update"
    CONTRADICTED = "contradicted"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Story:
    """Articles about one development."""

    id: str
    articles: tuple[Article, ...]
    origins: int  # independent origins among them


@dataclass(frozen=True, slots=True)
class BriefingLine:
    """One development in a briefing, and how it stands to what was told before."""

    story: Story
    change: Change
    statements: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class FigureReport:
    """A figure as one article words it, and the citation that holds it."""

    wording: str
    citation: int
    speaker: str | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class FigureMove:
    """A figure that is new, has moved, is contradicted or was withdrawn; `was` is None where none was told."""

    kind: FigureKind
    group: str
    place: str | None
    unit: str | None
    change: Change
    now: FigureReport  # where it was withdrawn, the report that says so
    was: FigureReport | None = None


@dataclass(frozen=True, slots=True)
class Dispute:
    """Figures that cannot all be right, each with whoever says so."""

    kind: FigureKind
    group: str
    place: str | None
    unit: str | None
    sides: tuple[FigureReport, ...]


@dataclass(frozen=True, slots=True)
class Briefing:
    """What was published in [since, until) and matters, against what was told before."""

    since: datetime
    until: datetime
    language: str
    lines: tuple[BriefingLine, ...]
    citations: tuple[Citation, ...]
    article_count: int
    origin_count: int
    newest_article_at: Moment | None
    engine: str = "reader"
    figures: tuple[FigureMove, ...] = ()
    disputed: tuple[Dispute, ...] = ()
    unknown: tuple[Statement, ...] = ()  # sentences that say what is not known
    newest_elsewhere: Moment | None = None  # where there is nothing to tell: the newest article before `until`
    notes: tuple[str, ...] = ()  # keys of frame texts that go with it


@dataclass(frozen=True, slots=True)
class ShownQuote:
    """What a chat was shown: where the quote stands, and its text's hash, which outlives the article."""

    article_id: str
    version: int
    start: int
    end: int
    text_hash: str


@dataclass(frozen=True, slots=True)
class TimelineDay:
    day: date
    statements: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class Timeline:
    days: tuple[TimelineDay, ...]
    citations: tuple[Citation, ...]
