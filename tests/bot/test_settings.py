"""Settings: what `.env.example` says of them, and what they refuse."""

import re
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


@pytest.mark.parametrize("field", Settings.model_fields)
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
