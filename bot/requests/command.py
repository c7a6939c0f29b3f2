"""`sitrep ask`: whatever a chat message would get, for one message or for each line of a file."""

from pathlib import Path

from bot.ask.conflicts import rivals_text
from bot.ask.contract import answer_json
from bot.ask.render import answer_text
from bot.brief.render import brief_text, timeline_text
from bot.locales import LOCALES, explain, named
from bot.moments import as_of_moment
from bot.output import Record, answer_lines, print_json, text_of
from bot.requests.plain import Reply, command_and_rest, read, reply
from bot.resources import Resources
from bot.settings import read_settings
from retrieval.domain import QuestionError
from retrieval.language.detect import detect


def run(text: str, as_of: str, lang: str, as_json: bool, batch: Path | None) -> None:
    """Print what a chat would get for `text`, or, with `batch`, one JSON object for each line of it."""

    def answered(record: Record) -> Record:
        moment, language = text_of(record, "as_of", as_of), text_of(record, "lang", lang)
        return answer_json(_replied(resources, record["question"], moment, language).answer, record["id"])

    with Resources(read_settings()) as resources:
        if batch is not None:
            answer_lines(batch, answered)
            return
        found = _replied(resources, text, as_of, lang)
        print_json(answer_json(found.answer)) if as_json else print(_shown(resources, found))


def _replied(resources: Resources, text: str, as_of: str, lang: str) -> Reply:
    settings = resources.settings
    now, language = settings.now(), named(lang, "") or None
    moment = as_of_moment(as_of, now, resources.newest)
    try:
        question = read(resources, text, now=now, as_of=moment, language=language, fallback=settings.language)
        return reply(resources, text, question, now=moment or now, language=language)
    except QuestionError as exc:
        _, said = command_and_rest(text)  # a command is in no language
        spoken = language or detect(said, settings.language)
        raise QuestionError(explain(exc, spoken if spoken in LOCALES else settings.language)) from exc


def _shown(resources: Resources, found: Reply) -> str:
    answer, language = found.answer, found.answer.language
    if found.briefing is not None:
        return brief_text(found.briefing)
    if found.timeline is not None:
        return timeline_text(found.timeline, language, found.topic)
    if found.line:
        return found.line
    competing = rivals_text(resources.library, answer, resources.settings.now())
    return "\n\n".join(part for part in (answer_text(answer), competing) if part)
