"""Buttons of answers whose articles have changed since, and questions that come faster than answers."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from retrieval.embedding import Embedder
from retrieval.embedding.centred import name_of
from retrieval.ingest.pipeline import ingest
from retrieval.ingest.submission import Submission
from retrieval.store.library import Library, open_library
from retrieval.store.write import remove
from tests.bot.running import ADMIN, running
from tests.fake_telegram.ledger import Call
from tests.fake_telegram.server import TelegramServer

URL = "https://pits.example/{town}"
TITLE = "Miners of {town} stop work over unpaid wages"
TEXT = "The union of miners in {town} said that work at the pit stopped over three months of unpaid wages."
QUESTION = "Why did the miners in {town} stop work?"


@pytest.fixture(scope="module")
def data(sample_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("old") / "data"
    shutil.copytree(sample_data, folder, symlinks=True)
    return folder


@pytest.fixture(scope="module")
def library(data: Path, embedder: Embedder) -> Iterator[Library]:
    """The bot's own library, as another process has it open."""
    opened = open_library(data, name_of(embedder))
    towns = ("Ekibastuz", "Satpayev", "Rudny")
    ingest(opened, embedder, [story(town, TEXT) for town in towns])
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def server(data: Path, library: Library) -> Iterator[TelegramServer]:
    with TelegramServer() as telegram, running(telegram, data, questions_per_minute="1000"):
        yield telegram


def story(town: str, text: str) -> Submission:
    url = URL.format(town=town.lower())
    return Submission(text=text.format(town=town), title=TITLE.format(town=town), url=url, id=town.lower(), where=url)


def answered(server: TelegramServer, town: str) -> Call:
    answer = server.ask(ADMIN, QUESTION.format(town=town))
    assert TEXT.format(town=town) in answer.text
    return answer


def opened(server: TelegramServer, answer: Call) -> str:
    """Return what the first citation's button shows."""
    mark = server.mark()
    server.press(answer, "[1]")
    return server.wait_for("sendMessage", ADMIN, since=mark).text


def test_a_citation_of_an_updated_article_opens_the_version_that_was_quoted_and_says_so(
    server: TelegramServer, library: Library, embedder: Embedder
) -> None:
    answer = answered(server, "Ekibastuz")
    ingest(library, embedder, [story("Ekibastuz", "The miners of {town} went back to work, and all wages were paid.")])
    shown = opened(server, answer)
    assert TEXT.format(town="Ekibastuz") in shown
    assert "an older version of the article" in shown
    assert "withdrawn" not in shown


def test_a_citation_of_a_withdrawn_article_says_that_it_was_withdrawn(
    server: TelegramServer, library: Library, embedder: Embedder
) -> None:
    answer = answered(server, "Satpayev")
    ingest(library, embedder, [story("Satpayev", "This article has been withdrawn. It could not be confirmed.")])
    shown = opened(server, answer)
    assert TEXT.format(town="Satpayev") in shown
    assert "This has since been withdrawn." in shown


def test_a_citation_of_a_deleted_article_says_that_it_is_gone(server: TelegramServer, library: Library) -> None:
    answer = answered(server, "Rudny")
    remove(library.engine, "rudny")
    server.press(answer, "[1]")
    told = server.wait_for("answerCallbackQuery", where=lambda call: "text" in call.parameters)
    assert told.parameters["text"] == "That article is no longer here."


def counted(town: str, number: int) -> Submission:
    text = f"The mayor of {town} said that {number} miners were injured when the mine collapsed near {town}."
    url = f"https://mine.example/{town.lower()}"
    return Submission(text=text, title=f"Mine near {town}", url=url, id=f"{town.lower()}-{number}", where=url)


def competing(server: TelegramServer, library: Library, embedder: Embedder, town: str) -> Call:
    """Return an answer with a number that another outlet contradicts."""
    other = counted(town, 29)
    ingest(library, embedder, [counted(town, 12), replace(other, url="https://other.example/a", where="other")])
    answer = server.ask(ADMIN, f"What did the mayor of {town} say about the mine?")
    assert "Conflicting reports" in str(answer.parameters["reply_markup"])
    return answer


def test_what_competes_with_an_updated_article_says_that_it_was_changed(
    server: TelegramServer, library: Library, embedder: Embedder
) -> None:
    answer = competing(server, library, embedder, "Zhezkazgan")
    changed = counted("Zhezkazgan", 31)
    for number in (12, 29):
        ingest(library, embedder, [replace(changed, id=f"zhezkazgan-{number}", url=None, where="changed")])
    mark = server.mark()
    server.press(answer, "Conflicting reports")
    shown = server.wait_for("sendMessage", ADMIN, since=mark).text
    assert "an older version of the article" in shown
    assert "31" in shown


def test_what_competes_with_deleted_articles_is_that_they_are_gone(
    server: TelegramServer, library: Library, embedder: Embedder
) -> None:
    answer = competing(server, library, embedder, "Temirtau")
    for number in (12, 29):
        remove(library.engine, f"temirtau-{number}")
    server.press(answer, "Conflicting reports")
    told = server.wait_for("answerCallbackQuery", where=lambda call: "text" in call.parameters)
    assert told.parameters["text"] == "That article is no longer here."


def test_two_questions_at_once_are_both_answered_in_order(server: TelegramServer) -> None:
    mark = server.mark()
    server.private_message(ADMIN, "Who was appointed commandant in Almaty region?")
    server.private_message(ADMIN, "Who heads the Security Council?")
    first = server.wait_for("sendMessage", ADMIN, since=mark)
    second = server.wait_for("sendMessage", ADMIN, since=mark, timeout=20)
    assert "Kudebayev" in first.text or "Күдебаев" in first.text or "Кудебаев" in first.text
    assert "Tokayev" in second.text or "Токаев" in second.text


def test_nothing_was_refused_and_every_press_was_answered(server: TelegramServer) -> None:
    assert server.refusals() == server.violations() == server.unanswered() == []
