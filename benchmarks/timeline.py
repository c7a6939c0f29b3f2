"""Timelines beside timelines written by hand: alignment-based ROUGE-1 F, date F1, seconds and memory.

python -m benchmarks.timeline [--data FILE] [--library DIR]

FILE is JSON: `{"articles": "articles.jsonl", "timelines": [{"name": "...", "days": {"2022-01-05": ["...", ...]}}]}`;
the path of the articles counts from FILE, and they have the form that `sitrep ingest` takes. As is the custom of
the field, each timeline gives its first and last day, its number of days and its sentences a day. The library of
DIR is kept, so that a second run embeds nothing. Without --data it is our own small timeline of the samples.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import tempfile
import time
from datetime import UTC, date
from pathlib import Path
from typing import Any

from benchmarks.timeline_measures import aligned_rouge, date_f1
from retrieval.briefing.timeline import timeline
from retrieval.embedding import load_embedder
from retrieval.embedding.centred import name_of
from retrieval.ingest.files import from_path
from retrieval.ingest.pipeline import ingest
from retrieval.store.library import Library, open_library

SAMPLES = Path(__file__).with_name("timeline_samples.json")
TARGETS = {"align+ m:1 ROUGE-1 F": 0.120, "date F1": 0.544}
"""The best published without training, on Timeline17 (Gholipour Ghalandari & Ifrim, ACL 2020)."""


def score(library: Library, gold: dict[date, list[str]]) -> tuple[float, float, float]:
    """Return ROUGE-1 F, date F1 and the seconds it took."""
    a_day = round(statistics.mean(len(sentences) for sentences in gold.values()))
    began = time.perf_counter()
    made = timeline(library, since=min(gold), until=max(gold), days=len(gold), sentences=max(1, a_day))
    seconds = time.perf_counter() - began
    predicted = {day.day: [statement.text for statement in day.statements] for day in made.days}
    return aligned_rouge(predicted, gold), date_f1(predicted, gold), seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=SAMPLES)
    parser.add_argument("--library", type=Path, default=None)
    options = parser.parse_args()
    data: dict[str, Any] = json.loads(options.data.read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.library or Path(temporary)
        embedder = load_embedder(folder / "models")
        library = open_library(folder, name_of(embedder))
        report = ingest(library, embedder, from_path(options.data.parent / data["articles"], UTC))
        print(f"{len(report.added)} articles added, {len(report.duplicate)} there already")
        scores = []
        for one in data["timelines"]:
            gold = {date.fromisoformat(day): list(told) for day, told in one["days"].items()}
            scores.append(score(library, gold))
            print(f"{one['name']}: ROUGE-1 F {scores[-1][0]:.3f}, date F1 {scores[-1][1]:.3f}, {scores[-1][2]:.1f} s")
        library.close()
    for at, (name, target) in enumerate(TARGETS.items()):
        print(f"{name:<22} {statistics.mean(row[at] for row in scores):.3f}   to beat {target:.3f} (on Timeline17)")
    print(f"memory at most         {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")


if __name__ == "__main__":
    main()
