"""The values that all parts of Sitrep share, frozen, and the tree of errors. Imports no other module of Sitrep."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

# --- errors: one tree, a sentence each -------------------------------------------------------


class SitrepError(Exception):
    """Base of all errors; `str()` of one is an English sentence for people.

    `key` names its translation, `error.KEY` in `bot/locales` ("": it has none); `fields` fill the translation in.
    """

    def __init__(self, sentence: str = "", *, key: str = "", **fields: object) -> None:
        super().__init__(sentence)
        self.key = key
        self.fields = fields


class RejectedError(SitrepError):
    """A source was not ingested; the sentence gives the reason."""


class FetchError(RejectedError):
    """An address could not be fetched, or must not be."""


class StoreError(SitrepError):
    """The library's folder or database cannot be read or written."""


class BusyError(StoreError):
    """Another process owns the resource; it can have one owner only."""


class UnstorableError(StoreError):
    """A text or number is none that a database can store; the database itself works."""


class ModelError(SitrepError):
    """A chat or embedding model is not available, or failed."""


class QuestionError(SitrepError):
    """A question, moment or window cannot be understood."""


# --- articles ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Moment:
    """When something was published: an aware time, or a day if no more is known."""

    at: datetime  # aware; for a day midnight in the source's own (or else the configured) zone
    day_only: bool = False

    def isoformat(self) -> str:
        """Return a day as `2022-01-06`, a time as ISO 8601 with its offset."""
        return self.at.date().isoformat() if self.day_only else self.at.isoformat()


REVISED_WITHIN = timedelta(days=2)
"""A report is brought up to date within this time of its publication."""


@dataclass(frozen=True, slots=True)
class Article:
    """One version of an article. All offsets into an article refer to this `text`."""

    id: str
    url: str | None
    title: str
    text: str
    language: str  # ISO 639-1, whether or not there is a pack for it
    published: Moment | None = None  # None: undated
    modified: Moment | None = None  # when its source says that it was last changed
    edited: bool = False  # as it comes in: changed since its publication, and nobody says when
    publisher: str | None = None
    author: str | None = None
    agency: str | None = None  # the news agency named in it, e.g. "EFE"
    place: str | None = None  # of its dateline
    forwarded_from: str | None = None  # the channel or person whose words a post repeats
    fetched_at: datetime | None = None  # when Sitrep first read this version
    version: int = 1
    origin: str | None = None  # shared by all copies of one text
    address: str | None = None  # the key of its url, which all spellings of that share
    event: int | None = None  # shared by the articles on one event; None: not put into one yet

    @property
    def origin_id(self) -> str:
        """Return its origin, or its own id if it has none."""
        return self.origin or self.id

    @property
    def key(self) -> tuple[str, int]:
        """Return its id and the number of its version, which together name this text."""
        return self.id, self.version

    @property
    def known_at(self) -> datetime | None:
        """Return when its text was news: its publication, or its last change soon after it; undated, when fetched.

        A change long after, by which publishers mark what they moved or tidied, makes no old report new.
        """
        if self.published is None:
            return self.fetched_at
        at, changed = self.published.at, self.modified.at if self.modified else self.published.at
        return changed if at < changed <= at + REVISED_WITHIN else at

    @property
    def known_from(self) -> datetime | None:
        """Return from when this text can have been known: the later of its publication and its last change.

        A change without a time can have been made at any time until the text was read.
        """
        if self.published is None or self.edited:
            return self.fetched_at
        return max(self.published.at, self.modified.at) if self.modified else self.published.at

    @property
    def published_on(self) -> date | None:
        """Return the day of publication in the source's own zone; None if undated."""
        return self.published.at.date() if self.published else None


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open range of characters, `text[start:end]`."""

    start: int
    end: int

    def of(self, text: str) -> str:
        """Return the characters of this span."""
        return text[self.start : self.end]

    def overlaps(self, other: Span) -> bool:
        """Return whether the two have a character in common."""
        return self.start < other.end and other.start < self.end


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
    """A passage that was found, and its score (higher is better)."""

    passage: Passage
    score: float


# --- answers ----------------------------------------------------------------------------------


class Intent(StrEnum):
    """What a message asks to be done."""

    QUESTION = "question"
    SUMMARY = "summary"  # what happened: on a day, in a period, in a place, since the last brief
    LATEST = "latest"
    FIGURES = "figures"  # a number of dead, detained ...
    TIMELINE = "timeline"
    COMPARE = "compare"  # reports that conflict
    WHO_SAYS = "who_says"  # the source of what was answered
    SUBSCRIBE = "subscribe"
    UNSUBSCRIBE = "unsubscribe"
    WATCH = "watch"  # to be alerted when something happens
    SETTINGS = "settings"  # language, zone, quiet hours, length
    SOURCES = "sources"  # what is read, what should be
    HELP = "help"
    PRIVACY = "privacy"
    THANKS = "thanks"
    GREETING = "greeting"
    OTHER = "other"


class Status(StrEnum):
    ANSWERED = "answered"
    ABSTAINED = "abstained"


class Backing(StrEnum):
    """Who stands behind a source."""

    STATE = "state"
    OFFICIAL = "official"  # an authority itself
    PARTY = "party"  # to the conflict
    OPPOSITION = "opposition"
    INDEPENDENT = "independent"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Citation:
    """A verbatim quote: `article.text[start:end] == quote`, to the character."""

    n: int  # the number in the answer, from 1
    article: Article
    start: int
    end: int
    passage_id: int | None = None
    origin_copies: int = 1  # outlets with this text, including this one
    withdrawn: bool = False
    backing: Backing = Backing.UNKNOWN  # who stands behind its source
    speaker: str | None = None  # in the article's own words
    translation: str | None = None  # of the answer, by a language model; checked for its numbers, days and names
    answer: Span | None = None  # the sentence in the quote that answers; None: all of the quote

    @property
    def answer_span(self) -> Span:
        return self.answer or self.span

    @property
    def answer_text(self) -> str:
        return self.answer_span.of(self.article.text)

    @property
    def quote(self) -> str:
        return self.span.of(self.article.text)

    @property
    def span(self) -> Span:
        return Span(self.start, self.end)


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence of an answer, and the numbers of its citations."""

    text: str
    citations: tuple[int, ...]
    probability: float | None = None  # from 0 to 1, that it answers the question; None: the chooser gave none


@dataclass(frozen=True, slots=True)
class FirstLine:
    """A short answer: a name, day, place or number, copied from the quote it cites."""

    text: str
    citation: int
    day: date | None = None  # the calendar day, if the text names one ("yesterday", "6 January")


@dataclass(frozen=True, slots=True)
class FigureRow:
    """A row of the ledger in an answer: a reported number, its speaker, and whether it is still valid."""

    kind: FigureKind
    wording: str  # the number as written
    speaker: str | None
    published: Moment | None
    citation: int
    group: str
    standing: str  # standing | updated | contradicted | withdrawn
    by: int | None = None  # the citation that updated, contradicted or withdrew it
    by_published: Moment | None = None
    event: int | None = None
    low: float | None = None
    high: float | None = None
    approximate: bool = False


@dataclass(frozen=True, slots=True)
class EventHeading:
    """What an event is known by: the titles of its first articles, its days, and how many articles it has."""

    id: int
    titles: tuple[tuple[str, str], ...]  # each language, and the title of its first article in it, as they came
    first: date | None
    last: date | None
    articles: int

    def title(self, language: str) -> str:
        """Return the title of its first article in a language, or of the first one in any."""
        titles = dict(self.titles)
        return titles.get(language) or next(iter(titles.values()), "")


@dataclass(frozen=True, slots=True)
class FigureSource:
    """A value, who said so and where, in a summary of figures."""

    low: float | None
    high: float | None
    approximate: bool
    speaker: str | None
    publisher: str | None
    published: Moment | None
    withdrawn_on: Moment | None = None


@dataclass(frozen=True, slots=True)
class FigureSummary:
    """What stands of one series of figures, a value or the bounds of several, and what of it was withdrawn."""

    event: int | None
    kind: FigureKind
    group: str
    place: str | None
    day: date | None
    low: float | None
    high: float | None
    approximate: bool
    disputed: bool
    source: FigureSource | None  # None: nothing stands
    withdrawn: tuple[FigureSource, ...]
    places: tuple[tuple[str, str], ...] = ()  # language and the place's name in it, as the event's articles spell it
    unit: str | None = None
    good: str | None = None  # what a price is of


@dataclass(frozen=True, slots=True)
class Answer:
    question: str
    language: str
    status: Status
    as_of: datetime
    engine: str  # "reader" or "provider:model"
    statements: tuple[Statement, ...] = ()
    citations: tuple[Citation, ...] = ()
    first_line: FirstLine | None = None  # the short answer, if there is one
    nearest: tuple[Citation, ...] = ()  # the best matches, if there is no answer
    newest_article_at: Moment | None = None
    intent: Intent = Intent.QUESTION  # as read from the question
    notes: tuple[str, ...] = ()  # keys of frame texts shown with it, e.g. "model_unavailable"
    figures: tuple[FigureRow, ...] = ()  # the ledger, oldest first, if the question asks for a number
    conflicting: tuple[Statement, ...] = ()  # what other sources say that cannot be true together with a statement
    summaries: tuple[FigureSummary, ...] = ()  # what stands of them
    events: tuple[EventHeading, ...] = ()  # the events that they are of
    other_events: tuple[EventHeading, ...] = ()  # others that have such figures, and are not shown
    period: tuple[date | None, date | None] | None = None  # first and last day asked about, where no year is written


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


class FigureScope(StrEnum):
    """What a number is of: all that were counted, some of them, those added, or those counted before."""

    TOTAL = "total"  # "26 were killed"; also the value that a count rose to: "rose by 5 to 23" has 23
    WHOLE = "whole"  # the total that a part is taken from: 164 in "18 of the 164 killed were police"
    PART = "part"  # 18 there; 103 in "164 arrests, 103 of them in the capital"
    INCREASE = "increase"  # 5 in "rose by 5 to 23", "another five died"
    PREVIOUS = "previous"  # 18 in "from 18 to 23"
    HISTORY = "history"  # of an earlier event: "in 2011, 14 were killed here"


class ReportStatus(StrEnum):
    """What the text says of a number: that it is so, was wrong, is not so, or may come to be so."""

    STATED = "stated"
    CORRECTION = "correction"  # 54 in "54, not 58": it replaces the CORRECTED one of the same text
    CORRECTED = "corrected"  # 58 there
    WITHDRAWN = "withdrawn"  # taken back, and nothing put in its place
    DENIED = "denied"  # "it is untrue that 30 died"
    FEARED = "feared"  # "up to 30 are feared dead"
    PLANNED = "planned"  # "500 officers will patrol"


TAKEN_BACK = frozenset({ReportStatus.CORRECTED, ReportStatus.WITHDRAWN})
"""What a text says of a number that it, or its outlet, or its speaker, gave before."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A number (or period) reported in an article, its speaker and its place in the text.

    Every number that the text gives for a kind is one, whatever its scope and status. Only those that `stands` are
    values of a series; the others say where a value came from (INCREASE, PREVIOUS) or that one is taken back
    (CORRECTED, WITHDRAWN, DENIED). A "no children were among the dead" is 0 of group "children", scope PART, never 0
    of all.
    """

    kind: FigureKind
    quote: Span  # the sentence or clause that reports it
    wording: Span  # the number as written, e.g. "dozens", "around 2,000"
    low: float | None  # None: only an upper bound is given
    high: float | None  # None: there is no upper bound ("at least 10")
    approximate: bool = False  # "around", "почти", "жуық"
    group: str = "total"  # protesters | security | civilians | children | journalists | foreigners | total ...
    place: str | None = None  # in its base form: "Талдыкум" for "в Талдыкуме"
    speaker: str | None = None  # as the article names them; None: the article itself reports it
    unit: str | None = None  # for prices: "KZT/l"; None for people
    event_from: date | None = None  # the days that the number is for, if the text gives them
    event_to: date | None = None
    scope: FigureScope = FigureScope.TOTAL
    status: ReportStatus = ReportStatus.STATED
    stands: bool = True
    """Whether it is a value of its series (kind, group, place): stated or a correction; a total, a whole, or a part
    that has a group or a place of its own ("18 of the 164 were identified" has neither)."""


# --- briefings --------------------------------------------------------------------------------


class Change(StrEnum):
    NEW = "new"
    UPDATE = "update"
    CONTRADICTED = "contradicted"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Story:
    """The articles about one development."""

    id: str
    articles: tuple[Article, ...]
    origins: int  # independent origins among them


@dataclass(frozen=True, slots=True)
class BriefingLine:
    """A story in a briefing, and how it differs from earlier briefings."""

    story: Story
    change: Change
    statements: tuple[Statement, ...]
    before: Statement | None = None  # as shown before; the statements say what became of it


@dataclass(frozen=True, slots=True)
class FigureReport:
    """A figure as one article words it, and its citation."""

    wording: str
    citation: int
    speaker: str | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class FigureMove:
    """A figure that is new, changed, contradicted or withdrawn since earlier briefings."""

    kind: FigureKind
    group: str
    place: str | None
    unit: str | None
    change: Change
    now: FigureReport  # of a withdrawn figure: the report of its withdrawal
    was: FigureReport | None = None  # as shown before; None: it was not
    places: tuple[tuple[str, str], ...] = ()  # language and the place's name in it, as the event's articles spell it


@dataclass(frozen=True, slots=True)
class Dispute:
    """Reports of one figure that contradict each other."""

    kind: FigureKind
    group: str
    place: str | None
    unit: str | None
    sides: tuple[FigureReport, ...]
    places: tuple[tuple[str, str], ...] = ()  # as those of a move


@dataclass(frozen=True, slots=True)
class Briefing:
    """The news of [since, until), compared with earlier briefings."""

    since: datetime
    until: datetime
    language: str
    lines: tuple[BriefingLine, ...]
    citations: tuple[Citation, ...]
    article_count: int
    origin_count: int  # independent sources
    newest_article_at: Moment | None
    engine: str = "reader"
    figures: tuple[FigureMove, ...] = ()
    disputed: tuple[Dispute, ...] = ()
    unknown: tuple[Statement, ...] = ()  # sentences about something that is not known
    publisher_count: int = 0
    newest_elsewhere: Moment | None = None  # of an empty or thin briefing: the newest article from before it
    topic: str | None = None  # what it is about, in the words of who asked; None: everything
    topic_is_quoted: bool = False  # those words are in a case that no heading is in
    undated: tuple[Article, ...] = ()  # read in the window, without a date of publication
    notes: tuple[str, ...] = ()  # keys of frame texts shown with it


@dataclass(frozen=True, slots=True)
class ShownQuote:
    """A quote that a chat was shown: its place in an article, and its text's hash, which outlives the article."""

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
    events: tuple[EventHeading, ...] = ()  # those that its statements are about
