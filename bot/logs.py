"""Logging: structured lines on stderr, without tokens and without questions."""

import logging
import re
import sys

import structlog

TOKEN = re.compile(r"\d{5,}:[A-Za-z0-9_-]{20,}")
"""A bot token as Telegram makes them; httpx puts it into every address it logs."""


class Redacted(logging.Formatter):
    """Formats a record, exception text included, and blanks whatever looks like a token."""

    def __init__(self, secrets: tuple[str, ...]) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")
        self._secrets = secrets

    def format(self, record: logging.LogRecord) -> str:
        line = TOKEN.sub("<token>", super().format(record))
        for secret in self._secrets:
            line = line.replace(secret, "<secret>")
        return line


def start_logging(level: str, secrets: tuple[str, ...]) -> None:
    """Send every library's log lines to stderr, redacted; `secrets` are blanked."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Redacted(tuple(secret for secret in secrets if secret)))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for chatty in ("httpx", "httpx2", "httpcore", "telegram", "apscheduler", "chromadb"):
        logging.getLogger(chatty).setLevel(max(logging.WARNING, logging.getLevelNamesMapping()[level]))
    structure()


def structure() -> None:
    """Have our own lines written by the standard library's logging, as `name='value'`."""
    structlog.configure(
        processors=[
            structlog.stdlib.add_log_level,
            structlog.processors.KeyValueRenderer(key_order=["event"]),
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )
