"""`sitrep timeline`: the days that mattered."""

import json
from datetime import date, datetime

from bot.contract_brief import timeline_json
from bot.newsroom import Newsroom
from bot.render_brief import timeline_text
from bot.settings import read_settings
from retrieval.briefing.timeline import timeline
from retrieval.domain import QuestionError
from retrieval.language.dates import parse_moment


def run(first: str, last: str, days: int, sentences: int, as_json: bool) -> None:
    """Print the `days` days from `first` to `last` that mattered most, each in up to `sentences` quotes."""
    newsroom = Newsroom(read_settings())
    try:
        language = newsroom.settings.language
        now = datetime.now(newsroom.settings.zone)
        made = timeline(
            newsroom.library,
            since=past_day(first, now),
            until=past_day(last, now),
            days=days,
            sentences=sentences,
            language=language,
        )
        print(json.dumps(timeline_json(made), ensure_ascii=False) if as_json else timeline_text(made, language))
    finally:
        newsroom.close()


def past_day(written: str, now: datetime) -> date | None:
    """Return the day that a person wrote; None where nothing was written. Raises QuestionError if it lies ahead."""
    if not written.strip():
        return None
    day = parse_moment(written, now).at.date()
    if day > now.date():
        raise QuestionError(f"{written!r} lies ahead; nothing is known of it yet.")
    return day
