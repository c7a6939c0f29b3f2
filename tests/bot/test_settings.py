"""Settings: what `.env.example` says of them, and what they refuse."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from bot.settings import PROVIDER_KEYS, Settings, SettingsError, read_settings
from tests.conftest import ROOT

LISTED = dict(re.findall(r"^#?([A-Z_]+)=(.*)$", (ROOT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE))


def name_of(field: str) -> str:
    return field.upper() if field.upper() in PROVIDER_KEYS else f"SITREP_{field.upper()}"


def written(value: Any) -> str:
    """Return a default as it is written in the environment."""
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value == frozenset() else str(value)


def test_the_example_lists_every_setting_with_its_default() -> None:
    defaults = {name_of(field): written(info.default) for field, info in Settings.model_fields.items()}
    assert defaults == LISTED


@pytest.mark.parametrize(
    "field", sorted(Settings.model_fields.keys() - {"secrets_dir"})
)  # which the settings read themselves
def test_every_setting_is_read_by_somebody(field: str) -> None:
    sources = [path.read_text(encoding="utf-8") for path in (ROOT / "bot").rglob("*.py")]
    assert any(re.search(rf"(settings|self)\.{field}\b", source) for source in sources)


def test_every_bad_value_is_told_in_one_message(monkeypatch: pytest.MonkeyPatch) -> None:
    bad = {"TIMEZONE": "Mars", "LANGUAGE": "xx", "WEBHOOK_URL": "ftp://a", "METRICS_LISTEN": "nowhere"}
    for name, value in bad.items():
        monkeypatch.setenv(f"SITREP_{name}", value)
    read_settings.cache_clear()
    with pytest.raises(SettingsError) as told:
        read_settings()
    assert all(f"SITREP_{name}" in str(told.value) for name in bad)
    assert "\n" not in str(told.value)
    read_settings.cache_clear()


def test_a_webhook_needs_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SITREP_WEBHOOK_URL", "https://bot.example.org/telegram")
    read_settings.cache_clear()
    with pytest.raises(SettingsError, match="SITREP_WEBHOOK_SECRET"):
        read_settings()
    monkeypatch.setenv("SITREP_WEBHOOK_SECRET", "s3cret-s3cret")
    assert read_settings().webhook_url == "https://bot.example.org/telegram"
    read_settings.cache_clear()


@pytest.fixture
def secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of secrets, which the settings name."""
    folder = tmp_path / "secrets"
    folder.mkdir()
    monkeypatch.setenv("SITREP_SECRETS_DIR", str(folder))
    read_settings.cache_clear()
    yield folder
    read_settings.cache_clear()


def test_settings_are_read_from_files_and_the_environment_goes_before_them(
    secrets: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"sitrep_telegram_token": "1:file", "sitrep_admins": "7, 8", "openai_api_key": "key"}.items():
        (secrets / name).write_text(value + "\n")
    monkeypatch.setenv("SITREP_ADMINS", "9")
    found = read_settings()
    assert found.telegram_token.get_secret_value() == "1:file"
    assert found.openai_api_key.get_secret_value() == "key"
    assert found.admins == {9}


def test_bad_values_in_files_are_reported_with_the_others(secrets: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (secrets / "sitrep_webhook_secret").write_text("no blanks, please")
    monkeypatch.setenv("SITREP_TIMEZONE", "Mars")
    with pytest.raises(SettingsError, match=r"SITREP_WEBHOOK_SECRET.*SITREP_TIMEZONE"):
        read_settings()


@pytest.mark.parametrize("damage", ["missing", "binary"])
def test_a_folder_of_secrets_that_cannot_be_read_is_reported_with_the_others(
    damage: str, secrets: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secrets.rmdir() if damage == "missing" else (secrets / "sitrep_admins").write_bytes(b"\xff\xfe")
    monkeypatch.setenv("SITREP_TIMEZONE", "Mars")
    with pytest.raises(SettingsError, match=r"SITREP_SECRETS_DIR.*SITREP_TIMEZONE"):
        read_settings()
