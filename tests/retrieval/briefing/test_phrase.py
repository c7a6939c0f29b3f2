"""A language model may phrase a briefing; only what its quotes bear out, and only on what is new, is sent."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from retrieval.answer.chat_model import brief_now
from retrieval.briefing.brief import brief
from retrieval.briefing.citations import shown_quotes
from retrieval.briefing.phrase import Phraser
from retrieval.domain import Briefing, ShownQuote
from retrieval.embedding import Embedder
from retrieval.models import chat_model
from retrieval.store.library import Library
from tests import fake_provider

SINCE = datetime(2022, 1, 7, tzinfo=UTC)
QUOTE = "On 7 January Tokayev said he had told forces to fire lethally without warning."


@pytest.fixture
def provider() -> Iterator[fake_provider.Provider]:
    with fake_provider.running() as running:
        yield running


def drafted(asked: str, text: str) -> str:
    """Return a model's draft that cites the passage holding QUOTE."""
    label = next(
        m[1] for m in re.finditer(r"passage (P\d+),.*?>>(.*?)<<", asked.replace("\\n", "\n"), re.S) if QUOTE in m[2]
    )
    return json.dumps(
        {"statements": [{"text": text, "cites": [{"passage": label, "quote": QUOTE, "translation": ""}]}]}
    )


def seventh(
    library: Library, embedder: Embedder, provider: fake_provider.Provider, told: tuple[ShownQuote, ...] = ()
) -> Briefing:
    model = chat_model("openai:m", api_key="k", base_url=provider.url + "/v1")
    phraser = Phraser("openai:m", lambda window, passages, language, most: brief_now(model, window, passages, language))
    return brief(library, embedder, SINCE, SINCE + timedelta(days=1), shown=told, phraser=phraser)


def texts(made: Briefing) -> list[str]:
    return [statement.text for line in made.lines for statement in line.statements]


def test_a_statement_that_its_quote_bears_out_takes_the_place_of_the_sentence(
    sample_library: Library, embedder: Embedder, provider: fake_provider.Provider
) -> None:
    said = "Tokayev said on 7 January that he had told forces to fire lethally without warning."
    provider.reply = lambda asked: fake_provider.Reply(drafted(asked, said))
    made = seventh(sample_library, embedder, provider)
    assert made.engine == "openai:m"
    assert said in texts(made)
    assert QUOTE not in texts(made)
    statement = next(s for line in made.lines for s in line.statements if s.text == said)
    assert [c.quote for c in made.citations if c.n in statement.citations] == [QUOTE]


@pytest.mark.parametrize(
    "said",
    [
        "Tokayev said on 8 January that he had told forces to fire lethally without warning.",
        "Tokayev said on 7 January that he had not told forces to fire lethally without warning.",
        "Nazarbayev said on 7 January that he had told forces to fire lethally without warning.",
    ],
)
def test_a_statement_that_its_quote_does_not_bear_out_is_not_sent(
    sample_library: Library, embedder: Embedder, provider: fake_provider.Provider, said: str
) -> None:
    provider.reply = lambda asked: fake_provider.Reply(drafted(asked, said))
    made = seventh(sample_library, embedder, provider)
    assert made.engine == "extractive"
    assert made.notes == ("model_nothing_stood",)
    assert QUOTE in texts(made)


def test_a_provider_that_fails_leaves_the_articles_own_sentences(
    sample_library: Library, embedder: Embedder, provider: fake_provider.Provider
) -> None:
    provider.reply = lambda _: fake_provider.Reply(status=500)
    made = seventh(sample_library, embedder, provider)
    assert made.notes == ("model_unavailable",)
    assert QUOTE in texts(made)


def test_a_statement_on_what_was_told_before_is_not_sent(
    sample_library: Library, embedder: Embedder, provider: fake_provider.Provider
) -> None:
    before = brief(sample_library, embedder, SINCE, SINCE + timedelta(days=1), shown=())
    said = "Tokayev said on 7 January that he had told forces to fire lethally without warning."
    provider.reply = lambda asked: fake_provider.Reply(drafted(asked, said) if QUOTE in asked else '{"statements": []}')
    assert said not in texts(seventh(sample_library, embedder, provider, tuple(shown_quotes(before))))
