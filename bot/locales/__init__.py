"""Frame texts: what Sitrep itself says, in the reader's language. Quotes are never translated here."""

import json
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from retrieval.domain import Moment, QuestionError
from retrieval.language.packs import LANGUAGES


@lru_cache(maxsize=8)
def texts(language: str) -> dict[str, str]:
    """Return all frame texts of a language, by key."""
    path = Path(__file__).with_name(f"{language}.json")
    loaded: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return loaded


def named(language: str, default: str) -> str:
    """Return the language that somebody named by its code, or `default` where none was. Raises QuestionError."""
    if language and language not in LANGUAGES:
        raise QuestionError(f"There is no language {language!r} here; there are {', '.join(LANGUAGES)}.")
    return language or default


def say(key: str, language: str, **fields: Any) -> str:
    """Return a frame text with its fields filled in. Raises KeyError for a text or field there is not."""
    return texts(language)[key].format(**fields)


def language_list(language: str) -> str:
    """Return the languages that Sitrep understands, named in `language`: "English, Russian or Kazakh"."""
    from babel import Locale
    from babel.lists import format_list

    reader = Locale(language)
    names = [Locale(code).get_language_name(language) or code for code in LANGUAGES]
    return format_list(names, style="or", locale=reader)


def day_text(day: date, language: str) -> str:
    """Return a day as a reader of `language` writes it, e.g. "6 Jan 2022"."""
    from babel.dates import format_date

    return format_date(day, "d MMM y", locale=language)


def moment_text(moment: Moment | datetime | None, language: str) -> str:
    """Return a time as a reader of `language` writes it, without the clock where only the day is known."""
    from babel.dates import format_datetime

    if moment is None:
        return say("undated", language)
    if isinstance(moment, Moment):
        if moment.day_only:
            return day_text(moment.at.date(), language)
        moment = moment.at
    clock = format_datetime(moment, "d MMM y HH:mm", locale=language)
    return f"{clock} {_zone_text(moment)}"


def _zone_text(moment: datetime) -> str:
    offset = moment.strftime("%z")
    return "UTC" if offset in ("", "+0000") else f"UTC{offset[:3]}:{offset[3:]}"
