"""Fixtures for tests that need Telegram: import `telegram_server` into the test module or its conftest."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.fake_telegram.server import TelegramServer


@pytest.fixture
def telegram_server() -> Iterator[TelegramServer]:
    """A strict Telegram of its own for each test, at `telegram_server.url`."""
    with TelegramServer() as server:
        yield server
