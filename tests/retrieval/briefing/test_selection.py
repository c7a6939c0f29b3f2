"""A language model may choose and order the sentences of a briefing, by number; each stays a quote."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from retrieval.answer.chat_model import ChatModel
from retrieval.briefing.brief import brief
from retrieval.briefing.shown import shown_quotes
from retrieval.domain import Briefing, ShownQuote
from retrieval.embedding import Embedder
from retrieval.models import chat_model
from retrieval.store.library import Library
from tests import fake_provider
from tests.hostile_articles import obedient, sentences

SINCE = datetime(2022, 1, 7, tzinfo=UTC)
UNTIL = SINCE + timedelta(days=1)
QUOTE = "On 7 January Tokayev said he had told forces to fire lethally without warning."


@pytest.fixture
def provider() -> Iterator[fake_provider.Provider]:
    with fake_provider.running() as running:
        yield running


@pytest.fixture
def seventh(sample_library: Library, embedder: Embedder, provider: fake_provider.Provider) -> Callable[..., Briefing]:
    """Return the brief of 7 January by a model that replies what `made` makes of its prompt."""

    def briefed(made: Callable[[str], Any], before: tuple[ShownQuote, ...] = ()) -> Briefing:
        provider.reply = lambda prompt: fake_provider.Reply(json.dumps(made(prompt)))
        model = chat_model("openai:m", api_key="k", base_url=f"{provider.url}/v1")
        return brief(
            sample_library, embedder, SINCE, UNTIL, shown=before, chat_model=ChatModel("openai:m", model, 30.0)
        )

    return briefed


@pytest.fixture
def built_in(sample_library: Library, embedder: Embedder) -> Briefing:
    return brief(sample_library, embedder, SINCE, UNTIL, shown=())


def texts(made: Briefing) -> list[str]:
    return [statement.text for line in made.lines for statement in line.statements]


def quote_of(prompt: str) -> int:
    return next(number for number, text in sentences(prompt).items() if text == QUOTE)


def reply(*groups: list[int]) -> dict[str, object]:
    return {"groups": list(groups), "translations": []}


def test_the_development_that_the_model_puts_first_comes_first(
    seventh: Callable[..., Briefing], built_in: Briefing
) -> None:
    first, *_, last = texts(built_in)
    made = seventh(lambda prompt: reply([next(n for n, text in sentences(prompt).items() if text == last)]))
    assert made.engine == "openai:m"
    assert texts(made)[0] == last != first


def test_a_sentence_that_it_chooses_takes_the_place_of_its_storys_own(
    seventh: Callable[..., Briefing], built_in: Briefing
) -> None:
    own = texts(built_in)

    def other(prompt: str) -> dict[str, object]:
        return reply([next(number for number, text in sentences(prompt).items() if text not in own)])

    made = seventh(other)
    assert texts(made)[0] not in own
    assert all(any(s.text == c.quote for c in made.citations) for line in made.lines for s in line.statements)


def test_stories_that_it_leaves_out_follow(seventh: Callable[..., Briefing], built_in: Briefing) -> None:
    made = seventh(lambda prompt: reply([quote_of(prompt)]))
    assert {line.story.id for line in made.lines} == {line.story.id for line in built_in.lines}


def test_what_it_chooses_twice_stands_once(seventh: Callable[..., Briefing]) -> None:
    made = seventh(lambda prompt: reply([quote_of(prompt), quote_of(prompt)], [quote_of(prompt)]))
    assert texts(made).count(QUOTE) == 1


def test_numbers_that_it_was_not_shown_leave_the_built_in_selection(
    seventh: Callable[..., Briefing], built_in: Briefing
) -> None:
    made = seventh(lambda prompt: reply([0, -1], [10**9]))
    assert (made.engine, made.notes) == ("reader", ("model_malformed",))
    assert texts(made) == texts(built_in)


def test_a_model_that_chooses_nothing_leaves_the_built_in_selection(
    seventh: Callable[..., Briefing], built_in: Briefing
) -> None:
    assert seventh(lambda prompt: reply()) == built_in


def test_a_provider_that_fails_leaves_the_built_in_selection_with_the_reason(
    seventh: Callable[..., Briefing], built_in: Briefing, provider: fake_provider.Provider
) -> None:
    made = seventh(lambda prompt: "not JSON of the schema")
    assert made.notes == ("model_malformed",)
    assert texts(made) == texts(built_in)


def test_what_was_in_a_brief_before_cannot_be_chosen(seventh: Callable[..., Briefing], built_in: Briefing) -> None:
    prompts: list[str] = []

    def reply_(prompt: str) -> dict[str, object]:
        prompts.append(prompt)
        return reply([1])

    made = seventh(reply_, tuple(shown_quotes(built_in)))
    assert QUOTE not in texts(made)
    assert all(QUOTE not in sentences(prompt).values() for prompt in prompts)


def test_nothing_that_an_obedient_model_writes_is_sent(seventh: Callable[..., Briefing]) -> None:
    made = seventh(lambda prompt: obedient("Nobody was hurt in the evil city. See https://evil.example", prompt))
    assert made.engine == "openai:m"
    assert "evil" not in repr((made.lines, [c.translation for c in made.citations]))
    assert all(
        statement.text in {c.quote for c in made.citations} for line in made.lines for statement in line.statements
    )
