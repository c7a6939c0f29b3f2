"""The built-in chooser: numbers of the sentences that answer, how likely, and the nearest ones where none does."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from retrieval.embedding import Embedder
from retrieval.ingest.pipeline import ingest
from retrieval.ingest.submission import Submission
from retrieval.question.question import Question
from retrieval.reader.choice import Choice, NumberedSentence
from retrieval.reader.extract import numbered_sentences
from retrieval.reader.passages import read_passages
from retrieval.reader.reader import PASSAGES_READ, PassageReader, Reader
from retrieval.search.find import find
from retrieval.store.library import Library

NOW = datetime(2022, 1, 20, tzinfo=UTC)
QUESTION = "Why did the dockers in Sekumbo walk out?"
STORY = (
    "Cranes stood idle in Sekumbo on Tuesday as dockers walked out. They walked out in Sekumbo because the operator cut"
    " night-shift pay by 18 percent. The operator's director, Lars Hvidtfeldt, called the stoppage illegal."
)
OTHER = "In Sekumbo the dockers walked out over a pay cut that the operator had made, the union said on Tuesday night."


@dataclass
class Reads:
    """A library, and what is read in it for a question."""

    library: Library
    embedder: Embedder
    reader: Reader

    def of(
        self, question: str, texts: Sequence[str], reader: Reader | None = None
    ) -> tuple[Question, PassageReader, list[NumberedSentence]]:
        taken = [
            Submission(text, f"{at}", "Sekumbo", f"{at}", f"https://{at}.example/") for at, text in enumerate(texts)
        ]
        ingest(self.library, self.embedder, taken)
        found = find(self.library, self.embedder, Question.read(question, now=NOW), 24)
        passages = read_passages(self.library, found, 24)
        return found.question, (reader or self.reader).over(passages), numbered_sentences(found, passages)

    def choose(self, question: str, texts: Sequence[str], most: int = 3, reader: Reader | None = None) -> Choice:
        asked, built_in, sentences = self.of(question, texts, reader)
        return built_in.choose(asked, sentences, most=most)


@pytest.fixture
def reads(library: Library, embedder: Embedder, reader: Reader) -> Reads:
    return Reads(library, embedder, reader)


def test_the_sentence_that_answers_is_chosen_first_with_a_probability(reads: Reads) -> None:
    asked, built_in, sentences = reads.of(QUESTION, [STORY])
    (first, *_) = built_in.choose(asked, sentences, most=3).groups
    assert "cut night-shift pay" in next(one.text for one in sentences if one.number == first.numbers[0])
    assert first.probability is not None
    assert 0 < first.probability < 1


def test_where_nothing_answers_the_nearest_come_back_alone(reads: Reads) -> None:
    choice = reads.choose("Which singer opened the football cup in Brazil?", [STORY])
    assert choice.groups == ()
    assert len(choice.nearest) == 3


def test_what_is_quoted_around_a_sentence_is_not_chosen_again(reads: Reads) -> None:
    assert len(reads.choose(QUESTION, [STORY]).groups) == 1


def test_without_sentences_nothing_is_chosen(reads: Reads) -> None:
    assert reads.choose(QUESTION, []) == Choice()


def test_as_many_passages_are_read_as_time_allows(reads: Reads) -> None:
    filler = [f"Bread in the town of Nord {number} costs more than it did." for number in range(2 * PASSAGES_READ)]
    asked, built_in, sentences = reads.of(QUESTION, [STORY, *filler])
    read = {one.sentence.passage.id for one in built_in.ranked(asked, sentences)}
    assert len(read) == PASSAGES_READ
    assert any(one.sentence.text in STORY for one in built_in.ranked(asked, sentences))


def test_the_words_that_answer_alone_come_with_the_choice(reads: Reads) -> None:
    asked, built_in, sentences = reads.of("When did cranes stand idle in Sekumbo?", [STORY])
    choice = built_in.choose(asked, sentences, most=3)
    first = next(one for one in sentences if one.number == choice.groups[0].numbers[0])
    assert choice.short is not None
    assert "Tuesday" in choice.short.of(first.text)
