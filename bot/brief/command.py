"""`sitrep brief`: what is new in a day or a window."""

import json
from collections.abc import Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.brief.briefer import Briefer
from bot.brief.contract import briefing_json
from bot.brief.export import brief_markdown
from bot.brief.render import brief_text
from bot.locales import named
from bot.moments import day_window, window
from bot.places import nearest, zone_of
from bot.resources import Resources
from bot.settings import Settings, read_settings
from retrieval.domain import QuestionError, StoreError
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

    With topics, only stories about them are in it. Raises QuestionError.
    """
    settings = read_settings()
    language = named(lang, settings.language)
    if date and (since or until):
        raise QuestionError("Give a day or a window, not both.")
    if length not in set(Length):
        raise QuestionError(f"There is no length {length!r}; there are {', '.join(Length)}.")
    now = settings.now().astimezone(_zone(tz, settings))
    begins, ends = day_window(date, now) if date else window(since, until, now)
    with Resources(settings) as resources:
        made = Briefer(resources).compose(begins, ends, language=language, topics=tuple(topics), length=length)
    if md is not None:
        _write(md, brief_markdown(made))
    print(json.dumps(briefing_json(made), ensure_ascii=False) if as_json else brief_text(made))


def _zone(name: str, settings: Settings) -> ZoneInfo:
    """Return the zone that a person wrote, or the configured one. Raises QuestionError, offering the nearest."""
    if not name:
        return settings.zone
    zone = zone_of(name)
    if zone is not None:
        return ZoneInfo(zone)
    alike = " or ".join(f"{place} ({zone})" for place, zone in nearest(name))
    raise QuestionError(f"Nobody knows a time zone {name!r}" + (f"; did you mean {alike}?" if alike else "."))


def _write(file: Path, text: str) -> None:
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as exc:
        raise StoreError(f"The briefing cannot be written to {file}: {exc.strerror or exc}.") from exc
