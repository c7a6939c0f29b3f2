"""Reading the spans and vectors of quotable sentences, of many articles at a time."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from sqlalchemy import Engine, func, select

from retrieval.domain import Article, Span
from retrieval.store.database import batches, fetched, fetched_value
from retrieval.store.rows import SENTENCE_VECTOR
from retrieval.store.schema import passages, sentences, versions
from retrieval.store.vectors.packed import unpacked

_SENTENCE = (sentences.c.id, sentences.c.passage_id, sentences.c.start, sentences.c.end)

NO_VECTORS = np.empty((0, 0), dtype=np.float32)


class Quotable(NamedTuple):
    """A sentence that can be quoted: its row, its passage, and its span in the article's text."""

    id: int
    passage_id: int
    span: Span


def quotable_sentences(engine: Engine, articles: Sequence[Article], model: str) -> list[list[Quotable]]:
    """Return the sentences of each article, in the version given and in order; those that `model` embedded."""
    places = {(article.id, article.version): at for at, article in enumerate(articles)}
    found: list[list[Quotable]] = [[] for _ in articles]
    for some in batches(articles):
        wanted = (
            select(versions.c.article_id, versions.c.number, *_SENTENCE)
            .join(passages, passages.c.version_pk == versions.c.pk)
            .join(sentences, sentences.c.passage_id == passages.c.id)
            .where(passages.c.model == model, versions.c.article_id.in_([article.id for article in some]))
            .order_by(versions.c.pk, sentences.c.start)
        )
        for row in fetched(engine, wanted):
            place = places.get((row.article_id, row.number))
            if place is not None:
                found[place].append(Quotable(row.id, row.passage_id, Span(row.start, row.end)))
    return found


def sentence_vectors(engine: Engine, ids: Sequence[int]) -> np.ndarray:
    """Return the stored vectors of sentences in the order of `ids`, (len(ids), dimensions) float32."""
    found: dict[int, np.ndarray] = {}
    for some in batches(ids):
        wanted = select(sentences.c.id, SENTENCE_VECTOR).join(passages).where(sentences.c.id.in_(some))
        rows = fetched(engine, wanted)
        found.update(zip((row.id for row in rows), unpacked([row.embedding for row in rows]), strict=True))
    return np.stack([found[id_] for id_ in ids]) if ids else NO_VECTORS


def sampled_vectors(engine: Engine, model: str, count: int) -> tuple[np.ndarray, list[str]]:
    """Return the vectors of up to `count` sentences spread over the library, and the language of each."""
    newest = fetched_value(engine, select(func.max(sentences.c.id))) or 0
    ids = list(range(newest, 0, -max(1, newest // count)))
    wanted = (
        select(SENTENCE_VECTOR, versions.c.language)
        .join(passages, passages.c.id == sentences.c.passage_id)
        .join(versions, versions.c.pk == passages.c.version_pk)
        .where(sentences.c.id.in_(ids), passages.c.model == model)
    )
    rows = fetched(engine, wanted)
    if not rows:
        return NO_VECTORS, []
    return unpacked([row.embedding for row in rows]), [row.language for row in rows]
