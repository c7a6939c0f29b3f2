"""`sitrep ask`: whatever a chat message would get, for one message or for each line of a file."""

from dataclasses import replace
from pathlib import Path

from bot.ask.conflicts import rivals_text
from bot.ask.contract import answer_json
from bot.ask.render import answer_text
from bot.figures.render import sheet, sheet_text
from bot.locales import LOCALES, explain, named, say
from bot.moments import as_of_moment
from bot.output import Record, answer_lines, print_json, text_of
from bot.requests.plain import Reply, command_and_rest, is_ledger, read, reply
from bot.resources import Resources
from bot.settings import read_settings
from retrieval.answer.ask import LANGUAGE_UNKNOWN
from retrieval.domain import QuestionError
from retrieval.language.detect import detect
from retrieval.question.question import Question
from retrieval.store.read import is_empty

HERE = {
    "/access": "sitrep access list",
    "/asof": "sitrep ask --as-of",
    "/feeds": "sitrep feeds",
    "/help": "sitrep --help",
    "/invite": "sitrep access invite",
    "/language": "sitrep ask --lang",
    "/status": "sitrep doctor",
}
"""The commands of a terminal that do what those of a chat do."""


def run(text: str, as_of: str, lang: str, as_json: bool, batch: Path | None) -> None:
    """Print what a chat would get for `text`, or, with `batch`, one JSON object for each line of it."""

    def answered(record: Record) -> Record:
        moment, language = text_of(record, "as_of", as_of), text_of(record, "lang", lang)
        return answer_json(_replied(resources, record["question"], moment, language)[1].answer, record["id"])

    with Resources(read_settings()) as resources:
        if batch is not None:
            answer_lines(batch, answered)
            return
        question, found = _replied(resources, text, as_of, lang)
        print_json(answer_json(found.answer)) if as_json else print(_shown(resources, question, found))
        understood = LANGUAGE_UNKNOWN not in found.answer.notes and not found.line
        if understood and not as_json and is_empty(resources.library.engine):
            print("\nThe library is empty. Add articles: sitrep ingest SOURCE")


def _replied(resources: Resources, text: str, as_of: str, lang: str) -> tuple[Question, Reply]:
    settings = resources.settings
    now, language = settings.now(), named(lang, "") or None
    moment = as_of_moment(as_of, now, resources.newest)
    command, said = command_and_rest(text)
    try:
        question = read(resources, text, now=now, as_of=moment, language=language, fallback=settings.language)
        found = reply(resources, text, question, now=moment or now, language=language)
    except QuestionError as exc:
        spoken = language or detect(said, settings.language)  # a command is in no language
        raise QuestionError(explain(exc, spoken if spoken in LOCALES else settings.language)) from exc
    if command in HERE:
        found = replace(found, line=say("in_terminal", question.answer_language, command=HERE[command]))
    return question, found


def _shown(resources: Resources, question: Question, found: Reply) -> str:
    answer, language = found.answer, found.answer.language
    if is_ledger(question):
        return sheet_text(sheet(resources.library, None, question.as_of, citing=True), language)
    if found.briefing is not None:
        from bot.brief.render import brief_text  # with what makes briefings, a tenth of the start

        return brief_text(found.briefing)
    if found.timeline is not None:
        from bot.brief.render import timeline_text

        return timeline_text(found.timeline, language, found.topic)
    if found.line:
        return found.line
    competing = rivals_text(resources.library, answer, resources.settings.now())
    return "\n\n".join(part for part in (answer_text(answer), competing) if part)
