"""What stands of figures, in words of the reader's language: values, speakers, days, and the summary of a kind."""

from collections.abc import Sequence
from datetime import date

from babel.numbers import format_decimal

from bot.ask.render import publisher_of
from bot.locales import day_text, month_day_text, quotation, say, texts
from bot.telegram.richtext import Block, Run
from retrieval.answer.harmless import defang
from retrieval.domain import Figure, Moment
from retrieval.figures.keys import office_of
from retrieval.figures.ledger import PERIODS, Entry, Series
from retrieval.figures.standing import Standing, latest, standing

MOST_PLACES = 3
"""Places and days of a kind named in its summary, those with the newest reports."""


def value_text(figure: Figure, language: str) -> str:
    """Return a value as a number: "26", "≥ 10", "≤ 30", "~160", "26–30"; a period in its own words is none."""
    return bounds_text(figure.low, figure.high, language, approximate=figure.approximate)


def bounds_text(low: float | None, high: float | None, language: str, *, approximate: bool = False) -> str:
    """Return bounds as a number in the reader's way of writing it; "" without any."""
    least, most = (None if bound is None else format_decimal(bound, locale=_locale(language)) for bound in (low, high))
    about = "~" if approximate else ""
    if least is None:
        return "" if most is None else f"≤ {most}"
    if most is None:
        return f"≥ {least}"
    return f"{about}{least}" if least == most else f"{about}{least}–{most}"


def said_text(low: float | None, high: float | None, approximate: bool, language: str) -> str:
    """Return bounds in words, as they are read out: "at least 163", "about 160", "16–18"."""
    if low is None or high is None:
        only = format_decimal(low if low is not None else high or 0, locale=_locale(language))
        return say("value.at_least" if high is None else "value.at_most", language, value=only)
    value = bounds_text(low, high, language)
    return say("value.about", language, value=value) if approximate else value


def worded(entry: Entry, language: str) -> str:
    """Return the wording of a value in quotation marks where it says more than the number: " “al menos siete”"."""
    wording = " ".join(entry.figure.wording.of(entry.article.text).split())
    if not any(letter.isalpha() for letter in wording):
        return ""
    return f" {quotation(defang(wording), language)}"


def speaker_text(entry: Entry, language: str) -> str:
    """Return who says so: an office by its name in the reader's language, others as written, or nobody."""
    speaker = entry.figure.speaker
    if not speaker:
        return say("unnamed", language)
    office = office_of(speaker)
    return str(texts(language).get(f"office.{office}", defang(speaker))) if office else defang(speaker)


def days_text(first: date | None, last: date | None, language: str) -> str:
    """Return the days of an event: "2 Jan – 13 Jan 2022"; that it is undated where nothing is dated."""
    if first is None or last is None:
        return say("undated", language)
    if first == last:
        return day_text(first, language)
    begin = month_day_text(first, language) if first.year == last.year else day_text(first, language)
    return f"{begin} – {day_text(last, language)}"


def shortened(text: str, most: int) -> str:
    """Return a text of at most `most` characters, cut after a word."""
    return text if len(text) <= most else text[: most - 1].rpartition(" ")[0] + "…"


# --- what stands --------------------------------------------------------------------------------------


def summary_block(own: Sequence[Series], language: str) -> Block:
    """Return what stands of one kind of an event, in a line to read at a glance: the number, who says so and when.

    Then what was withdrawn, then the groups among them, then places and days.
    """
    kind = say(f"kind.{own[0].kind.value}", language)
    if own[0].kind in PERIODS:
        return (Run(_capital(kind), bold=True),)
    total = next((one for one in own if one.group == "total" and one.place is None and one.day is None), None)
    runs = [Run(f"{_capital(kind)}: ", bold=True)]
    if total is not None:
        runs += _stands(standing(total), language)
    groups = [one for one in own if one.group != "total" and one.place is None and one.day is None]
    for one in groups:
        value = _value_of(one, language)
        name = str(texts(language).get(f"group.{one.group}", one.group))
        if value and total is not None:
            runs.append(Run(_capital(say("group_among", language, group=name, value=value)) + " "))
        elif value:
            runs.append(Run(f"{name if len(runs) == 1 else _capital(name)} {value}. "))
    rest = sorted((one for one in own if one.place or one.day), key=lambda one: latest(one.entries))[-MOST_PLACES:]
    for one in rest:
        value = _value_of(one, language)
        if value and (one.group == "total" or (total is None and not groups)):
            group = [] if one.group == "total" else [str(texts(language).get(f"group.{one.group}", one.group))]
            day = [month_day_text(one.day, language)] if one.day else []
            where = ", ".join([*group, *([defang(one.place)] if one.place else []), *day])
            runs.append(Run(f"{where}: {value}. "))
    return tuple(runs)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _value_of(one: Series, language: str) -> str:
    """Return what stands of a series, and that it is disputed if it is; "" where nothing stands."""
    found = standing(one)
    if found.entry is None:
        return ""
    text = said_text(found.low, found.high, found.approximate, language)
    return say("value.disputed", language, value=text) if found.disputed else text


def _stands(found: Standing, language: str) -> list[Run]:
    runs: list[Run] = []
    if found.entry is not None:
        value = said_text(found.low, found.high, found.approximate, language)
        if found.disputed:
            runs += [Run(say("value.disputed", language, value=value), bold=True), Run(". ")]
        else:
            runs += [Run(value, bold=True), Run(f" ({_source(found.entry, language)}). ")]
    for entry in found.withdrawn:
        by = entry.by.article.published if entry.by is not None else None
        figure = entry.figure
        value = said_text(figure.low, figure.high, figure.approximate, language)
        when = short_day(by, language)
        line = say("was_withdrawn", language, value=value, source=_source(entry, language), when=when)
        runs.append(Run(f"{_capital(line).replace('..', '.')} "))  # "12 янв." ends in one of its own
    return runs


def _source(entry: Entry, language: str) -> str:
    """Return who says so, or else who published it, and on which day."""
    article = entry.article
    who = speaker_text(entry, language) if entry.figure.speaker else defang(publisher_of(article, language))
    return f"{who}, {short_day(article.published, language)}"


def short_day(moment: Moment | None, language: str) -> str:
    """Return the day of a moment without its year, as beside the days of an event."""
    return month_day_text(moment.at.date(), language) if moment else say("undated", language)


def _locale(language: str) -> str:
    return str(texts(language)["format.locale"])
