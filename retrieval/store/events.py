"""The events that articles are about: rows that go with each article, changed in the transaction that stores it.

An event keeps its id as the library grows. Where two become one, the id of the other one leads to it (`event_named`);
where one is divided, its largest part keeps the id.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import numpy as np
from sqlalchemy import Connection, Engine, Row, and_, delete, func, insert, or_, select, update

from retrieval.domain import Article, EventHeading
from retrieval.events.clustering import LOOKED_THROUGH, Clustering
from retrieval.events.likeness import WINDOW
from retrieval.events.profile import Profile, article_names, article_profile, together
from retrieval.language.doc import Doc
from retrieval.store.database import fetched, reading, writing
from retrieval.store.origins import log_changes
from retrieval.store.read import current_at
from retrieval.store.rows import article_of, version_rows
from retrieval.store.schema import articles, event_profiles, events, passages, versions
from retrieval.store.vectors.packed import packed, unpacked

BATCH = 200
"""Older articles put into events in one transaction."""


class Placing:
    """Puts the articles of one transaction into events; a class because it reads the events near them once."""

    def __init__(self, connection: Connection, model: str, days: Sequence[date | None]) -> None:
        """Read the events that articles published on `days` (None: undated) may belong to."""
        self._connection = connection
        self._model = model
        self._clustering = Clustering(self._new_id)
        wanted = select(events).where(events.c.merged_into.is_(None), events.c.model == model)
        known = [day for day in days if day is not None]
        if known and len(known) == len(days):
            near = and_(events.c.last >= min(known) - WINDOW, events.c.first <= max(known) + WINDOW)
            wanted = wanted.where(or_(near, events.c.first.is_(None)))
        for row in connection.execute(wanted):
            self._clustering.events.put(row.id, _profile(row))

    def place(self, article: Article, origin: str, profile: Profile) -> None:
        """Put an article that is stored, in a new version or for the first time, into its event."""
        before = self.leave(article.id)
        alike = articles.c.origin == origin, articles.c.id != article.id, articles.c.event.is_not(None)
        copies = list(self._connection.execute(select(articles.c.event).where(*alike).distinct()).scalars())
        for id_ in copies:
            if id_ != before:
                self._read(id_)
        id_ = self._clustering.place(profile, sorted(copies), before)
        self._connection.execute(update(articles).where(articles.c.id == article.id).values(event=id_))
        self._connection.execute(
            insert(event_profiles).values(
                article_id=article.id,
                model=self._model,
                vector=packed(profile.vector[None])[0],
                names=dict(profile.names),
                day=profile.first,
            )
        )
        self._store_merged()
        if self._clustering.events.profiles[id_].articles in LOOKED_THROUGH:
            for name, event in self._clustering.divide(id_, self._members(id_)).items():
                self._connection.execute(update(articles).where(articles.c.id == name).values(event=event))

    def flush(self) -> None:
        """Store the events that have changed."""
        profiles = self._clustering.events.profiles
        for id_ in sorted(self._clustering.changed & profiles.keys()):
            profile = profiles[id_]
            columns = {
                "articles": profile.articles,
                "vector": profile.vector.astype("<f4").tobytes(),
                "names": {name: round(count, 1) for name, count in profile.names.items()},
                "first": profile.first,
                "last": profile.last,
            }
            self._connection.execute(update(events).where(events.c.id == id_).values(**columns))
        self._clustering.changed.clear()

    def _new_id(self) -> int:
        empty = {"articles": 0, "model": self._model, "vector": b"", "names": {}}
        return int(self._connection.execute(insert(events).values(**empty).returning(events.c.id)).scalar_one())

    def leave(self, article_id: str) -> int | None:
        """Take an article out of its event, and return that event; None if it has none."""
        before = self._connection.execute(select(articles.c.event).where(articles.c.id == article_id)).scalar()
        if before is None:
            return None
        self._connection.execute(delete(event_profiles).where(event_profiles.c.article_id == article_id))
        self._connection.execute(update(articles).where(articles.c.id == article_id).values(event=None))
        rest = list(self._members(before).values())
        self._clustering.leave(before, together(rest) if rest else None)
        return int(before)

    def _members(self, id_: int) -> dict[str, Profile]:
        """Return the profile of each article of an event, in the order they came."""
        wanted = (
            select(event_profiles)
            .join(articles, articles.c.id == event_profiles.c.article_id)
            .where(articles.c.event == id_, event_profiles.c.model == self._model)
            .order_by(event_profiles.c.id)
        )
        return {row.article_id: _article_profile(row) for row in self._connection.execute(wanted)}

    def _read(self, id_: int) -> None:
        """Read an event that is not near by its days."""
        if id_ not in self._clustering.events.profiles:
            row = self._connection.execute(select(events).where(events.c.id == id_)).one()
            if row.model == self._model and row.articles:
                self._clustering.events.put(id_, _profile(row))

    def _store_merged(self) -> None:
        for gone, kept in self._clustering.merged.items():
            self._connection.execute(update(articles).where(articles.c.event == gone).values(event=kept))
            led = or_(events.c.id == gone, events.c.merged_into == gone)
            self._connection.execute(update(events).where(led).values(merged_into=kept))
        self._clustering.merged.clear()


def leave(connection: Connection, article_id: str) -> None:
    """Take an article that is about to be deleted out of its event."""
    own = select(event_profiles.c.model, event_profiles.c.day).where(event_profiles.c.article_id == article_id)
    row = connection.execute(own).first()
    if row is not None:
        placing = Placing(connection, row.model, [row.day])
        left = placing.leave(article_id)
        placing.flush()
        rest = select(articles.c.id).where(articles.c.event == left)
        gone = or_(events.c.id == left, events.c.merged_into == left)
        connection.execute(delete(events).where(gone, ~rest.exists()))


def profile_of(
    article: Article, names: Mapping[str, float], vectors: Sequence[np.ndarray], lengths: Sequence[int]
) -> Profile:
    """Return the profile of an article by the vectors of its passages and their lengths in characters."""
    return article_profile(np.stack(vectors), lengths, names, article.language, article.published_on)


def complete(engine: Engine, model: str) -> int:
    """Put the articles that have no event yet into events, oldest first; return how many there were."""
    missing = (
        select(articles.c.id)
        .join(versions, versions.c.article_id == articles.c.id)
        .join(passages, passages.c.version_pk == versions.c.pk)
        .where(articles.c.event.is_(None), current_at(None), passages.c.model == model)
        .group_by(articles.c.id)
        .order_by(func.min(versions.c.known_from), articles.c.id)
    )
    ids = [row.id for row in fetched(engine, missing)]
    for at in range(0, len(ids), BATCH):
        with writing(engine) as connection:
            _complete(connection, model, ids[at : at + BATCH])
    return len(ids)


def _complete(connection: Connection, model: str, ids: Sequence[str]) -> None:
    rows = connection.execute(version_rows(articles.c.id.in_(ids), current_at(None))).all()
    found = {row.article_id: (row, article_of(row)) for row in rows}
    placing = Placing(connection, model, [article.published_on for _, article in found.values()])
    for id_ in ids:
        row, article = found[id_]
        of_version = and_(passages.c.version_pk == row.pk, passages.c.model == model)
        parts = connection.execute(select(passages).where(of_version).order_by(passages.c.start)).all()
        vectors = list(unpacked([part.embedding for part in parts]))
        names = article_names(Doc.of(article), article.title)
        profile = profile_of(article, names, vectors, [part.end - part.start for part in parts])
        placing.place(article, article.origin_id, profile)
    placing.flush()
    log_changes(connection, and_(versions.c.article_id.in_(ids), versions.c.superseded_at.is_(None)))


def _profile(row: Row[Any]) -> Profile:
    return Profile(row.articles, np.frombuffer(row.vector, dtype="<f4"), row.names, row.first, row.last)


def _article_profile(row: Row[Any]) -> Profile:
    return Profile(1, unpacked([row.vector])[0], row.names, row.day, row.day)


# --- reading ------------------------------------------------------------------------------------------


def event_named(engine: Engine, id_: int) -> int | None:
    """Return the id of the event that `id_` is now: itself, or the one that it became part of; None if it is gone."""
    with reading(engine) as connection:
        row = connection.execute(select(events.c.id, events.c.merged_into).where(events.c.id == id_)).first()
    return None if row is None else int(row.merged_into or row.id)


TITLE_CHARACTERS = 90  # of the text, for an article without a title


def headings(engine: Engine, ids: Iterable[int | None], as_of: datetime | None = None) -> dict[int, EventHeading]:
    """Return the headings of events by their articles current at `as_of` (None: now); none of what is in no event."""
    opening = func.substr(versions.c.text, 1, TITLE_CHARACTERS + 1)
    columns = (articles.c.event, versions.c.title, opening.label("opening"), versions.c.language)
    wanted = (
        select(*columns, versions.c.published_at)
        .join(articles, articles.c.id == versions.c.article_id)
        .where(articles.c.event.in_([one for one in ids if one is not None]), current_at(as_of))
        .order_by(versions.c.known_from, versions.c.pk)
    )
    rows: dict[int, list[Any]] = {}
    for row in fetched(engine, wanted):
        rows.setdefault(row.event, []).append(row)
    found = {}
    for id_, own in rows.items():
        titles: dict[str, str] = {}
        for row in own:
            titles.setdefault(row.language, row.title or _opening(row.opening))
        days = [row.published_at.date() for row in own if row.published_at is not None]
        first, last = min(days, default=None), max(days, default=None)
        found[id_] = EventHeading(id_, tuple(titles.items()), first, last, len(own))
    return found


def _opening(text: str) -> str:
    line = text.strip().partition("\n")[0]
    return line if len(line) <= TITLE_CHARACTERS else line[:TITLE_CHARACTERS].rpartition(" ")[0] + "…"


def names_of(engine: Engine, ids: Iterable[int | None]) -> dict[int, frozenset[str]]:
    """Return the keys of the names in the articles of events; none of what is in no event."""
    known = [one for one in ids if one is not None]
    rows = fetched(engine, select(events.c.id, events.c.names).where(events.c.id.in_(known)))
    return {row.id: frozenset(row.names) for row in rows}
