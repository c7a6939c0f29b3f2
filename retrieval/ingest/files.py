"""Files and folders to submissions. A file that cannot be used gives one rejection; the others are still read."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import timedelta, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Any

from retrieval.domain import Moment, RejectedError
from retrieval.ingest.channels.export import from_export, is_export
from retrieval.ingest.fetch.decoding import BOMS, decode
from retrieval.ingest.parse.body import plain_text
from retrieval.ingest.parse.feed import is_feed
from retrieval.ingest.parse.metadata import name
from retrieval.ingest.parse.moments import ImpossibleDateError, moment_of
from retrieval.ingest.submission import Rejection, Submission

if TYPE_CHECKING:
    from retrieval.ingest.sources import WebReader

FEED_SUFFIXES = (".xml", ".rss", ".atom", ".opml")
SUFFIXES = (".txt", ".md", ".html", ".htm", ".json", ".jsonl", *FEED_SUFFIXES)

_MARKUP = re.compile(
    r"</?(?:p|br|div|span|a|b|i|u|em|strong|h[1-6]|ul|ol|li|blockquote|img|figure|table|script|style|section|article)"
    r"(?:\s[^<>]*)?/?>|&(?:[a-z]{2,8}|#\d{2,6}|#x[0-9a-f]{2,5});",
    re.IGNORECASE,
)

MOST_BYTES = 15 * 2**20
"""One article is at most this large, in bytes (as Miniflux bounds a feed); `.jsonl` files may be of any size."""

AHEAD = timedelta(days=3653)
"""How far ahead of today a publication time in a file may lie: exercises are dated ahead, and answers say so."""

Source = Submission | Rejection


def from_path(
    path: Path,
    zone: tzinfo,
    web: WebReader | None = None,
    *,
    private: bool = False,
    names: Mapping[str, str] | None = None,
) -> Iterator[Source]:
    """Yield the articles in a file, or in every known file below a folder; `zone` is for times without one.

    The feeds of an OPML file, and the pages that a saved feed only links, are fetched by `web`; without it they are
    rejections. `private` and `names` are for exports of Telegram Desktop; see `channels.export.from_export`.
    """
    try:
        if path.is_dir():
            for inner in sorted(path.iterdir()):
                if inner.is_dir() or inner.suffix.lower() in SUFFIXES:
                    yield from from_path(inner, zone, web, private=private, names=names)
        elif not path.exists():
            raise RejectedError("There is no such file or folder.")
        elif path.suffix.lower() == ".json" and is_export(path):
            yield from from_export(path, zone, private=private, names=names)
        else:
            yield from _from_file(path, path.suffix.lower(), zone, web)
    except RejectedError as exc:
        yield Rejection(str(path), exc)
    except OSError as exc:
        yield Rejection(str(path), RejectedError(f"It cannot be read: {exc.strerror or exc}."))


def _from_file(path: Path, suffix: str, zone: tzinfo, web: WebReader | None) -> Iterator[Source]:
    if suffix not in SUFFIXES:
        known = ", ".join(SUFFIXES)
        raise RejectedError(f"Files of this kind are not read; known are {known}.", key="file_kind", known=known)
    if suffix == ".jsonl":
        yield from _from_jsonl(path, zone)
        return
    if path.stat().st_size > MOST_BYTES:
        megabytes = MOST_BYTES // 2**20
        raise RejectedError(f"It is larger than {megabytes} MB.", key="too_large", megabytes=megabytes)
    data = path.read_bytes()
    if suffix in (".html", ".htm"):
        from retrieval.ingest.sources import from_saved_page

        yield from from_saved_page(data, str(path), zone)
    elif suffix in FEED_SUFFIXES or (suffix == ".json" and is_feed(data)):
        from retrieval.ingest.sources import from_saved_feed

        yield from from_saved_feed(data, str(path), zone, web)
    elif suffix == ".json":
        yield from _from_json(readable(data), str(path), zone)
    elif suffix == ".md":
        yield _from_markdown(readable(data), str(path))
    else:
        yield Submission(text=readable(data), where=str(path), scraped=True)


def readable(data: bytes) -> str:
    """Return the text of a file. Raises RejectedError if over one byte in a hundred is a control byte."""
    head = data[:65_536]
    control = sum(head.count(byte) for byte in range(32) if byte not in (9, 10, 12, 13, 27))
    if control * 100 > len(head) and not data.startswith(tuple(mark for mark, _ in BOMS)):
        raise RejectedError("It is a binary file, not text.", key="unreadable")
    return decode(data)


def _from_markdown(text: str, where: str) -> Submission:
    """The first heading is the title; emphasis, links and the like are read as their text."""
    title = ""
    if heading := re.search(r"^#{1,6}\s+(.+?)\s*#*$", text, flags=re.MULTILINE):
        title, text = heading[1], text[: heading.start()] + text[heading.end() :]
    text = re.sub(r"!\[[^\]]*\]\([^)]*\)", "", text)
    text = re.sub(r"\[([^\]]+)\]\([^)]*\)", r"\1", text)
    text = re.sub(r"^(#{1,6}\s+|>\s?|[-*+]\s+)", "", text, flags=re.MULTILINE)
    text = re.sub(r"(\*\*|__|`)(.+?)\1", r"\2", text)
    return Submission(text=text, title=title, where=where)


def _from_jsonl(path: Path, zone: tzinfo) -> Iterator[Source]:
    with path.open("rb") as lines:
        for number, line in enumerate(iter(lambda: lines.readline(MOST_BYTES + 1), b""), start=1):
            where = f"{path}:{number}"
            if len(line) > MOST_BYTES:
                reason = f"The line is longer than {MOST_BYTES // 2**20} MB; the rest of the file is left."
                yield Rejection(where, RejectedError(reason))
                return
            if line.strip():
                try:
                    yield submission_from_record(_json(readable(line), "line"), where, zone)
                except RejectedError as exc:
                    yield Rejection(where, exc)


def _from_json(text: str, where: str, zone: tzinfo) -> Iterator[Source]:
    loaded = _json(text, "file")
    records = {f"{where}#{n}": one for n, one in enumerate(loaded, 1)} if isinstance(loaded, list) else {where: loaded}
    for place, record in records.items():
        try:
            yield submission_from_record(record, place, zone)
        except RejectedError as exc:
            yield Rejection(place, exc)


def _json(text: str, what: str) -> Any:
    try:
        return json.loads(text)
    except (json.JSONDecodeError, RecursionError) as exc:
        raise RejectedError(f"The {what} is not JSON.", key="not_json") from exc


def submission_from_record(record: Any, where: str, zone: tzinfo) -> Submission:
    """Return the article that a JSON object describes. Raises RejectedError, saying which field is wrong."""
    if not isinstance(record, dict):
        raise RejectedError("It is not a JSON object with a text.", key="not_json")
    for field in ("id", "url", "title", "text", "publisher", "author", "language"):
        if not isinstance(record.get(field, ""), str | None):
            if field != "id":
                raise RejectedError(f'Its "{field}" is not a text.', key="field", field=field)
            record = record | {"id": str(record["id"])}
    if not (record.get("text") or "").strip():
        raise RejectedError('It has no "text".', key="no_text")
    optional: dict[str, Any] = {
        field: record.get(field) or None for field in ("id", "url", "publisher", "author", "language")
    }
    return Submission(
        text=without_markup(record["text"]),
        where=where,
        title=name(record.get("title")) or "",
        published=_moment(record, "published_at", zone),
        modified=_moment(record, "modified_at", zone),
        **optional,
    )


def without_markup(text: str) -> str:
    """Return a text without the HTML in it, if there is any: its paragraphs, one a line. Raises RejectedError."""
    for _ in range(2):  # some exports escape their HTML once more
        if not _MARKUP.search(text):
            return text
        try:
            text = plain_text(text)
        except RecursionError as exc:
            raise RejectedError("Its text is nested deeper than any article should be.", key="unreadable") from exc
    return text


def _moment(record: dict[str, Any], field: str, zone: tzinfo) -> Moment | None:
    """Return the time in a field of a record, in `zone` if it names none; None for words without a time.

    Raises RejectedError for a day or time that cannot be.
    """
    value = record.get(field)
    if value in (None, ""):
        return None
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise RejectedError(f'Its "{field}" is no day or time: {value!r}.', key="field", field=field)
    try:
        return moment_of(value, zone, local=True, ahead=AHEAD)
    except ImpossibleDateError as exc:
        raise RejectedError(f'Its "{field}" cannot be: {exc}', key=exc.key, **exc.fields) from exc
