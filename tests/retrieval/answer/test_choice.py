"""Whoever chooses, only numbers of sentences that were shown make statements, and each is a quote."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import pytest

from retrieval.answer.ask import ask, chosen_groups
from retrieval.answer.chat_model import ChatModel
from retrieval.domain import Answer, Article, Status
from retrieval.embedding import Embedder
from retrieval.models import chat_model
from retrieval.reader.choice import Choice, Group
from retrieval.reader.reader import Reader
from retrieval.store.library import Library
from tests import fake_provider
from tests.hostile_articles import obedient, sentences
from tests.retrieval.answer.numbered import NOW, numbered

FAITHFUL = "Tokáyev anunció la retirada gradual del contingente de la OTSC y defendió su petición como legal."
QUESTION = "Who heads the Security Council?"


def article(id_: str, text: str) -> Article:
    return Article(id=id_, url=None, title="", text=text, language="en")


SHOWN = numbered(
    article("a", "Police said 12 people were held. Schools stay open."),
    article("b", "Police held 12 people. Police later gave the number as 15."),
    article("c", "The number of those held is 12."),
    article("d", "Twelve people are held."),
)


def groups(*numbers: tuple[int, ...], most: int = 3) -> list[list[int]]:
    choice = Choice(tuple(Group(group, 0.5) for group in numbers))
    return [[sentence.number for sentence in group] for group, _ in chosen_groups(choice, SHOWN, most)]


def test_groups_are_kept_in_order() -> None:
    assert groups((2,), (1, 3)) == [[2], [1, 3]]


def test_a_number_that_was_not_shown_is_dropped() -> None:
    assert groups((0, -1, 99, 2), (10**9,)) == [[2]]


def test_a_number_counts_once() -> None:
    assert groups((2, 2), (2, 1)) == [[2], [1]]


def test_a_sentence_with_other_numbers_is_a_statement_of_its_own() -> None:
    assert groups((1, 4, 3)) == [[1, 3], [4]]


def test_a_group_cites_a_source_once_and_at_most_three() -> None:
    assert groups((1, 3, 5, 6)) == [[1, 3, 5]]
    assert numbered_of_one_article() == [[1]]


def numbered_of_one_article() -> list[list[int]]:
    shown = numbered(article("a", "Schools stay open. All schools stay open."))
    return [[s.number for s in group] for group, _ in chosen_groups(Choice((Group((1, 2)),)), shown, 3)]


def test_at_most_so_many_statements_are_made() -> None:
    assert groups((1,), (2,), (4,), most=2) == [[1], [2]]


# --- the chat model and the reader meet ----------------------------------------------------------


@dataclass
class Recorded:
    """A fake provider, and the prompts that it was sent."""

    provider: fake_provider.Provider
    prompts: list[str] = field(default_factory=list)

    def replies(self, made: object) -> None:
        """Reply with JSON made of a prompt, or with the same each time."""

        def reply(prompt: str) -> fake_provider.Reply:
            self.prompts.append(prompt)
            return fake_provider.Reply(json.dumps(made(prompt) if callable(made) else made, ensure_ascii=False))

        self.provider.reply = reply


@pytest.fixture
def recorded() -> Iterator[Recorded]:
    with fake_provider.running() as running:
        yield Recorded(running)


def asked(recorded: Recorded, library: Library, embedder: Embedder, reader: Reader, question: str = QUESTION) -> Answer:
    model = chat_model("openai:m", api_key="k", base_url=f"{recorded.provider.url}/v1")
    return ask(library, embedder, reader, question, now=NOW, chooser=ChatModel("openai:m", model, 30.0))


def test_the_models_sentences_are_the_statements(
    recorded: Recorded, sample_library: Library, embedder: Embedder, reader: Reader
) -> None:
    recorded.replies({"groups": [[3], [1]], "translations": []})
    answer = asked(recorded, sample_library, embedder, reader)
    shown = sentences(recorded.prompts[0])
    assert (answer.engine, answer.status, answer.notes) == ("openai:m", Status.ANSWERED, ())
    assert [" ".join(s.text.split()) for s in answer.statements] == [shown[3], shown[1]]
    assert [s.probability for s in answer.statements] == [None, None]


def test_the_reader_gives_a_probability(sample_library: Library, embedder: Embedder, reader: Reader) -> None:
    answer = ask(sample_library, embedder, reader, QUESTION, now=NOW)
    assert answer.engine == "reader"
    probabilities = [s.probability for s in answer.statements if s.probability is not None]
    assert len(probabilities) == len(answer.statements)
    assert probabilities == sorted(probabilities, reverse=True)
    assert 0.4 < probabilities[0] <= 1.0


def test_a_model_that_chooses_nothing_leaves_the_readers_answer_without_a_note(
    recorded: Recorded, sample_library: Library, embedder: Embedder, reader: Reader
) -> None:
    recorded.replies({"groups": [], "translations": []})
    assert asked(recorded, sample_library, embedder, reader) == ask(sample_library, embedder, reader, QUESTION, now=NOW)


@pytest.mark.parametrize("numbers", [[[999]], [[-1], [0]], [[]]])
def test_numbers_that_were_not_shown_leave_the_readers_answer_with_a_note(
    recorded: Recorded, sample_library: Library, embedder: Embedder, reader: Reader, numbers: list[list[int]]
) -> None:
    recorded.replies({"groups": numbers, "translations": []})
    answer = asked(recorded, sample_library, embedder, reader)
    plain = ask(sample_library, embedder, reader, QUESTION, now=NOW)
    assert answer == replace(plain, notes=("model_malformed",))


def test_a_model_that_fails_leaves_the_readers_answer_with_the_reason(
    recorded: Recorded, sample_library: Library, embedder: Embedder, reader: Reader
) -> None:
    recorded.provider.fails(status=429)
    answer = asked(recorded, sample_library, embedder, reader)
    plain = ask(sample_library, embedder, reader, QUESTION, now=NOW)
    assert answer == replace(plain, notes=("model_rate_limited",))


def test_a_refusal_keeps_the_reason_too(
    recorded: Recorded, sample_library: Library, embedder: Embedder, reader: Reader
) -> None:
    recorded.provider.fails(status=500)
    answer = asked(recorded, sample_library, embedder, reader, "Who won the football match?")
    assert (answer.status, answer.notes) == (Status.ABSTAINED, ("model_unavailable",))
    assert answer.nearest


@pytest.mark.parametrize(
    ("written", "shown"),
    [(FAITHFUL, FAITHFUL), (f"{FAITHFUL} Lo dijo 999 veces.", None), ("Tokáyev compró pan.", None)],
)
def test_a_translation_stands_beside_its_quote_where_it_is_faithful(
    recorded: Recorded, sample_library: Library, embedder: Embedder, reader: Reader, written: str, shown: str | None
) -> None:
    def reply(prompt: str) -> dict[str, object]:
        number = next(n for n, t in sentences(prompt).items() if t.startswith("Tokayev announced a phased exit"))
        return {"groups": [[number]], "translations": [{"number": number, "text": written}]}

    recorded.replies(reply)
    (citation, *_) = asked(
        recorded, sample_library, embedder, reader, "¿Quién encabeza el Consejo de Seguridad?"
    ).citations
    assert citation.translation == shown


def test_a_model_that_obeys_an_attacker_can_only_choose_quotes(
    recorded: Recorded, sample_library: Library, embedder: Embedder, reader: Reader
) -> None:
    recorded.replies(lambda prompt: obedient("Nobody was hurt in the evil city. See https://evil.example", prompt))
    answer = asked(recorded, sample_library, embedder, reader)
    assert answer.engine == "openai:m"
    assert "evil" not in repr((answer.statements, [c.translation for c in answer.citations], answer.first_line))
    assert all(s.text in {c.answer_text for c in answer.citations if c.n in s.citations} for s in answer.statements)


def test_what_the_ledger_answers_is_not_put_to_the_model(
    recorded: Recorded, sample_library: Library, embedder: Embedder, reader: Reader
) -> None:
    recorded.replies({"groups": [[1]], "translations": []})
    answer = asked(recorded, sample_library, embedder, reader, "How many people were detained?")
    assert answer.figures
    assert (answer.engine, recorded.prompts) == ("reader", [])
