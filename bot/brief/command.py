"""`sitrep brief` and `sitrep timeline`: the news of a day or a window, and the days that mattered."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.brief.contract import briefing_json, timeline_json
from bot.brief.export import brief_file
from bot.brief.render import brief_text, timeline_text
from bot.locales import named
from bot.moments import day_window, past_day, window
from bot.output import print_json, write
from bot.places import nearest, zone_of
from bot.resources import Resources
from bot.settings import Settings, read_settings
from retrieval.briefing.brief import brief
from retrieval.briefing.timeline import timeline
from retrieval.briefing.topics import sentences_on_topic
from retrieval.domain import QuestionError
from retrieval.store.chats.subscriptions import Length


def run(
    date: str = "",
    since: str = "",
    until: str = "",
    tz: str = "",
    lang: str = "",
    topics: Sequence[str] = (),
    length: str = Length.STANDARD,
    as_json: bool = False,
    md: Path | None = None,
) -> None:
    """Print the briefing of a day, of a window, or of the last 24 hours; with `md`, write it into that file too.

    That is HTML or PDF where the file's name ends so, else Markdown. With topics, only stories about them are in it.
    Raises QuestionError.
    """
    settings = read_settings()
    language = named(lang, settings.language)
    if date and (since or until):
        raise QuestionError("Give a day or a window, not both.")
    if length not in set(Length):
        raise QuestionError(f"There is no length {length!r}; there are {', '.join(Length)}.")
    now = settings.now().astimezone(_zone(tz, settings))
    with Resources(settings) as resources:
        newest = resources.newest
        begins, ends = day_window(date, now, newest) if date else window(since, until, now, newest)
        made = brief(
            resources.library,
            resources.embedder,
            begins,
            ends,
            language=language,
            topics=topics,
            length=length,
            chat_model=resources.chat_model,
        )
    if md is not None:
        write(md, brief_file(made, md.suffix))
    if as_json:
        print_json(briefing_json(made))
    else:
        print(brief_text(made))


def _zone(name: str, settings: Settings) -> ZoneInfo:
    """Return the zone that a person wrote, or the configured one. Raises QuestionError, offering the nearest."""
    if not name:
        return settings.zone
    zone = zone_of(name)
    if zone is not None:
        return ZoneInfo(zone)
    alike = " or ".join(f"{place} ({zone})" for place, zone in nearest(name))
    raise QuestionError(f"Nobody knows a time zone {name!r}" + (f"; did you mean {alike}?" if alike else "."))


def run_timeline(
    first: str,
    last: str,
    days: int,
    sentences: int,
    lang: str,
    as_json: bool,
    topics: Sequence[str] = (),
    event: int | None = None,
) -> None:
    """Print the `days` days from `first` to `last` that mattered most, each in up to `sentences` quotes.

    With topics, of the articles about any of them; with `event`, of that event. Raises QuestionError.
    """
    with Resources(read_settings()) as resources:
        language = named(lang, resources.settings.language)
        now = resources.settings.now()
        made = timeline(
            resources.library,
            since=past_day(first, now, resources.newest),
            until=past_day(last, now, resources.newest),
            days=days,
            sentences=sentences,
            language=language,
            event=event,
            about=partial(sentences_on_topic, resources.library, resources.embedder, topics=topics) if topics else None,
        )
        if as_json:
            print_json(timeline_json(made, language))
        else:
            print(timeline_text(made, language, ", ".join(topics)))
