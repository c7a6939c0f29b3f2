"""Full text beside the articles: FTS5 in SQLite, `tsvector` in PostgreSQL.

It indexes terms, not words, in two columns: stems, which agree within a language, and names, which agree across.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Literal

from sqlalchemy import Connection, text

Column = Literal["stems", "names"]

MOST_TERMS = 32
"""A question with more distinct terms than this (a pasted article, say) is searched by its first ones."""

ENOUGH_ROWS = 6_000
"""Passages that the terms looked for may stand in together, as far as the rarest one leaves the choice."""


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
    """Take passages out of the index."""
    for passage_id in passage_ids:
        connection.execute(text("DELETE FROM passage_terms WHERE rowid = :id"), {"id": passage_id})


def match(connection: Connection, column: Column, terms: Sequence[str], k: int) -> list[tuple[int, float]]:
    """Return up to `k` passages that hold any of `terms`, as (id, score), best first; BM25 in SQLite.

    In a large library only the rarest of the terms are looked for: words that stand everywhere take the time that
    all others together do not, and tell least.
    """
    distinct = [term for term in dict.fromkeys(terms) if re.search(r"\w", term)][:MOST_TERMS]
    sought = _rarest(connection, column, distinct)
    if not sought:
        return []
    score = f"ts_rank({column}, CAST(:query AS tsquery), 1)"
    if connection.dialect.name == "sqlite":
        score = "-bm25(passage_terms)"  # FTS5's own `ORDER BY rank` takes twice as long
    rows = connection.execute(
        text(f"SELECT rowid, {score} AS score {_holding(connection, column)} ORDER BY score DESC, rowid LIMIT :most"),
        {"query": _any_of(connection, column, sought), "most": k},
    )
    return [(int(id_), float(score)) for id_, score in rows.all()]


def _rarest(connection: Connection, column: Column, terms: Sequence[str]) -> list[str]:
    """Return the terms that any passage holds, rarest first, as long as together they stand in few enough."""
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
    """Return how many passages hold each term, counted up to `ENOUGH_ROWS`; in one statement, which is sooner done."""
    if not terms:
        return {}
    held = (_holding(connection, column, f":term{at}") for at in range(len(terms)))
    counting = ", ".join(f"(SELECT count(*) FROM (SELECT 1 {one} LIMIT {ENOUGH_ROWS}) AS held)" for one in held)
    sought = {f"term{at}": _any_of(connection, column, [term]) for at, term in enumerate(terms)}
    return dict(zip(terms, connection.execute(text(f"SELECT {counting}"), sought).one(), strict=True))


def _holding(connection: Connection, column: Column, query: str = ":query") -> str:
    """Return the rest of a SELECT of the passages that fit a parameter."""
    if connection.dialect.name == "sqlite":
        return f"FROM passage_terms WHERE passage_terms MATCH {query}"
    return f"FROM passage_terms WHERE {column} @@ CAST({query} AS tsquery)"


def _any_of(connection: Connection, column: Column, terms: Sequence[str]) -> str:
    """Return the query for passages that hold any of the terms in a column."""
    if connection.dialect.name == "sqlite":
        return f"{column} : (" + " OR ".join('"' + term.replace('"', "") + '"' for term in terms) + ")"
    return " | ".join("'" + re.sub(r"['\\]", "", term) + "'" for term in terms)
