"""Chosen sentences become statements: each cites its sentence, its speaker, and where the speaker is named."""

import pytest

from retrieval.answer.compose import Composed, compose
from retrieval.embedding import Embedder
from retrieval.ingest.pipeline import ingest
from retrieval.ingest.submission import Submission
from retrieval.store import read
from retrieval.store.library import Library
from tests.retrieval.answer.numbered import numbered

NAMED = "Mayor Nino Beridze spoke to reporters on the square in Gori."
PRONOUN = "The bridge would stay closed until Friday, she said."
OWN = "Hundreds of people stood on the old bridge."


@pytest.fixture
def composed(library: Library, embedder: Embedder) -> dict[str, Composed]:
    """The statement that each sentence of an article makes."""
    text = f"{OWN} {NAMED} {PRONOUN}"
    ingest(library, embedder, [Submission(text=text, where="t", id="t", language="en")])
    article = read.article(library.engine, "t")
    assert article is not None
    return {one.text: compose(library, [[one]], None) for one in numbered(article)}


def test_a_citation_names_the_speaker_of_its_quote(composed: dict[str, Composed]) -> None:
    speakers = {text: one.citations[0].speaker for text, one in composed.items()}
    assert speakers == {OWN: None, NAMED: "Mayor Nino Beridze", PRONOUN: "Mayor Nino Beridze"}


def test_the_sentence_that_names_the_speaker_stands_in_the_quote(composed: dict[str, Composed]) -> None:
    made = composed[PRONOUN]
    assert [citation.quote for citation in made.citations] == [f"{OWN} {NAMED} {PRONOUN}"]
    assert [citation.answer_text for citation in made.citations] == [PRONOUN]
    assert [(one.text, one.citations) for one in made.statements] == [(PRONOUN, (1,))]


def test_two_sentences_of_one_paragraph_are_two_citations(composed: dict[str, Composed], library: Library) -> None:
    article = read.article(library.engine, "t")
    assert article is not None
    both = compose(library, [[one] for one in numbered(article)[:2]], None)
    assert [(one.text, one.citations) for one in both.statements] == [(OWN, (1,)), (NAMED, (2,))]
    assert [citation.answer_text for citation in both.citations] == [OWN, NAMED]


def test_a_speaker_named_far_before_is_cited_once_for_all_that_she_says(library: Library, embedder: Embedder) -> None:
    text = f"{NAMED} Repairs {'of the arches and the road ' * 12}have begun. {PRONOUN} The old road was safe, she said."
    ingest(library, embedder, [Submission(text=text, where="t", id="t", language="en")])
    article = read.article(library.engine, "t")
    assert article is not None
    made = compose(library, [[one] for one in numbered(article)[2:]], None)
    assert [one.citations for one in made.statements] == [(1, 2), (3, 2)]
    assert len(made.citations) == 3
    assert made.citations[1].quote == NAMED
