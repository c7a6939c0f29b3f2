"""How many marks of the ledger are wrong: that a figure was updated, contradicted or withdrawn by another report.

Run: python -m benchmarks.marks [--show]. Two libraries are taken in as one would: the samples, the three invented
unrests and two libraries of several events, whose marks were read while the ledger was made; and four libraries whose
marks were read once it stood. `tests/data/marks.jsonl` says of each mark that was read whether a reader of both
articles agrees; of a mark that is not there, nobody knows.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir
from typing import Any

from retrieval.domain import Figure
from retrieval.embedding import Embedder, load_embedder
from retrieval.embedding.centred import name_of
from retrieval.figures.ledger import Reported, Series
from retrieval.figures.records import series
from retrieval.ingest.files import from_path
from retrieval.ingest.pipeline import ingest
from retrieval.ingest.submission import Submission
from retrieval.store.library import open_library
from training.sets import CORPORA
from training.stories import LIBRARIES, read_library

LABELS = Path(__file__).parent.parent / "tests" / "data" / "marks.jsonl"
WHILE_MADE, AFTERWARDS = ("w16", "w17"), ("w18", "w19", "w20", "w21")
NOW = datetime(2040, 1, 1, tzinfo=UTC)
TARGET = 0.05  # of the marks may be wrong

Mark = dict[str, Any]


def marks(found: Iterable[Series]) -> Iterator[Mark]:
    """Yield what the labels name a mark by: what is counted, the report marked, how, and the report that does it."""
    for one in found:
        for entry in one.entries:
            if entry.by is not None:
                by = entry.by.figure if isinstance(entry.by, Reported) else None
                yield {
                    "kind": one.kind.value,
                    "group": one.group,
                    "status": entry.status.value,
                    "old": [entry.article.id, *_bounds(entry.figure)],
                    "new": [entry.by.article.id, *_bounds(by)],
                }


def _bounds(figure: Figure | None) -> tuple[float | None, float | None]:
    return (figure.low, figure.high) if figure is not None else (None, None)


def marked(articles: Iterable[Submission], embedder: Embedder) -> list[Mark]:
    """Return the marks of a library of these articles."""
    with TemporaryDirectory() as folder:
        library = open_library(Path(folder), name_of(embedder))
        ingest(library, embedder, articles, clock=lambda: NOW)
        found = list(marks(series(library)))
        library.close()
    return found


def articles(names: Iterable[str], *, own: bool) -> Iterator[Submission]:
    """Yield the articles of libraries of several events, after those of our own sets if `own`."""
    for corpus in CORPORA if own else ():
        yield from (one for one in from_path(corpus.articles, UTC) if isinstance(one, Submission))
    for name in names:
        yield from read_library(LIBRARIES / name).articles


def key(mark: Mark) -> str:
    """Return what a mark and its label have in common."""
    return json.dumps([mark[name] for name in ("kind", "group", "status", "old", "new")])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--show", action="store_true", help="print the marks that are wrong or not labelled")
    parser.add_argument("--model", type=Path, default=Path(gettempdir()) / "sitrep-training-model")
    options = parser.parse_args()
    embedder = load_embedder(options.model)
    labels = {key(row): row["right"] for row in map(json.loads, LABELS.read_text(encoding="utf-8").splitlines())}
    sets = {"read while made": articles(WHILE_MADE, own=True), "read afterwards": articles(AFTERWARDS, own=False)}
    for name, library in sets.items():
        found = marked(library, embedder)
        counted = Counter(labels.get(key(mark)) for mark in found)
        if options.show:
            for mark in (one for one in found if not labels.get(key(one))):
                print("wrong" if key(mark) in labels else "not labelled", json.dumps(mark, ensure_ascii=False))
        known = counted[True] + counted[False]
        share = counted[False] / known if known else 0.0
        told = f"{counted[False]} of {known} marks wrong, {share:.3f} (target {TARGET})"
        print(f"{name}: {told}; {counted[None]} not labelled")


if __name__ == "__main__":
    main()
