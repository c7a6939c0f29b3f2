"""What the ledger answers: how many, of the event that is meant; what is disputed; and what conflicts with a quote."""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

from retrieval.answer.compose import Composed, Quoted, citations, numbered
from retrieval.answer.withdrawn import Report, quoted_figures, report_of
from retrieval.domain import (
    Answer,
    Article,
    Citation,
    EventHeading,
    FigureRow,
    FigureSummary,
    Hit,
    Span,
    Statement,
)
from retrieval.figures.keys import is_country, place_key
from retrieval.figures.ledger import (
    PERIODS,
    Entry,
    FigureStatus,
    Reported,
    ReportedWithdrawal,
    Series,
    priced_good,
)
from retrieval.figures.records import series
from retrieval.figures.standing import latest, standing, summary
from retrieval.language.doc import Text
from retrieval.language.kinds import Kind
from retrieval.language.names.base_forms import undeclined
from retrieval.language.names.names import asked_name_terms
from retrieval.language.words import stem
from retrieval.question.figure import AskedFigure
from retrieval.question.question import Question
from retrieval.question.topic import topic_of
from retrieval.search.timing import fits
from retrieval.store.events import headings, names_of
from retrieval.store.figures import counted_events
from retrieval.store.library import Library

MOST_ROWS = 8
MOST_CANDIDATES = 12  # recent events whose figures are read for a question that names none, those with most reports
MOST_EVENTS = 3  # events answered for, apart
RECENT = 60 * 86400.0  # seconds before the newest report in which events are of now
OTHER_EVENTS = 4  # further ones that are named
OPEN = (FigureStatus.CONTRADICTED, FigureStatus.WITHDRAWN)  # states of a row that leave it open which number is right
OTHER_GROUPS = 2  # newest values shown of each group that the question does not name
CACHED_WORDS = 20_000
FITS_TOO = 0.5  # of the best event's share of what was found, from which another one may be meant as well
OF_NOTE = 0.25  # of the reports on the event with most of them, from which another recent one is answered for too


_Value = tuple[int | None, str, str | None, float | None, float | None]
"""The event, group, place and bounds of a report."""


@dataclass(frozen=True, slots=True)
class FiguresAnswer:
    """The rows that answer, by event, what stands of them, and the statements with their citations."""

    rows: tuple[FigureRow, ...]
    composed: Composed
    summaries: tuple[FigureSummary, ...] = ()
    events: tuple[EventHeading, ...] = ()
    other_events: tuple[EventHeading, ...] = ()


def figures(library: Library, question: Question, hits: Sequence[Hit] = ()) -> FiguresAnswer | None:
    """Return the answer of the ledger; None where the question asks for no number, or for one the ledger lacks.

    It is that of the event which the question means, by its words and by the passages found for it (`hits`); of up to
    MOST_EVENTS, apart, where several fit.
    """
    asked = question.figure
    if asked is None:
        return None
    found: dict[int | None, list[Series]] = {}
    for one in series(library, [asked.kind], question.as_of, _candidates(library, question, asked, hits)):
        found.setdefault(one.event, []).append(one)
    events = headings(library.engine, found, question.as_of)
    names = names_of(library.engine, found)
    asked_of = {
        event: _within(
            question,
            asked,
            events.get(event or 0),
            names.get(event or 0, frozenset()),
            {place_key(one.place) for one in own},
        )
        for event, own in found.items()
    }
    entries_of = {event: _fitting(question, asked_of[event], own) for event, own in found.items()}
    fitting = {event: entries for event, entries in entries_of.items() if entries}
    by_words = {event for event in fitting if asked_of[event] != asked or not _words(asked)}
    meant, others = _meant(asked, fitting, by_words, hits)
    if not meant:
        return None
    shown = [(event, _newest_rows(fitting[event])) for event in meant]
    now = {_value(entry) for event in meant for one in found[event] for entry in standing(one).entries}
    rows, composed = _composed(library, shown, now, asked.group or "total", question.as_of)
    return FiguresAnswer(
        rows,
        composed,
        tuple(one for event in meant for one in _summaries(asked_of[event], found[event])),
        tuple(events[event] for event in meant if event in events),
        tuple(events[event] for event in others[:OTHER_EVENTS] if event in events),
    )


def _summaries(asked: AskedFigure, found: Sequence[Series]) -> Iterator[FigureSummary]:
    where = place_key(asked.place)
    for one in found:
        if asked.group in (None, one.group) and (where is None or place_key(one.place) == where):
            yield summary(one)


def disputed(library: Library, question: Question, hits: Sequence[Hit] = ()) -> FiguresAnswer | None:
    """Return the numbers on which reports that stand contradict each other; None where there are none.

    They are those of the recent events, or, where the request names a topic, those told with a word of it in the events
    of the passages found for it (`hits`).
    """
    topic = Text(topic_of(question).text, question.language)
    events = frozenset(hit.passage.article.event for hit in hits) if topic.text else None
    found: dict[int | None, list[Series]] = {}
    for one in series(library, None, question.as_of, events):
        if (now := standing(one)).disputed and (not topic.text or any(_tells(topic, entry) for entry in now.entries)):
            found.setdefault(one.event, []).append(one)
    if not found:
        return None
    found = {event: list(_whole_first(own)) for event, own in found.items()}
    sides = {
        event: [entry for one in own for entry in one_a_value(standing(one).entries, question.answer_language)]
        for event, own in found.items()
    }
    newest = max(map(latest, sides.values())) - RECENT
    meant = sorted(sides, key=lambda event: -latest(sides[event]))
    meant = [event for event in meant if topic.text or latest(sides[event]) >= newest][:MOST_EVENTS]
    known = headings(library.engine, meant, question.as_of)
    shown = [(event, sides[event][:MOST_ROWS]) for event in meant]
    rows, composed = _composed(library, shown, (), "total", question.as_of)
    summaries = tuple(summary(one) for event in meant for one in found[event])
    return FiguresAnswer(rows, composed, summaries, tuple(known[event] for event in meant if event in known))


def superseded(library: Library, question: Question, answer: Answer) -> FiguresAnswer | None:
    """Return what the ledger has in place of a number that a question's answer opens with; None where that stands.

    The sentence chosen tells which series is meant, in whatever language; where a question names a day or a moment, its
    number is of that time.
    """
    asked, dated = question.figure, question.window is not None and not question.asks_latest
    if asked is None or question.kind is not Kind.NUMBER or dated or not answer.statements:
        return None
    first = [one for one in answer.citations if one.n in answer.statements[0].citations]
    told = [one for one in _told(library, first) if one.figure.kind is asked.kind]
    told = [one for one in told if asked.group in (None, one.figure.group)]
    if not told:
        return None
    reports = {report_of(one.article, one.figure) for one in told}
    found = series(library, [asked.kind], question.as_of, {one.article.event for one in told})
    for one in sorted(found, key=lambda series_: series_.group != (asked.group or "total")):
        own = _among(one, reports)
        now = standing(one).entries
        values = {_value(entry) for entry in now}
        if own and now and values.isdisjoint(map(_value, own)) and _as_told(asked, question.language, own, now[-1]):
            entries = one_a_value(one.entries, question.answer_language)
            rows, composed = _composed(library, [(one.event, _newest_rows(entries))], values, one.group, question.as_of)
            known = headings(library.engine, [one.event], question.as_of)
            return FiguresAnswer(rows, composed, (summary(one),), tuple(known.values()))
        if own:
            return None
    return None


def _as_told(asked: AskedFigure, language: str, told: Sequence[Entry], now: Entry) -> bool:
    """Return whether an entry's article has all words that a question in `language` shares with what was told before.

    "How many were shot by snipers" is not answered with all who died. Only within one language can that be seen.
    """
    if now.article.language != language:
        return True
    quotes = (Text(one.figure.quote.of(one.article.text), one.article.language) for one in told)
    shared = {stem_ for quote in quotes for stem_ in quote.stems if stem_ in asked.other_stems}
    return shared <= set(Text(f"{now.article.title} {now.article.text}", now.article.language).stems)


def _whole_first(found: Sequence[Series]) -> Iterator[Series]:
    """Return the series of an event; those of a place only where the whole of the kind and group is not among them."""
    wholes = {(one.kind, one.group) for one in found if one.place is None}
    return (one for one in found if one.place is None or (one.kind, one.group) not in wholes)


def _tells(topic: Text, entry: Entry) -> bool:
    """Return whether an entry's title or quote has a word of a topic, in another language a name of it."""
    article = entry.article
    around = Text(f"{article.title} {entry.figure.quote.of(article.text)}", article.language)
    same = article.language == topic.language and not set(topic.stems).isdisjoint(around.stems)
    return same or not set(topic.name_terms).isdisjoint(around.name_terms)


def _candidates(
    library: Library, question: Question, asked: AskedFigure, hits: Sequence[Hit]
) -> frozenset[int | None] | None:
    """Return the events whose figures may answer: those of the passages found for the words, else recent ones.

    None: all of them.
    """
    if _words(asked):
        return frozenset(hit.passage.article.event for hit in hits) or None
    known = counted_events(library.engine, asked.kind.value, question.as_of)
    newest = max((one.latest.timestamp() for one in known if one.latest), default=0.0)
    recent = [one for one in known if one.latest and one.latest.timestamp() >= newest - RECENT]
    most = sorted(recent or known, key=lambda one: -one.reports)[:MOST_CANDIDATES]
    return frozenset(one.event for one in most)


def _words(asked: AskedFigure) -> bool:
    return bool(asked.place or asked.other_stems)


def _within(
    question: Question,
    asked: AskedFigure,
    event: EventHeading | None,
    names: frozenset[str],
    places: Container[str | None],
) -> AskedFigure:
    """Return what is asked for within an event: without the words and the place that only say which event is meant.

    `names` are those of the event, `places` the keys of those that its figures are of.
    """
    if event is None:
        return asked
    titles = {stem_ for language, title in event.titles for stem_ in Text(title, language).stems}

    def tells_event(word_names: Iterable[str], stems: Iterable[str]) -> bool:
        keys = set(word_names)
        return bool(keys and keys <= names) or bool(set(stems) & titles)

    left = tuple(
        stem_
        for stem_, written in zip(asked.other_stems, asked.other_words, strict=True)
        if not tells_event(asked_name_terms(written, question.language), (stem_,))
    )
    left_names = frozenset(name for name in asked.other_names if name not in names)
    place = asked.place
    if place is not None and (is_country(place) or place_key(place) not in places):
        own = asked_name_terms(place, question.language)
        place = None if tells_event(own, (stem(word, question.language) for word in place.split())) else place
    return replace(asked, place=place, other_stems=left, other_names=left_names, other_words=())


def _meant(
    asked: AskedFigure, fitting: Mapping[int | None, list[Entry]], by_words: set[int | None], hits: Sequence[Hit]
) -> tuple[list[int | None], list[int | None]]:
    """Return the events that a question means, the most probable first, and others that have what it asks for."""
    if not fitting:
        return [], []
    recent = sorted(fitting, key=lambda event: (-latest(fitting[event]), -len(fitting[event])))
    if not _words(asked):  # the newest events, those that most is reported of
        newest = latest(fitting[recent[0]]) - RECENT
        now = [event for event in recent if latest(fitting[event]) >= newest]
        most = max(len(fitting[event]) for event in now)
        now = sorted(now, key=lambda event: -len(fitting[event]))
        meant = [event for event in now if len(fitting[event]) >= OF_NOTE * most][:MOST_EVENTS]
    else:
        shares = {event: sum(hit.score for hit in hits if hit.passage.article.event == event) for event in fitting}
        among = [event for event in fitting if event in by_words] or list(fitting)
        best = max(shares[event] for event in among)
        meant = sorted((e for e in among if shares[e] >= FITS_TOO * best), key=lambda e: -shares[e])[:MOST_EVENTS]
    return meant, [event for event in recent if event not in meant]


def _newest_rows(entries: Sequence[Entry]) -> list[Entry]:
    """Return up to MOST_ROWS of the entries of an event: those that are open or stand, then the newest, in order."""
    group = entries[0].figure.group
    ranked = sorted(
        entries,
        key=lambda e: (e.figure.group != group, e.status is FigureStatus.UPDATED, -e.known_at),
    )
    kept = ranked[:MOST_ROWS]
    return [entry for entry in entries if entry in kept]


def _fitting(question: Question, asked: AskedFigure, found: Sequence[Series]) -> list[Entry]:
    """Return the entries of the group, place and time that a question asks for, one for each value, by group."""
    group = asked.group or "total"
    placed = {_sentence(entry) for one in found for entry in one.entries if entry.figure.place is not None}
    wanted: list[Entry] = []
    for one in sorted(found, key=lambda series_: series_.group != group):
        if one.group != group and asked.group is not None:
            continue
        fit = [entry for entry in one.entries if _fits(question, asked, entry, placed)]
        values = one_a_value(fit, question.answer_language)
        wanted += values if one.group == group else values[-OTHER_GROUPS:]
    return wanted if any(entry.figure.group == group for entry in wanted) else []


def _fits(question: Question, asked: AskedFigure, entry: Entry, placed: set[tuple[str, Span]]) -> bool:
    article, figure = entry.article, entry.figure
    if not _is_of_place(asked.place, entry):
        return False
    if asked.place is not None and figure.place is None and _sentence(entry) in placed:
        return False  # "164 dead, 103 of them in Almaty": the first number is not of Almaty
    if question.window is not None and not question.asks_latest and not fits(question.window, article, figure.quote):
        return False
    return _has_other_words(question, asked, article, figure.quote)


def _sentence(entry: Entry) -> tuple[str, Span]:
    return entry.article.id, entry.figure.quote


def _is_of_place(place: str | None, entry: Entry) -> bool:
    """Return whether a figure is of the place asked for; a city's figure does not answer where no place is named."""
    where = entry.figure.place
    if place is None:
        return where is None or entry.figure.kind in PERIODS or is_country(where)
    wanted = place_key(place)
    if where is not None:
        return place_key(where) == wanted
    written = f"{entry.article.title} {entry.figure.quote.of(entry.article.text)}".replace("-", " ").split()
    return any(word[:1].isupper() and wanted in _place_keys(word, entry.article.language) for word in written)


@lru_cache(maxsize=CACHED_WORDS)
def _place_keys(word: str, language: str) -> frozenset[str | None]:
    """Return the keys of a word as a place: as it stands, and in the base form of a declined one."""
    return frozenset((place_key(word), place_key(undeclined(word, language))))


def _has_other_words(question: Question, asked: AskedFigure, article: Article, quote: Span) -> bool:
    """Return whether a title and quote contain the question's other words, in another language at least its names."""
    around = Text(f"{article.title} {quote.of(article.text)}", article.language)
    if not asked.other_stems:
        return True
    if article.language == question.language:
        return set(asked.other_stems) <= set(around.stems)
    return len(asked.other_names) >= len(asked.other_stems) and asked.other_names <= set(around.name_terms)


def one_a_value(entries: Iterable[Entry], language: str | None = None) -> list[Entry]:
    """Keep one entry of each value, oldest first: the first that names who says so, best in a `language`."""
    kept: dict[tuple[object, ...], Entry] = {}
    for entry in sorted(entries, key=lambda e: (e.figure.speaker is None, e.article.language != language, e.known_at)):
        figure = entry.figure
        kept.setdefault((figure.low, figure.high, figure.event_from, figure.event_to), entry)
    return sorted(kept.values(), key=lambda entry: entry.known_at)


def _composed(
    library: Library,
    shown: Sequence[tuple[int | None, Sequence[Entry]]],
    now: Container[_Value],
    group: str,
    as_of: datetime | None,
) -> tuple[tuple[FigureRow, ...], Composed]:
    """Order rows from the oldest in each event and group, and statements from what stands of the group asked for.

    `now` are the values that the summary of a series gives: they come first, whatever is newer. What was taken back is
    a row, never a statement; where all was, the statements are those that took it back.
    """
    cited: list[Quoted] = []
    rows: dict[int, FigureRow] = {}
    statements: dict[str, Statement] = {}
    entries = [entry for _, own in shown for entry in own]
    ranked = [entry for _, own in shown for entry in sorted(own, key=lambda e: _rank(e, now, group))]
    gone = [entry for entry in ranked if entry.status is FigureStatus.WITHDRAWN]
    for entry in [*(entry for entry in ranked if entry.status is not FigureStatus.WITHDRAWN), *gone]:
        article, figure = entry.article, entry.figure
        number = numbered(cited, quoted_entry(entry))
        withdrawal = quoted_by(entry) if isinstance(entry.by, ReportedWithdrawal) else None
        by = numbered(cited, withdrawal) if withdrawal else None
        rows[id(entry)] = FigureRow(
            kind=figure.kind,
            wording=figure.wording.of(article.text),
            speaker=figure.speaker,
            published=article.published,
            citation=number,
            group=figure.group,
            standing=entry.status.value,
            by=by,
            by_published=entry.by.article.published if entry.by else None,
            event=article.event,
            low=figure.low,
            high=figure.high,
            approximate=figure.approximate,
        )
        if entry.status is not FigureStatus.WITHDRAWN:
            quote = figure.quote.of(article.text)
            statements.setdefault(quote, Statement(quote, (number,) if by is None else (number, by)))
        elif withdrawal is not None and by is not None and len(gone) == len(ranked):
            quote = withdrawal.span.of(withdrawal.article.text)
            statements.setdefault(quote, Statement(quote, (by, number)))
    composed = Composed(tuple(statements.values()), citations(library, cited, as_of))
    return tuple(rows[id(entry)] for entry in entries), composed


def _rank(entry: Entry, now: Container[_Value], group: str) -> tuple[object, ...]:
    withdrawn, updated = (entry.status is status for status in (FigureStatus.WITHDRAWN, FigureStatus.UPDATED))
    return entry.figure.group != group, withdrawn, _value(entry) not in now, updated, -entry.known_at


def _value(entry: Entry) -> _Value:
    figure = entry.figure
    return entry.article.event, figure.group, place_key(figure.place), figure.low, figure.high


def quoted_entry(entry: Entry) -> Quoted:
    """Return the quote that a row of the ledger is read from."""
    figure = entry.figure
    return Quoted(entry.article, figure.quote, None, figure.speaker, entry.status is FigureStatus.WITHDRAWN)


def quoted_by(entry: Entry) -> Quoted | None:
    """Return the quote that updated, contradicted or withdrew a row, if any."""
    if entry.by is None:
        return None
    by = entry.by.withdrawal if isinstance(entry.by, ReportedWithdrawal) else entry.by.figure
    return Quoted(entry.by.article, by.quote, None, by.speaker)


# --- conflicts --------------------------------------------------------------------------------------


def conflicts(library: Library, cited: Sequence[Citation], as_of: datetime | None) -> tuple[Series, ...]:
    """Return the series of the ledger at `as_of` (None: now) in which a figure of an answer has rivals; a row a value.

    Figures around the sentence that answers do not count. A figure has a rival where its row was updated, contradicted
    or withdrawn, where others of its series contradict each other, and where the quoted version is no longer the newest
    and the series has other numbers now.
    """
    reported = _told(library, cited)
    if not reported:
        return ()
    reports = {report_of(one.article, one.figure) for one in reported}
    found = series(library, {one.figure.kind for one in reported}, as_of, {one.article.event for one in cited})
    return tuple(replace(s, entries=tuple(one_a_value(s.entries))) for s in found if _has_rivals(s, reported, reports))


def _told(library: Library, cited: Sequence[Citation]) -> list[Reported]:
    """Return the figures that the sentences which answer report, without those around them."""
    answers = [replace(one, start=one.answer_span.start, end=one.answer_span.end) for one in cited]
    return [one for _, one in quoted_figures(library, answers)]


def _among(one: Series, reports: set[Report]) -> list[Entry]:
    return [entry for entry in one.entries if report_of(entry.article, entry.figure) in reports]


def _has_rivals(one: Series, quoted: Sequence[Reported], reports: set[Report]) -> bool:
    if own := _among(one, reports):
        return any(e.status is not FigureStatus.CURRENT for e in own) or any(e.status in OPEN for e in one.entries)
    values = {(entry.figure.low, entry.figure.high) for entry in one.entries}
    key = (one.kind, one.group, one.unit, place_key(one.place), one.good)
    return any(_key(row) == key and (row.figure.low, row.figure.high) not in values for row in quoted)


def _key(row: Reported) -> tuple[object, ...]:
    figure = row.figure
    return figure.kind, figure.group, figure.unit, place_key(figure.place), priced_good(row)
