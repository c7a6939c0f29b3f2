"""`sitrep search`: ranked passages, of one query or of each line of a file."""

from pathlib import Path

from bot.ask.contract import search_json
from bot.moments import as_of_moment
from bot.output import Record, answer_lines, print_json, text_of
from bot.resources import Resources
from bot.settings import read_settings
from retrieval.domain import Hit, QuestionError
from retrieval.question.question import Question
from retrieval.search.find import find


def search(query: str, k: int, as_of: str, as_json: bool, batch: Path | None) -> None:
    """Print the passages that match `query`, or, with `batch`, one JSON object for each line of it."""

    def found(record: Record) -> Record:
        wanted = record.get("k", k)
        if not isinstance(wanted, int) or not 1 <= wanted <= 200:
            raise QuestionError('Its "k" is not a number from 1 to 200.')
        hits = _find(resources, record["question"], wanted, text_of(record, "as_of", as_of))
        return search_json(record["id"], record["question"], hits)

    with Resources(read_settings()) as resources:
        if batch is not None:
            answer_lines(batch, found)
            return
        hits = _find(resources, query, k, as_of)
        if as_json:
            print_json(search_json("", query, hits))
        else:
            print("\n\n".join(_hit_text(hit) for hit in hits) or "Nothing matches.")


def _find(resources: Resources, query: str, k: int, as_of: str) -> list[Hit]:
    now = resources.settings.now()
    question = Question.read(
        query,
        now=now,
        as_of=as_of_moment(as_of, now, resources.newest),
        fallback=resources.settings.language,
        newest=resources.newest,
    )
    return list(find(resources.library, resources.embedder, question, k).hits)


def _hit_text(hit: Hit) -> str:
    article = hit.passage.article
    when = article.published.isoformat() if article.published else "undated"
    source = article.publisher or article.agency or article.url or article.id
    return f"{hit.score:.3f}  {source}, {when}: {article.title}\n{hit.passage.text}"
