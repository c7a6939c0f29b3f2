"""Groups of sentences that answer -> statements with numbered citations, each with its speaker."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from retrieval.answer.withdrawn import withdrawn
from retrieval.domain import Article, Citation, Span, Statement
from retrieval.reader.choice import NumberedSentence
from retrieval.store import read
from retrieval.store.library import Library
from retrieval.store.sources.backing import backings

Place = tuple[tuple[str, int], Span, Span | None]
"""What two quotes that are one citation share: the version of an article, the span, and the sentence that answers."""


@dataclass(frozen=True, slots=True)
class Quoted:
    """A span to be cited, and who says so in it."""

    article: Article
    span: Span
    passage_id: int | None
    speaker: str | None = None
    withdrawn: bool = False
    translation: str | None = None  # of the answer, by a language model, checked
    answer: Span | None = None  # the sentence in it that answers; None: all of it

    @property
    def place(self) -> Place:
        return self.article.key, self.span, self.answer


@dataclass(frozen=True, slots=True)
class Composed:
    statements: tuple[Statement, ...]
    citations: tuple[Citation, ...]


def compose(
    library: Library,
    groups: Sequence[Sequence[NumberedSentence]],
    as_of: datetime | None,
    translations: Mapping[int, str] | None = None,
) -> Composed:
    """Return a statement for each group of sentences that say the same; its text is the first one.

    Each is quoted with the sentences around it; where the speaker is named in none of these, the one that names them
    is cited as well. `translations` go
    by the number of the sentence.
    """
    cited: list[Quoted] = []
    statements: list[Statement] = []
    translated = translations or {}
    for group in groups:
        quotes = [quote for one in group for quote in quotes_of(one, translated.get(one.number))]
        numbers = [numbered(cited, quote) for quote in quotes]
        statements.append(Statement(group[0].text, tuple(dict.fromkeys(numbers))))
    return Composed(tuple(statements), citations(library, cited, as_of))


def numbered(cited: list[Quoted], quote: Quoted) -> int:
    """Return the number of a quote, from 1; a span that is cited already keeps its number."""
    place = quote.place
    number = next((number for number, one in enumerate(cited, 1) if one.place == place), len(cited) + 1)
    if number > len(cited):
        cited.append(quote)
    return number


def quotes_of(sentence: NumberedSentence, translation: str | None = None) -> list[Quoted]:
    """Return the sentence in its surroundings with its speaker, and the sentence that names the speaker elsewhere."""
    article, span = sentence.article, sentence.quoted
    named, who = sentence.parsed.speaker_span(), sentence.parsed.speaker
    quote = Quoted(article, span, sentence.passage.id, who, translation=translation, answer=sentence.span)
    if named is None or span.start <= named.start < span.end:
        return [quote]
    spans = (other.span for other in sentence.parsed.doc.sentences)
    around = next((other for other in spans if other.start <= named.start < other.end), None)
    return [quote] if around is None else [quote, Quoted(article, around, sentence.passage.id, who)]


def citations(library: Library, quotes: Sequence[Quoted], as_of: datetime | None) -> tuple[Citation, ...]:
    """Return the quotes numbered from 1, with the copies of each one's origin and what was withdrawn, at `as_of`.

    Surroundings that were taken back are not quoted with an answer that was not.
    """
    listed = [
        Citation(
            n=number,
            article=quote.article,
            start=quote.span.start,
            end=quote.span.end,
            passage_id=quote.passage_id or read.passage_at(library.engine, quote.article, quote.span.start),
            withdrawn=quote.withdrawn,
            speaker=quote.speaker,
            translation=quote.translation,
            answer=quote.answer,
        )
        for number, quote in enumerate(quotes, start=1)
    ]
    copies = read.origin_outlets(library.engine, [quote.article.origin_id for quote in quotes], as_of)
    answers = [replace(c, n=-c.n, start=c.answer_span.start, end=c.answer_span.end) for c in listed]
    behind = backings(library.engine, [quote.article for quote in quotes])
    gone = withdrawn(library, [*listed, *answers], as_of)
    return tuple(
        replace(
            citation if -citation.n in gone or citation.n not in gone else replace(answer, n=citation.n),
            origin_copies=copies.get(citation.article.origin_id, 1),
            backing=behind[citation.article.id],
            withdrawn=citation.withdrawn or -citation.n in gone,
        )
        for citation, answer in zip(listed, answers, strict=True)
    )
