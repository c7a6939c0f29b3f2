"""What people write to the bot in any test, their names and the bot's token: none of it may be in any line of a log."""

import logging
import os

from bot.logs import Redacted

LEAST_WORDS = 3
"""Of a text that counts: "/help" and the like are no secret."""

_private: set[str] = set()


def keep(text: str) -> None:
    """Remember what somebody wrote; of a command, its argument."""
    written = text.partition(" ")[2] if text.startswith("/") else text
    if len(written.split()) >= LEAST_WORDS:
        _private.add(written.strip())


def keep_name(name: str) -> None:
    """Remember a name or a token."""
    _private.add(name)


def found_in(lines: str) -> list[str]:
    """Return what lines of a log contain of it."""
    return sorted(one for one in _private if one in lines) if lines else []


class Watch(logging.Handler):
    """Collects all that is logged, as the bot would write it, tracebacks included."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.setFormatter(Redacted(()))
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))

    def found(self) -> list[str]:
        return found_in(os.linesep.join(self.lines))
