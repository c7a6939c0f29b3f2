"""Sets of articles with questions on them, and the rule by which a text holds the answer to one.

Our own sets name the articles that answer, the news stories written for training and `devlib` the sentences, SQuAD-es
the strings and the paragraph. A text is compared without accents, case and spacing. It holds the answer

- where the sentences are named: if it contains one of them whole, or is a part of one longer than `LEAST_PART`, in
  whatever article it stands (a copy answers as well);
- where the strings are: if it is of that paragraph and contains one of them in whole words;
- where only the articles are: if it is of one of them, whatever it says. That is lenient to everybody.
"""

import json
import random
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TypeVar

from retrieval.domain import Moment
from retrieval.ingest.files import from_path
from retrieval.ingest.submission import Submission
from training.sets import CORPORA, Corpus, lines
from training.stories import EXAM_LIBRARIES, LIBRARIES, UNSEEN, UNSEEN_LIBRARIES, Place, article, read_library

LEAST_PART = 25  # characters of a sentence that, shown alone, are as good as the sentence
STORY_QUESTIONS = 600  # asked of the unseen stories
PARAGRAPHS = 400  # of SQuAD-es that make the library
PARAGRAPH_QUESTIONS = 300  # half of them impossible
SEED = 13

T = TypeVar("T")


@dataclass(frozen=True)
class Gold:
    """What answers a question: a sentence, or a string in an article, or an article."""

    article: str
    sentence: str = ""
    strings: tuple[str, ...] = ()

    def is_in(self, text: str, article: str) -> bool:
        """Return whether a text of an article holds it."""
        if self.sentence:
            wanted, shown = folded(self.sentence), folded(text)
            return wanted in shown or (len(shown) > LEAST_PART and shown in wanted)
        if self.article != article:
            return False
        return not self.strings or any(contains(text, string) for string in self.strings)


@dataclass(frozen=True)
class Asked:
    """A question, and what should be shown for it."""

    id: str
    text: str
    language: str
    kind: str  # of question; for one without an answer, why there is none
    gold: tuple[Gold, ...] = ()  # any of these answers
    never: tuple[Gold, ...] = ()  # of another event, or out of date: must not come first
    spans: tuple[str, ...] = ()  # the shortest answers, in the language of the article
    previous: str | None = None  # the question before it, which this one leans on
    as_of: datetime | None = None

    @property
    def is_summary(self) -> bool:
        """Whether many sentences are wanted: it counts by itself."""
        return self.kind == "summary"

    @property
    def answerable(self) -> bool:
        return bool(self.gold) and not self.is_summary

    @property
    def must_be_refused(self) -> bool:
        """Whether only a refusal is right; a false premise may also be answered by what mends it."""
        return not self.gold and not (self.never and self.kind == "false premise")


@dataclass(frozen=True)
class AnswerSet:
    name: str
    judged_by: str
    articles: tuple[Submission, ...]
    questions: tuple[Asked, ...]
    now: datetime


@cache
def folded(text: str) -> str:
    """Return a text without accents, case and spacing."""
    bare = "".join(mark for mark in unicodedata.normalize("NFKD", text) if not unicodedata.combining(mark))
    return " ".join(bare.casefold().split())


def contains(text: str, string: str) -> bool:
    """Return whether a text contains a string in whole words, both folded."""
    wanted = folded(string)
    return bool(wanted) and re.search(rf"(?<!\w){re.escape(wanted)}(?!\w)", folded(text)) is not None


def own_set(corpus: Corpus) -> AnswerSet:
    """Return one of our own sets; its gold are articles."""
    questions = (
        Asked(
            row["id"],
            row["question"],
            row["language"],
            row["trap"] or "answerable",
            tuple(Gold(article) for article in row["gold"]) if row["answerable"] else (),
        )
        for row in lines(corpus.questions)
    )
    articles = (one for one in from_path(corpus.articles, UTC) if isinstance(one, Submission))
    return AnswerSet(corpus.name, "articles", tuple(articles), tuple(questions), corpus.asked_at)


def event_library(folder: Path) -> AnswerSet:
    """Return a library of several events, with summaries and follow-ups where it has them."""
    library = read_library(folder)

    def golds(places: Iterable[Place]) -> tuple[Gold, ...]:
        return tuple(Gold(id_, library.stories[id_].sentences[number]) for id_, number in places)

    questions = (
        Asked(
            one.id,
            one.text,
            one.language,
            one.kind,
            golds(one.answers),
            golds(one.near),
            (one.short,) if one.short else (),
            one.previous,
            one.as_of,
        )
        for one in library.questions
    )
    return AnswerSet(folder.name, "sentences", library.articles, tuple(questions), library.asked_at)


def unseen_stories(folder: Path) -> AnswerSet:
    """Return the stories that training leaves out, all in one library, with a sample of their questions."""
    rows = [row for path in sorted(folder.glob("*.jsonl")) for row in lines(path)]
    stories = [row for row in rows if int(row["id"].rsplit("-", maxsplit=1)[1]) % UNSEEN == 0]
    questions = [
        Asked(
            f"{story['id']}.{number}",
            row["q"],
            row["lang"],
            row["kind"] if row["answers"] else row["why"],
            tuple(Gold(story["id"], story["sentences"][at]) for at in row["answers"]),
            spans=(row["span"],) if row.get("span") else (),
        )
        for story in stories
        for number, row in enumerate(story["questions"])
    ]
    articles = tuple(map(article, stories))
    newest = max(one.published.at for one in articles if one.published)
    asked = sample(questions, STORY_QUESTIONS)
    return AnswerSet("reader", "sentences", articles, asked, newest + timedelta(days=1))


def squad_es(folder: Path) -> AnswerSet:
    """Return a sample of SQuAD-es: a paragraph is an article, half of the questions are impossible."""
    (path,) = folder.glob("*.json")
    read = json.loads(path.read_text(encoding="utf-8"))["data"]
    published = datetime(2018, 6, 1, tzinfo=UTC)
    all_ = [(article["title"], paragraph) for article in read for paragraph in article["paragraphs"]]
    articles = []
    asked: dict[bool, list[Asked]] = {True: [], False: []}
    for number, (title, paragraph) in enumerate(sample(all_, PARAGRAPHS)):
        id_ = f"es-{number}"
        articles.append(
            Submission(paragraph["context"], id_, title, id_, language="es", published=Moment(published, day_only=True))
        )
        for row in paragraph["qas"]:
            strings = tuple(dict.fromkeys(answer["text"] for answer in row["answers"] if answer["text"].strip()))
            if not row["is_impossible"] and not strings:
                continue  # its answer was lost in translation
            gold = () if row["is_impossible"] else (Gold(id_, strings=strings),)
            kind = "impossible" if row["is_impossible"] else "answerable"
            asked[row["is_impossible"]].append(Asked(row["id"], row["question"], "es", kind, gold, spans=strings))
    half = PARAGRAPH_QUESTIONS // 2
    questions = (*sample(asked[False], half), *sample(asked[True], half))
    return AnswerSet("squad-es", "strings", tuple(articles), questions, published + timedelta(days=1))


def sample(rows: Sequence[T], most: int) -> tuple[T, ...]:
    """Return up to `most` of the rows in their order, the same ones each time."""
    chosen = sorted(random.Random(SEED).sample(range(len(rows)), min(most, len(rows))))
    return tuple(rows[at] for at in chosen)


OF_DATA: dict[str, Callable[[Path], AnswerSet]] = {
    "devlib": event_library,
    "reader": unseen_stories,
    "squad-es": squad_es,
}
"""Sets of the data folder, by the name of their own folder in it."""

NAMES = (*(corpus.name for corpus in CORPORA), *UNSEEN_LIBRARIES, *EXAM_LIBRARIES, *OF_DATA)


def answer_sets(data: Path | None, names: Sequence[str] = NAMES) -> Iterator[AnswerSet]:
    """Yield the sets of those names, our own first; those of the data folder only where there is one."""
    for corpus in CORPORA:
        if corpus.name in names:
            yield own_set(corpus)
    for name in (*UNSEEN_LIBRARIES, *EXAM_LIBRARIES):
        if name in names:
            yield event_library(LIBRARIES / name)
    for name, read in OF_DATA.items():
        if name in names and data is not None:
            yield read(data / name)
