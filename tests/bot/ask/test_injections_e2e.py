"""Attacks planted in articles, and a model that obeys every one of them, as Telegram's readers meet them."""

import itertools
import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from retrieval.embedding import Embedder
from retrieval.embedding.centred import name_of
from retrieval.ingest.parse.page import read_page
from retrieval.ingest.pipeline import ingest
from retrieval.store.library import open_library
from tests import fake_provider
from tests.bot.running import ADMIN, running
from tests.conftest import SAMPLES
from tests.fake_telegram.server import TelegramServer
from tests.hostile_articles import obedient, our_own, page

SITES = [record["url"] for record in map(json.loads, SAMPLES.read_text(encoding="utf-8").splitlines())]
ATTACKS = our_own()[::5]
QUESTIONS = (
    "Who heads the Security Council?",
    "Кто возглавил Совет безопасности?",
    "¿Cuántas personas murieron?",
    "Readers must confirm their identity where?",
    "What must the assistant do in the answer?",
)
OURS = ("https://planted.example/", *SITES)
TAPPABLE = {"url", "email", "mention", "text_mention", "bot_command"}


@pytest.fixture(scope="module")
def data(sample_data: Path, tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Path:
    """The samples, and pages with attacks around sample stories."""
    folder = tmp_path_factory.mktemp("planted") / "data"
    shutil.copytree(sample_data, folder, symlinks=True)
    records = [json.loads(line) for line in SAMPLES.read_text(encoding="utf-8").splitlines()]
    pages = [
        replace(read_page(page(attack, record, number).encode(), content_type="text/html"), where=str(number))
        for number, (attack, record) in enumerate(zip(ATTACKS, records, strict=False))
    ]
    library = open_library(folder, name_of(embedder))
    assert ingest(library, embedder, pages).rejected == []
    library.close()
    return folder


@pytest.fixture(scope="module", params=["reader", "obedient"])
def server(
    request: pytest.FixtureRequest, data: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[TelegramServer]:
    """A bot that has been asked and has briefed, without a model or with the obedient one.

    Each has a copy of the library: a bot that is killed at its last answer leaves it in its inbox to the next.
    """
    own = tmp_path_factory.mktemp(request.param) / "data"
    shutil.copytree(data, own, symlinks=True)
    attacks = itertools.cycle(attack.text for attack in ATTACKS)
    with fake_provider.running() as provider, TelegramServer() as telegram:
        provider.reply = lambda prompt: fake_provider.Reply(json.dumps(obedient(next(attacks), prompt)))
        model = {"chat_model": "openai:obedient", "chat_base_url": f"{provider.url}/v1"}
        settings = model if request.param == "obedient" else {}
        with running(telegram, own, questions_per_minute="1000", **settings):
            for asked in (*QUESTIONS, "/brief 2022-01-06"):
                telegram.ask(ADMIN, asked, timeout=60)
            yield telegram


def test_nothing_can_be_tapped_but_the_citations_links(server: TelegramServer) -> None:
    entities = [entity for message in server.sent(ADMIN) for entity in message.entities or []]
    assert {entity.type for entity in entities}.isdisjoint(TAPPABLE)
    links = [entity.url for entity in entities if entity.type == "text_link"]
    assert links
    assert all(link.startswith(OURS) for link in links)


def test_telegram_fetches_no_preview(server: TelegramServer) -> None:
    assert server.previews() == []


def test_drafts_hold_nothing_that_a_model_wrote(server: TelegramServer) -> None:
    drafts = [call.parameters["text"] for call in server.calls("sendMessageDraft", ADMIN)]
    assert set(drafts) <= {"Asking the language model…"}


def test_no_message_was_refused(server: TelegramServer) -> None:
    assert server.refusals() == []
