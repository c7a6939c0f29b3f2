"""`sitrep timeline`: the days that mattered."""

import json

from bot.brief.contract import timeline_json
from bot.brief.render import timeline_text
from bot.locales import named
from bot.moments import past_day
from bot.resources import Resources
from bot.settings import read_settings
from retrieval.briefing.timeline import timeline


def run(first: str, last: str, days: int, sentences: int, lang: str, as_json: bool) -> None:
    """Print the `days` days from `first` to `last` that mattered most, each in up to `sentences` quotes.

    Raises QuestionError.
    """
    with Resources(read_settings()) as resources:
        language = named(lang, resources.settings.language)
        now = resources.settings.now()
        made = timeline(
            resources.library,
            since=past_day(first, now),
            until=past_day(last, now),
            days=days,
            sentences=sentences,
            language=language,
        )
        print(json.dumps(timeline_json(made), ensure_ascii=False) if as_json else timeline_text(made, language))
