"""Citations that readers found wrong, and how often; neither the readers nor their questions are stored."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, func, insert, select

from retrieval.domain import Citation
from retrieval.store.database import executed, fetched
from retrieval.store.read import passage
from retrieval.store.schema import disputes

MOST_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Disputed:
    citation: Citation
    times: int


def dispute(engine: Engine, passage_id: int, start: int, end: int, now: datetime) -> bool:
    """Store a dispute; return False if the article is gone or has no such span."""
    found = passage(engine, passage_id)
    if found is None or not 0 <= start < end <= len(found.article.text):
        return False
    row = {"passage_id": passage_id, "start": start, "end": end, "disputed_at": now}
    return executed(engine, insert(disputes).values(**row)) > 0


def disputed(engine: Engine) -> list[Disputed]:
    """Return the citations disputed most often, first."""
    spans = (disputes.c.passage_id, disputes.c.start, disputes.c.end)
    counted = select(*spans, func.count().label("times")).group_by(*spans).order_by(func.count().desc())
    found = []
    for number, row in enumerate(fetched(engine, counted.limit(MOST_SHOWN)), start=1):
        if (where := passage(engine, row.passage_id)) is not None:
            citation = Citation(number, where.article, row.start, row.end, row.passage_id)
            found.append(Disputed(citation, row.times))
    return found
