"""`sitrep ask`: one answer, or one for every line of a file."""

import json
import sys
from pathlib import Path
from typing import Any

from bot.ask.batch import answer_lines
from bot.ask.conflicts import rivals_text
from bot.ask.contract import answer_json
from bot.ask.render import answer_text
from bot.locales import named
from bot.moments import as_of_moment
from bot.resources import Resources
from bot.settings import read_settings
from retrieval.answer.ask import ask
from retrieval.domain import Answer, QuestionError


def run(question: str, as_of: str, lang: str, as_json: bool, batch: Path | None) -> None:
    """Print the answer to `question`, or, with `batch`, one JSON object for each line of it."""
    with Resources(read_settings()) as resources:
        if batch is not None:
            if not answer_lines(batch, lambda record: _answer_record(resources, record, as_of, lang)):
                sys.exit(1)
            return
        answer = _answer(resources, question, as_of, lang, "")
        print(json.dumps(answer_json(answer), ensure_ascii=False) if as_json else _text(resources, answer))


def _text(resources: Resources, answer: Answer) -> str:
    """Return the answer, and below it what competes with it."""
    competing = rivals_text(resources.library, answer, resources.settings.now())
    return "\n\n".join(part for part in (answer_text(answer), competing) if part)


def _answer_record(resources: Resources, record: dict[str, Any], as_of: str, lang: str) -> dict[str, Any]:
    moment, language = record.get("as_of") or as_of, record.get("lang") or lang
    if not isinstance(moment, str) or not isinstance(language, str):
        raise QuestionError('Its "as_of" or "lang" is not a text.')
    return answer_json(_answer(resources, record["question"], moment, language, "")) | {"id": record["id"]}


def _answer(resources: Resources, question: str, as_of: str, lang: str, id_: str) -> Answer:
    now = resources.settings.now()
    return ask(
        resources.library,
        resources.embedder,
        question,
        language=named(lang, "") or None,
        as_of=as_of_moment(as_of, now),
        now=now,
        fallback=resources.settings.language,
        chooser=resources.chat_model,
        id_=id_,
    )
