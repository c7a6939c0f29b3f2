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


def index(connection: Connection, passage_id: int, stems: str, names: str) -> None:
    """Index one passage by its space-separated terms."""
    values = ":stems, :names"
    if connection.dialect.name != "sqlite":
        values = "array_to_tsvector(string_to_array(:stems, ' ')), array_to_tsvector(string_to_array(:names, ' '))"
    connection.execute(
        text(f"INSERT INTO passage_terms (rowid, stems, names) VALUES (:id, {values})"),
        {"id": passage_id, "stems": stems, "names": names},
    )


def forget(connection: Connection, passage_ids: Iterable[int]) -> None:
    """Take passages out of the index."""
    for passage_id in passage_ids:
        connection.execute(text("DELETE FROM passage_terms WHERE rowid = :id"), {"id": passage_id})


def match(
    connection: Connection, column: Column, terms: Sequence[str], k: int, among: Sequence[int] | None = None
) -> list[tuple[int, float]]:
    """Return up to `k` passages that hold any of `terms`, as (id, score), best first; BM25 in SQLite.

    `among`, if given, restricts them to these passage ids.
    """
    distinct = [term for term in dict.fromkeys(terms) if re.search(r"\w", term)][:MOST_TERMS]
    if not distinct or (among is not None and not among):
        return []
    restricted = "" if among is None else f"AND rowid IN ({','.join(str(int(id_)) for id_ in among)})"
    if connection.dialect.name == "sqlite":
        sql = (
            "SELECT rowid, -bm25(passage_terms) AS score FROM passage_terms "
            f"WHERE passage_terms MATCH :query {restricted} ORDER BY rank LIMIT :k"
        )
        quoted = " OR ".join('"' + term.replace('"', "") + '"' for term in distinct)
        query = f"{column} : ({quoted})"
    else:
        sql = (
            f"SELECT rowid, ts_rank({column}, CAST(:query AS tsquery), 1) AS score FROM passage_terms "
            f"WHERE {column} @@ CAST(:query AS tsquery) {restricted} ORDER BY score DESC LIMIT :k"
        )
        query = " | ".join("'" + re.sub(r"['\\]", "", term) + "'" for term in distinct)
    rows = connection.execute(text(sql), {"query": query, "k": k}).all()
    return [(int(row[0]), float(row[1])) for row in rows]
