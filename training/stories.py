"""Our own news stories with questions on them, and the examples that the reader learns from.

`training/data/reader/` has stories by themselves; `training/data/libraries/` has libraries of several events, each told
by stories in four languages over some days, whose questions may be answered, or seem to be, by sentences of several of
them. An example is a question with two windows of sentences: one around an answer and one around sentences that only
seem to answer, of the same story or of another. Where nothing answers, both only seem to.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrieval.embedding import Embedder
from retrieval.embedding.centred import embed_passages, embed_question
from retrieval.embedding.engine import MAX_TOKENS
from retrieval.embedding.tokens import Tokenizer
from retrieval.embedding.weights import Vocabulary
from retrieval.ingest.files import submission_from_record
from retrieval.ingest.submission import Submission
from retrieval.reader.cross_encoder import LEAD_TOKENS, QUESTION_TOKENS, SENTENCE_TOKENS, TITLE_TOKENS
from training.sets import ROOT, lines

STORIES = ROOT / "training" / "data" / "reader"
LIBRARIES = ROOT / "training" / "data" / "libraries"
UNSEEN = 6  # training leaves out the stories whose number this divides
UNSEEN_LIBRARIES = ("w3", "w13", "w14", "w15")  # left out as a whole: the probabilities are fitted on them
DECISION_LIBRARY = "w3"  # that of them which the decision is fitted on; the others ask much to mislead
EXAM_LIBRARIES = ("w7", "w17")  # others, which nothing is made with

LEAST_WINDOW, MOST_WINDOW = 30, 110  # tokens of a window's sentences; its limit is drawn between them
TITLED = 0.88  # share of the examples that have titles and first sentences
FROM_OTHER_STORIES = 0.5  # share of the examples whose wrong window is of another story
NEAREST_OF_OTHERS = 16  # sentences of other stories, nearest to the question, of which one is drawn
NEAREST_OF_STORY = 3  # sentences of its own story, of which one is drawn
MISLEADING = 0.5  # share of the examples with a sentence of another story that is known to mislead, which have it


@dataclass(frozen=True, slots=True)
class Story:
    id: str
    language: str
    title: str
    sentences: tuple[str, ...]
    library: str | None = None  # of events, that it is part of

    @property
    def number(self) -> int:
        """Its number among those of its file."""
        return int(self.id.rsplit("-", maxsplit=1)[1])

    @property
    def is_unseen(self) -> bool:
        """Whether training leaves it out, to measure on."""
        return self.library in (*UNSEEN_LIBRARIES, *EXAM_LIBRARIES) if self.library else self.number % UNSEEN == 0


Place = tuple[str, int]
"""The id of a story, and the number of a sentence in it."""


@dataclass(frozen=True, slots=True)
class StoryQuestion:
    """A question on a story; sentences go by their numbers in it."""

    story: Story
    text: str
    language: str
    answers: tuple[int, ...]  # (): no sentence answers
    near: tuple[int, ...]  # sentences that seem to answer, nearest first
    short: str | None  # words of an answering sentence that answer alone
    answers_elsewhere: frozenset[Place] = frozenset()  # sentences of other stories that answer too
    near_elsewhere: tuple[Place, ...] = ()  # sentences of other stories that seem to answer


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


@dataclass(frozen=True, slots=True)
class LibraryQuestion:
    """A question on a library of events."""

    id: str
    text: str
    language: str
    kind: str
    answers: tuple[Place, ...]  # all sentences that answer; (): none does
    near: tuple[Place, ...]  # sentences that seem to answer
    short: str | None  # words of an answering sentence that answer alone
    previous: str | None  # the question before it, which it leans on
    as_of: datetime | None


@dataclass(frozen=True, slots=True)
class EventLibrary:
    """Stories of several events over some days, by id, and questions on all of them."""

    name: str
    stories: dict[str, Story]
    articles: tuple[Submission, ...]
    questions: tuple[LibraryQuestion, ...]

    @property
    def asked_at(self) -> datetime:
        """The day after the newest story."""
        return max(article.published.at for article in self.articles if article.published) + timedelta(days=1)


def read_library(folder: Path) -> EventLibrary:
    """Return the library in `stories.jsonl` and `questions.jsonl` of a folder."""
    rows = lines(folder / "stories.jsonl")
    questions = (
        LibraryQuestion(
            row["id"],
            row["q"],
            row["lang"],
            row["kind"],
            tuple((id_, number) for id_, number in row["gold"]),
            tuple((id_, number) for id_, number in row["must_not"]),
            row["span"],
            row["previous"],
            datetime.fromisoformat(row["as_of"]) if row["as_of"] else None,
        )
        for row in lines(folder / "questions.jsonl")
    )
    stories = (Story(row["id"], row["language"], row["title"], tuple(row["sentences"]), folder.name) for row in rows)
    return EventLibrary(
        folder.name, {story.id: story for story in stories}, tuple(map(article, rows)), tuple(questions)
    )


def article(row: dict[str, Any]) -> Submission:
    """Return a story that is given sentence by sentence as an article."""
    paragraphs = (" ".join(row["sentences"][at] for at in paragraph) for paragraph in row["paragraphs"])
    record = row | {"text": "\n\n".join(paragraphs), "url": f"https://{row['id']}.example.org/"}
    return submission_from_record(record, row["id"], UTC)


def read_libraries(folder: Path = LIBRARIES) -> list[EventLibrary]:
    """Return all our libraries of events."""
    return [read_library(path.parent) for path in sorted(folder.glob("*/stories.jsonl"))]


def read_event_questions(folder: Path = LIBRARIES) -> list[StoryQuestion]:
    """Return the questions on our libraries of events, once for each story that answers them.

    One that none answers is a question on the first story that seems to.
    """
    return [one for library in read_libraries(folder) for row in library.questions for one in _on_stories(library, row)]


def _on_stories(library: EventLibrary, asked: LibraryQuestion) -> Iterator[StoryQuestion]:
    for id_ in dict.fromkeys(id_ for id_, _ in asked.answers) or [id_ for id_, _ in asked.near][:1]:
        story = library.stories[id_]
        answers = tuple(number for owner, number in asked.answers if owner == id_)
        has_short = asked.short and any(asked.short in story.sentences[number] for number in answers)
        yield StoryQuestion(
            story,
            asked.text,
            asked.language,
            answers,
            tuple(number for owner, number in asked.near if owner == id_),
            asked.short if has_short else None,
            frozenset(place for place in asked.answers if place[0] != id_),
            tuple(place for place in asked.near if place[0] != id_),
        )


class Examples:
    """Draws examples; a class because each is drawn from the tokens and vectors of all stories."""

    def __init__(self, questions: Sequence[StoryQuestion], vocabulary: Vocabulary, embedder: Embedder) -> None:
        self._tokenizer, self._begin, self._end = Tokenizer(vocabulary), vocabulary.begin, vocabulary.end
        stories = list({question.story.id: question.story for question in questions}.values())
        self._stories = {story.id: story for story in stories}
        self._titles = {story.id: self._tokens(story.title, TITLE_TOKENS) for story in stories}
        self._sentences = {story.id: [self._tokens(s, SENTENCE_TOKENS) for s in story.sentences] for story in stories}
        self._places = [(story, number) for story in stories for number in range(len(story.sentences))]
        self._rows = {(story.id, number): row for row, (story, number) in enumerate(self._places)}
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
        misleading = [place for place in question.near_elsewhere if place[0] in self._stories]
        if misleading and rng.random() < MISLEADING:
            id_, centre = rng.choice(misleading)
            story = self._stories[id_]
            second = self.window(story, centre, rng)
        elif rng.random() < FROM_OTHER_STORIES or not wrong:
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
        asked, head = self._tokens(question.text, QUESTION_TOKENS), self._titles[story.id] if titled else []
        if titled and 0 not in numbers:
            head = head + self._sentences[story.id][0][:LEAD_TOKENS]
        ids = [self._begin, *asked, self._end, self._end, *head, self._end]
        places = []
        for number in numbers:
            tokens = self._sentences[story.id][number]
            places.append(range(len(ids), len(ids) + len(tokens)))
            ids += tokens
        right = question.answers_elsewhere | {(question.story.id, number) for number in question.answers}
        answers = [(story.id, number) in right for number in numbers]
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
        cosines[[self._rows[place] for place in question.answers_elsewhere if place in self._rows]] = -np.inf
        return [int(place) for place in np.argpartition(-cosines, NEAREST_OF_OTHERS)[:NEAREST_OF_OTHERS]]

    def _short(self, story: Story, number: int, short: str) -> tuple[int, int] | None:
        """Return the first and last token of a short answer in a sentence; None if it is not in it, or beyond a cut."""
        before, found, _ = story.sentences[number].partition(short)
        start = len(self._tokens(before.rstrip(), MAX_TOKENS)) if before.strip() else 0
        end = len(self._tokens(before + found, MAX_TOKENS)) - 1
        return (start, end) if found and start <= end < len(self._sentences[story.id][number]) else None

    def _tokens(self, text: str, most: int) -> list[int]:
        return self._tokenizer.encode(text, most + 2)[1:-1]
