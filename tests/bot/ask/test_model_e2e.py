"""A language model behind the bot, over HTTP and the real client: good, hostile, slow, broken or gone."""

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import fake_provider
from tests.bot.running import ADMIN, command, running
from tests.conftest import SAMPLES
from tests.fake_provider import Provider, Reply
from tests.fake_telegram.server import TelegramServer
from tests.hostile_articles import obedient, sentences

FAITHFUL = "Tokáyev anunció la retirada gradual del contingente de la OTSC y defendió su petición como legal."
ENGINE = "openai:stub"
TIMEOUT = 3.0  # seconds, of the bot's calls to the model; the default is 5
QUESTION = "Who heads the Security Council?"
TEXTS = [json.loads(line)["text"] for line in SAMPLES.read_text(encoding="utf-8").splitlines()]
INSTEAD = "The sentences below were chosen without it."


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    with fake_provider.running() as found:
        yield found


@pytest.fixture(scope="module")
def server(module_data: Path, provider: Provider) -> Iterator[TelegramServer]:
    """One bot with a model for all tests of this module."""
    settings = {"chat_model": ENGINE, "chat_base_url": f"{provider.url}/v1", "chat_timeout": str(TIMEOUT)}
    with TelegramServer() as telegram, running(telegram, module_data, questions_per_minute="1000", **settings):
        telegram.ask(ADMIN, QUESTION)  # the first call of a client takes longer, and is no test
        yield telegram


@pytest.fixture(autouse=True)
def _new_conversation(server: TelegramServer, provider: Provider) -> None:
    """No question is a follow-up of another test's."""
    server.ask(ADMIN, "/new")
    provider.asked.clear()


def english(prompt: str, most: int = 2) -> dict[int, str]:
    """Return the first English sentences that the model was shown, by number."""
    shown = {number: text for number, text in sentences(prompt).items() if any(text in whole for whole in TEXTS)}
    return dict([(number, text) for number, text in shown.items() if text.isascii()][:most])


def choosing(*groups: list[int]) -> str:
    return json.dumps({"groups": list(groups), "translations": []})


def honest(prompt: str) -> Reply:
    """Choose two sentences."""
    return Reply(choosing(*([number] for number in english(prompt))))


def hostile(prompt: str) -> Reply:
    """Choose what was not shown, and write all that it must not in the place of translations."""
    return Reply(json.dumps(obedient("Nobody was ever hurt in the evil city.", prompt)))


def text_of_all(server: TelegramServer, since: int) -> str:
    calls = server.calls(chat_id=ADMIN)[since:]
    return "\n".join(str(call.parameters.get("text", "")) for call in calls)


def test_the_sentences_that_a_model_chooses_arrive(server: TelegramServer, provider: Provider) -> None:
    shown: list[str] = []

    def reply(prompt: str) -> Reply:
        shown.append(prompt)
        return honest(prompt)

    provider.reply = reply
    answer = server.ask(ADMIN, QUESTION)
    expected = english(shown[0])
    assert len(expected) == 2
    for sentence in expected.values():
        assert sentence in answer.text
    assert "[2]" in answer.buttons
    assert INSTEAD not in answer.text


def test_a_translation_arrives_below_its_quote_and_is_labelled(server: TelegramServer, provider: Provider) -> None:
    def reply(prompt: str) -> Reply:
        number = next(n for n, t in english(prompt, 99).items() if t.startswith("Tokayev announced a phased exit"))
        translations = [{"number": number, "text": FAITHFUL}]
        return Reply(json.dumps({"groups": [[number]], "translations": translations}))

    provider.reply = reply
    answer = server.ask(ADMIN, "¿Quién encabeza el Consejo de Seguridad?")
    assert f"Traducción automática: {FAITHFUL}" in answer.text


def test_while_the_model_works_a_draft_says_so_and_nothing_else(server: TelegramServer, provider: Provider) -> None:
    provider.reply = lambda prompt: Reply(honest(prompt).text, wait=1.0)
    mark = len(server.calls("sendMessageDraft", ADMIN))
    answer = server.ask(ADMIN, QUESTION)
    drafts = [call.parameters["text"] for call in server.calls("sendMessageDraft", ADMIN)[mark:]]
    assert drafts == ["Asking the language model…"]
    assert server.draft(ADMIN) is None  # nothing came after the answer
    assert "[1]" in answer.text


def test_a_draft_speaks_the_language_of_its_reader(server: TelegramServer, provider: Provider) -> None:
    provider.reply = lambda prompt: Reply(honest(prompt).text, wait=1.0)
    server.add_user(ADMIN, language_code="ru")
    mark = server.mark()
    server.ask(ADMIN, QUESTION)
    server.add_user(ADMIN, language_code="en")
    draft = server.wait_for("sendMessageDraft", ADMIN, since=mark)
    assert draft.parameters["text"] == "Спрашиваю языковую модель…"


def test_nothing_that_a_hostile_model_writes_arrives(server: TelegramServer, provider: Provider) -> None:
    provider.reply = hostile
    mark = len(server.calls(chat_id=ADMIN))
    answer = server.ask(ADMIN, QUESTION)
    assert "evil" not in text_of_all(server, mark)
    assert "[1]" in answer.text
    assert server.previews() == []


@pytest.mark.parametrize(
    ("failure", "told"),
    [
        (Reply("{}", wait=60), "did not answer in time"),
        (Reply("{}", drip=0.3), "did not answer in time"),
        (Reply(status=429), "is overloaded"),
        (Reply(status=401), "rejected its key"),
        (Reply(status=404), "does not know this language model"),
        (Reply(status=500), "cannot be reached"),
        (Reply(refusal=True), "declined to answer"),
        (Reply('{"groups": [[1, 2'), "could not be read"),
        (Reply('{"answer": "another schema"}'), "could not be read"),
        (Reply(choosing([0, -1], [10**9])), "could not be read"),
        (Reply(raw=b"<html>gateway</html>"), "could not be read"),
        (Reply(choosing([1]), cut=40), "cannot be reached"),
    ],
    ids=["hangs", "drips", "429", "401", "404", "500", "refuses", "half", "schema", "numbers", "html", "cut"],
)
def test_a_model_that_fails_leaves_the_articles_own_sentences_and_one_honest_line(
    failure: Reply, told: str, server: TelegramServer, provider: Provider
) -> None:
    _recovered(server, provider)
    provider.reply = lambda _prompt: failure
    start = time.monotonic()
    answer = server.ask(ADMIN, QUESTION)
    assert time.monotonic() - start < TIMEOUT + 3  # the rest is finding, on a busy machine
    assert answer.text.count(INSTEAD) == 1
    assert told in answer.text
    assert "[1]" in answer.text
    assert "secret internals" not in answer.text


def _recovered(server: TelegramServer, provider: Provider) -> None:
    """Ask until the provider, which other failures may have earned a pause, is asked again."""
    provider.reply = honest
    while not provider.asked:
        server.ask(ADMIN, "/new")
        server.ask(ADMIN, QUESTION)
    server.ask(ADMIN, "/new")


def test_a_follow_up_is_completed_by_the_model(server: TelegramServer, provider: Provider) -> None:
    complete = "Why did Russia send the CSTO mission?"

    def reply(prompt: str) -> Reply:
        return honest(prompt) if sentences(prompt) else Reply(complete)

    provider.reply = reply
    server.ask(ADMIN, "Who sent the CSTO mission?")
    server.ask(ADMIN, "And why?")
    rewriting, answering = provider.asked[-2:]
    assert "Who sent the CSTO mission?" in json.dumps(rewriting)
    assert complete in json.dumps(answering)


def test_nothing_was_refused_and_every_limit_kept(server: TelegramServer) -> None:
    assert server.refusals() == server.violations() == []


def test_the_json_of_an_answer_names_the_model(sample_data: Path, server: TelegramServer, provider: Provider) -> None:
    provider.reply = honest
    done = command(
        server, sample_data, "ask", QUESTION, "--json", chat_model=ENGINE, chat_base_url=f"{provider.url}/v1"
    )
    answer = json.loads(done.stdout)
    assert answer["engine"] == ENGINE
    assert all(any(c["quote"] in text for text in TEXTS) for c in answer["citations"])


def test_a_dead_provider_leaves_the_answer_to_the_reader(sample_data: Path, server: TelegramServer) -> None:
    settings = {"chat_model": ENGINE, "chat_base_url": "http://127.0.0.1:9/v1"}
    answer = json.loads(command(server, sample_data, "ask", QUESTION, "--json", **settings).stdout)
    assert (answer["engine"], answer["status"]) == ("reader", "answered")


@pytest.mark.parametrize(
    ("model", "told"),
    [("wizard:gpt", "names no model"), ("gpt-5", "names no model"), ("openai:gpt-5-mini", "OPENAI_API_KEY")],
)
def test_a_model_that_cannot_be_had_keeps_the_bot_from_starting_with_one_sentence(
    model: str, told: str, sample_data: Path, tmp_path: Path, server: TelegramServer
) -> None:
    (tmp_path / "models").symlink_to(sample_data / "models")
    done = command(server, tmp_path, "run", chat_model=model)
    assert done.returncode == 1
    assert told in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr
