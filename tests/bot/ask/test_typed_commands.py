"""A chat's command typed to `sitrep ask` does there what it does in a chat, or one sentence says what does."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.locales import say
from bot.requests.command import run as run_ask
from bot.requests.plain import IN_CHATS, command_and_rest, read, reply, sources_line
from bot.resources import Resources
from bot.settings import Settings, read_settings
from retrieval.domain import Intent


@pytest.fixture(scope="module")
def resources(module_data: Path) -> Iterator[Resources]:
    with Resources(Settings(data_dir=module_data)) as opened:
        yield opened


@pytest.fixture
def ask(
    sample_data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Callable[[str], str]]:
    """Return what `sitrep ask` prints over the samples."""
    read_settings.cache_clear()
    monkeypatch.setenv("SITREP_DATA_DIR", str(sample_data))

    def printed(text: str) -> str:
        run_ask(text, "", "", False, None)
        return capsys.readouterr().out

    yield printed
    read_settings.cache_clear()


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("/sources", "I read articles from: Kloop"),
        ("/figures", "“Zhanaozen residents rally over gas price”"),
        ("/brief 6 Jan", "Brief, 6 Jan 2022"),
        ("/brief 2022-01-06", "Brief, 6 Jan 2022"),
        ("/brief 6 января", "Сводка, 6 янв. 2022"),
        ("/start", "Hello!"),
        ("/ask what are your sources?", "I read articles from: Kloop"),
    ],
)
def test_a_command_does_what_it_does_in_a_chat(text: str, start: str, ask: Callable[[str], str]) -> None:
    assert ask(text).startswith(start)


def test_a_timeline_has_as_many_days_as_the_command_says(ask: Callable[[str], str]) -> None:
    days = [line for line in ask("/timeline 2").splitlines() if line.endswith("Jan 2022") and not line.startswith("[")]
    assert len(days) == 2


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("/topics 08:00 fuel prices", say("only_in_chat", "en", command="/topics")),
        ("/watch how many were killed", say("only_in_chat", "en", command="/watch")),
        ("/forget", say("only_in_chat", "en", command="/forget")),
        ("/asof 6 Jan 18:00", say("in_terminal", "en", command="sitrep ask --as-of")),
        ("/feeds list", say("in_terminal", "en", command="sitrep feeds")),
        ("/frobnicate", say("unknown_command", "en")),
    ],
)
def test_for_what_it_cannot_do_one_sentence_says_what_does(text: str, line: str, ask: Callable[[str], str]) -> None:
    assert ask(text).strip() == line


@pytest.mark.parametrize(
    ("text", "language"), [("отпиши меня", "ru"), ("жазылымды тоқтат", "kk"), ("cancela mi suscripción", "es")]
)
def test_a_request_of_two_words_is_answered_in_its_language(
    text: str, language: str, ask: Callable[[str], str]
) -> None:
    assert ask(text).strip() == say("only_in_chat", language, command="/unsubscribe")


def test_a_name_alone_asks_for_the_latest_about_it(ask: Callable[[str], str]) -> None:
    assert "Massimov" in ask("Масимов")


def test_every_command_of_a_chat_gets_its_line_or_an_answer(resources: Resources) -> None:
    now, unknown = resources.settings.now(), say("unknown_command", "en")
    for command in sorted(IN_CHATS - {"/ask"}):
        question = read(resources, command, now=now, language="en", fallback="en")
        made = reply(resources, command, question, now=now)
        assert made.line != unknown
        assert made.line or made.briefing or made.timeline or question.intent is Intent.FIGURES


def test_a_path_is_no_command() -> None:
    assert command_and_rest("/var/log was full") == ("", "/var/log was full")


def test_sources_are_those_that_plain_words_get(resources: Resources) -> None:
    question = read(resources, "/sources", now=resources.settings.now(), language="ru", fallback="en")
    assert reply(resources, "/sources", question, now=resources.settings.now()).line == sources_line(resources, "ru")
