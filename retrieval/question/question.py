"""A question, read once: everything that search, reader and answer need of its words."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property

from retrieval.domain import Intent, QuestionError
from retrieval.language.detect import transliterated
from retrieval.language.doc import Text
from retrieval.language.kinds import Kind, asked_kind
from retrieval.language.names.names import asked_name_terms
from retrieval.language.packs import pattern
from retrieval.language.text import clean
from retrieval.question.figure import AskedFigure, asked_figure
from retrieval.question.outlets import capitalised
from retrieval.question.recognise import in_own_letters, question_language
from retrieval.question.short_answer import ShortAnswer, short_answer
from retrieval.question.slips import days_spelled
from retrieval.question.terms import Term, days_in, terms_of, years_in
from retrieval.question.time_readings import Newest
from retrieval.question.window import TimeWindow, time_window

MOST_CHARACTERS = 2_000
"""Of a longer question (a pasted article, say) this much is read."""

STRESS_MARK = "\u0301"
"""Written over vowels in Russian encyclopaedias; accents of other languages are part of their letters here."""

STANDING = frozenset(
    {Intent.SUBSCRIBE, Intent.UNSUBSCRIBE, Intent.WATCH, Intent.SETTINGS, Intent.HELP, Intent.PRIVACY, Intent.SOURCES}
)
"""Intents that stand beside a figure or words for the latest: "tell me if the death toll passes 200"; of 500 questions
on numbers in the training data none is taken for one."""

OF_NUMBERS = frozenset({Intent.FIGURES, Intent.COMPARE})
"""Intents of which a number is asked for without a word such as "how many": "what is disputed about the dead"."""

OPENS = r"\W*(?:{})\b[\s,.!:;—–-]*"
CLOSES = r"[\s,.;—–-]*(?<!\w)(?:{})(?P<marks>[\s?!.]*)\Z"


@dataclass(frozen=True, eq=False)
class Question:
    """A question and everything read from its words. Only the embedder reads `text` again."""

    text: str  # without greetings and politeness, in the letters of its language
    language: str  # one of LANGUAGES
    understood: bool  # False: its words are in a language without a pack, and `language` is the fallback
    answer_language: str  # one of LANGUAGES
    intent: Intent
    about: frozenset[str] | None  # the words, in lower case, that it may be about; None: any
    window: TimeWindow | None  # the time its words name
    as_of: datetime | None  # the moment it is asked for; None: now
    given_as_of: datetime | None  # that moment as the caller gave it, whatever the words say
    kind: Kind  # of thing asked for: a person, a number, a day ...
    terms: tuple[Term, ...]  # the words that an answer should contain
    days: tuple[tuple[int, int], ...]  # month and day of month
    years: tuple[int, ...]
    length: int  # words
    stems: tuple[str, ...]  # looked up among the stems of passages
    names: tuple[str, ...]  # looked up among the names and numbers of passages
    capitalised: tuple[str, ...]  # keys of its words with a capital, in order: an outlet may be among them
    figure: AskedFigure | None  # the number asked for, where the ledger contains its kind
    short_answer: ShortAnswer | None  # where a name, day, place or number alone may answer

    @classmethod
    def read(
        cls,
        text: str,
        *,
        now: datetime,
        as_of: datetime | None = None,
        language: str | None = None,
        fallback: str = "en",
        answer_language: str | None = None,
        intent: Intent = Intent.QUESTION,
        about: frozenset[str] | None = None,
        newest: Newest | None = None,
    ) -> Question:
        """Return the question that `text` asks at `now` (aware), of the library as of `as_of` (None: now).

        `language` is the language it is asked in, one of LANGUAGES; None: it is detected, and is `fallback` where the
        words are in no language known. It is answered in `answer_language`, if given. A question may name its own
        moment ("What did we know on the morning of the 6th?"). `intent` is what it asks for, unless its words ask for a
        figure or for the latest and nothing is to be done; `about` are the words that say of what. With `newest`, a
        day without a year is the last one from which there are articles. Raises QuestionError where there is no
        question.
        """
        tidy = " ".join(clean(text[: MOST_CHARACTERS * 2]).split())[:MOST_CHARACTERS].replace(STRESS_MARK, "")
        if not tidy:
            raise QuestionError("There is no question in that.", key="no_question")
        detected = language or question_language(tidy, fallback)
        asked_in = detected or fallback
        if transliterated(tidy) == asked_in:
            tidy = in_own_letters(tidy, asked_in)
        asked = Text(days_spelled(without_politeness(tidy, asked_in), asked_in), asked_in)
        window, figure, kind = (
            time_window(asked, as_of or now, newest),
            asked_figure(asked, about if intent in OF_NUMBERS else None),
            asked_kind(asked.text, asked_in),
        )
        latest = window is not None and window.latest
        named = window.as_of if window is not None else None
        if intent not in STANDING:
            intent = Intent.FIGURES if figure else Intent.LATEST if latest else intent
        return cls(
            text=asked.text,
            language=asked_in,
            understood=detected is not None,
            answer_language=answer_language or asked_in,
            intent=intent,
            about=about,
            window=window,
            as_of=min(named, as_of or now) if named is not None else as_of,
            given_as_of=as_of,
            kind=kind,
            terms=terms_of(asked),
            days=days_in(asked.text),
            years=years_in(asked.text),
            length=len(asked.words),
            stems=asked.stems,
            names=tuple(asked_name_terms(asked.text, asked_in)),
            capitalised=capitalised(asked.text),
            figure=figure,
            short_answer=None if figure is not None and kind is Kind.NUMBER else short_answer(asked),
        )

    @property
    def asks_latest(self) -> bool:
        """Whether it asks for the newest there is."""
        return self.intent is Intent.LATEST or (self.window is not None and self.window.latest)

    @property
    def period(self) -> tuple[date | None, date | None] | None:
        """The first and the last day that its words mean, None for an open end; None where they name a year, or none.

        An answer says which days these are, for the reader may have meant others.
        """
        window = self.window
        if window is None or self.years or not (window.since or window.until):
            return None
        last = window.until and (window.until - timedelta(microseconds=1)).date()
        return window.since and window.since.date(), last

    @cached_property
    def rarities(self) -> tuple[float, ...]:
        """How rare each term is."""
        return tuple(term.rarity for term in self.terms)

    @cached_property
    def rarity(self) -> float:
        """How rare the terms are together."""
        return sum(self.rarities)

    def as_given(self) -> Question:
        """Return the question as of the caller's moment, without the one that its words name."""
        return replace(self, as_of=self.given_as_of)


def without_politeness(text: str, language: str) -> str:
    """Return a question without its greetings, thanks and polite forms of asking; all of it where that is all."""
    opens, closes = pattern(language, "questions", "opens", OPENS), pattern(language, "questions", "closes", CLOSES)
    rest = text
    while (match := opens.match(rest)) and match.end() < len(rest):
        rest = rest[match.end() :]
    if match := closes.search(rest):
        rest = rest[: match.start()]
        rest += match["marks"].strip() if rest[-1:].isalnum() else ""
    return rest if any(letter.isalnum() for letter in rest) else text
