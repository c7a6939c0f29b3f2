"""`sitrep ask` and `sitrep search`: answers and ranked passages, of one question or of each line of a file."""

from pathlib import Path

from bot.ask.conflicts import rivals_text
from bot.ask.contract import answer_json, search_json
from bot.ask.render import answer_text
from bot.locales import named
from bot.moments import as_of_moment
from bot.output import Record, answer_lines, print_json
from bot.resources import Resources
from bot.settings import read_settings
from retrieval.answer.ask import ask
from retrieval.domain import Answer, Hit, QuestionError
from retrieval.question.question import Question
from retrieval.search.find import find


def run(question: str, as_of: str, lang: str, as_json: bool, batch: Path | None) -> None:
    """Print the answer to `question`, or, with `batch`, one JSON object for each line of it."""

    def answered(record: Record) -> Record:
        moment, language = _text(record, "as_of", as_of), _text(record, "lang", lang)
        return answer_json(_answer(resources, record["question"], moment, language), record["id"])

    with Resources(read_settings()) as resources:
        if batch is not None:
            answer_lines(batch, answered)
            return
        answer = _answer(resources, question, as_of, lang)
        if as_json:
            print_json(answer_json(answer))
            return
        competing = rivals_text(resources.library, answer, resources.settings.now())
        print("\n\n".join(part for part in (answer_text(answer), competing) if part))


def _text(record: Record, name: str, default: str) -> str:
    """Return an option of a line, or the one given for all. Raises QuestionError for one that is not a text."""
    value = record.get(name) or default
    if not isinstance(value, str):
        raise QuestionError(f'Its "{name}" is not a text.')
    return value


def _answer(resources: Resources, question: str, as_of: str, lang: str) -> Answer:
    now = resources.settings.now()
    return ask(
        resources.library,
        resources.embedder,
        resources.reader,
        question,
        language=named(lang, "") or None,
        as_of=as_of_moment(as_of, now),
        now=now,
        fallback=resources.settings.language,
        chooser=resources.chat_model,
    )


def search(query: str, k: int, as_of: str, as_json: bool, batch: Path | None) -> None:
    """Print the passages that match `query`, or, with `batch`, one JSON object for each line of it."""

    def found(record: Record) -> Record:
        wanted = record.get("k", k)
        if not isinstance(wanted, int) or not 1 <= wanted <= 200:
            raise QuestionError('Its "k" is not a number from 1 to 200.')
        hits = _find(resources, record["question"], wanted, _text(record, "as_of", as_of))
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
    question = Question.read(query, now=now, as_of=as_of_moment(as_of, now), fallback=resources.settings.language)
    return list(find(resources.library, resources.embedder, question, k).hits)


def _hit_text(hit: Hit) -> str:
    article = hit.passage.article
    when = article.published.isoformat() if article.published else "undated"
    source = article.publisher or article.agency or article.url or article.id
    return f"{hit.score:.3f}  {source}, {when}: {article.title}\n{hit.passage.text}"
