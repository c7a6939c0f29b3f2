"""Full-text search: FTS5 in SQLite, `tsvector` in PostgreSQL.

It indexes terms, not words, in two columns: stems match within a language, names across languages.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Literal

from sqlalchemy import Connection, text

Column = Literal["stems", "names"]

MOST_TERMS = 32
"""Distinct terms of a question that are searched: the first ones (of a pasted article, say)."""

ENOUGH_ROWS = 6_000
"""Most passages that contain the searched terms, added up; the rarest term is always searched."""


def index(connection: Connection, passages: Iterable[tuple[int, str, str]]) -> None:
    """Index passages, each an id and its space-separated stems and names; at least one."""
    values = ":stems, :names"
    if connection.dialect.name != "sqlite":
        values = "array_to_tsvector(string_to_array(:stems, ' ')), array_to_tsvector(string_to_array(:names, ' '))"
    connection.execute(
        text(f"INSERT INTO passage_terms (rowid, stems, names) VALUES (:id, {values})"),
        [{"id": id_, "stems": stems, "names": names} for id_, stems, names in passages],
    )


def forget(connection: Connection, passage_ids: Iterable[int]) -> None:
    """Delete passages from the index."""
    for passage_id in passage_ids:
        connection.execute(text("DELETE FROM passage_terms WHERE rowid = :id"), {"id": passage_id})


def match(connection: Connection, column: Column, terms: Sequence[str], k: int) -> list[tuple[int, float]]:
    """Return up to `k` passages that contain any of `terms`, as (id, score), best first; BM25 in SQLite.

    In a large library only the rarest terms are searched: frequent words take most of the time and distinguish least.
    """
    distinct = [term for term in dict.fromkeys(terms) if re.search(r"\w", term)][:MOST_TERMS]
    sought = _rarest(connection, column, distinct)
    if not sought:
        return []
    score = f"ts_rank({column}, CAST(:query AS tsquery), 1)"
    if connection.dialect.name == "sqlite":
        score = "-bm25(passage_terms)"  # FTS5's own `ORDER BY rank` takes twice as long
    rows = connection.execute(
        text(f"SELECT rowid, {score} AS score {_matching(connection, column)} ORDER BY score DESC, rowid LIMIT :most"),
        {"query": _any_of(connection, column, sought), "most": k},
    )
    return [(int(id_), float(score)) for id_, score in rows.all()]


def _rarest(connection: Connection, column: Column, terms: Sequence[str]) -> list[str]:
    """Return the terms that occur, rarest first, until together they occur in `ENOUGH_ROWS` passages."""
    counts = _counts(connection, column, terms)
    sought: list[str] = []
    rows = 0
    for term in sorted((term for term in terms if counts[term]), key=counts.__getitem__):
        rows += counts[term]
        if sought and rows > ENOUGH_ROWS:
            break
        sought.append(term)
    return sought


def _counts(connection: Connection, column: Column, terms: Sequence[str]) -> dict[str, int]:
    """Return the number of passages with each term, up to `ENOUGH_ROWS`; in one statement, which is faster."""
    if not terms:
        return {}
    matches = (_matching(connection, column, f":term{at}") for at in range(len(terms)))
    counting = ", ".join(f"(SELECT count(*) FROM (SELECT 1 {one} LIMIT {ENOUGH_ROWS}) AS matched)" for one in matches)
    sought = {f"term{at}": _any_of(connection, column, [term]) for at, term in enumerate(terms)}
    return dict(zip(terms, connection.execute(text(f"SELECT {counting}"), sought).one(), strict=True))


def _matching(connection: Connection, column: Column, query: str = ":query") -> str:
    """Return the rest of a SELECT of the passages that match a parameter."""
    if connection.dialect.name == "sqlite":
        return f"FROM passage_terms WHERE passage_terms MATCH {query}"
    return f"FROM passage_terms WHERE {column} @@ CAST({query} AS tsquery)"


def _any_of(connection: Connection, column: Column, terms: Sequence[str]) -> str:
    """Return the query for passages that contain any of the terms in a column."""
    if connection.dialect.name == "sqlite":
        return f"{column} : (" + " OR ".join('"' + term.replace('"', "") + '"' for term in terms) + ")"
    return " | ".join("'" + re.sub(r"['\\]", "", term) + "'" for term in terms)
