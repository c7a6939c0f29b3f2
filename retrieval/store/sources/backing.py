"""Who stands behind a source: labels that admins give, then a short list that ships (`known_sources.toml`).

An article is judged by its host or channel, and by its publisher's name only where the host is not listed. A page of
the web has the name that it gives itself only where the list has that name for its host (`own_name`).
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from sqlalchemy import Engine, delete, insert, select

from retrieval.domain import Article, Backing, QuestionError
from retrieval.language.words import fold
from retrieval.store.database import fetched, writing
from retrieval.store.schema import source_labels
from retrieval.store.sources.addresses import address_key, host_of, web_address

LONGEST_SOURCE = 200
"""Characters of the host, channel or name that a label is given to."""


@dataclass(frozen=True, slots=True)
class Label:
    """Who stands behind a source, and where that comes from."""

    source: str  # a host, t.me/CHANNEL, or the name of a publisher
    backing: Backing
    because: str = ""  # "": an admin said so
    owner: str = ""  # sources with the same one are one voice; "": its own


@cache
def shipped() -> Mapping[str, Label]:
    """Return the labels that ship, by the keys of their sources."""
    listed = tomllib.loads(Path(__file__).with_name("known_sources.toml").read_text(encoding="utf-8"))["source"]
    return {
        source_key(name): Label(name, Backing(one["label"]), one["because"], one.get("owner", ""))
        for one in listed
        for name in one["names"]
    }


def source_key(written: str) -> str:
    """Return the key of a source as somebody writes it: a host, a channel, an address of either, or a name."""
    plain = written.strip()
    plain = f"t.me/{plain[1:]}" if plain.startswith("@") else plain
    address = web_address(plain)
    if address is None:
        return " ".join(map(fold, plain.split()))
    return _channel(address) or host_of(address)


def given(engine: Engine) -> dict[str, Label]:
    """Return the labels that admins gave, by the keys of their sources."""
    rows = fetched(engine, select(source_labels).order_by(source_labels.c.key))
    return {row.key: Label(row.source, Backing(row.label)) for row in rows}


def give(engine: Engine, source: str, backing: Backing | None) -> Label:
    """Label a source; None takes an admin's label away, so that the one that ships is valid. Raises QuestionError."""
    key = source_key(source[: LONGEST_SOURCE + 1])
    if not key or len(source) > LONGEST_SOURCE:
        raise QuestionError("That is no host, channel or name of a publisher.", key="no_source")
    with writing(engine) as connection:
        connection.execute(delete(source_labels).where(source_labels.c.key == key))
        if backing is not None:
            row = {"key": key, "source": source.strip(), "label": backing.value}
            connection.execute(insert(source_labels).values(**row))
    return Label(source.strip(), backing) if backing else shipped().get(key, Label(source.strip(), Backing.UNKNOWN))


def label_of(publisher: str | None, url: str | None, own: Mapping[str, Label] | None = None) -> Label | None:
    """Return the label of who publishes at an address, or without one under a name; None if nobody gave any.

    `own` are the labels that admins gave.
    """
    for labels in (own or {}, shipped()):
        for key in _keys(publisher, url):
            if (found := labels.get(key)) is not None:
                return found
    return None


def backings(engine: Engine, articles: Iterable[Article]) -> dict[str, Backing]:
    """Return who stands behind each article's source, by the article's id."""
    own = given(engine)
    found = {one.id: label_of(one.publisher or one.agency, one.url, own) for one in articles}
    return {id_: label.backing if label else Backing.UNKNOWN for id_, label in found.items()}


def site_of(url: str | None) -> str:
    """Return the channel or the host of an address; "" without one."""
    return _channel(url) or host_of(url)


def _keys(publisher: str | None, url: str | None) -> list[str]:
    """Return the keys that may have a label: of a channel, or of a host and those above it, then of the name."""
    if channel := _channel(url):
        return [channel]
    parts = host_of(url).split(".")
    hosts = [".".join(parts[at:]) for at in range(max(1, len(parts) - 1))] if url else []
    return [*hosts, *([source_key(publisher)] if publisher else [])]


def own_name(claimed: str | None, url: str | None) -> str | None:
    """Return who publishes a text that was read at an address: its host; None without an address.

    Anybody can claim any name, so the one that a page gives its publisher is its own only where the list that ships
    has both the name and the host for one source.
    """
    named = shipped().get(source_key(claimed)) if claimed else None
    here = label_of(None, url) if named else None
    if named and here and named.because == here.because:
        return claimed
    return host_of(url) or None


def channel_title(title: str, url: str | None) -> str:
    """Return the publisher of a post at an address: the channel's title, which it chooses freely, with its name."""
    name = _channel(url).removeprefix("t.me/")
    return f"{title} (@{name})".strip() if name and name != "c" else title


def _channel(url: str | None) -> str:
    """Return the key of the channel of an address of Telegram's, "" for other addresses."""
    key = address_key(url) or ""
    return "/".join(key.split("/")[:2]) if key.startswith("t.me/") else ""
