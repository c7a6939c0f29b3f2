"""Question -> Answer: find passages, have the sentences that answer chosen by number, and quote them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

from retrieval.answer.compose import Composed, compose
from retrieval.answer.figures import FiguresAnswer, disputed, figures, superseded
from retrieval.answer.rivals import rivals
from retrieval.answer.translation import faithful
from retrieval.domain import Answer, Intent, Status
from retrieval.embedding import Embedder
from retrieval.embedding.centred import embed_passages
from retrieval.language.clauses import is_claimed
from retrieval.language.concepts import load
from retrieval.language.doc import Text
from retrieval.language.names.places import places
from retrieval.language.names.sounds import sound_keys
from retrieval.language.packs import LANGUAGES
from retrieval.question.question import Question
from retrieval.reader.choice import Choice, Chooser, NumberedSentence
from retrieval.reader.extract import numbered_sentences
from retrieval.reader.first_line import first_line
from retrieval.reader.grouping import has_room, must_stand_apart
from retrieval.reader.passages import read_passages
from retrieval.reader.reader import STATEMENTS, Reader
from retrieval.search.find import Found, find
from retrieval.stages import stage
from retrieval.store import read
from retrieval.store.library import Library

PASSAGES_FOUND = 40
LEAST_NEAR = 0.3
"""Centred cosine of a translation and its original: of SIB-200's translations 1 % are less near in the worst pair of
languages (English and Kazakh), of other sentences beside them 1 % are nearer than .36 in any."""
NEAREST_SHOWN = 2  # how many of the nearest sentences are offered with a refusal
LANGUAGE_UNKNOWN = "language_unknown"  # the note of an answer to a question in a language without a pack
MALFORMED = "model_malformed"  # the note on an answer whose chooser returned no number of a sentence that it was shown


def ask(
    library: Library,
    embedder: Embedder,
    reader: Reader,
    question: str,
    *,
    language: str | None = None,
    as_of: datetime | None = None,
    now: datetime | None = None,
    fallback: str = "en",
    most: int = STATEMENTS,
    chooser: Chooser | None = None,
    intent: Intent = Intent.QUESTION,
    about: frozenset[str] | None = None,
) -> Answer:
    """Return the answer to a question, from what was published by `as_of` (now, where it is None).

    `language` is the answer's; None: the question's. A question in a language without a pack gets an abstained answer
    in `fallback`, with the note LANGUAGE_UNKNOWN. `most` is the number of statements. A `chooser` chooses before the
    reader does; where it fails, the reader's choice is the answer, with a note of the reason. `intent` is what the
    question asks for, `about` the words that a request is about. Raises QuestionError where there is no question,
    ModelError where the embedder or the reader fails.
    """
    now = now or datetime.now(UTC)
    asked = Question.read(
        question,
        now=now,
        as_of=as_of,
        fallback=language or fallback,
        answer_language=language,
        intent=intent,
        about=about,
        newest=partial(read.newest_before, library.engine),
    )
    answer = Answer(
        question=question,
        language=asked.answer_language,
        status=Status.ABSTAINED,
        as_of=asked.as_of or now,
        engine="reader",
        intent=asked.intent,
        period=asked.period,
    )
    if not asked.understood:
        return replace(answer, notes=(LANGUAGE_UNKNOWN,))
    with stage("search"):
        found = find(library, embedder, asked, PASSAGES_FOUND)
    moment = found.question.as_of
    newest = found.snapshot.newest if moment is None else read.newest_article_at(library.engine, moment)
    answer = replace(answer, as_of=moment or now, newest_article_at=newest)
    with stage("figures"):
        ledger = figures(library, found.question, found.hits)
        if ledger is None and asked.intent is Intent.COMPARE:
            ledger = disputed(library, found.question, found.hits)
    if ledger is not None:
        return _counted(answer, ledger)
    chosen = _chosen(library, embedder, found, answer, most, reader, chooser)
    with stage("figures"):
        newer = superseded(library, found.question, chosen)
    return chosen if newer is None else _counted(replace(answer, notes=chosen.notes), newer)


def _counted(answer: Answer, ledger: FiguresAnswer) -> Answer:
    return replace(
        _answered(answer, ledger.composed),
        figures=ledger.rows,
        summaries=ledger.summaries,
        events=ledger.events,
        other_events=ledger.other_events,
    )


def _chosen(
    library: Library,
    embedder: Embedder,
    found: Found,
    answer: Answer,
    most: int,
    reader: Reader,
    chooser: Chooser | None,
) -> Answer:
    """Return the answer with the sentences that the first of chooser and reader chose, or with the nearest ones."""
    question = found.question
    with stage("read"):
        passages = read_passages(library, found, PASSAGES_FOUND)
        sentences = numbered_sentences(found, passages)
    built_in = reader.over(passages)
    notes: list[str] = []
    choice = Choice()
    for one in (chooser, built_in) if chooser and sentences else (built_in,):
        with stage("model" if one is chooser else "choose"):
            choice = one.choose(question, sentences, most=most)
        chosen = chosen_groups(choice, sentences, most)
        if chosen:
            against = rivals([sentence for group, _ in chosen for sentence in group], sentences)
            with stage("compose"):
                whole = _composed(library, embedder, question, choice, [*chosen, *(([one], None) for one in against)])
            composed = replace(whole, statements=whole.statements[: len(chosen)])
            first = first_line(question, [group[0] for group, _ in chosen], choice.short)
            if first is not None and composed.citations[first.citation - 1].withdrawn:
                first = None
            return replace(
                _answered(answer, composed),
                engine=one.engine,
                first_line=first,
                notes=tuple(notes),
                conflicting=whole.statements[len(chosen) :],
            )
        if reason := choice.reason or (MALFORMED if choice.groups else None):
            notes.append(reason)
    numbered = {sentence.number: sentence for sentence in sentences}
    near: dict[int, NumberedSentence] = {}  # of each passage the nearest: two of one are quoted in the same words
    for number in choice.nearest:
        near.setdefault(numbered[number].passage.id, numbered[number])
    nearest = compose(library, [[sentence] for sentence in list(near.values())[:NEAREST_SHOWN]], question.as_of)
    return replace(answer, nearest=nearest.citations, notes=tuple(notes))


Chosen = list[tuple[list[NumberedSentence], float | None]]
"""Sentences that make one statement, the one to show first, with the probability that they answer."""


def chosen_groups(choice: Choice, sentences: Sequence[NumberedSentence], most: int) -> Chosen:
    """Return the sentences behind the numbers of a choice, whoever chose: up to `most` statements.

    A number that no sentence has, or that came before, is dropped. A sentence stays with the first one of its group
    if it gives the same numbers, conflicts with it in nothing and is from another source; else it stands alone.
    """
    left = {sentence.number: sentence for sentence in sentences}
    chosen: Chosen = []
    for group in choice.groups:
        together: list[NumberedSentence] = []
        apart: list[NumberedSentence] = []
        for sentence in [left.pop(number) for number in group.numbers if number in left]:
            if together and must_stand_apart(together[0].parsed, sentence.parsed):
                apart.append(sentence)
            elif not together or has_room(together, sentence):
                together.append(sentence)
        for one in (together, *([sentence] for sentence in apart)):
            if one:
                chosen.append((one, group.probability))
    return chosen[:most]


def _nearness(embedder: Embedder, translation: str, language: str, sentence: NumberedSentence) -> float:
    """Return the cosine of a translation and its original, both centred."""
    return float(embed_passages(embedder, [translation], [language])[0] @ sentence.vector)


def _composed(library: Library, embedder: Embedder, question: Question, choice: Choice, chosen: Chosen) -> Composed:
    shown = {sentence.number: sentence for group, _ in chosen for sentence in group}
    translations = {
        number: text
        for number, text in choice.translations.items()
        if number in shown
        and faithful(Text(text, question.answer_language), shown[number].parsed)
        and _nearness(embedder, text, question.answer_language, shown[number]) >= LEAST_NEAR
    }
    composed = compose(library, [group for group, _ in chosen], question.as_of, translations)
    statements = (
        replace(statement, probability=probability)
        for statement, (_, probability) in zip(composed.statements, chosen, strict=True)
    )
    return Composed(tuple(statements), composed.citations)


def _answered(answer: Answer, composed: Composed) -> Answer:
    return replace(answer, status=Status.ANSWERED, statements=composed.statements, citations=composed.citations)


def rehearse() -> None:
    """Load the word lists of every language, for which the first questions would wait: half a second, 21 MB."""
    for language in LANGUAGES:
        load(language)
        is_claimed("Police", language, 0)
        places("Almaty", language)
        sound_keys("Almaty", language)
