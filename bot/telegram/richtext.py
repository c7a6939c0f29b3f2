"""Styled text that is cut to Telegram's limits before it becomes markup, so that no tag is ever broken."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from html import escape
from itertools import groupby

MESSAGE_UNITS = 4096
"""Telegram's limit on a message's text, in UTF-16 code units after markup is parsed."""

MESSAGE_ENTITIES = 100
"""Telegram drops formatting after this many entities in a message."""

BUTTONS_A_ROW = 8
"""Telegram's limit."""


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text in one style."""

    text: str
    bold: bool = False
    italic: bool = False
    struck: bool = False
    quoted: bool = False  # as a block quotation
    href: str = ""


Block = tuple[Run, ...]
"""Text that stays together in one message if it fits."""


def units(text: str) -> int:
    """Return the length of `text` in UTF-16 code units, which is how Telegram counts."""
    return len(text) + sum(character > "\uffff" for character in text)


def plain(runs: Iterable[Run]) -> str:
    """Return the text without its styles."""
    return "".join(run.text for run in runs)


def html(runs: Iterable[Run]) -> str:
    """Return the runs as Telegram's HTML; quoted runs that follow one another are one block quotation."""
    parts = (
        (quoted, "".join(map(_tagged, together))) for quoted, together in groupby(runs, key=lambda run: run.quoted)
    )
    return "".join(f"<blockquote>{marked}</blockquote>" if quoted else marked for quoted, marked in parts)


def _tagged(run: Run) -> str:
    marked = escape(run.text, quote=False)
    if run.href.startswith(("http://", "https://", "#")):  # no other link can be tapped, whatever a text names
        marked = f'<a href="{escape(run.href)}">{marked}</a>'
    for tag, wanted in (("s", run.struck), ("i", run.italic), ("b", run.bold)):
        if wanted:
            marked = f"<{tag}>{marked}</{tag}>"
    return marked


def pack(blocks: Sequence[Block], limit: int = MESSAGE_UNITS) -> list[Block]:
    """Return the texts of as few messages as hold the blocks in order, each within `limit` units and the entity limit.

    A block that fits no message is cut at white space, and never inside a surrogate pair.
    """
    messages: list[Block] = []
    for part in (part for block in blocks for part in _cut(block, limit)):
        joined = (*messages[-1], Run("\n\n"), *part) if messages else part
        if messages and units(plain(joined)) <= limit and _entities(joined) <= MESSAGE_ENTITIES:
            messages[-1] = joined
        elif plain(part).strip():
            messages.append(part)
    return messages


def _entities(runs: Iterable[Run]) -> int:
    return sum(run.bold + run.italic + run.struck + run.quoted + bool(run.href) for run in runs)


def _cut(block: Block, limit: int) -> list[Block]:
    parts: list[list[Run]] = [[]]
    space = limit
    for run in block:
        rest = run
        while rest.text:
            head = _head(rest.text, space)
            entities = _entities([*parts[-1], rest])
            if (not head or entities > MESSAGE_ENTITIES) and parts[-1]:
                parts.append([])
                space = limit
                continue
            parts[-1].append(replace(rest, text=head))
            space -= units(head)
            rest = replace(rest, text=rest.text[len(head) :])
    return [tuple(part) for part in parts if part]


def _head(text: str, space: int) -> str:
    """Return as much of `text` as fits in `space` units, up to the last white space if that cuts it."""
    if units(text) <= space:
        return text
    taken = 0
    for at, character in enumerate(text):
        taken += 2 if character > "\uffff" else 1
        if taken > space:
            gap = max(text.rfind(" ", 0, at), text.rfind("\n", 0, at))
            return text[: gap + 1] if gap > 0 else text[:at]
    return text


@dataclass(frozen=True, slots=True)
class Button:
    label: str
    data: str  # at most 64 bytes


@dataclass(frozen=True, slots=True)
class Message:
    """One Telegram message: HTML within the limits, and its rows of buttons."""

    html: str
    plain: str
    buttons: tuple[tuple[Button, ...], ...] = ()


def message(blocks: Sequence[Block], rows: Iterable[Sequence[Button]] = ()) -> Message:
    """Return one message of as many of the blocks as fit, with its rows of buttons."""
    block = pack(blocks)[0]
    return Message(html(block), plain(block), tuple(tuple(row) for row in rows))


def messages(blocks: Sequence[Block], rows: Iterable[Sequence[Button]] = ()) -> list[Message]:
    """Return as few messages as hold the blocks; the last one carries the rows of buttons."""
    *first, last = pack(blocks)
    return [*(message([block]) for block in first), message([last], rows)]


def in_rows(buttons: Sequence[Button], width: int = BUTTONS_A_ROW) -> list[Sequence[Button]]:
    """Return the buttons in rows of `width`."""
    return [buttons[at : at + width] for at in range(0, len(buttons), width)]
