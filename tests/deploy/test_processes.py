"""What `deploy/compose.yaml` starts, started here without its containers, from the file's own settings.

Commands, environments, secrets, health checks and the proxy's file are those of the file; its host names, ports and
folders are moved to this machine. PostgreSQL and the Chroma server are real, Telegram is the strict one of the tests.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.bot.running import ADMIN
from tests.bot.telegram.test_webhook import SECRET, free_port
from tests.conftest import MODELS
from tests.deploy.compose import FOLDER, moved, read_compose, read_only
from tests.deploy.test_files import program
from tests.fake_telegram.server import TelegramServer

PUBLIC = "https://bot.example.org"
CADDY_UPSTREAMS = """dynamic a bot 8443 {
				refresh 5s
			}"""
SERVICES: dict[str, Any] = read_compose(SITREP_DOMAIN="bot.example.org", SITREP_ADMINS=str(ADMIN))["services"]


@dataclass
class Started:
    """A service's process, and its health check, moved to this machine."""

    process: "subprocess.Popen[bytes]"
    check: list[str]
    log: Path

    def is_healthy(self) -> bool:
        return subprocess.run(self.check, capture_output=True, timeout=30, check=False).returncode == 0

    def wait_until_healthy(self, seconds: float = 120) -> None:
        deadline = time.monotonic() + seconds
        while not self.is_healthy():
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < deadline, self.log.read_text()
            time.sleep(1)


@cache
def can_mount() -> bool:
    """Return whether this process may have a root that is read-only; where not, the services run without one."""
    probe = [*read_only(), "touch", "/usr/sitrep-probe"]
    try:
        done = subprocess.run(probe, capture_output=True, text=True, timeout=10, check=False)
    except FileNotFoundError:
        return False
    return "Read-only" in done.stderr


@contextmanager
def started(name: str, place: Path, places: dict[str, object], **more: str) -> Iterator[Started]:
    """Start a service with `place` for its volume, and nothing else that it may write where that can be had."""
    service = SERVICES[name]
    place.mkdir(parents=True, exist_ok=True)
    (place / "tmp").mkdir(exist_ok=True)
    image = {"HOME": str(place), "SITREP_DATA_DIR": str(place), "MPLCONFIGDIR": f"{place}/matplotlib"}
    given = {key: moved(value, places) for key, value in service["environment"].items()}
    where = {"PATH": os.environ["PATH"], "TMPDIR": f"{place}/tmp", "PYTHONPATH": str(FOLDER.parent)}
    first, *words = service["command"]
    command = [program(first), *(moved(word, places) for word in words)]
    check = [sys.executable if word == "python" else moved(word, places) for word in service["healthcheck"]["test"][1:]]
    prefix = read_only(place) if can_mount() else ()
    with (place / "log").open("ab") as log:
        environment = where | image | given | more
        process = subprocess.Popen([*prefix, *command], env=environment, cwd=place, stdout=log, stderr=log)
    try:
        yield Started(process, check, place / "log")
    finally:
        process.kill()
        process.wait()


@contextmanager
def proxy(place: Path, port: int, bots: list[int]) -> Iterator[None]:
    """Start Caddy with its file, whose name for the bots and port for checks are moved."""
    place.mkdir()
    written = (FOLDER / "Caddyfile").read_text(encoding="utf-8")
    assert CADDY_UPSTREAMS in written
    upstreams = "to " + " ".join(f"127.0.0.1:{bot}" for bot in bots)
    (place / "Caddyfile").write_text(
        written.replace(CADDY_UPSTREAMS, upstreams).replace("2020", str(free_port())), encoding="utf-8"
    )
    environment = {"HOME": str(place), "SITREP_SITE": f"http://127.0.0.1:{port}"}
    command = [program("caddy"), "run", "--config", place / "Caddyfile"]
    with (place / "log").open("ab") as log:
        process = subprocess.Popen(command, env=environment, cwd=place, stdout=log, stderr=log)
    try:
        yield
    finally:
        process.kill()
        process.wait()


@pytest.mark.usefixtures("embedder")  # by now the model has been converted
def test_two_bots_answer_through_the_proxy_and_one_goes_on_when_the_other_stops(
    telegram_server: TelegramServer, new_postgres: Callable[[], str]
) -> None:
    public, chroma = free_port(), free_port()
    with ExitStack() as stack:
        # Not below pytest's own folder, whose path is too long for some sockets.
        place = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="sitrep-deploy-")))
        secrets = place / "secrets"
        secrets.mkdir()
        values = {"telegram_token": telegram_server.token, "webhook_secret": SECRET, "database_url": new_postgres()}
        for name, value in values.items():
            (secrets / f"sitrep_{name}").write_text(value + "\n")
        index = place / "chroma"
        places: dict[str, object] = {"/chroma": index, "0.0.0.0": "127.0.0.1", "8000": chroma}
        server = stack.enter_context(started("chroma", index, places))
        server.wait_until_healthy()

        ports, bots = [free_port(), free_port()], []
        for port in ports:
            data = place / f"bot-{port}"
            shutil.copytree(MODELS, data / "models", copy_function=os.link, ignore=shutil.ignore_patterns("*.lock"))
            places = {
                "/run/secrets": secrets,
                "http://chroma:8000": f"http://127.0.0.1:{chroma}",
                "0.0.0.0:8443": f"127.0.0.1:{port}",
                "127.0.0.1:8443": f"127.0.0.1:{port}",
            }
            bots.append(stack.enter_context(started("bot", data, places, SITREP_TELEGRAM_API_URL=telegram_server.url)))
        telegram_server.proxy(PUBLIC, f"http://127.0.0.1:{public}")
        stack.enter_context(proxy(place / "proxy", public, ports))
        for bot in bots:
            bot.wait_until_healthy()
        telegram_server.wait_for("setWebhook", timeout=60)

        assert telegram_server.ask(ADMIN, "/help").text
        for path in ("/", "/healthz", "/metrics"):
            assert httpx.get(f"http://127.0.0.1:{public}{path}").status_code == 404

        leader = next(bot for bot in bots if "another replica leads" not in bot.log.read_text())
        leader.process.send_signal(signal.SIGTERM)
        assert leader.process.wait(timeout=15) == 0  # stop_grace_period
        assert not leader.is_healthy()
        assert telegram_server.ask(ADMIN, "/privacy").text
        assert telegram_server.violations() == []
        assert all(secret not in bot.log.read_text() for bot in bots for secret in values.values())
