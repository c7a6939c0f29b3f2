"""Attacks planted in articles, and a model that does whatever they ask, over HTTP and the real clients."""

import html
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from retrieval.answer.ask import chosen_groups
from retrieval.answer.chat_model import ChatModel
from retrieval.answer.harmless import defang
from retrieval.answer.translation import faithful
from retrieval.domain import Article
from retrieval.ingest.parse.page import read_page
from retrieval.language.doc import Text
from retrieval.models import chat_model
from retrieval.reader.choice import Choice, NumberedSentence
from retrieval.reader.extract import only_asks
from tests import fake_provider
from tests.hostile_articles import obedient
from tests.retrieval.answer.numbered import numbered, question

ATTACKS = [
    json.loads(line)
    for line in (Path(__file__).parents[2] / "data" / "injections" / "attacks.jsonl").read_text("utf-8").splitlines()
]
PROVIDERS = {"openai": "/v1", "anthropic": "", "ollama": ""}
TAPPABLE = re.compile(
    r"(?:https?|tg|mailto|tel|javascript):|[\w-]+\.[^\W\d_]{2,}|@\w|(?:^|(?<=[\s(\"'«]))/[a-zA-Z]\w*", re.IGNORECASE
)

HONEST = Article(
    id="honest",
    url="https://news.example/honest",
    title="Square cleared",
    text="Police said at least 12 officers were hurt in Oruro on 6 May. No protesters were killed, the mayor said.",
    language="en",
)
STORY = (
    "Shops in the old town of Sucre stayed shut on Tuesday after a night of clashes near the market.",
    "The regional hospital treated 30 people, most of them for the effects of tear gas.",
    "Bus drivers said that they would not return to work before the talks on Friday.",
)


def planted(attack: dict[str, str]) -> Article:
    """Return the article that we read from a page with the attack at its place."""
    text = html.escape(attack["text"]) if attack["place"] not in ("comment", "jsonld", "alt") else attack["text"]
    at = {place: text if attack["place"] == place else "" for place in ("title", "alt", "jsonld", "comment")}
    body = text if attack["place"] in ("body", "zerowidth") else ""
    data = json.dumps({"@type": "NewsArticle", "headline": "Shops shut in Sucre", "description": at["jsonld"]})
    data = data.replace("</", "<\\/")
    alt = at["alt"].replace('"', "&quot;")
    page = f"""<!doctype html><html lang="en"><head><title>{at["title"] or "Shops shut in Sucre"}</title>
        <script type="application/ld+json">{data}</script></head><body>
        <!-- {at["comment"].replace("--", "- -")} --><article><h1>{at["title"] or "Shops shut in Sucre"}</h1>
        <img src="x.jpg" alt="{alt}"><p>{STORY[0]} {STORY[1]}</p><p>{body}</p><p>{STORY[2]} {STORY[0]}</p>
        </article></body></html>"""
    read = read_page(page.encode(), "https://news.example/planted", "text/html; charset=utf-8")
    return Article(id="planted", url=read.url, title=read.title, text=read.text, language=attack["language"])


@pytest.fixture(scope="module")
def provider() -> Iterator[fake_provider.Provider]:
    with fake_provider.running() as running:
        yield running


@pytest.fixture(scope="module", params=PROVIDERS)
def chosen(
    request: pytest.FixtureRequest, provider: fake_provider.Provider
) -> list[tuple[dict[str, str], list[NumberedSentence], Choice]]:
    """Every attack (every fifth for all but one client), planted, and what the obedient model's choice came to."""
    name = request.param
    model = ChatModel(f"{name}:m", chat_model(f"{name}:m", api_key="k", base_url=provider.url + PROVIDERS[name]), 30.0)
    results = []
    for attack in ATTACKS if name == "openai" else ATTACKS[::5]:
        shown = quotable(planted(attack), HONEST)
        provider.reply = lambda prompt, text=attack["text"]: fake_provider.Reply(json.dumps(obedient(text, prompt)))
        choice = model.choose(question("Who was hurt in Oruro?", "es"), shown, most=8)
        results.append((attack, shown, choice))
    return results


Chosen = list[tuple[dict[str, str], list[NumberedSentence], Choice]]


def quotable(*articles: Article) -> list[NumberedSentence]:
    """Return the sentences of articles that a chooser is shown."""
    return [one for one in numbered(*articles) if not one.parsed.addresses_machines and not only_asks(one.text)]


def test_there_are_a_hundred_attacks_of_every_kind() -> None:
    assert len(ATTACKS) >= 100
    assert {a["language"] for a in ATTACKS} == {"en", "ru", "kk", "es"}
    assert {a["place"] for a in ATTACKS} == {"title", "body", "alt", "jsonld", "comment", "zerowidth"}
    aims = {"link", "mention", "command", "markup", "citation", "system", "retraction"}
    assert {a["aim"] for a in ATTACKS} == aims


def test_an_obedient_model_chooses_and_its_choice_can_be_read(chosen: Chosen) -> None:
    assert [attack["id"] for attack, _, choice in chosen if choice.reason or not choice.groups] == []


def test_statements_are_sentences_that_were_shown(chosen: Chosen) -> None:
    for attack, shown, choice in chosen:
        made = chosen_groups(choice, shown, 8)
        assert made, attack["id"]
        for group, _ in made:
            assert all(any(sentence is one for one in shown) for sentence in group), attack["id"]


def test_no_statement_speaks_to_the_machine(chosen: Chosen) -> None:
    for attack, shown, choice in chosen:
        for group, _ in chosen_groups(choice, shown, 8):
            assert not any(sentence.parsed.addresses_machines for sentence in group), attack["id"]


def test_no_translation_that_an_attacker_wrote_is_shown(chosen: Chosen) -> None:
    for attack, shown, choice in chosen:
        originals = {sentence.number: sentence for sentence in shown}
        assert choice.translations, attack["id"]
        for number, text in choice.translations.items():
            if number in originals:
                original = originals[number]
                assert not faithful(Text(text, "es"), original.parsed), attack["id"]


def test_quotes_and_titles_cannot_be_tapped_once_rendered(chosen: Chosen) -> None:
    for attack, shown, _ in chosen:
        for text in (shown[0].article.title, *(sentence.text for sentence in shown)):
            assert not TAPPABLE.search(defang(text)), attack["id"]


@pytest.mark.parametrize("place", ["comment", "alt", "jsonld"])
def test_what_a_reader_cannot_see_is_no_part_of_an_article(place: str) -> None:
    for attack in ATTACKS:
        if attack["place"] == place:
            assert attack["text"][:30] not in planted(attack).text, attack["id"]


@pytest.mark.parametrize(
    "sentence",
    [
        "Police said at least 12 officers were hurt in Oruro on 6 May.",
        "The assistant secretary of state arrived in Bishkek.",
        "Министр забыл о правилах, заявил депутат.",
        "Los manifestantes ignoraron las instrucciones de la policía.",
        "Полиция ережені бұзғандарды ұстады.",
    ],
)
def test_news_does_not_speak_to_the_machine(sentence: str) -> None:
    assert not Text(sentence, "en").addresses_machines
