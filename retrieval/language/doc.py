"""A text parsed once: its sentences, words, names, numbers, days and speakers, each computed on first use.

spaCy's `Doc` and `Span` are the model. Make one `Doc` of an article and pass it, or its sentences, on.
"""

from __future__ import annotations

import re
from datetime import date
from functools import cached_property

from retrieval.domain import Article, Moment, Span
from retrieval.language.days.datelines import Dateline, dateline
from retrieval.language.days.dates import event_days
from retrieval.language.days.day_mentions import DayMention, day_mentions
from retrieval.language.kinds import Kind, spans_of
from retrieval.language.names.names import name_terms
from retrieval.language.numbers.numbers import Number, number_values, numbers
from retrieval.language.packs import any_regex
from retrieval.language.sameness import Statement
from retrieval.language.sentences import sentences
from retrieval.language.speakers.speaker_words import speaker_words
from retrieval.language.speakers.speakers import Attribution, attributions, in_quote, nearest, neighbouring_speaker
from retrieval.language.text import visible
from retrieval.language.words import Word, stems, words

_TO_MACHINES = re.compile(  # in small letters: to ignore case takes more than twice as long
    r"\b(?:"  # tried once at each place, not once for each alternative: four times as fast
    rf"(?:{any_regex('machines', 'verbs')})\s+(?:\w+\s+){{0,3}}(?:{any_regex('machines', 'orders')})\b"
    rf"|{any_regex('machines', 'phrases')}"
    rf")|\A\W*(?:{any_regex('machines', 'roles')})\s*:",
)


class Text:
    """A piece of text in one language, each part of which is computed on first use; offsets count in `text`."""

    def __init__(self, text: str, language: str, published: Moment | None = None) -> None:
        self.text = text
        self.language = language  # ISO 639-1
        self.published = published  # the moment from which "yesterday" counts; None: not known
        self._of_kind: dict[Kind, tuple[Span, ...]] = {}

    @cached_property
    def words(self) -> tuple[Word, ...]:
        """Its words and numbers as written."""
        return tuple(words(self.text))

    @cached_property
    def stems(self) -> tuple[str, ...]:
        """The stems of its words in order, without stop words."""
        return tuple(stems(self.text, self.language))

    @cached_property
    def name_terms(self) -> tuple[str, ...]:
        """Its names and numbers in order, as terms that agree between languages."""
        return tuple(name_terms(self.text, self.language))

    @cached_property
    def numbers(self) -> tuple[Number, ...]:
        """Its numbers in order, with their bounds; dates, times and ordinals are left out."""
        return tuple(numbers(self.text, self.language))

    @cached_property
    def number_values(self) -> frozenset[str]:
        """The values of its numbers, comparable across wordings and languages."""
        return number_values(self.text, self.language)

    @cached_property
    def day_mentions(self) -> tuple[DayMention, ...]:
        """The words that name days, unresolved."""
        return tuple(day_mentions(self.text, self.language))

    @cached_property
    def event_days(self) -> tuple[tuple[Span, date], ...]:
        """The days it names, counted from `published`, each with the words that name it."""
        return tuple(event_days(self.text, self.language, self.published))

    def of_kind(self, kind: Kind) -> tuple[Span, ...]:
        """Return the things of a kind in it, in order; the whole of it for kinds without a mark."""
        if kind not in self._of_kind:
            self._of_kind[kind] = tuple(spans_of(kind, self.text, self.language))
        return self._of_kind[kind]

    @cached_property
    def speaker(self) -> str | None:
        """The words that name its speaker; only a `Sentence`, which has its text around it, may have one."""
        return None

    @cached_property
    def statement(self) -> Statement:
        """What it is compared by with others that may say the same."""
        return Statement.of(self)

    @cached_property
    def addresses_machines(self) -> bool:
        """Whether it gives orders to a language model ("ignore previous instructions"), in a language of the packs.

        A rough sieve: such a sentence is no news, so none is quoted, and no chooser is shown one.
        """
        return _TO_MACHINES.search(visible(self.text).lower()) is not None


class Doc(Text):
    """A whole text: what `Text` gives, its sentences and its dateline."""

    @classmethod
    def of(cls, article: Article) -> Doc:
        """Return the text of an article, unparsed so far."""
        return cls(article.text, article.language, article.published)

    @cached_property
    def sentences(self) -> tuple[Sentence, ...]:
        """Its sentences in order; together they cover all that is not white space."""
        return tuple(Sentence(self, span) for span in sentences(self.text, self.language))

    @cached_property
    def dateline(self) -> Dateline | None:
        """The place and day of writing, and the agency, in its first lines; None if there is none."""
        return dateline(self.text)


class Sentence(Text):
    """A sentence of a `Doc`, or another span of it: `doc.text[span.start:span.end] == text`."""

    def __init__(self, doc: Doc, span: Span) -> None:
        super().__init__(span.of(doc.text), doc.language, doc.published)
        self.doc = doc
        self.span = span

    @cached_property
    def attributions(self) -> tuple[Attribution, ...]:
        """Its speakers, in order."""
        return attributions(self.text, speaker_words(self.language))

    @cached_property
    def speaker(self) -> str | None:
        """The words that name its speaker; None if the claim is the article's own."""
        named = self.speaker_span()
        return named.of(self.doc.text) if named else None

    def speaker_span(self, claim: Span | None = None) -> Span | None:
        """Return where the whole text names the speaker of a claim of this sentence (None: of all of it).

        A pronoun, or a quote that goes on from a neighbouring sentence, is followed to the name there. None if the
        claim is the article's own.
        """
        words = speaker_words(self.language)
        chosen = nearest(self.text, self.attributions, claim or Span(0, len(self.text)), words)
        if chosen is not None and not chosen.pronoun:
            return Span(chosen.name.start + self.span.start, chosen.name.end + self.span.start)
        return self._neighbouring_speaker if chosen or in_quote(self.doc.text, self.span) else None

    def speaker_of(self, claim: Span) -> tuple[str | None, Span | None]:
        """Return the speaker of a claim of this sentence, and where this sentence names them, each or None."""
        named = self.speaker_span(claim)
        if named is None:
            return None, None
        inside = self.span.start <= named.start and named.end <= self.span.end
        here = Span(named.start - self.span.start, named.end - self.span.start) if inside else None
        return named.of(self.doc.text), here

    @cached_property
    def _neighbouring_speaker(self) -> Span | None:
        return neighbouring_speaker(self.doc.text, self.span, speaker_words(self.language))
