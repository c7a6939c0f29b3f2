"""Our own news stories with questions on them (`training/data/reader/`), and the examples that the reader learns from.

An example is a question with two windows of sentences: one around an answer and one around sentences that only seem to
answer, of the same story or of another. Where nothing answers, both only seem to.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from retrieval.embedding import Embedder
from retrieval.embedding.centred import embed_passages, embed_question
from retrieval.embedding.engine import MAX_TOKENS
from retrieval.embedding.tokens import Tokenizer
from retrieval.embedding.weights import Vocabulary
from retrieval.reader.cross_encoder import QUESTION_TOKENS, SENTENCE_TOKENS, TITLE_TOKENS
from training.sets import ROOT, lines

STORIES = ROOT / "training" / "data" / "reader"
UNSEEN = 6  # training leaves out the stories whose number this divides

LEAST_WINDOW, MOST_WINDOW = 30, 110  # tokens of a window's sentences; its limit is drawn between them
TITLED = 0.88  # share of the examples that have titles
FROM_OTHER_STORIES = 0.5  # share of the examples whose wrong window is of another story
NEAREST_OF_OTHERS = 16  # sentences of other stories, nearest to the question, of which one is drawn
NEAREST_OF_STORY = 3  # sentences of its own story, of which one is drawn


@dataclass(frozen=True, slots=True)
class Story:
    id: str
    language: str
    title: str
    sentences: tuple[str, ...]

    @property
    def number(self) -> int:
        """Its number among those of its file."""
        return int(self.id.rsplit("-", maxsplit=1)[1])

    @property
    def is_unseen(self) -> bool:
        """Whether training leaves it out, to measure on."""
        return self.number % UNSEEN == 0


@dataclass(frozen=True, slots=True)
class StoryQuestion:
    """A question on a story; sentences go by their numbers in it."""

    story: Story
    text: str
    language: str
    answers: tuple[int, ...]  # (): no sentence answers
    near: tuple[int, ...]  # sentences that seem to answer, nearest first
    short: str | None  # words of an answering sentence that answer alone


@dataclass(frozen=True, slots=True)
class LabelledWindow:
    """A question and sentences that follow one another, as the network reads them, with what it should find."""

    story: Story
    numbers: range  # of the sentences
    ids: list[int]  # tokens
    places: list[range]  # of each sentence's tokens in `ids`
    answers: list[bool]  # of each sentence: whether it answers
    short: tuple[int, int, int] | None  # which of the sentences has the short answer, its first and last token in it


def read_questions(folder: Path = STORIES) -> list[StoryQuestion]:
    """Return the questions on all stories, story by story."""
    found = []
    for row in (row for path in sorted(folder.glob("*.jsonl")) for row in lines(path)):
        story = Story(row["id"], row["language"], row["title"], tuple(row["sentences"]))
        for asked in row["questions"]:
            answers, near = tuple(asked["answers"]), tuple(asked.get("near", ()))
            found.append(StoryQuestion(story, asked["q"], asked["lang"], answers, near, asked.get("span")))
    return found


class Examples:
    """Draws examples; a class because each is drawn from the tokens and vectors of all stories."""

    def __init__(self, questions: Sequence[StoryQuestion], vocabulary: Vocabulary, embedder: Embedder) -> None:
        self._tokenizer, self._begin, self._end = Tokenizer(vocabulary), vocabulary.begin, vocabulary.end
        stories = list({question.story.id: question.story for question in questions}.values())
        self._titles = {story.id: self._tokens(story.title, TITLE_TOKENS) for story in stories}
        self._sentences = {story.id: [self._tokens(s, SENTENCE_TOKENS) for s in story.sentences] for story in stories}
        self._places = [(story, number) for story in stories for number in range(len(story.sentences))]
        texts = [story.sentences[number] for story, number in self._places]
        self._vectors = embed_passages(embedder, texts, [story.language for story, _ in self._places])
        self._asked = {one: embed_question(embedder, one.text, one.language) for one in questions}
        self._unseen = np.array([story.is_unseen for story, _ in self._places])
        self._owners = np.array([story.id for story, _ in self._places])

    def draw(self, question: StoryQuestion, rng: random.Random) -> list[LabelledWindow]:
        """Return a window around an answer, or around what seems most like one, and one that has none."""
        titled = rng.random() < TITLED
        order = [int(number) for number in np.argsort(-self.nearness(question))]
        wrong = [number for number in (*question.near, *order) if number not in question.answers]
        centre = rng.choice(question.answers) if question.answers else wrong[0]
        first = self.window(question.story, centre, rng)
        wrong = [number for number in wrong if number not in first]
        if rng.random() < FROM_OTHER_STORIES or not wrong:
            story, centre = self._places[rng.choice(self._nearest_of_others(question))]
            second = self.window(story, centre, rng)
        else:
            story, centre = question.story, rng.choice(wrong[:NEAREST_OF_STORY])
            second = self.window(story, centre, rng, without=first)
        return [
            self.labelled(question, question.story, first, titled=titled),
            self.labelled(question, story, second, titled=titled),
        ]

    def window(self, story: Story, centre: int, rng: random.Random, without: Sequence[int] = ()) -> range:
        """Return numbers of sentences that follow one another, `centre` anywhere among them.

        How long it may be is drawn alike for right and wrong ones, so that nothing is learnt from it.
        """
        limit, leftward = rng.randint(LEAST_WINDOW, MOST_WINDOW), rng.random()
        lengths = [len(tokens) for tokens in self._sentences[story.id]]
        low, high = centre, centre + 1
        while True:
            room = limit - sum(lengths[low:high])
            can_left = low > 0 and low - 1 not in without and lengths[low - 1] <= room
            can_right = high < len(lengths) and high not in without and lengths[high] <= room
            if not can_left and not can_right:
                return range(low, high)
            if can_left and (not can_right or rng.random() < leftward):
                low -= 1
            else:
                high += 1

    def windows(self, question: StoryQuestion, limit: int) -> list[LabelledWindow]:
        """Return the question's whole story in windows of at most `limit` tokens, or of one sentence."""
        lengths = [len(tokens) for tokens in self._sentences[question.story.id]]
        starts = [0]
        for number in range(1, len(lengths)):
            if sum(lengths[starts[-1] : number + 1]) > limit:
                starts.append(number)
        edges = zip(starts, [*starts[1:], len(lengths)], strict=True)
        return [self.labelled(question, question.story, range(start, end)) for start, end in edges]

    def labelled(self, question: StoryQuestion, story: Story, numbers: range, *, titled: bool = True) -> LabelledWindow:
        """Return these sentences with the question before them, as `retrieval.reader.cross_encoder` reads them."""
        asked, title = self._tokens(question.text, QUESTION_TOKENS), self._titles[story.id] if titled else []
        ids = [self._begin, *asked, self._end, self._end, *title, self._end]
        places = []
        for number in numbers:
            tokens = self._sentences[story.id][number]
            places.append(range(len(ids), len(ids) + len(tokens)))
            ids += tokens
        answers = [story.id == question.story.id and number in question.answers for number in numbers]
        shorts = (
            (index, *found)
            for index, number in enumerate(numbers)
            if answers[index] and question.short and (found := self._short(story, number, question.short))
        )
        return LabelledWindow(story, numbers, [*ids, self._end], places, answers, next(shorts, None))

    def nearness(self, question: StoryQuestion) -> NDArray[np.float32]:
        """Return the cosine of the question to each sentence of its story."""
        return np.asarray(self._vectors[self._owners == question.story.id] @ self._asked[question])

    def _nearest_of_others(self, question: StoryQuestion) -> list[int]:
        """Return which of all places are nearest to the question in other stories that training may see."""
        cosines = self._vectors @ self._asked[question]
        cosines[self._unseen | (self._owners == question.story.id)] = -np.inf
        return [int(place) for place in np.argpartition(-cosines, NEAREST_OF_OTHERS)[:NEAREST_OF_OTHERS]]

    def _short(self, story: Story, number: int, short: str) -> tuple[int, int] | None:
        """Return the first and last token of a short answer in a sentence; None if it is not in it, or beyond a cut."""
        before, found, _ = story.sentences[number].partition(short)
        start = len(self._tokens(before.rstrip(), MAX_TOKENS)) if before.strip() else 0
        end = len(self._tokens(before + found, MAX_TOKENS)) - 1
        return (start, end) if found and start <= end < len(self._sentences[story.id][number]) else None

    def _tokens(self, text: str, most: int) -> list[int]:
        return self._tokenizer.encode(text, most + 2)[1:-1]
