"""Who stands behind the sources: listed and labelled, in the same sentences on the command line and in Telegram."""

from dataclasses import dataclass

from bot.locales import say
from bot.resources import Resources
from retrieval.domain import Backing
from retrieval.store.read import sources
from retrieval.store.sources.backing import Label, give, given, label_of, site_of

RESET = "reset"
"""In the place of a label: take the admin's own one away."""


@dataclass(frozen=True, slots=True)
class Source:
    """A source in the library, with its number of articles and its label, if anybody gave one."""

    name: str
    site: str
    articles: int
    label: Label | None


def listed(resources: Resources) -> list[Source]:
    """Return the sources of the library, those with most articles first."""
    engine = resources.library.engine
    own = given(engine)
    return [
        Source(publisher or site_of(url) or "?", site_of(url), count, label_of(publisher, url, own))
        for publisher, url, count in sources(engine)
    ]


def source_text(source: Source, language: str) -> str:
    """Return a source, who stands behind it, and where that comes from, in one line."""
    label = source.label
    behind = say(f"backing.{label.backing if label else Backing.UNKNOWN}", language)
    because = (label.because or say("sources_by_admin", language)) if label else ""
    site = f" ({source.site})" if source.site and source.site != source.name else ""
    return f"{source.articles} · {source.name}{site}: {behind}" + (f" · {because}" if because else "")


def labelled(resources: Resources, backing: str, source: str, language: str) -> str:
    """Label a source, or with "reset" take the label away, and return what it is now. Raises QuestionError."""
    label = give(resources.library.engine, source, None if backing == RESET else Backing(backing))
    return say("sources_labelled", language, source=source, label=say(f"backing.{label.backing}", language))
