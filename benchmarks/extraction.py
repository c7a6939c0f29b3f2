"""Article text from real pages: 4-gram F1 against what people marked, beside trafilatura's own defaults.

python -m benchmarks.extraction --data DIR, where DIR holds `article-extraction/` with `ground-truth.json`
and `html/*.html.gz`. Precision, recall and F1 are over bags of four `\\w+` words, per page, then averaged.
The halves are by the first digits of a page's id: choices were made on `dev`.
"""

from __future__ import annotations

import argparse
import gzip
import json
import logging
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import fmean

from retrieval.domain import RejectedError
from retrieval.ingest.parse.page import read_page

TARGET = 0.958
PUBLISHED = 0.970  # the best published figure on these pages
GRAM = 4  # words

Reader = Callable[[bytes, str], str]


def grams(text: str) -> Counter[tuple[str, ...]]:
    words = re.findall(r"\w+", text)
    if 0 < len(words) < GRAM:
        return Counter([tuple(words)])
    return Counter(tuple(words[i : i + GRAM]) for i in range(len(words) - GRAM + 1))


def scores(truth: str, found: str) -> tuple[float, float, float]:
    """Return precision, recall and F1 of `found` against `truth`."""
    true, said = grams(truth), grams(found)
    common = (true & said).total()
    precision = common / said.total() if said else float(not true)
    recall = common / true.total() if true else float(not said)
    both = true.total() + said.total()
    return precision, recall, 2 * common / both if both else 1.0


def pages(folder: Path) -> Iterator[tuple[str, bytes, str, str]]:
    """Yield id, HTML, address and marked text of each page."""
    for page_id, truth in sorted(json.loads((folder / "ground-truth.json").read_text("utf-8")).items()):
        data = gzip.decompress((folder / "html" / f"{page_id}.html.gz").read_bytes())
        yield page_id, data, truth["url"], truth["articleBody"]


def ours(data: bytes, url: str) -> str:
    try:
        return read_page(data, url, "text/html").text
    except RejectedError as error:
        print(f"rejected: {url}: {error}")
        return ""


def trafilatura_alone(data: bytes, url: str) -> str:
    import trafilatura

    return trafilatura.extract(data.decode("utf-8", "replace"), include_comments=False) or ""


def measure(name: str, reader: Reader, folder: Path) -> float:
    """Print one row for each half and for all, and return the F1 over all pages."""
    rows: dict[str, list[tuple[float, float, float]]] = {"dev": [], "test": [], "all": []}
    seconds = 0.0
    for page_id, data, url, truth in pages(folder):
        start = time.perf_counter()
        found = reader(data, url)
        seconds += time.perf_counter() - start
        row = scores(truth, found)
        rows["test" if int(page_id[:4], 16) % 2 else "dev"].append(row)
        rows["all"].append(row)
    for half, values in rows.items():
        precision, recall, f1 = (fmean(column) for column in zip(*values, strict=True))
        print(f"{name:14} {half:5} {len(values):5} {precision:10.4f} {recall:8.4f} {f1:8.4f}")
    print(f"{name:14} {1000 * seconds / len(rows['all']):.0f} ms a page")
    return fmean(row[2] for row in rows["all"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    folder = parser.parse_args().data / "article-extraction"
    logging.disable(logging.CRITICAL)
    print(f"{'':14} {'':5} {'pages':>5} {'precision':>10} {'recall':>8} {'F1':>8}")
    alone = measure("trafilatura", trafilatura_alone, folder)
    f1 = measure("Sitrep", ours, folder)
    verdict = "reached" if f1 >= TARGET else "MISSED"
    print(f"F1 {f1:.4f}; target {TARGET} {verdict}; trafilatura alone {alone:.4f}; best published {PUBLISHED}")


if __name__ == "__main__":
    main()
