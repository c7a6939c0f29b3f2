"""`sitrep search`: ranked passages."""

import json
import sys
from pathlib import Path
from typing import Any

from bot.ask.batch import answer_lines
from bot.ask.contract import search_json
from bot.moments import as_of_moment
from bot.resources import Resources
from bot.settings import read_settings
from retrieval.domain import Hit, QuestionError
from retrieval.question.question import Question
from retrieval.search.find import find


def run(query: str, k: int, as_of: str, as_json: bool, batch: Path | None) -> None:
    """Print the passages that match `query`, or, with `batch`, one JSON object for each line of it."""
    with Resources(read_settings()) as resources:
        if batch is not None:
            if not answer_lines(batch, lambda record: _search_record(resources, record, k, as_of)):
                sys.exit(1)
            return
        hits = _find(resources, query, k, as_of)
        if as_json:
            print(json.dumps(search_json("", query, hits), ensure_ascii=False))
        else:
            print("\n\n".join(_hit_text(hit) for hit in hits) or "Nothing matches.")


def _search_record(resources: Resources, record: dict[str, Any], k: int, as_of: str) -> dict[str, Any]:
    moment, wanted = record.get("as_of") or as_of, record.get("k", k)
    if not isinstance(moment, str) or not isinstance(wanted, int) or not 1 <= wanted <= 200:
        raise QuestionError('Its "as_of" is not a text, or its "k" not a number from 1 to 200.')
    hits = _find(resources, record["question"], wanted, moment)
    return search_json(record["id"], record["question"], hits)


def _find(resources: Resources, query: str, k: int, as_of: str) -> list[Hit]:
    now = resources.settings.now()
    question = Question.read(query, now=now, as_of=as_of_moment(as_of, now), fallback=resources.settings.language)
    return list(find(resources.library, resources.embedder, question, k).hits)


def _hit_text(hit: Hit) -> str:
    article = hit.passage.article
    when = article.published.isoformat() if article.published else "undated"
    source = article.publisher or article.agency or article.url or article.id
    return f"{hit.score:.3f}  {source}, {when}: {article.title}\n{hit.passage.text}"
