"""Frame texts: what Sitrep itself says, in the reader's language. Quotes are never translated here.

Each language is one JSON file, `LANGUAGE.json`, of texts by key. A text is one of:

- a string with fields: `"Reading {source}…"`;
- plural forms by CLDR category, chosen by the field `count`: `{"one": "{count} outlet", "other": "{count} outlets"}`;
- a string under `text`, and plural forms for fields of it, each chosen by its own number:
  `{"text": "{articles} from {origins}", "articles": {"one": …, "other": …}, "origins": {…}}`.

The `format.` keys name the language's Babel locale, the width of its dates and the skeleton of a day without a year.
"""

import json
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from babel import Locale
from babel.dates import format_date, format_skeleton, format_time, format_timedelta, get_datetime_format
from babel.lists import format_list
from babel.numbers import format_decimal

from retrieval.domain import Moment, QuestionError, SitrepError
from retrieval.language.packs import LANGUAGES

LOCALES = tuple(sorted(path.stem for path in Path(__file__).parent.glob("*.json")))
"""The languages that the bot speaks, ISO 639-1: the files present."""

Forms = dict[str, str]
"""CLDR plural category ("one", "few", "many", "other") -> text."""

Text = str | dict[str, str | Forms]


@lru_cache(maxsize=16)
def texts(language: str) -> dict[str, Text]:
    """Return all frame texts of a language, by key."""
    path = Path(__file__).with_name(f"{language}.json")
    loaded: dict[str, Text] = json.loads(path.read_text(encoding="utf-8"))
    return loaded


def named(language: str, default: str) -> str:
    """Return `language` if it is a known code, `default` if it is empty. Raises QuestionError."""
    if language and language not in LANGUAGES:
        raise QuestionError(f"There is no language {language!r}. Choose one of: {', '.join(LANGUAGES)}.")
    return language or default


def say(key: str, language: str, **fields: Any) -> str:
    """Return a frame text with its fields filled in, each number with the plural form that it asks for.

    Raises KeyError for an unknown key or a missing field.
    """
    text = texts(language)[key]
    if isinstance(text, str):
        return text.format(**fields)
    if "text" not in text:
        return _plural(text, "count", language, fields)
    pieces = {name: _plural(forms, name, language, fields) for name, forms in text.items() if name != "text"}
    return str(text["text"]).format(**{**fields, **pieces})


def explain(error: SitrepError, language: str) -> str:
    """Return the sentence of an error in `language`; in English if it has no text there."""
    key = f"error.{error.key}"
    return say(key, language, **error.fields) if key in texts(language) else str(error)


def _plural(forms: Any, name: str, language: str, fields: dict[str, Any]) -> str:
    """Return the plural form for the number in the field `name`, that number written as the language writes it."""
    number = fields[name]
    category = Locale.parse(_locale(language)).plural_form(number)
    form: str = forms[category if category in forms else "other"]
    return form.format(**{**fields, name: format_decimal(number, locale=_locale(language))})


def _locale(language: str) -> str:
    return str(texts(language)["format.locale"])


def language_list(language: str) -> str:
    """Return the languages that Sitrep understands, named in `language`: "English, Russian and Kazakh"."""
    names = [Locale(code).get_language_name(language) or code for code in LANGUAGES]
    return format_list(names, locale=language)


def native_name(language: str) -> str:
    """Return a language by its own name, e.g. "Español"."""
    name = Locale.parse(language).get_display_name() or language
    return name[:1].upper() + name[1:]


def day_text(day: date, language: str) -> str:
    """Return a day as a reader of `language` writes it: "6 Jan 2022", "2022 ж. 6 қаңтар"."""
    return format_date(day, str(texts(language)["format.date"]), locale=_locale(language))


def month_day_text(day: date, language: str) -> str:
    """Return a day without its year: "6 Jan", "6 қаңтар"."""
    return format_skeleton(str(texts(language)["format.month_day"]), day, locale=_locale(language))


def moment_text(moment: Moment | datetime | None, language: str) -> str:
    """Return a time as a reader of `language` writes it, without the clock where only the day is known."""
    if moment is None:
        return say("undated", language)
    if isinstance(moment, Moment):
        if moment.day_only:
            return day_text(moment.at.date(), language)
        moment = moment.at
    both = str(get_datetime_format("medium", locale=_locale(language)))
    clock = format_time(moment, "short", locale=_locale(language))
    offset = moment.strftime("%z")
    zone = "UTC" if offset in ("", "+0000") else f"UTC{offset[:3]}:{offset[3:]}"
    return f"{both.format(clock, day_text(moment.date(), language))} {zone}"


def age_text(newest: Moment, as_of: datetime, language: str) -> str:
    """Return how long before `as_of` a moment was, e.g. "3 days ago"; in whole days where only its day is known.

    A moment after `as_of` is shown as such ("in 4 years"), so that readers do not trust a wrong date.
    """
    locale = _locale(language)
    if not newest.day_only:
        return format_timedelta(newest.at - as_of or -timedelta.resolution, add_direction=True, locale=locale)
    days = (as_of.date() - newest.at.date()).days
    if days in (0, -1):  # the day may have begun where the article is from
        return say("today", language)
    return format_timedelta(timedelta(days=-days), granularity="day", add_direction=True, locale=locale)


def step_text(minutes: int, language: str) -> str:
    """Return the label of a button that moves a time by `minutes`: "−1 h", "+15 min"."""
    sign = "−" if minutes < 0 else "+"
    hours, rest = divmod(abs(minutes), 60)
    return say("step_minutes" if rest else "step_hours", language, amount=f"{sign}{rest or hours}")


def quotation(text: str, language: str) -> str:
    """Return a text in the quotation marks of `language`, unless it starts with some of its own."""
    return text if text[:1] in '“«"„' else say("quote", language, text=text)
