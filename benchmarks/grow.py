"""What a library costs as it grows: one that is taken in through the real door, measured at several sizes.

python -m benchmarks.grow [--sizes 1000 10000] [--keep DIR] [--model DIR] [--plot FILE]

Articles are grown from the stories of `training/data/reader/`: each event has one story's sentences with names,
places, numbers and a part of the words exchanged, told over some days by several articles, none a copy of another. They
go through `retrieval.ingest.pipeline.ingest` whole, but for the embedding model, which does the same work for each
character at any size and would take hours: vectors are hashed from the words instead (`WordHashes`), so the rate of
ingest is that of all the rest. The tagger of
figures, which reads the model's states, stays out too; the grammar reads the figures. Questions are read by the real
reader. At each size:

- ingest: characters of text a second of processor time, over the last fifth taken in
- ask, figures, brief, chart: seconds of processor time of a question (95th percentile), of one event's figures, of the
  brief of one day, and of an event's chart, the median of several: other work on the machine does not show in them
- the articles of the largest event, which figures and charts grow with
- memory of the process with the index in it, and the size of the data folder beside that of the text in UTF-8
"""

from __future__ import annotations

import argparse
import math
import random
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import LargeBinary, cast, func, select

from benchmarks.answers import MODEL
from benchmarks.latency import megabytes, memory, own_index
from bot.figures.render import picture, sheet
from retrieval.answer.ask import ask, rehearse
from retrieval.briefing.brief import brief
from retrieval.domain import Moment
from retrieval.embedding import Embedder
from retrieval.embedding.centred import name_of
from retrieval.embedding.engine import DIMENSIONS
from retrieval.figures.standing import is_drawable
from retrieval.ingest.pipeline import ingest
from retrieval.ingest.submission import Submission
from retrieval.language.words import stems
from retrieval.reader.cross_encoder import load_reader
from retrieval.reader.reader import Reader
from retrieval.store import read
from retrieval.store.database import checkpoint, fetched_value
from retrieval.store.library import Library, open_library
from retrieval.store.schema import articles, versions
from training.stories import Story, read_questions

OUT = MODEL.parent
ARTICLES_A_DAY = 50
ARTICLES_AN_EVENT = 10
EVENT_DAYS = 5
EXCHANGED = 0.15  # the share of words that another sentence's take the place of
KEPT = 0.7  # the share of a story's sentences that an article tells
BEGUN = datetime(2026, 1, 1, 6, tzinfo=UTC)
QUESTIONS = 40
TIMED = 5  # events and days whose figures, brief and chart are timed
LAST = 0.2  # the share of the articles at a size, by which the rate of ingest is judged
MOST_GROWTH, MOST_MEMORY, MOST_DISK = 2.0, 1_000.0, 12.0  # a tenfold; MB; times the text

SYLLABLES = {
    "en": "bar cel dor fen gal hol ist kar lun mor nar ost pel rad sol tav ul ver wen zor".split(),
    "es": "al bar cas del fon gar lum mar nal os pal ren sal tor ul ver zan mir cor lan".split(),
    "ru": "бар вел гор дан жар зел кар лом мир нов ост пал рад сол тал урс хол цар яр вен".split(),
    "kk": "ақ бай дәу ер жар көк қара май нұр ой өз сары тас ұл шал ай бес тө жи сал".split(),
}
"""What names of invented places are made of."""


class WordHashes:
    """An Embedder that sums a random vector for each stem, so that texts with rare words in common are near.

    A stem weighs as much as it is rare in the stories. If all weighed the same, texts of one language would be near for
    their common words alone, and all articles would become one event.
    """

    name = "word-hashes-2"
    dimensions = DIMENSIONS

    def __init__(self, stories: Sequence[Story]) -> None:
        told = [set(stems(" ".join(one.sentences), "en")) for one in stories]
        self._stories = len(told)
        self._with_stem = Counter(stem for one in told for stem in one)
        self._vector = lru_cache(maxsize=100_000)(self._made)

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return unit rows, (texts, dimensions)."""
        return np.stack([self.embed_query(text) for text in texts])

    def embed_query(self, text: str) -> NDArray[np.float32]:
        """Return a unit vector."""
        total = np.full(DIMENSIONS, 1e-3, np.float32)
        for stem in stems(text, "en"):
            total += self._vector(stem)
        return np.asarray(total / np.linalg.norm(total), np.float32)

    def _made(self, stem: str) -> NDArray[np.float32]:
        seed = int.from_bytes(blake2b(stem.encode(), digest_size=8).digest(), "big")
        weight = math.log(self._stories / (1 + self._with_stem[stem])) ** 2
        return weight * np.random.default_rng(seed).standard_normal(DIMENSIONS, np.float32)


def told() -> list[Story]:
    """Return the stories whose sentences are the seed."""
    return list({asked.story.id: asked.story for asked in read_questions()}.values())


def submissions(stories: Sequence[Story], first: int, last: int) -> Iterator[Submission]:
    """Yield the articles with these numbers, the same at every call; their days go on with the numbers."""
    for number in range(first, last):
        block, within = divmod(number, ARTICLES_A_DAY * EVENT_DAYS)
        events = ARTICLES_A_DAY * EVENT_DAYS // ARTICLES_AN_EVENT
        day, event = block * EVENT_DAYS + within // ARTICLES_A_DAY, block * events + within % events
        yield _article(stories, number, event, BEGUN + timedelta(days=day, minutes=10 * (number % ARTICLES_A_DAY)))


def _article(stories: Sequence[Story], number: int, event: int, published: datetime) -> Submission:
    of_event, of_article = random.Random(event), random.Random(-number)
    story, other = of_event.choice(stories), of_event.choice(stories)
    names: dict[str, str] = {}
    spoken = [one for one in story.sentences if of_article.random() < KEPT] or [story.sentences[0]]
    words = [word for sentence in other.sentences for word in sentence.split() if word.islower()]

    def written(sentence: str) -> str:
        return " ".join(_word(word, place) for place, word in enumerate(sentence.split()))

    def _word(word: str, place: int) -> str:
        bare = word.strip(".,;:!?()«»“”\"'—")
        if bare.isdigit():
            return word.replace(bare, str(max(1, int(int(bare) * of_article.uniform(0.8, 1.3)))))
        if place and bare[:1].isupper() and bare.isalpha():
            if bare not in names:
                made = "".join(random.Random(f"{event} {bare}").choices(SYLLABLES[story.language], k=3))
                names[bare] = made.capitalize()
            return word.replace(bare, names[bare])
        if words and bare.islower() and of_article.random() < EXCHANGED:
            return word.replace(bare, of_article.choice(words).strip(".,;:!?()«»“”\"'—"))
        return word

    text = "\n\n".join(" ".join(map(written, spoken[at : at + 3])) for at in range(0, len(spoken), 3))
    return Submission(
        text,
        where=str(number),
        title=written(story.title),
        id=f"grown-{number}",
        url=f"https://outlet{number % 40}.example/{number}",
        publisher=f"Outlet {number % 40}",
        published=Moment(published),
        language=story.language,
    )


@dataclass(frozen=True)
class Cost:
    """What a library of a size costs; times are in seconds."""

    articles: int
    characters: int
    rate: float  # characters taken in a second of processor time
    ask: float  # 95th percentile
    figures: float
    brief: float
    chart: float
    largest: int  # articles of the largest event
    memory: float  # MB
    disk: float  # bytes for one of text

    @property
    def timed(self) -> dict[str, float]:
        return {"ask p95": self.ask, "figures": self.figures, "brief": self.brief, "chart": self.chart}


def take_in(library: Library, embedder: Embedder, stories: Sequence[Story], first: int, last: int) -> tuple[int, float]:
    """Take articles in; return their characters and the seconds of processor time."""
    began = time.process_time()
    report = ingest(library, embedder, submissions(stories, first, last), clock=lambda: BEGUN + timedelta(days=3_650))
    if report.rejected:
        raise ValueError(f"not taken in: {report.rejected[0].reason}")
    return report.characters, time.process_time() - began


def seconds(call: Callable[[], object]) -> float:
    """Return the processor time that a call takes."""
    began = time.process_time()
    call()
    return time.process_time() - began


def measured(
    library: Library, embedder: Embedder, reader: Reader, size: int, characters: int, rate: float, folder: Path
) -> Cost:
    """Return what the library costs now, asked of articles and events spread over all of it."""
    own_index(library)
    rehearse()
    spread = [size * (2 * place + 1) // (2 * QUESTIONS) for place in range(QUESTIONS)]
    stored = [read.article(library.engine, f"grown-{number}") for number in spread]
    titles = [one.title for one in stored if one is not None]
    asked = [seconds(lambda title=title: ask(library, embedder, reader, f"{title}?")) for title in titles]
    days = [BEGUN + timedelta(days=number // ARTICLES_A_DAY, hours=-6) for number in spread[:: QUESTIONS // TIMED]]
    events = [one.event for one in stored if one is not None and one.event is not None]
    sheets = [(event, sheet(library, None, None, citing=True, event=event)) for event in events]
    drawn = [(event, found) for event, found in sheets if any(map(is_drawable, found.series))][-TIMED:]
    if not drawn:
        raise ValueError("no event has a figure")
    largest, texts = _numbers(library)
    checkpoint(library.engine)  # as the bot does every five seconds
    return Cost(
        size,
        characters,
        rate,
        float(np.percentile(asked, 95)),
        _median([seconds(lambda e=event: sheet(library, None, None, citing=True, event=e)) for event, _ in drawn]),
        _median([seconds(lambda d=day: brief(library, embedder, d, d + timedelta(days=1))) for day in days]),
        _median([seconds(lambda f=found: picture(f, "en")) for _, found in drawn]),
        largest,
        memory(),
        megabytes(folder) * 1e6 / texts,
    )


def _median(times: Sequence[float]) -> float:
    return float(np.median(times))


def _numbers(library: Library) -> tuple[int, int]:
    """Return the articles of the largest event, and the bytes of all texts."""
    largest = select(func.count(articles.c.id)).group_by(articles.c.event).order_by(func.count().desc()).limit(1)
    texts = select(func.sum(func.length(cast(versions.c.text, LargeBinary))))
    return int(fetched_value(library.engine, largest)), int(fetched_value(library.engine, texts))


def print_cost(cost: Cost) -> None:
    timed = "".join(f"{value:10.3f}" for value in cost.timed.values())
    print(f"{cost.articles:9,}{cost.rate:12,.0f}{timed}{cost.largest:9,}{cost.memory:9.0f}{cost.disk:9.1f}", flush=True)


def print_growth(costs: Sequence[Cost]) -> None:
    """Print how much each time grows for a library ten times as large, from the first size to the last."""
    first, last = costs[0], costs[-1]
    tenfolds = math.log10(last.articles / first.articles)
    grown = {name: (value / first.timed[name]) ** (1 / tenfolds) for name, value in last.timed.items()}
    print("ten times the articles: " + ", ".join(f"{name} {times:.2f}x" for name, times in grown.items()), end="")
    print(f" (target at most {MOST_GROWTH}); ingest {last.rate / first.rate:.2f} of its rate at the first size (1)")
    print(f"memory {last.memory:.0f} MB (at most {MOST_MEMORY:.0f}), disk {last.disk:.1f} times the text ({MOST_DISK})")


def plot(costs: Sequence[Cost], file: Path) -> None:
    """Draw the times against the number of articles."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6, 4), layout="constrained")
    axes = figure.subplots()
    for name in costs[0].timed:
        axes.loglog([one.articles for one in costs], [one.timed[name] for one in costs], marker="o", label=name)
    axes.set(xlabel="articles", ylabel="seconds")
    axes.legend(frameon=False)
    file.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(file, dpi=144)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000])
    parser.add_argument("--keep", type=Path, help="folder for the library")
    parser.add_argument("--model", type=Path, default=MODEL, help="where the reader is kept")
    parser.add_argument("--plot", type=Path, default=OUT / "grow.png")
    options = parser.parse_args()
    stories, reader = told(), Reader(load_reader(options.model))
    embedder = WordHashes(stories)
    print(f"{'articles':>9}{'ingest c/s':>12}", end="")
    print(
        "".join(f"{name:>10}" for name in ("ask p95", "figures", "brief", "chart"))
        + f"{'largest':>9}{'MB':>9}{'disk':>9}"
    )
    costs: list[Cost] = []
    done = characters = 0
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.keep or Path(scratch)
        for size in sorted(options.sizes):
            library = open_library(folder, name_of(embedder))  # as after a start: the memory is that of a bot
            before = size - round((size - done) * LAST)
            characters += take_in(library, embedder, stories, done, before)[0]
            read_last, spent = take_in(library, embedder, stories, before, size)
            characters, done = characters + read_last, size
            costs.append(measured(library, embedder, reader, size, characters, read_last / spent, folder))
            library.close()
            print_cost(costs[-1])
    if len(costs) > 1:
        print_growth(costs)
    plot(costs, options.plot)


if __name__ == "__main__":
    main()
