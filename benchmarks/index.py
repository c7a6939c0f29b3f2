"""Recall of the index against the exact scan, also after churn, and its recovery from a wedged store.

python -m benchmarks.index --data DIR [--keep DIR], where DIR holds `xquad/` and, for the last line, `chroma-wedged/`.
Real passages of three languages are indexed; a fifth is deleted, half of that put back and a tenth changed; then the
index is asked for sixty, as a question asks it, and its ten best are compared with the exact scan's. `--keep` is a
folder of `benchmarks.retrieval --keep`, so that nothing is embedded again.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import tempfile
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from benchmarks.retrieval import filled, xquad
from retrieval.embedding import Embedder, load_embedder
from retrieval.embedding.centred import embed_question
from retrieval.ingest.pipeline import ingest
from retrieval.search.find import CANDIDATES
from retrieval.store.library import Library
from retrieval.store.vectors.chroma import ChromaIndex
from retrieval.store.write import remove

TARGET = 0.99
TARGET_SECONDS = 30  # in which a wedged index is noticed and made again
QUESTIONS = 300
BEST = 10
LATER = datetime(2026, 11, 2, tzinfo=UTC)


def recall(library: Library, index: ChromaIndex, vectors: list[np.ndarray]) -> float:
    """Return the share of the really nearest that the index names among its first."""
    snapshot, shares = library.snapshot(), []
    for vector in vectors:
        exact = {id_ for id_, _ in snapshot.nearest(vector, BEST)}
        near = {id_ for id_, _ in index.nearest(vector, CANDIDATES)[:BEST]}
        shares.append(len(exact & near) / len(exact))
    return float(np.mean(shares))


def churn(library: Library, embedder: Embedder, data: Path) -> None:
    """Delete a fifth of the articles, put half of those back, and change a tenth."""
    sources, _ = xquad(data)
    chance = random.Random(1)
    gone = chance.sample(sources, len(sources) // 5)
    for one in gone:
        remove(library.engine, one.id or one.where)
    ingest(library, embedder, gone[::2], clock=lambda: LATER)
    changed = [replace(one, text=f"{one.text} {one.text.split('. ')[0]}.") for one in sources[::10] if one not in gone]
    ingest(library, embedder, changed, clock=lambda: LATER)


def wedge(index: ChromaIndex, library: Library, wedged: Path) -> float:
    """Put a store that no call can read in place of the index; return the seconds until the index is made again.

    At a path of its own, because Chroma keeps what it opened at a path for the life of the process.
    """
    index.close()
    state = library.folder / "index" / "state.json"
    changed = json.loads(state.read_text("utf-8")) | {"generation": "chroma-wedged"}
    shutil.copytree(wedged, library.folder / "index" / "chroma-wedged")
    state.write_text(json.dumps(changed), encoding="utf-8")
    start = time.monotonic()
    library.own_index()
    while not (library.index and library.index.ready):
        time.sleep(0.1)
    return time.monotonic() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--keep", type=Path, help="folder of benchmarks.retrieval")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        embedder = load_embedder((options.keep or folder) / "model")
        if options.keep and (options.keep / "xquad").exists():
            shutil.copytree(options.keep / "xquad", folder / "xquad")
        sources, questions = xquad(options.data)
        library = filled(folder / "xquad", embedder, sources)
        asked = questions[:: len(questions) // QUESTIONS]
        vectors = [embed_question(embedder, one.text, one.language) for one in asked]
        index = library.chroma_index()
        index.open()
        print(f"{index.count()} passages, {len(vectors)} questions, recall@{BEST} of the exact scan, target {TARGET}")
        print(f"{'made anew':24}{recall(library, index, vectors):.4f}", flush=True)
        churn(library, embedder, options.data)
        index.sync()
        print(f"{'after churn':24}{recall(library, index, vectors):.4f}", flush=True)
        index.rebuild()
        print(f"{'rebuilt':24}{recall(library, index, vectors):.4f}", flush=True)
        wedged = options.data / "chroma-wedged" / "store"
        if wedged.exists():
            seconds = wedge(index, library, wedged)
            assert library.index is not None
            after = recall(library, library.index, vectors)
            print(f"{'wedged store':24}{after:.4f}, made again in {seconds:.1f} s (target {TARGET_SECONDS})")
        library.close()


if __name__ == "__main__":
    main()
