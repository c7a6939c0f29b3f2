"""Settings: all that is wrong is said at once, and nothing is half read."""

import pytest

from bot.settings import Settings, SettingsError, read_settings


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    monkeypatch.chdir(tmp_path_factory.mktemp("empty"))
    read_settings.cache_clear()


def test_every_bad_value_is_named_in_one_message(monkeypatch: pytest.MonkeyPatch) -> None:
    bad = {
        "SITREP_TIMEZONE": "Mars/Olympus",
        "SITREP_ADMINS": "12, me",
        "SITREP_CHROMA_URL": "not an address",
        "SITREP_LANGUAGE": "tlh",
        "SITREP_QUESTIONS_PER_MINUTE": "many",
    }
    for name, value in bad.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as caught:
        read_settings()
    assert all(name in str(caught.value) for name in bad)
    assert "\n" not in str(caught.value)


def test_admins_are_separated_by_commas_or_spaces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SITREP_ADMINS", "12, 34 56")
    assert read_settings().admins == {12, 34, 56}


def test_an_env_file_is_read_and_the_environment_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    with open(".env", "w", encoding="utf-8") as file:  # noqa: PTH123 - the name settings look for
        file.write("SITREP_TIMEZONE=Asia/Almaty\nSITREP_LANGUAGE=kk\n")
    monkeypatch.setenv("SITREP_LANGUAGE", "ru")
    settings = read_settings()
    assert (settings.timezone, settings.language) == ("Asia/Almaty", "ru")


def test_secrets_do_not_show_when_settings_are_printed() -> None:
    shown = repr(Settings(telegram_token="123456:secret-secret-secret", webhook_secret="hush"))  # type: ignore[arg-type]
    assert "secret-secret" not in shown
    assert "hush" not in shown
