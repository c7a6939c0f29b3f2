"""News on a watch: new articles that answer its question, are about its topic, or change a figure reported before."""

import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial

from retrieval.answer.ask import PASSAGES_FOUND
from retrieval.answer.compose import compose
from retrieval.briefing.topics import names_topic
from retrieval.domain import Answer, Status
from retrieval.embedding import Embedder
from retrieval.language.doc import Doc, Text
from retrieval.question.question import Question
from retrieval.reader.abstain import THRESHOLD
from retrieval.reader.choice import NumberedSentence
from retrieval.reader.extract import numbered_sentences
from retrieval.reader.passages import read_passages
from retrieval.reader.reader import Reader, shipped_weights
from retrieval.search.find import Found, find
from retrieval.store import read
from retrieval.store.chats.watches import known_origins
from retrieval.store.library import Library

MOST_STATEMENTS = 3  # statements in an alert


def news(
    library: Library,
    embedder: Embedder,
    reader: Reader,
    watched: str,
    arrived: Mapping[str, int],
    seen: int,
    now: datetime,
) -> Answer | None:
    """Return the news on a watched topic or question, each statement from another origin; None where there is none.

    `arrived` names the articles whose current version came after the version with the key `seen`. One of them is
    news where no copy of it was there before, or where a changed version gives a number that the one before did not.
    """
    question = Question.read(watched, now=now, newest=partial(read.newest_before, library.engine))
    found = find(library, embedder, question, PASSAGES_FOUND)
    sentences = [c for c in _answering(library, reader, found) if c.article.id in arrived]
    known = known_origins(library.engine, [c.article.origin_id for c in sentences], seen)
    chosen: dict[str, NumberedSentence] = {}
    for sentence in sentences:
        if sentence.article.origin_id not in known or _changes_figure(library, sentence):
            chosen.setdefault(sentence.article.origin_id, sentence)
    if not chosen:
        return None
    composed = compose(library, [[sentence] for sentence in list(chosen.values())[:MOST_STATEMENTS]], None)
    return Answer(
        question=watched,
        language=question.language,
        status=Status.ANSWERED,
        as_of=now,
        engine="reader",
        statements=composed.statements,
        citations=composed.citations,
        newest_article_at=found.snapshot.newest,
    )


def _answering(library: Library, reader: Reader, found: Found) -> Sequence[NumberedSentence]:
    """Return the sentences that are likely to answer, or whose article names the topic, best first."""
    passages = read_passages(library, found, PASSAGES_FOUND)
    built_in = reader.over(passages)
    likely = built_in.ranked(found.question, numbered_sentences(found, passages))
    answered = built_in.probability(found.question, likely) >= THRESHOLD
    least = shipped_weights().near * likely[0].probability if answered else math.inf
    asked = Text(found.question.text, found.question.language)
    return [one.sentence for one in likely if one.probability >= least or names_topic(one.sentence.article, asked)]


def _changes_figure(library: Library, sentence: NumberedSentence) -> bool:
    """Return whether a changed article gives a number here that its version before did not."""
    article = sentence.article
    before = read.article(library.engine, article.id, number=article.version - 1) if article.version > 1 else None
    if before is None or sentence.text in before.text:
        return False
    return not Text(sentence.text, article.language).number_values <= Doc.of(before).number_values
