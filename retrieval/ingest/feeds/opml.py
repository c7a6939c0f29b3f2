"""Lists of feeds as OPML (https://opml.org/spec2.opml), read and written; listparser, a library, only reads them."""

from collections.abc import Iterable
from xml.parsers import expat
from xml.sax.saxutils import quoteattr

from retrieval.domain import RejectedError
from retrieval.ingest.parse.metadata import address, name

LARGEST_LIST = 5_000_000  # bytes
MOST_FEEDS = 5000
SNIFFED = 4096  # bytes from the start, in which a list is recognised
DEEPEST = 32  # folders in folders


def is_list(data: bytes) -> bool:
    """Return whether bytes look like an OPML file."""
    return b"<opml" in data[:SNIFFED].lower()


def read_opml(data: bytes) -> list[tuple[str, str]]:
    """Return (address, title) of each feed in an OPML file, once each, in its order; folders are read through.

    Raises `RejectedError`, one sentence, for data that is not OPML, declares a document type or is nested too deep.
    """
    if len(data) > LARGEST_LIST:
        raise RejectedError(f"The list is larger than {LARGEST_LIST // 1_000_000} MB.", key="long")
    feeds: dict[str, str] = {}
    tags: list[str] = []

    def start(tag: str, attributes: dict[str, str]) -> None:
        tags.append(tag.lower())
        if tags[0] != "opml":
            raise RejectedError("This is not a list of feeds (OPML).", key="not_opml")
        if len(tags) > DEEPEST:
            raise RejectedError(f"The list has more than {DEEPEST} folders in one another.", key="not_opml")
        if tags[-1] != "outline":
            return
        fields = {key.lower(): value for key, value in attributes.items()}
        url = address(fields.get("xmlurl"), None)
        if url and len(feeds) < MOST_FEEDS:
            feeds.setdefault(url, name(fields.get("title") or fields.get("text")) or "")

    def end(tag: str) -> None:
        tags.pop()

    def refuse(*_: object) -> None:  # without a document type there are no entities to expand or fetch
        raise RejectedError("The list declares a document type, which no list of feeds needs.", key="not_opml")

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(data, True)
    except expat.ExpatError as exc:
        raise RejectedError(f"The list is not proper XML (line {exc.lineno}).", key="not_opml") from exc
    except (ValueError, LookupError) as exc:
        raise RejectedError("The list is in an encoding that cannot be read.", key="not_opml") from exc
    return list(feeds.items())


def write_opml(feeds: Iterable[tuple[str, str]]) -> str:
    """Return an OPML 2.0 file of (address, title) pairs."""
    outlines = "".join(
        f'    <outline type="rss" text={quoteattr(legal(label or url))} xmlUrl={quoteattr(legal(url))}/>\n'
        for url, label in feeds
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<opml version="2.0">\n'
        f"  <head><title>Sitrep</title></head>\n  <body>\n{outlines}  </body>\n</opml>\n"
    )


def legal(text: str) -> str:
    """Return text without the characters that XML 1.0 forbids."""
    return "".join(
        c for c in text if c in "\t\n\r" or " " <= c <= "\ud7ff" or "\ue000" <= c <= "\ufffd" or c > "\uffff"
    )
