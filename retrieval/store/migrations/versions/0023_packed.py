"""Nothing is stored twice or wider than it needs: vectors in 8 bits, keys as numbers, no copy of the terms."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"

BATCH = 500
KEPT_BITS = 2**31 - 1

articles = sa.table("articles", sa.column("id"), sa.column("sketch", sa.LargeBinary))
versions = sa.table("versions", sa.column("pk"), sa.column("article_id"), sa.column("superseded_at"))
profiles = sa.table("event_profiles", sa.column("id"), sa.column("vector", sa.LargeBinary))
OF_SPANS = ("id", "start", "end", "text_hash", "key")
passages = sa.table("passages", *map(sa.column, OF_SPANS), sa.column("embedding", sa.LargeBinary))
sentences = sa.table(
    "sentences", *map(sa.column, OF_SPANS), sa.column("passage_id"), sa.column("embedding", sa.LargeBinary)
)
wide = sa.table("wide_sketches", sa.column("hash"), sa.column("article_id"))
sketches = sa.table("sketches", sa.column("hash"), sa.column("version_pk"))


def upgrade() -> None:
    connection = op.get_bind()
    for name in ("passages", "sentences"):
        op.add_column(name, sa.Column("key", sa.BigInteger, nullable=False, server_default="0"))
    whole = sa.select(passages.c.id).where(
        passages.c.id == sentences.c.passage_id,
        passages.c.start == sentences.c.start,
        passages.c.end == sentences.c.end,
    )
    for table, repeats in ((passages, sa.false()), (sentences, whole.exists())):
        for rows in batches(connection, table, table.c.text_hash, table.c.embedding, repeats.label("repeats")):
            change = sa.update(table).where(table.c.id == sa.bindparam("row"))
            made = [
                {"row": row.id, "k": int(row.text_hash[:16], 16) - 2**63, "e": b"" if row.repeats else vector}
                for row, vector in zip(rows, packed([row.embedding for row in rows]), strict=True)
            ]
            connection.execute(change.values(key=sa.bindparam("k"), embedding=sa.bindparam("e")), made)
    for name, columns in (("passages", ["text_hash"]), ("sentences", ["text_hash", "model"])):
        op.drop_index(f"ix_{name}_reuse", name)
        for column in columns:
            op.drop_column(name, column)
        op.execute(sa.text(f"ALTER TABLE {name} RENAME COLUMN key TO text_hash"))
        op.create_index(f"ix_{name}_text_hash", name, ["text_hash"])
    for rows in batches(connection, profiles, profiles.c.vector):
        change = sa.update(profiles).where(profiles.c.id == sa.bindparam("row")).values(vector=sa.bindparam("v"))
        made = [{"row": row.id, "v": v} for row, v in zip(rows, packed([row.vector for row in rows]), strict=True)]
        connection.execute(change, made)
    narrow_sketches(connection)
    if connection.dialect.name == "sqlite":
        op.execute(
            sa.text(
                "CREATE VIRTUAL TABLE bare_terms"
                " USING fts5(stems, names, content = '', tokenize = \"unicode61 remove_diacritics 0\")"
            )
        )
        op.execute(
            sa.text("INSERT INTO bare_terms (rowid, stems, names) SELECT rowid, stems, names FROM passage_terms")
        )
        op.execute(sa.text("DROP TABLE passage_terms"))
        op.execute(sa.text("ALTER TABLE bare_terms RENAME TO passage_terms"))


def batches(connection: sa.Connection, table: sa.TableClause, *columns: Any) -> Iterator[Sequence[Any]]:
    last = 0
    while rows := connection.execute(
        sa.select(table.c.id, *columns).where(table.c.id > last).order_by(table.c.id).limit(BATCH)
    ).all():
        last = rows[-1].id
        yield rows


def packed(halves: Sequence[bytes]) -> list[bytes]:
    """Return vectors of 16 bits a number as 8 bits a number after a scale, as `vectors.packed` reads them."""
    found = []
    for half in halves:
        vector = np.frombuffer(half, dtype="<f2").astype(np.float32)
        scale = np.abs(vector).max(initial=0.0) / 127
        numbers = np.rint(vector / (scale or 1)).astype(np.int8)
        found.append(np.float32(scale).astype("<f4").tobytes() + numbers.tobytes())
    return found


def narrow_sketches(connection: sa.Connection) -> None:
    op.add_column("articles", sa.Column("sketch", sa.LargeBinary))
    op.rename_table("sketches", "wide_sketches")
    op.create_table(
        "sketches",
        sa.Column("hash", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("version_pk", sa.Integer, primary_key=True, autoincrement=False),
        sqlite_with_rowid=False,
    )
    newest = sa.select(versions.c.article_id, versions.c.pk).where(versions.c.superseded_at.is_(None))
    for article_id, pk in connection.execute(newest).all():
        own = sa.select(wide.c.hash).where(wide.c.article_id == article_id)
        hashes = sorted({hash_ & KEPT_BITS for hash_ in connection.execute(own).scalars()})
        if hashes:
            sketch = np.array(hashes, dtype="<u4").tobytes()
            connection.execute(sa.update(articles).where(articles.c.id == article_id).values(sketch=sketch))
            connection.execute(sa.insert(sketches), [{"hash": hash_, "version_pk": pk} for hash_ in hashes])
    op.drop_table("wide_sketches")
