"""Which articles are copies of one text, on a labelled set in four languages, beside MinHash with LSH.

python -m benchmarks.origins [--data DIR]. The set is ours (tests/data/origins_dev.jsonl and origins_test.jsonl): wire
stories, their copies (re-headed, trimmed, restyled, with an added paragraph, under a new opening, in brief) and what
only looks like one: consecutive updates, rivals on the same event, one outlet's boilerplate, the same form filled in
anew, translations. A pair of articles in one group is right where both are labelled alike. The rules were made on
`dev`; `test` holds other stories. Articles go through the store as in ingest, in several orders.
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from retrieval.domain import Article
from retrieval.language.words import fold, words
from retrieval.store.database import open_database
from retrieval.store.read import article
from retrieval.store.write import Prepared, store

TARGET = 0.95
ORDERS = 6  # the file's, its reverse and shuffles
THRESHOLD = 0.5  # of the baseline: the Jaccard index over runs of three words, the best of .3 to .7 on `dev`
SET = Path(__file__).parent.parent / "tests" / "data"


@dataclass(frozen=True)
class Score:
    found: int
    right: int
    labelled: int

    @property
    def precision(self) -> float:
        return self.right / max(1, self.found)

    @property
    def recall(self) -> float:
        return self.right / max(1, self.labelled)


def load(half: str) -> tuple[list[Article], dict[str, str]]:
    """Return the articles of a half, and the label of each by id."""
    rows = [json.loads(line) for line in (SET / f"origins_{half}.jsonl").read_text("utf-8").splitlines()]
    now = datetime.now(UTC)
    fields = ("id", "title", "text", "language", "publisher")
    articles = [Article(url=None, fetched_at=now, **{name: row[name] for name in fields}) for row in rows]
    return articles, {row["id"]: row["group"] for row in rows}


def score(groups: dict[str, str], labels: dict[str, str]) -> Score:
    found = right = labelled = 0
    for one, other in itertools.combinations(labels, 2):
        same, said = labels[one] == labels[other], groups[one] == groups[other]
        found, right, labelled = found + said, right + (said and same), labelled + same
    return Score(found, right, labelled)


def orders(articles: Sequence[Article]) -> list[list[Article]]:
    shuffled = [random.Random(seed).sample(articles, len(articles)) for seed in range(ORDERS - 2)]
    return [list(articles), list(reversed(articles)), *shuffled]


def by_store(articles: Sequence[Article]) -> dict[str, str]:
    """Return the origin that storing the articles in this order gives each."""
    with tempfile.TemporaryDirectory() as folder:
        engine = open_database("", Path(folder))
        store(engine, [Prepared(one, (), "none") for one in articles])
        origins = {}
        for one in articles:
            stored = article(engine, one.id)
            assert stored is not None
            origins[one.id] = stored.origin or one.id
        engine.dispose()
    return origins


def by_minhash(articles: Sequence[Article]) -> dict[str, str]:
    """Return the groups that datasketch's LSH makes of MinHashes over runs of three words."""
    from datasketch import MinHash, MinHashLSH

    index, origins = MinHashLSH(threshold=THRESHOLD, num_perm=128), {}
    for one in articles:
        folded = [fold(word.text) for word in words(one.text)]
        mark = MinHash(num_perm=128)
        mark.update_batch([" ".join(folded[at : at + 3]).encode() for at in range(max(1, len(folded) - 2))])
        alike = {origins[other] for other in index.query(mark)}
        index.insert(one.id, mark)
        origins[one.id] = one.id
        for other, origin in origins.items():
            origins[other] = one.id if origin in alike else origin
    return origins


def measure(half: str, group: Callable[[Sequence[Article]], dict[str, str]]) -> list[Score]:
    articles, labels = load(half)
    return [score(group(order), labels) for order in orders(articles)]


def report(half: str) -> None:
    print(f"{half}: {len(load(half)[0])} articles in {ORDERS} orders; worst order shown, best in brackets")
    for name, group in (("stored sketches, then texts", by_store), ("MinHash with LSH (datasketch)", by_minhash)):
        scores = measure(half, group)
        shown = [
            f"{what} {min(values):.3f} ({max(values):.3f})"
            for what, values in (("precision", [s.precision for s in scores]), ("recall", [s.recall for s in scores]))
        ]
        print(f"  {name:30} {'   '.join(shown)}   (target: {TARGET} each)")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="not needed: the set is in tests/data")
    parser.parse_args()
    for half in ("dev", "test"):
        report(half)
    articles, _ = load("test")
    start = time.perf_counter()
    by_store(articles)
    print(f"storing with origins, an article: {(time.perf_counter() - start) / len(articles) * 1000:.1f} ms")


if __name__ == "__main__":
    main()
