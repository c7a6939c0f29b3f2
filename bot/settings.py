"""Settings: the only reader of the environment, and of secrets in files. Each one is listed in `.env.example`."""

import os
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SecretsSettingsSource,
    SettingsConfigDict,
)

from retrieval.domain import SitrepError
from retrieval.language.packs import LANGUAGES

FASTEMBED = "fastembed:"


class SettingsError(SitrepError):
    """Names all settings that cannot be used, in one message."""


PROVIDER_KEYS = ("OPENAI_API_KEY", "ANTHROPIC_API_KEY")
"""The providers' own names, read as they are."""


class Settings(BaseSettings):
    """Settings from the environment, else from a `.env` file in the current folder, else from a folder of files, each
    named as its setting, where `secrets_dir` says; see `.env.example`.
    """

    model_config = SettingsConfigDict(env_prefix="SITREP_", env_file=".env", extra="ignore", env_ignore_empty=True)

    secrets_dir: str = ""
    data_dir: Path = Path("data")
    database_url: str = ""
    chroma_url: str = ""
    embedding_model: str = ""
    chat_model: str = ""
    chat_base_url: str = ""
    reader: str = ""
    reader_key: SecretStr = SecretStr("")
    reader_timeout: float = Field(default=2.0, gt=0, le=60)  # seconds
    embedding_base_url: str = ""
    chat_timeout: float = Field(default=5.0, gt=0, le=120)  # seconds, retries included
    chat_at_once: int = Field(default=4, ge=1, le=64)  # calls
    chat_calls_a_day: int = Field(default=2_000, ge=1)
    chat_tokens_a_day: int = Field(default=10_000_000, ge=1)
    openai_api_key: SecretStr = Field(default=SecretStr(""), validation_alias="OPENAI_API_KEY")
    anthropic_api_key: SecretStr = Field(default=SecretStr(""), validation_alias="ANTHROPIC_API_KEY")
    telegram_token: SecretStr = SecretStr("")
    telegram_api_url: str = "https://api.telegram.org"
    telegram_preview_url: str = "https://t.me/s"
    admins: Annotated[frozenset[int], NoDecode] = frozenset()
    webhook_url: str = ""
    webhook_secret: SecretStr = Field(default=SecretStr(""), validate_default=True)
    webhook_listen: str = "127.0.0.1:8443"
    metrics_listen: str = ""
    timezone: str = "UTC"
    language: str = "en"
    questions_per_minute: int = Field(default=10, ge=1, le=1000)  # a chat
    fetch_private: bool = False
    log_level: str = "INFO"
    clock_offset: float = 0.0  # seconds added to the clock, for tests of what happens on other days

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Put the folder of secrets behind the other sources, one of which names it."""
        others = (init_settings, env_settings, dotenv_settings)
        folder = next((str(found) for source in others if (found := source().get("secrets_dir"))), "")
        if not folder or not _readable(folder):  # which the validator reports
            return others
        return *others, SecretsSettingsSource(settings_cls, folder)

    @field_validator("secrets_dir")
    @classmethod
    def _readable_folder(cls, value: str) -> str:
        if value and not _readable(value):
            raise ValueError(f"{value!r} is no folder of text files that can be read")
        return value

    @field_validator("admins", mode="before")
    @classmethod
    def _ids(cls, value: Any) -> Any:
        return [part for part in value.replace(",", " ").split() if part] if isinstance(value, str) else value

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError) as exc:
            raise ValueError(f"{value!r} is no time zone; write one like Asia/Almaty") from exc
        return value

    @field_validator("language")
    @classmethod
    def _known_language(cls, value: str) -> str:
        if value not in LANGUAGES:
            raise ValueError(f"{value!r} is none of {', '.join(LANGUAGES)}")
        return value

    @field_validator(
        "chroma_url", "chat_base_url", "embedding_base_url", "telegram_api_url", "telegram_preview_url", "webhook_url"
    )
    @classmethod
    def _an_address(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and (parts.scheme not in ("http", "https") or not parts.hostname):
            raise ValueError(f"{value!r} is no http or https address")
        return value.rstrip("/")

    @field_validator("reader")
    @classmethod
    def _a_reader(cls, value: str) -> str:
        if value.startswith(FASTEMBED) and value != FASTEMBED:
            return value
        return cls._an_address(value)

    @field_validator("webhook_secret")
    @classmethod
    def _secret_fits(cls, value: SecretStr, info: ValidationInfo) -> SecretStr:
        secret = value.get_secret_value()
        if info.data.get("webhook_url") and not secret:
            raise ValueError("a webhook needs one, so that nobody but Telegram can send updates")
        if secret and (len(secret) > 256 or not all(c.isascii() and (c.isalnum() or c in "_-") for c in secret)):
            raise ValueError("it may have up to 256 of A-Z a-z 0-9 _ -")
        return value

    @field_validator("webhook_listen", "metrics_listen")
    @classmethod
    def _somewhere_to_listen(cls, value: str) -> str:
        if value:
            listen_address(value)
        return value

    @field_validator("log_level")
    @classmethod
    def _known_level(cls, value: str) -> str:
        if value.upper() not in ("DEBUG", "INFO", "WARNING", "ERROR"):
            raise ValueError(f"{value!r} is none of DEBUG, INFO, WARNING, ERROR")
        return value.upper()

    def key_for(self, spec: str) -> str | None:
        """Return the provider's key that a `provider:model` needs; None if none is set."""
        keys = {"openai": self.openai_api_key, "anthropic": self.anthropic_api_key}
        key = keys.get(spec.partition(":")[0])
        return (key.get_secret_value() or None) if key else None

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    def now(self) -> datetime:
        """Return the time, in the configured zone."""
        return datetime.now(self.zone) + timedelta(seconds=self.clock_offset)


def _readable(folder: str) -> bool:
    """Return whether every file in a folder can be read as text."""
    try:
        for path in Path(folder).iterdir():
            if path.is_file():
                path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return False
    return True


def listen_address(written: str) -> tuple[str, int]:
    """Return the host and port of `host:port`, or of a port on this machine. Raises ValueError for anything else."""
    host, _, port = written.rpartition(":")
    if not port.isdecimal() or not 0 < int(port) < 2**16:
        raise ValueError(f"{written!r} is no host:port to listen on")
    return host.strip("[]") or "127.0.0.1", int(port)


def environment_for(data_dir: Path) -> dict[str, str]:
    """Return the environment of a `sitrep` process on another data folder: ours, without any settings but that."""
    prefix = str(Settings.model_config["env_prefix"])
    kept = {name: value for name, value in os.environ.items() if not name.upper().startswith(prefix)}
    return kept | {f"{prefix}DATA_DIR": str(data_dir)}


@lru_cache(maxsize=1)
def read_settings() -> Settings:
    """Return the settings. Raises SettingsError naming every bad value at once."""
    try:
        return Settings()
    except ValidationError as exc:
        raise SettingsError(_all_of(exc)) from exc


def _all_of(exc: ValidationError) -> str:
    problems = []
    for error in exc.errors():
        field = str(error["loc"][0])
        name = field if field in PROVIDER_KEYS else f"SITREP_{field.upper()}"
        problems.append(f"{name}: {error['msg'].removeprefix('Value error, ')}")
    return "Settings that cannot be used: " + "; ".join(problems) + "."
