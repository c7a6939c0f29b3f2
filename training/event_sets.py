"""Libraries of articles labelled by event, to fit and to measure the clustering of events on.

The labels are those of our own articles on four unrests (three in invented countries), of five events in one invented
region (`data/events.jsonl`: a mine, a dam and a border share their minister), of the libraries of several events
(`data/libraries/`), of the reader's stories, each of which is an event, cut in two so that its halves are to be found
again, and of short texts (`data/short_texts.jsonl`), which have little but a toll in common. Libraries mix them in the
same weeks, because days alone would tell them apart.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from retrieval.embedding import Embedder
from retrieval.embedding.centred import embed_passages
from retrieval.events.profile import Profile, article_names, article_profile
from retrieval.ingest.split import split
from retrieval.language.doc import Doc
from training.sets import ROOT, lines
from training.stories import LIBRARIES, STORIES
from training.stories import UNSEEN as UNSEEN_STORIES

UNRESTS = {
    "samples": ROOT / "samples" / "articles.jsonl",
    "velmora": ROOT / "tests" / "data" / "velmora" / "articles.jsonl",
    "ostria": ROOT / "tests" / "data" / "ostria" / "articles.jsonl",
    "taravor": ROOT / "tests" / "data" / "taravor" / "articles.jsonl",
}
FIVE_EVENTS = ROOT / "training" / "data" / "events.jsonl"
SHORT_TEXTS = ROOT / "training" / "data" / "short_texts.jsonl"
FITTED_ON = ("samples", "velmora")
UNSEEN = ("ostria", "taravor")
UNSEEN_LIBRARIES = ("w7", "w17", "w18", "w19", "w20", "w21")
UNSEEN_TEXTS = 5  # every fifth short text is not fitted on
SECOND_HALF_AFTER = 4  # most days between the halves of a story


@dataclass(frozen=True, slots=True)
class Labelled:
    """An article as it is clustered, and the event that it is about."""

    id: str
    event: str
    day: date
    profile: Profile

    def on(self, day: date) -> Labelled:
        """Return it as published on another day."""
        return replace(self, day=day, profile=replace(self.profile, first=day, last=day))


Articles = Sequence[Labelled]


class EventSets:
    """The labelled articles; a class because they are embedded once for all libraries made of them."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self.unrests = {name: [self._labelled(row, name) for row in lines(path)] for name, path in UNRESTS.items()}
        self.five = [self._labelled(row, row["event"]) for row in lines(FIVE_EVENTS)]
        self.libraries = {path.parent.name: self._library(path) for path in sorted(LIBRARIES.glob("*/stories.jsonl"))}
        rows = [row for file in sorted(STORIES.glob("*.jsonl")) for row in lines(file)]
        self.stories = {row["id"]: self._pieces(row) for row in rows}
        self.texts = [self._labelled(row | {"title": ""}, row["id"]) for row in lines(SHORT_TEXTS)]

    def seen_stories(self, *, unseen: bool) -> list[str]:
        """Return the ids of the stories that are fitted on, or of those that are not."""
        return [id_ for id_ in self.stories if (int(id_.rpartition("-")[2]) % UNSEEN_STORIES == 0) is unseen]

    def mixed(self, start: date, days: int, rng: random.Random, most: int, *, unseen: bool) -> list[Labelled]:
        """Return up to `most` stories on random days from `start`, each cut in two pieces."""
        chosen = self.seen_stories(unseen=unseen)
        found = []
        for id_ in rng.sample(chosen, min(most, len(chosen))):
            day = start + timedelta(days=rng.randrange(days))
            for at, piece in enumerate(self.stories[id_]):
                found.append(piece.on(day + timedelta(days=rng.randint(0, SECOND_HALF_AFTER) if at else 0)))
        return found

    def short(self, start: date, days: int, rng: random.Random, most: int, *, unseen: bool) -> list[Labelled]:
        """Return `most` short texts on random days from `start`."""
        chosen = [one for one in self.texts if (int(one.id.rpartition("-")[2]) % UNSEEN_TEXTS == 0) is unseen]
        return [one.on(start + timedelta(days=rng.randrange(days))) for one in rng.sample(chosen, most)]

    def _library(self, path: Path) -> list[Labelled]:
        rows = lines(path)
        texts = ("\n\n".join(" ".join(row["sentences"][at] for at in one) for one in row["paragraphs"]) for row in rows)
        return [self._labelled(row | {"text": text}, row["event"]) for row, text in zip(rows, texts, strict=True)]

    def _labelled(self, row: dict[str, Any], event: str) -> Labelled:
        day = datetime.fromisoformat(row["published_at"]).date()
        doc = Doc(row["text"], row["language"])
        texts = [piece.whole.of(doc.text) for piece in split(doc)]
        return Labelled(row["id"], event, day, self._profile(texts, doc, row["title"], day))

    def _pieces(self, row: dict[str, Any]) -> list[Labelled]:
        """Return the two halves of a story, by paragraphs."""
        paragraphs = [" ".join(row["sentences"][at] for at in one) for one in row["paragraphs"]]
        cut = (len(paragraphs) + 1) // 2
        day = datetime.fromisoformat(row["published_at"]).date()
        halves = []
        for at, part in enumerate(filter(None, (paragraphs[:cut], paragraphs[cut:]))):
            doc = Doc("\n\n".join(part), row["language"])
            texts = [piece.whole.of(doc.text) for piece in split(doc)]
            profile = self._profile(texts, doc, "" if at else row["title"], day)
            halves.append(Labelled(f"{row['id']}/{at}", row["id"], day, profile))
        return halves

    def _profile(self, texts: Sequence[str], doc: Doc, title: str, day: date) -> Profile:
        vectors = embed_passages(self._embedder, texts, [doc.language] * len(texts))
        return article_profile(vectors, list(map(len, texts)), article_names(doc, title), doc.language, day)


def moved(articles: Articles, start: date) -> list[Labelled]:
    """Return the articles on other days: the first on `start`, the others as long after it as they were."""
    first = min(one.day for one in articles)
    return [one.on(start + (one.day - first)) for one in articles]


def in_order(articles: Iterable[Labelled]) -> list[Labelled]:
    """Return the articles as they come: by day, then by id."""
    return sorted(articles, key=lambda one: (one.day, one.id))
