"""Full-text search: FTS5 in SQLite, `tsvector` in PostgreSQL, ranked by BM25 in both.

It indexes terms, not words, in two columns: stems match within a language, names across languages. Each language's own
pack makes the stems, so both databases search every language by the same rules, Kazakh included, for which PostgreSQL
has no configuration.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Literal

from sqlalchemy import (
    Connection,
    Float,
    Select,
    String,
    bindparam,
    cast,
    delete,
    func,
    insert,
    literal,
    literal_column,
    select,
    table,
    values,
)
from sqlalchemy import column as column_
from sqlalchemy.dialects.postgresql import TSQUERY, TSVECTOR
from sqlalchemy.sql.elements import ColumnElement

from retrieval.domain import Span
from retrieval.language.doc import Doc, Sentence, Text
from retrieval.store.rows import article_of, version_rows
from retrieval.store.schema import passages, versions

Column = Literal["stems", "names"]

Entry = tuple[int, str, str]
"""A passage's id, and its stems and names, each separated by spaces."""

MOST_TERMS = 32
"""Distinct terms of a question that are searched: the first ones (of a pasted article, say)."""

ENOUGH_ROWS = 6_000
"""Most passages that contain the searched terms, added up; the rarest term is always searched."""

K1, B = 1.2, 0.75
"""Constants of BM25, as FTS5 has them."""

LEAST_WEIGHT = 1e-6
"""Weight of a term that at least half of the passages contain, as in FTS5."""

WORD = re.compile(r"[^\W_]+")
"""What FTS5 counts when it measures a passage: "o'neil" as two."""

PAGE = 2_000
"""Entries that are read at a time."""

VERSIONS = 200
"""Versions whose terms are made again at a time."""

FTS5 = table("passage_terms", column_("rowid"), column_("stems", String), column_("names", String))

VECTORS = table(
    "passage_terms",
    column_("rowid"),
    column_("stems", TSVECTOR),
    column_("names", TSVECTOR),
    column_("terms"),  # the words in both columns, repeated ones included
)


def index(connection: Connection, entries: Iterable[Entry]) -> None:
    """Index passages; at least one."""
    if connection.dialect.name == "sqlite":
        rows: list[dict[str, Any]] = [{"rowid": id_, "stems": stems, "names": names} for id_, stems, names in entries]
        connection.execute(insert(FTS5), rows)
        return
    rows = [
        {"id": id_, "s": _vector(stems), "n": _vector(names), "count": len(WORD.findall(f"{stems} {names}"))}
        for id_, stems, names in entries
    ]
    given = {name: cast(bindparam(name[0], type_=String), TSVECTOR) for name in ("stems", "names")}
    connection.execute(insert(VECTORS).values(rowid=bindparam("id"), terms=bindparam("count"), **given), rows)


def terms_of(doc: Doc, title: str, wholes: Sequence[Span]) -> list[tuple[str, str]]:
    """Return the stems and names that each passage of an article is found by, each separated by spaces.

    A passage is found by its own words and names, by those of its neighbours and by those of the title.
    """
    heading, told = Text(title, doc.language), [Sentence(doc, whole) for whole in wholes]
    around = [[heading, *told[max(at - 1, 0) : at + 2]] for at in range(len(told))]
    return [
        (
            " ".join(stem for text in texts for stem in text.stems),
            " ".join(name for text in texts for name in text.name_terms),
        )
        for texts in around
    ]


def entries(connection: Connection) -> Iterator[list[Entry]]:
    """Yield what is indexed, in lists of up to some thousands: as PostgreSQL has it, or made again from the texts."""
    if connection.dialect.name == "sqlite":
        yield from _made_again(connection)
        return
    wanted = select(VECTORS.c.rowid, cast(VECTORS.c.stems, String), cast(VECTORS.c.names, String))
    last, rowid = -1, wanted.selected_columns[0]
    while rows := connection.execute(wanted.where(rowid > last).order_by(rowid).limit(PAGE)).all():
        last = rows[-1][0]
        yield [(id_, _in_order(stems), _in_order(names)) for id_, stems, names in rows]


def _made_again(connection: Connection) -> Iterator[list[Entry]]:
    last = -1
    while rows := connection.execute(version_rows(versions.c.pk > last).order_by(versions.c.pk).limit(VERSIONS)).all():
        last = rows[-1].pk
        spans: dict[int, list[tuple[int, Span]]] = defaultdict(list)
        own = passages.c.version_pk.in_([row.pk for row in rows])
        for one in connection.execute(select(passages).where(own).order_by(passages.c.start, passages.c.id)):
            spans[one.version_pk].append((one.id, Span(one.start, one.end)))
        made: list[Entry] = []
        for row in rows:
            if numbered := spans[row.pk]:
                terms = terms_of(Doc.of(article_of(row)), row.title, [whole for _, whole in numbered])
                made += [(id_, *both) for (id_, _), both in zip(numbered, terms, strict=True)]
        if made:
            yield made


def rebuild(connection: Connection) -> None:
    """Index all passages anew: by the stems of today, and without what was removed."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("INSERT INTO passage_terms (passage_terms) VALUES ('delete-all')")
    else:
        connection.execute(delete(VECTORS))
    for made in _made_again(connection):
        index(connection, made)


def has_removed(connection: Connection) -> bool:
    """Return whether something is indexed of passages that were removed: SQLite's index forgets no single one."""
    there = select(passages.c.id).where(passages.c.id == FTS5.c.rowid).exists()
    return connection.execute(select(FTS5.c.rowid).where(~there).limit(1)).first() is not None


def match(connection: Connection, column: Column, terms: Sequence[str], k: int) -> list[tuple[int, float]]:
    """Return up to `k` passages that contain any of `terms`, as (id, BM25), best first.

    In a large library only the rarest terms are searched: frequent words take most of the time and distinguish least.
    """
    distinct = [term for term in dict.fromkeys(terms) if re.search(r"\w", term)][:MOST_TERMS]
    sought = _rarest(connection, column, distinct)
    if not sought:
        return []
    ranked = _by_fts5(column, list(sought)) if connection.dialect.name == "sqlite" else _by_vectors(column, sought)
    score, rowid = ranked.selected_columns.score, ranked.selected_columns.rowid
    rows = connection.execute(ranked.order_by(score.desc(), rowid).limit(k))
    return [(int(id_), float(score)) for id_, score in rows.all()]


def _rarest(connection: Connection, column: Column, terms: Sequence[str]) -> dict[str, int]:
    """Return the terms that occur, rarest first, until together they occur in `ENOUGH_ROWS` passages; with counts."""
    counts = _counts(connection, column, terms)
    sought: dict[str, int] = {}
    rows = 0
    for term in sorted((term for term in terms if counts[term]), key=counts.__getitem__):
        rows += counts[term]
        if sought and rows > ENOUGH_ROWS:
            break
        sought[term] = counts[term]
    return sought


def _counts(connection: Connection, column: Column, terms: Sequence[str]) -> dict[str, int]:
    """Return the number of passages with each term, up to `ENOUGH_ROWS`; in one statement, which is faster."""
    if not terms:
        return {}
    sqlite = connection.dialect.name == "sqlite"
    searched = FTS5 if sqlite else VECTORS
    counting = []
    for term in terms:
        one = _matches_fts5(column, [term]) if sqlite else _matches_vectors(column, [term])
        some = select(literal(1)).select_from(searched).where(one).limit(ENOUGH_ROWS).subquery()
        counting.append(select(func.count()).select_from(some).scalar_subquery())
    return dict(zip(terms, connection.execute(select(*counting)).one(), strict=True))


def _by_fts5(column: Column, terms: Sequence[str]) -> Select[Any]:
    # FTS5's own `ORDER BY rank` takes twice as long.
    score = -func.bm25(literal_column("passage_terms"))
    there = select(passages.c.id).where(passages.c.id == FTS5.c.rowid).exists()
    return select(FTS5.c.rowid, score.label("score")).where(_matches_fts5(column, terms), there)


def _by_vectors(column: Column, counts: dict[str, int]) -> Select[Any]:
    """Return what FTS5's `bm25` computes; PostgreSQL's `ts_rank` knows nothing of how rare a term is."""
    library = select(func.count().label("passages"), func.avg(VECTORS.c.terms).label("length")).subquery("library")
    sought = values(column_("term", String), column_("containing", Float), name="sought").data(list(counts.items()))
    found = func.unnest(VECTORS.c[column]).table_valued("lexeme", "positions", "weights").render_derived().lateral()
    times = func.coalesce(func.cardinality(found.c.positions), 1)
    odds = (library.c.passages - sought.c.containing + 0.5) / (sought.c.containing + 0.5)
    weight = func.greatest(func.ln(odds), LEAST_WEIGHT)
    length = 1 - B + B * VECTORS.c.terms / library.c.length
    score = func.sum(weight * times * (K1 + 1) / (times + K1 * length))
    return (
        select(VECTORS.c.rowid, score.label("score"))
        .select_from(VECTORS)
        .join(found, literal(True))
        .join(sought, sought.c.term == found.c.lexeme)
        .join(library, literal(True))
        .where(_matches_vectors(column, list(counts)))
        .group_by(VECTORS.c.rowid)
    )


def _matches_fts5(column: Column, terms: Sequence[str]) -> ColumnElement[bool]:
    alternatives = " OR ".join('"' + term.replace('"', "") + '"' for term in terms)
    return literal_column("passage_terms").op("MATCH")(f"{column} : ({alternatives})")


def _matches_vectors(column: Column, terms: Sequence[str]) -> ColumnElement[bool]:
    return VECTORS.c[column].op("@@")(cast(literal(" | ".join(map(_quoted, terms)), String), TSQUERY))


def _vector(terms: str) -> str:
    """Return terms as PostgreSQL reads a `tsvector`, each with its places, so that none is lost."""
    places = defaultdict(list)
    for at, term in enumerate(terms.split(), start=1):
        places[term].append(str(at))
    return " ".join(f"{_quoted(term)}:{','.join(at)}" for term, at in places.items())


def _in_order(vector: str) -> str:
    """Return the terms of a `tsvector`, as PostgreSQL writes it, in the order of their places."""
    found = []
    for quoted, places in re.findall(r"'((?:[^']|'')*)'(?::([\dA-D,]+))?", vector):
        term = quoted.replace("''", "'").replace("\\\\", "\\")
        found += [(int(place), term) for place in places.split(",")] if places else [(0, term)]
    return " ".join(term for _, term in sorted(found, key=lambda pair: pair[0]))


def _quoted(term: str) -> str:
    """Return a term as PostgreSQL reads it in a `tsvector` or `tsquery`."""
    return "'" + term.replace("\\", "\\\\").replace("'", "''") + "'"
