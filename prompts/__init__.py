"""Prompts for a language model: one Markdown file a prompt, its fields declared in the front matter."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from langchain_core.messages import BaseMessage

_FILE = re.compile(r"---\nfields: (?P<fields>[a-z_, ]+)\n---\n(?P<body>.*)", re.DOTALL)
_PART = re.compile(r"^# (system|human)\n", re.MULTILINE)
_PIECE = re.compile(r"^@([a-z_]+)$", re.MULTILINE)
_FIELD = re.compile(r"\{([a-z_]+)\}")


class PromptError(ValueError):
    """A prompt file that is not as it declares, or a field that is missing or too many."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt: `(role, text)` parts with `{field}` places, and the fields it must be given."""

    name: str
    fields: frozenset[str]
    parts: tuple[tuple[str, str], ...]

    def render(self, **fields: str | int) -> list[BaseMessage]:
        """Return the messages with each place filled; text filled in is never read as a place itself.

        Raises PromptError where a declared field is missing or an undeclared one is given.
        """
        from langchain_core.prompts import ChatPromptTemplate

        if wrong := self.fields ^ fields.keys():
            kind = "misses" if wrong & self.fields else "does not know"
            raise PromptError(f"The prompt {self.name} {kind} {', '.join(sorted(wrong))}.")
        messages: list[BaseMessage] = ChatPromptTemplate(list(self.parts)).format_messages(**fields)
        return messages


@cache
def load(name: str) -> Prompt:
    """Read `prompts/<name>.md`; a line `@piece` stands for the text of `prompts/piece.md`, which prompts share.

    Raises PromptError where its places are not the fields it declares.
    """
    return parse(name, _PIECE.sub(lambda match: _text(match[1]).strip(), _text(name)))


def _text(name: str) -> str:
    return files(__name__).joinpath(f"{name}.md").read_text(encoding="utf-8")


def parse(name: str, text: str) -> Prompt:
    """Read a prompt: front matter with `fields: a, b`, then `# system` and `# human` parts."""
    match = _FILE.fullmatch(text)
    if match is None:
        raise PromptError(f"The prompt {name} does not begin with its fields.")
    pieces = _PART.split(match["body"])
    parts = tuple((role, body.strip()) for role, body in zip(pieces[1::2], pieces[2::2], strict=True))
    declared = frozenset(field.strip() for field in match["fields"].split(","))
    if not parts or pieces[0].strip() or declared != {f for _, body in parts for f in _FIELD.findall(body)}:
        raise PromptError(f"The prompt {name} does not use exactly the fields it declares.")
    return Prompt(name, declared, parts)
