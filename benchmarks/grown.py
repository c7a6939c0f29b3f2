"""Libraries of any size, quickly: articles of real sentences with words exchanged, under real vectors with noise.

Nothing but the seed sentences is ever embedded. The words of a language stay those of its sentences, so a word
stands in more passages than it would in a real library of that size, which makes full text work harder.
"""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from sqlalchemy import Connection, insert

from retrieval.domain import Article, Moment, Span
from retrieval.embedding import Embedder
from retrieval.embedding.centred import embed_passages, name_of
from retrieval.language.names.names import name_terms
from retrieval.language.sentences import sentences
from retrieval.language.words import stems
from retrieval.store import schema
from retrieval.store.library import Library, open_library
from retrieval.store.rows import moment_columns
from retrieval.store.write import Prepared, PreparedPassage, content_hash, passage_row, sentence_rows, text_hash

PARAGRAPHS = 80  # of each language, whose sentences are the seed
ARTICLE_PASSAGES = 8
PASSAGE_SENTENCES = 2
EXCHANGED = 0.3  # the share of words that another sentence's take the place of, so that no two articles are copies
NOISE = 0.5  # length of the noise added to a unit vector
NEWEST = datetime(2026, 10, 1, tzinfo=UTC)
SPREAD = timedelta(days=365)  # over which articles were published
BATCH = 250  # articles written at a time
LANGUAGES = ("en", "es", "ru")


@dataclass(frozen=True)
class Seed:
    """The sentences of one language, their words and their vectors, (n, dimensions) float32."""

    language: str
    words: list[list[str]]
    vectors: np.ndarray


def seeds(data: Path, embedder: Embedder, keep: Path) -> list[Seed]:
    """Return the seed of each language from XQuAD; vectors are kept in `keep`, so that they are made once."""
    made = []
    for language in LANGUAGES:
        read = json.loads((data / "xquad" / f"xquad.{language}.json").read_text("utf-8"))
        texts = [paragraph["context"] for article in read["data"] for paragraph in article["paragraphs"]][::3]
        spoken = [span.of(text) for text in texts[:PARAGRAPHS] for span in sentences(text, language)]
        stored = keep / f"seed-{language}-{len(spoken)}.npy"
        if not stored.exists():
            np.save(stored, embed_passages(embedder, spoken, [language] * len(spoken)))
        made.append(Seed(language, [text.split() for text in spoken], np.load(stored)))
    return made


def grown(folder: Path, embedder: Embedder, sown: Sequence[Seed], passages: int) -> Library:
    """Return the library of about `passages` passages in `folder`, which is made if it is not there."""
    done = folder / "grown"
    library = open_library(folder, name_of(embedder))
    if not done.exists():
        numbered = enumerate(_articles(sown, name_of(embedder), passages // ARTICLE_PASSAGES), start=1)
        with library.engine.begin() as connection:
            while batch := list(itertools.islice(numbered, BATCH)):
                _write(connection, batch)
        done.touch()
    return library


def _write(connection: Connection, batch: Sequence[tuple[int, Prepared]]) -> None:
    """Write articles with their numbers, as `store` would but many rows at a time and without looking for copies."""
    told = [(number, prepared.article) for number, prepared in batch]
    held = [
        ((number - 1) * ARTICLE_PASSAGES + at, number, prepared, passage)
        for number, prepared in batch
        for at, passage in enumerate(prepared.passages, start=1)
    ]
    connection.execute(insert(schema.articles), [{"id": a.id, "url": a.url, "origin": a.id} for _, a in told])
    connection.execute(insert(schema.versions), [_version(number, article) for number, article in told])
    connection.execute(
        insert(schema.passages), [{"id": i, "version_pk": v} | passage_row(p, one) for i, v, p, one in held]
    )
    connection.execute(insert(schema.sentences), [row for i, _, p, one in held for row in sentence_rows(p, one, i)])
    connection.exec_driver_sql(
        "INSERT INTO passage_terms (rowid, stems, names) VALUES (?, ?, ?)",
        [(i, one.stems, one.names) for i, _, _, one in held],
    )
    connection.execute(insert(schema.changes), [{"passage_id": i, "gone": False} for i, *_ in held])


def _version(number: int, article: Article) -> dict[str, object]:
    return {
        "pk": number,
        "article_id": article.id,
        "number": 1,
        "title": article.title,
        "text": article.text,
        "language": article.language,
        "publisher": article.publisher,
        "fetched_at": article.fetched_at,
        "known_from": article.fetched_at,
        "content_hash": content_hash(article),
        **moment_columns("published", article.published),
    }


def _articles(sown: Sequence[Seed], model: str, count: int) -> Iterator[Prepared]:
    chance, noise = random.Random(count), np.random.default_rng(count)
    for number in range(count):
        seed = chance.choice(sown)
        chosen = [chance.randrange(len(seed.words)) for _ in range(ARTICLE_PASSAGES * PASSAGE_SENTENCES)]
        texts = [_exchanged(seed, one, chance) for one in chosen]
        vectors = _noisy(seed.vectors[chosen], noise)
        yield _prepared(number, seed.language, model, texts, vectors, chance)


def _exchanged(seed: Seed, one: int, chance: random.Random) -> str:
    other = chance.choice(seed.words)
    return " ".join(chance.choice(other) if chance.random() < EXCHANGED else word for word in seed.words[one])


def _noisy(vectors: np.ndarray, noise: np.random.Generator) -> np.ndarray:
    moved = vectors + NOISE * noise.normal(size=vectors.shape) / np.sqrt(vectors.shape[1])
    return np.asarray(moved / np.linalg.norm(moved, axis=1, keepdims=True), dtype=np.float32)


def _prepared(
    number: int, language: str, model: str, texts: Sequence[str], vectors: np.ndarray, chance: random.Random
) -> Prepared:
    ends = np.cumsum([len(text) + 1 for text in texts])
    spans = [Span(int(end) - 1 - len(text), int(end) - 1) for text, end in zip(texts, ends, strict=True)]
    published = NEWEST - SPREAD * chance.random()
    article = Article(
        id=f"grown-{number}",
        url=f"https://outlet{number % 40}.example/{number}",
        title=texts[0][:80],
        text=" ".join(texts),
        language=language,
        published=Moment(published),
        publisher=f"Outlet {number % 40}",
        fetched_at=published,
    )
    known = {text_hash(text): vector for text, vector in zip(texts, vectors, strict=True)}
    passages = []
    for at in range(0, len(spans), PASSAGE_SENTENCES):
        quotable, mean = spans[at : at + PASSAGE_SENTENCES], vectors[at : at + PASSAGE_SENTENCES].sum(axis=0)
        passages.append(_passage(article, quotable))
        known[text_hash(passages[-1].whole.of(article.text))] = mean / np.linalg.norm(mean)
    return Prepared(article, tuple(passages), model, vectors=known)


def _passage(article: Article, quotable: Sequence[Span]) -> PreparedPassage:
    whole = Span(quotable[0].start, quotable[-1].end)
    text = f"{article.title}\n{whole.of(article.text)}"
    terms = (" ".join(found(text, article.language)) for found in (stems, name_terms))
    return PreparedPassage(whole, tuple(quotable), *terms)
