"""What differs on Windows and macOS, by its parts: each is made to behave here as it does there."""

import io
import signal
import sys
from pathlib import Path

import pytest

from bot.cli import main
from retrieval.domain import RejectedError
from retrieval.ingest.parse.page import read_page
from retrieval.ingest.parse.sandbox import Sandbox
from tests.bot.commands import data
from tests.bot.running import running
from tests.fake_telegram.server import TelegramServer
from tests.retrieval.ingest.pages import page

__all__ = ["data"]

LOOP_OF_WINDOWS = """
import asyncio

def add_signal_handler(*_):
    raise NotImplementedError

asyncio.SelectorEventLoop.add_signal_handler = add_signal_handler
"""


def test_the_bot_stops_by_control_c_where_the_loop_handles_no_signals(
    telegram_server: TelegramServer, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sitecustomize.py").write_text(LOOP_OF_WINDOWS)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with running(telegram_server, data) as bot:
        bot.process.send_signal(signal.SIGINT)
        assert bot.process.wait(timeout=30) == 0


def test_what_windows_prints_into_files_is_utf_8(monkeypatch: pytest.MonkeyPatch) -> None:
    out = io.TextIOWrapper(io.BytesIO(), encoding="cp1252")
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr(sys, "argv", ["sitrep", "--help"])
    with pytest.raises(SystemExit):
        main()
    out.write("Алматы")
    out.flush()
    assert out.buffer.getvalue().decode().endswith("Алматы")


def test_pages_are_read_and_slow_ones_ended_where_no_limits_can_be_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """There the environment is passed on and time is the clock's; the worker itself is this platform's."""
    monkeypatch.setattr(sys, "platform", "win32")
    address, read = "https://dala.example/1", page()
    with Sandbox(1) as sandbox:
        assert sandbox.articles(read, address) == (read_page(read, address),)
    with Sandbox(1, seconds=0.001) as hurried, pytest.raises(RejectedError, match="takes longer"):
        hurried.articles(read, address)
