"""The files in `deploy/`: what their own linters say of them, and what must hold whoever edits them."""

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bot.settings import Settings
from tests.conftest import ROOT
from tests.deploy.compose import FOLDER, read_compose

COMPOSE = read_compose(SITREP_DOMAIN="bot.example.org", SITREP_ADMINS="1")
SERVICES: dict[str, Any] = COMPOSE["services"]
EXPOSED = {"proxy"}
"""The services that anything outside may reach."""


def program(name: str) -> str:
    """Return where a linter is; the package index has no build of some for every platform."""
    beside = Path(sys.executable).with_name(name)
    found = str(beside) if beside.exists() else shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


def linted(*command: str | Path, **environment: str) -> None:
    words = [str(word) for word in command]
    done = subprocess.run(words, env=environment or None, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_hadolint_finds_nothing_in_the_dockerfile() -> None:
    linted(program("hadolint"), FOLDER / "Dockerfile")


def test_compose_follows_its_schema() -> None:
    linted(program("check-jsonschema"), "--builtin-schema", "vendor.compose-spec", FOLDER / "compose.yaml")


def test_caddy_takes_its_file(tmp_path: Path) -> None:
    file = FOLDER / "Caddyfile"
    linted(program("caddy"), "validate", "--config", file, HOME=str(tmp_path), SITREP_SITE="bot.example.org")
    linted(program("caddy"), "fmt", "--diff", file, HOME=str(tmp_path))


def test_systemd_takes_the_unit_and_finds_it_closed(tmp_path: Path) -> None:
    """The program is another one: the real one is not there."""
    unit = tmp_path / "sitrep.service"
    written = (FOLDER / "sitrep.service").read_text(encoding="utf-8")
    unit.write_text(written.replace("/opt/sitrep/bin/sitrep run", sys.executable), encoding="utf-8")
    linted(program("systemd-analyze"), "verify", unit)
    linted(
        program("systemd-analyze"), "security", "--offline=true", "--threshold=20", unit
    )  # of 100: as closed as can be


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_is_checked_and_closed(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["healthcheck"]["test"][0] == "CMD"
    assert "mem_limit" in service
    assert service.get("user", "postgres") != "root"


def test_only_the_proxy_can_be_reached_from_outside() -> None:
    assert {name for name, service in SERVICES.items() if "ports" in service} == EXPOSED
    inside = {name for name, network in COMPOSE["networks"].items() if (network or {}).get("internal")}
    for name in ("postgres", "chroma"):
        assert set(SERVICES[name]["networks"]) <= inside
    assert not set(SERVICES["proxy"]["networks"]) & set(SERVICES["chroma"]["networks"])


def test_secrets_come_by_file_and_none_stands_in_the_environment() -> None:
    assert all(secret.keys() == {"file"} for secret in COMPOSE["secrets"].values())
    secret = {field for field, info in Settings.model_fields.items() if "Secret" in str(info.annotation)}
    given = {name.lower() for service in SERVICES.values() for name in service["environment"]}
    assert not given & {f"sitrep_{field}" for field in (*secret, "database_url")}
    assert all(name in COMPOSE["secrets"] for service in SERVICES.values() for name in service.get("secrets", ()))


@pytest.mark.parametrize("where", ["environment", "secrets"])
def test_what_the_bot_is_given_are_settings(where: str) -> None:
    known = {f"SITREP_{field.upper()}" for field in Settings.model_fields}
    assert {name.upper() for name in SERVICES["bot"][where]} <= known


def test_images_are_pinned_and_nobody_is_root_in_them() -> None:
    written = (FOLDER / "Dockerfile").read_text(encoding="utf-8")
    stages = re.split(r"(?m)^FROM ", written)[1:]
    images = [stage.split()[0] for stage in stages] + [SERVICES["postgres"]["image"]]
    assert all(re.search(r":\d+\.\d+(\.\d+)?-", image) for image in images)
    final = [stage for stage in stages if stage.split()[2] in ("bot", "proxy")]
    assert len(final) == 2
    assert all("USER 10001:10001" in stage for stage in final)


def test_the_image_is_built_from_all_that_the_wheel_is_made_of() -> None:
    ignored = (FOLDER / "Dockerfile.dockerignore").read_text(encoding="utf-8").split()
    copied = re.findall(r"(?m)^COPY (?!--)(.+) \S+$", (FOLDER / "Dockerfile").read_text(encoding="utf-8"))
    sources = {source.rstrip("/") for line in copied for source in line.split()}
    assert {f"!{source}" for source in sources} == {line for line in ignored if line.startswith("!")}
    assert all((ROOT / source).exists() for source in sources)


def test_its_lock_is_part_of_the_one_that_the_tests_run_on() -> None:
    def pins(path: Path) -> set[str]:
        return set(re.findall(r"(?m)^[a-z0-9._-]+==[^ ]+", path.read_text(encoding="utf-8")))

    ours = pins(FOLDER / "requirements.lock")
    assert any(pin.startswith("psycopg-binary==") for pin in ours)
    assert ours <= pins(ROOT / "requirements-dev.lock")
