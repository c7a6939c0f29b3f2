"""`sitrep run` as a separate process, for end-to-end tests against the fake Telegram."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests import canaries
from tests.conftest import ROOT
from tests.fake_telegram.server import TelegramServer

ADMIN = 1001


@dataclass
class Bot:
    """A running bot: its process and where its log lines go."""

    process: "subprocess.Popen[bytes]"
    log: Path

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=30)


def environment(server: TelegramServer, data: Path, **settings: str) -> dict[str, str]:
    """Return the settings of a bot on `data` that talks to `server`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SITREP_")}
    return (
        kept
        | {
            "SITREP_DATA_DIR": str(data),
            "SITREP_TELEGRAM_TOKEN": server.token,
            "SITREP_TELEGRAM_API_URL": server.url,
            "SITREP_ADMINS": str(ADMIN),
        }
        | {f"SITREP_{name.upper()}": value for name, value in settings.items()}
    )


def command(server: TelegramServer, data: Path, *words: str, **settings: str) -> "subprocess.CompletedProcess[str]":
    """Run another `sitrep` command on `data` to its end, with the settings of a bot there."""
    return subprocess.run(
        [sys.executable, "-m", "bot.cli", *words],
        cwd=ROOT,
        env=environment(server, data, **settings),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@contextmanager
def running(server: TelegramServer, data: Path, patience: float = 60.0, **settings: str) -> Iterator[Bot]:
    """Start `sitrep run` and wait until it takes updates, `patience` seconds at most; kill it at the end."""
    log = data / "bot.log"
    with log.open("ab") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "bot.cli", "run"],
            cwd=ROOT,
            env=environment(server, data, **settings),
            stdout=out,
            stderr=out,
        )
    bot = Bot(process, log)
    try:
        if "webhook_url" in settings:
            server.wait_for("setWebhook", timeout=patience)
        else:
            server.wait_until_polling(timeout=patience)
        yield bot
    finally:
        if process.poll() is None:
            bot.kill()
    assert canaries.found_in(log.read_text(encoding="utf-8", errors="replace")) == []
