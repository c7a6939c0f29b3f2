"""Grouping the articles that are copies of one text: found by stored sketches, in the transaction that stores one.

An article joins a group if it is a copy of one member and contradicts none, so that a text contained in several updates
of a live story does not merge them.
"""

from collections.abc import Sequence
from uuid import uuid4

import numpy as np
from sqlalchemy import ColumnElement, Connection, Engine, and_, delete, func, insert, literal, select, update

from retrieval.domain import Article
from retrieval.language.copies import Kin, kinship, sketch
from retrieval.store.database import batches, fetched, writing
from retrieval.store.rows import article_of, version_rows
from retrieval.store.schema import articles, changes, passages, sketches, versions

MOST_COMPARED = 16
"""Articles that an article is compared with word by word: those that share most of its sketch."""

FEWEST_SHARED = 2
"""Hashes that two sketches share before their texts are compared at all."""

BATCH = 200
"""Older articles sketched in one transaction."""

SKETCH_HASH = np.dtype("<u4")
"""How `articles.sketch` contains a hash."""

_Groups = dict[str, list[tuple[Article, Kin]]]
"""The articles that one was compared with, by origin, the most similar first."""


def place(connection: Connection, article: Article, hashes: Sequence[int], previous: Article | None) -> str:
    """Find the copies of `article` by its sketch and return its origin; other articles may move to it.

    `previous` is its last version, if it has one. An article that is known to repeat another one, whose id is then
    its `origin`, belongs to that one's origin however either was changed. Call it in the transaction that writes the
    article; `writing` runs one at a time.
    """
    if previous is None and article.origin:
        repeated = select(articles.c.origin).where(articles.c.id == article.origin)
        return connection.execute(repeated).scalar() or article.origin
    groups: _Groups = {}
    for other in _like(connection, article.id, hashes):
        groups.setdefault(other.origin or other.id, []).append((other, kinship(article, other)))
    joined = _joined(groups)
    for origin in joined[1:]:
        moved = list(connection.execute(select(articles.c.id).where(articles.c.origin == origin)).scalars())
        connection.execute(update(articles).where(articles.c.origin == origin).values(origin=joined[0]))
        log_changes(connection, _current(moved))
    return joined[0] if joined else _alone(connection, article, previous)


def remember(connection: Connection, article_id: str, version_pk: int, hashes: Sequence[int]) -> None:
    """Store the sketch of an article's newest version; it has none now."""
    stored = np.array(hashes, dtype=SKETCH_HASH).tobytes()
    connection.execute(update(articles).where(articles.c.id == article_id).values(sketch=stored))
    connection.execute(insert(sketches), [{"version_pk": version_pk, "hash": hash_} for hash_ in hashes])


def forget(connection: Connection, article_id: str, version_pk: int | None) -> None:
    """Delete the sketch of an article, which is that of this version, if it has one."""
    stored = connection.execute(select(articles.c.sketch).where(articles.c.id == article_id)).scalar()
    if stored is not None:
        hashes = np.frombuffer(stored, dtype=SKETCH_HASH).tolist()
        for some in batches(hashes):
            own = and_(sketches.c.hash.in_(some), sketches.c.version_pk == version_pk)
            connection.execute(delete(sketches).where(own))
        connection.execute(update(articles).where(articles.c.id == article_id).values(sketch=None))


def complete(engine: Engine) -> int:
    """Sketch and place the articles that have no sketch yet, oldest first; return how many there were."""
    missing = (
        select(articles.c.id, func.min(versions.c.known_from))
        .join(versions, versions.c.article_id == articles.c.id)
        .where(articles.c.sketch.is_(None))
        .group_by(articles.c.id)
        .order_by(func.min(versions.c.known_from), articles.c.id)
    )
    ids = [row.id for row in fetched(engine, missing)]
    for at in range(0, len(ids), BATCH):
        with writing(engine) as connection:
            for version_pk, article in _newest(connection, ids[at : at + BATCH]):
                hashes = sketch(article)
                origin = place(connection, article, hashes, article)
                connection.execute(update(articles).where(articles.c.id == article.id).values(origin=origin))
                remember(connection, article.id, version_pk, hashes)
            log_changes(connection, _current(ids[at : at + BATCH]))
    return len(ids)


def log_changes(connection: Connection, of: ColumnElement[bool], *, gone: bool = False) -> None:
    """Log the passages of versions as changed, or as no longer current, so that indexes are brought up to date."""
    concerned = select(passages.c.id, literal(gone)).join(versions).where(of)
    connection.execute(insert(changes).from_select(["passage_id", "gone"], concerned))


def _current(ids: Sequence[str]) -> ColumnElement[bool]:
    return and_(versions.c.article_id.in_(ids), versions.c.superseded_at.is_(None))


def _like(connection: Connection, article_id: str, hashes: Sequence[int]) -> list[Article]:
    """Return the articles that share most of a sketch, in their current versions, the most similar first."""
    shared = func.count()
    found: dict[str, int] = {}
    for some in batches(hashes):
        wanted = (
            select(versions.c.article_id, shared)
            .select_from(sketches)
            .join(versions, versions.c.pk == sketches.c.version_pk)
            .where(sketches.c.hash.in_(some), versions.c.article_id != article_id)
            .group_by(versions.c.article_id)
            .order_by(shared.desc(), versions.c.article_id)
            .limit(MOST_COMPARED)
        )
        for other, count in connection.execute(wanted):
            found[other] = found.get(other, 0) + count
    fewest = min(FEWEST_SHARED, len(hashes))
    likest = sorted((id_ for id_, count in found.items() if count >= fewest), key=lambda id_: (-found[id_], id_))
    return [article for _, article in _newest(connection, likest[:MOST_COMPARED])]


def _newest(connection: Connection, ids: Sequence[str]) -> list[tuple[int, Article]]:
    """Return the current versions of articles, each with its key."""
    rows = connection.execute(version_rows(_current(ids)))
    current = {row.article_id: (row.pk, article_of(row)) for row in rows}
    return [current[id_] for id_ in ids if id_ in current]


def _joined(groups: _Groups) -> list[str]:
    """Return the origins that the article belongs to; the first one is kept, the others are merged into it."""
    fitting = [
        origin
        for origin, members in groups.items()
        if any(kin in (Kin.COPY, Kin.EXTENDED) for _, kin in members)
        and all(kin is not Kin.CHANGED for _, kin in members)
    ]
    fitting.sort(key=lambda origin: not _opens_alike(groups[origin]))  # stable: the most similar stays first
    kept = fitting[:1]
    for origin in fitting[1:]:
        if all(_one_text(groups[one], groups[origin]) for one in kept):
            kept.append(origin)
    return kept


def _opens_alike(members: list[tuple[Article, Kin]]) -> bool:
    return any(kin is Kin.COPY for _, kin in members)


def _one_text(ours: list[tuple[Article, Kin]], theirs: list[tuple[Article, Kin]]) -> bool:
    """Return whether a copy of members of two groups may join them.

    Not if any two contradict each other; and a text pasted together from two stories does not merge them.
    """
    kins = {kinship(one, other) for one, _ in ours for other, _ in theirs}
    return Kin.CHANGED not in kins and (kins != {Kin.APART} or (_opens_alike(ours) and _opens_alike(theirs)))


def _alone(connection: Connection, article: Article, previous: Article | None) -> str:
    """Return the origin of an article without copies: its previous one while the story is the same, else its own."""
    if previous is None:
        return article.id  # so are those that repeat it, which may have come before it
    if previous.origin and kinship(previous, article) is not Kin.APART:
        return previous.origin
    taken = select(articles.c.id).where(articles.c.origin == article.id, articles.c.id != article.id).limit(1)
    if connection.execute(taken).first() is None:
        return article.id
    return f"{article.id}/{uuid4().hex[:8]}"
