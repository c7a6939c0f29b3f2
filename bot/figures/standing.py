"""What stands of figures, in words of the reader's language: values, speakers, days, and the summary of a kind."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from babel.numbers import format_decimal

from bot.citations.speakers import speaker_text
from bot.locales import day_text, month_day_text, quotation, say, texts
from bot.telegram.richtext import Block, Button, Run
from retrieval.answer.harmless import defang
from retrieval.domain import EventHeading, FigureKind, FigureSource, FigureSummary, Moment
from retrieval.figures.keys import place_name
from retrieval.figures.ledger import PERIODS

BUTTON_TITLE = 40  # characters of an event's title on its button
MOST_PLACES = 3
"""Places and days of a kind named in its summary, those with the newest reports."""
ISO_LETTERS = 3  # of a currency's code
MOST_PRICES = 4
"""Prices named in a summary, the newest ones, each of its good and place."""


def bounds_text(low: float | None, high: float | None, language: str, *, approximate: bool = False) -> str:
    """Return bounds as a number: "26", "≥ 10", "≤ 30", "~160", "26–30"; "" without any."""
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


def unit_text(unit: str | None) -> str:
    """Return the unit of a price as it stands after its number: " KZT/l", " dinar/l"; "" without one."""
    currency, per, measure = (unit or "").partition("/")
    shown = currency if len(currency) == ISO_LETTERS else currency.lower()
    return f" {shown}{per}{measure}" if shown else ""


def good_text(good: str, language: str) -> str:
    """Return what a price is of in the reader's language; a good without a name there as it was written."""
    return str(texts(language).get(f"good.{good}", defang(good)))


def worded(written: str, language: str) -> str:
    """Return the wording of a value in quotation marks where it says more than the number: " “al menos siete”"."""
    wording = " ".join(written.split())
    if not any(letter.isalpha() for letter in wording):
        return ""
    return f" {quotation(defang(wording), language)}"


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


def heading_text(event: EventHeading, language: str) -> str:
    """Return what an event is known by: the title of its first article, its days, its articles and its number."""
    return say(
        "event_heading",
        language,
        title=quotation(defang(event.title(language)), language),
        days=days_text(event.first, event.last, language),
        articles=event.articles,
        number=event.id,
    )


def event_button(event: EventHeading, kind: str, language: str) -> Button:
    """Return the button that shows the figures of a kind of an event alone."""
    return Button(shortened(defang(event.title(language)), BUTTON_TITLE), f"fig:{kind}:{event.id}")


def summary_block(own: Sequence[FigureSummary], language: str) -> Block:
    """Return what stands of one kind of an event, in a line to read at a glance: the number, who says so and when.

    Then what was withdrawn, then the groups among them, then places and days.
    """
    kind = say(f"kind.{own[0].kind.value}", language)
    if own[0].kind in PERIODS:
        return (Run(_capital(kind), bold=True),)
    if own[0].kind is FigureKind.PRICE:
        return _prices_block(own, language)
    total = next((one for one in own if one.group == "total" and one.place is None and one.day is None), None)
    runs = [Run(f"{_capital(kind)}: ", bold=True)]
    if total is not None:
        runs += _stands(total, language)
    groups = [one for one in own if one.group != "total" and one.place is None and one.day is None]
    for one in groups:
        value, name = _value_of(one, language), _group(one, language)
        if value and total is not None:
            runs.append(Run(_capital(say("group_among", language, group=name, value=value)) + " "))
        elif value:
            runs.append(Run(f"{name if len(runs) == 1 else _capital(name)} {value}. "))
    of_note = [one for one in own if one.high != 0 or total is None]  # a quiet place among others where people died
    rest = sorted((one for one in of_note if one.place or one.day), key=_newest)[-MOST_PLACES:]
    for one in rest:
        value = _value_of(one, language)
        if value and (one.group == "total" or (total is None and not groups)):
            group = [] if one.group == "total" else [_group(one, language)]
            day = [month_day_text(one.day, language)] if one.day else []
            where = ", ".join(
                [*group, *([defang(place_name(one.place, language, one.places))] if one.place else []), *day]
            )
            runs.append(Run(f"{where}: {value}. "))
    return (*runs[:-1], replace(runs[-1], text=runs[-1].text.rstrip()))


def _prices_block(own: Sequence[FigureSummary], language: str) -> Block:
    """Return the newest price of each good, at each place."""
    runs = [Run(f"{_capital(say('kind.price', language))}: ", bold=True)]
    for one in sorted((one for one in own if one.source is not None), key=_newest, reverse=True)[:MOST_PRICES]:
        assert one.source is not None
        good = [good_text(one.good, language)] if one.good else []
        where = [defang(place_name(one.place, language, one.places))] if one.place else []
        name = ", ".join([*good, *where])
        shown = f"{name} " if name else ""
        runs.append(Run(_capital(shown) if len(runs) > 1 else shown))
        runs.append(Run(f"{_value_of(one, language)}{unit_text(one.unit)}", bold=True))
        runs.append(Run(f" ({_source(one.source, language)}). "))
    return (*runs[:-1], replace(runs[-1], text=runs[-1].text.rstrip()))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _group(one: FigureSummary, language: str) -> str:
    return str(texts(language).get(f"group.{one.group}", one.group))


def _newest(one: FigureSummary) -> float:
    moment = one.source.published if one.source else None
    return moment.at.timestamp() if moment else 0.0


def _value_of(one: FigureSummary, language: str) -> str:
    """Return what stands of a series, and that it is disputed if it is; "" where nothing stands."""
    if one.source is None:
        return ""
    text = said_text(one.low, one.high, one.approximate, language)
    return say("value.disputed", language, value=text) if one.disputed else text


def _stands(one: FigureSummary, language: str) -> list[Run]:
    runs: list[Run] = []
    if one.source is not None:
        runs.append(Run(_value_of(one, language), bold=True))
        runs.append(Run(". " if one.disputed else f" ({_source(one.source, language)}). "))
    for gone in one.withdrawn:
        value = said_text(gone.low, gone.high, gone.approximate, language)
        source = _source(gone, language)
        if gone.withdrawn_on is None:
            line = say("was_withdrawn_undated", language, value=value, source=source)
        else:
            when = short_day(gone.withdrawn_on, language)
            line = say("was_withdrawn", language, value=value, source=source, when=when)
        runs.append(Run(f"{_capital(line).replace('..', '.')} "))  # "12 янв." ends in one of its own
    return runs


def _source(one: FigureSource, language: str) -> str:
    """Return who says so, or else who published it, and on which day."""
    publisher = defang(one.publisher) if one.publisher else say("unknown_publisher", language)
    who = speaker_text(one.speaker, language) if one.speaker else publisher
    return f"{who}, {short_day(one.published, language)}"


def short_day(moment: Moment | None, language: str) -> str:
    """Return the day of a moment without its year, as beside the days of an event."""
    return month_day_text(moment.at.date(), language) if moment else say("undated", language)


def _locale(language: str) -> str:
    return str(texts(language)["format.locale"])
