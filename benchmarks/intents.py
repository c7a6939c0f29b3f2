"""What messages ask for, told on the sentences that training leaves out: share right, questions taken for requests.

python -m benchmarks.intents [--library DIR]

The sentences are every fifth of `training/data/intents.jsonl`. DIR keeps the embedding model.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter
from pathlib import Path

from retrieval.domain import Intent
from retrieval.embedding import load_embedder
from retrieval.question.intent import read_request
from training.intents import sentences

LEAST_RIGHT = 0.95
MOST_LOST = 0.02  # questions taken for something else
LANGUAGES = ("en", "ru", "kk", "es")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--library", type=Path, default=None)
    options = parser.parse_args()
    unseen = sentences(unseen=True)
    with tempfile.TemporaryDirectory() as temporary:
        embedder = load_embedder((options.library or Path(temporary)) / "models")
        told = [read_request(embedder, one.text).intent for one in unseen]
    count, right = Counter[str](), Counter[str]()
    for sentence, intent in zip(unseen, told, strict=True):
        for name in ("all", sentence.language, sentence.intent.value):
            count[name] += 1
            right[name] += intent is sentence.intent
    share = {name: right[name] / count[name] for name in count}
    questions = Intent.QUESTION.value
    print(f"right                            {share['all']:.3f} of {count['all']}   target {LEAST_RIGHT}")
    print(f"questions taken for another      {1 - share[questions]:.3f} of {count[questions]}   target {MOST_LOST}")
    print("by language                      " + ", ".join(f"{code} {share[code]:.3f}" for code in LANGUAGES))
    print("by intent                        " + ", ".join(f"{one} {share[one]:.2f}" for one in Intent))


if __name__ == "__main__":
    main()
