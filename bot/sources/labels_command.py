"""`sitrep sources`: who stands behind the sources of the library."""

from bot.output import print_json
from bot.resources import Resources
from bot.settings import read_settings
from bot.sources.labels import labelled, listed, source_text


def list_(as_json: bool) -> None:
    """Print every source with its number of articles, who stands behind it, and where that comes from."""
    with Resources(read_settings()) as resources:
        for one in listed(resources):
            if as_json:
                label = one.label
                print_json(
                    {
                        "name": one.name,
                        "site": one.site or None,
                        "articles": one.articles,
                        "backing": label.backing.value if label else "unknown",
                        "because": (label.because or "an admin") if label else None,
                    }
                )
            else:
                print(source_text(one, resources.settings.language))


def label(source: str, backing: str) -> None:
    """Say who stands behind a source."""
    with Resources(read_settings()) as resources:
        print(labelled(resources, backing, source, resources.settings.language))
