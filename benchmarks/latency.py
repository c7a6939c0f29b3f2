"""How long a question takes as the library grows, beside embedding it and beside LangChain with Chroma.

python -m benchmarks.latency --data DIR [--keep DIR] [--sizes 1000 10000 100000], where DIR holds `xquad/`. The
libraries are grown from XQuAD's sentences (benchmarks/grown.py); `--keep` keeps them and both indexes. Each question is
embedded, searched for with `langchain_chroma.Chroma` over the same passages, asked, and asked as of a moment in the
middle of the library, one right after the other, so that whatever else the machine does hits all four.
"""

from __future__ import annotations

import argparse
import gc
import json
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.grown import LANGUAGES, NEWEST, SPREAD, grown, seeds
from retrieval.answer.ask import ask, rehearse
from retrieval.embedding import Embedder, load_embedder
from retrieval.embedding.centred import embed_question
from retrieval.embedding.langchain import LangchainEmbeddings
from retrieval.reader.cross_encoder import load_reader
from retrieval.reader.reader import Reader
from retrieval.retriever import metadata_of
from retrieval.store.library import Library

TARGET_RATIO = 1.5  # of ask to the stock search, at TARGET_SIZE
TARGET_SIZE = 10_000
TARGET_GROWTH = 2.0  # from TARGET_SIZE to ten times that
QUESTIONS = 180
WARM_UP = 60  # questions asked before any is timed, others than those: a bot in use has answered hundreds
RESULTS = 10  # documents that the stock search returns
BATCH = 1_000  # passages written into the stock store at a time
MIDDLE = NEWEST - SPREAD / 2
WAYS = ("embedding", "stock", "ask", "as of")

Measured = dict[str, np.ndarray]
"""Seconds that have passed, and seconds of processor time, (questions, 2), by what was done with a question."""


def questions(data: Path) -> list[tuple[str, str]]:
    """Return questions with their languages, the languages in turn."""
    asked = []
    for language in LANGUAGES:
        read = json.loads((data / "xquad" / f"xquad.{language}.json").read_text("utf-8"))["data"]
        found = [qa["question"] for article in read for paragraph in article["paragraphs"] for qa in paragraph["qas"]]
        asked.append([(question, language) for question in found[:: len(found) * len(LANGUAGES) // QUESTIONS - 1]])
    return [one for row in zip(*asked, strict=True) for one in row]


def stock(library: Library, embedder: Embedder, folder: Path) -> Any:
    """Return LangChain's Chroma, with its defaults, over the library's passages; their vectors are not made again."""
    import chromadb
    from langchain_chroma import Chroma

    client = chromadb.PersistentClient(str(folder))
    store = Chroma("passages", LangchainEmbeddings(embedder), client=client)
    collection, snapshot = client.get_collection("passages", embedding_function=None), library.snapshot()
    ids = snapshot.sample(len(snapshot.ids))
    for at in range(collection.count(), len(ids), BATCH):
        part = ids[at : at + BATCH]
        passages, vectors = library.passages(part), snapshot.of(part)
        collection.add(
            ids=[str(id_) for id_ in part],
            embeddings=np.stack([vectors[id_] for id_ in part]),
            documents=[passages[id_].text for id_ in part],
            metadatas=[metadata_of(passages[id_]) for id_ in part],
        )
    return store


def measured(
    library: Library, embedder: Embedder, reader: Reader, store: Any, asked: list[tuple[str, str]]
) -> Measured:
    """Return how long each question took each way."""
    ways: dict[str, Callable[[str, str], object]] = {
        "embedding": lambda question, language: embed_question(embedder, question, language),
        "stock": lambda question, _: store.similarity_search(question, k=RESULTS),
        "ask": lambda question, _: ask(library, embedder, reader, question),
        "as of": lambda question, _: ask(library, embedder, reader, question, as_of=MIDDLE),
    }
    spent: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
    for question, language in asked:
        for name, way in ways.items():
            start, worked = time.perf_counter(), time.process_time()
            way(question, language)
            spent[name].append((time.perf_counter() - start, time.process_time() - worked))
    return {name: np.array(times[WARM_UP:]) for name, times in spent.items()}


def own_index(library: Library) -> None:
    library.own_index()
    while not (library.index and library.index.ready):
        time.sleep(0.2)


def megabytes(folder: Path) -> float:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


def memory() -> float:
    """Return the memory of this process, in megabytes."""
    return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * resource.getpagesize() / 1e6


def p95(times: np.ndarray) -> float:
    return float(np.percentile(times, 95))


def print_size(size: int, found: Measured) -> None:
    """Print the time that passed, by which the target is judged, and the processor's, which others disturb less."""
    for column, clock in enumerate(("", "processor")):
        passed = {name: times[:, column] for name, times in found.items()}
        slow = {name: p95(times) for name, times in passed.items()}
        shown = "".join(f"{1e3 * slow[name]:10.1f}" for name in WAYS)
        target = f" (target {TARGET_RATIO})" if size == TARGET_SIZE and not clock else ""
        typical = np.median(passed["ask"]) / np.median(passed["stock"])
        print(
            f"{clock or f'{size:,}':>9}{shown}   ask/embedding {slow['ask'] / slow['embedding']:.2f}"
            f"  ask/stock {slow['ask'] / slow['stock']:.2f}{target}  medians {typical:.2f}"
            f"  as of/ask {slow['as of'] / slow['ask']:.2f}",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--keep", type=Path, help="folder for the libraries, their indexes and the model")
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, TARGET_SIZE, 10 * TARGET_SIZE])
    options = parser.parse_args()
    import chromadb  # noqa: F401 - here, because what it takes by itself is no library's

    with tempfile.TemporaryDirectory() as scratch:
        folder = options.keep or Path(scratch)
        embedder, reader = load_embedder(folder / "model"), Reader(load_reader(folder / "model"))
        sown = seeds(options.data, embedder, folder)
        asked = questions(options.data)
        print(f"{len(asked) - WARM_UP} questions; milliseconds at the 95th percentile")
        print(f"{'passages':>9}" + "".join(f"{name:>10}" for name in WAYS))
        slowest: dict[int, list[float]] = {}
        for size in options.sizes:
            library = grown(folder / f"library-{size}", embedder, sown, size)
            before = memory()
            own_index(library)
            used = memory() - before
            beside = stock(library, embedder, folder / f"stock-{size}")
            rehearse()  # as `sitrep run` does, and what follows
            gc.freeze()
            found = measured(library, embedder, reader, beside, asked)
            print_size(size, found)
            disk, theirs = (megabytes(folder / f"{kind}-{size}") * 1e4 / size for kind in ("library", "stock"))
            print(
                f"{'':9}for 10,000 passages: {used * 1e4 / size:.0f} MB of memory to index them, "
                f"{disk:.0f} MB on disk in all (stock {theirs:.0f})"
            )
            slowest[size] = [p95(times) for times in found["ask"].T]
            library.close()
        if {TARGET_SIZE, 10 * TARGET_SIZE} <= slowest.keys():
            passed, worked = (
                more / less for less, more in zip(slowest[TARGET_SIZE], slowest[10 * TARGET_SIZE], strict=True)
            )
            print(
                f"ten times {TARGET_SIZE:,} passages: ask takes {passed:.2f} times as long, target {TARGET_GROWTH} "
                f"(processor time {worked:.2f})"
            )


if __name__ == "__main__":
    main()
