"""Briefs of the samples, day by day as one chat gets them: novelty, redundancy, room, stories.

python -m benchmarks.briefing [--data FILE.jsonl] [--library DIR]

FILE has articles in the form that `sitrep ingest` takes; where they have a `story` (articles about one development,
by judgement), the stories found within each day are scored on pairs of articles.
"""

from __future__ import annotations

import argparse
import itertools
import json
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock
from pathlib import Path

from bot.brief.render import brief_messages
from bot.telegram.richtext import MESSAGE_UNITS, units
from retrieval.briefing.brief import brief
from retrieval.briefing.sentences import mean_vectors, sentences_of, vectors_of
from retrieval.briefing.shown import shown_quotes
from retrieval.briefing.stories import by_article, stories
from retrieval.briefing.summary import Wording, likeness, wording
from retrieval.domain import Briefing, Change, ShownQuote
from retrieval.embedding import Embedder, load_embedder
from retrieval.embedding.centred import name_of
from retrieval.ingest.files import from_path
from retrieval.ingest.pipeline import ingest
from retrieval.language.doc import Text
from retrieval.store import read
from retrieval.store.library import Library, open_library

SAMPLES = Path(__file__).parent.parent / "samples" / "articles.jsonl"
MOST_ALIKE = 0.5  # ROUGE-1 F between two lines that is too much


def days_of(library: Library) -> list[date]:
    articles = read.window(library.engine, None, None)
    return sorted({a.published.at.date() for a in articles if a.published})


def briefs(library: Library, embedder: Embedder) -> Iterator[tuple[Briefing, float]]:
    """Yield the brief of each day against all those before, and the seconds it took."""
    told: list[ShownQuote] = []
    for day in days_of(library):
        since = datetime.combine(day, clock(), UTC)
        began = time.perf_counter()
        made = brief(library, embedder, since, since + timedelta(days=1), shown=tuple(told))
        yield made, time.perf_counter() - began
        told.extend(shown_quotes(made))


def wordings(made: Briefing) -> list[tuple[Change | None, Wording]]:
    """Return each line with how it is marked; what is still unknown is marked by its heading."""
    languages = {c.n: c.article.language for c in made.citations}
    found: list[tuple[Change | None, Wording]] = [
        (line.change, wording(Text(s.text, languages[s.citations[0]]))) for line in made.lines for s in line.statements
    ]
    return found + [(None, wording(Text(s.text, languages[s.citations[0]]))) for s in made.unknown]


def figures_in(made: Briefing) -> set[tuple[str, float | None]]:
    return {(move.kind.value, move.now.low) for move in made.figures}


def unmarked(made: Sequence[Briefing]) -> tuple[int, int]:
    """Return how many lines marked new say what an earlier brief said, and how many figures so marked were told."""
    lines = figures = 0
    before: list[Wording] = []
    told: set[tuple[str, float | None]] = set()
    for one in made:
        said = wordings(one)
        lines += sum(
            any(likeness(words, old) >= MOST_ALIKE for old in before) for mark, words in said if mark is Change.NEW
        )
        new = {(m.kind.value, m.now.low) for m in one.figures if m.change is Change.NEW}
        figures += len(new & told)
        before += [words for _, words in said]
        told |= figures_in(one)
    return lines, figures


def redundancy(made: Sequence[Briefing]) -> float:
    """Return the highest ROUGE-1 F between two lines of one brief."""
    pairs = (pair for one in made for pair in itertools.combinations([w for _, w in wordings(one)], 2))
    return max((likeness(left, right) for left, right in pairs), default=0.0)


def story_scores(library: Library, labels: dict[str, str]) -> tuple[float, float]:
    """Return precision and recall over pairs of articles of one day."""
    by_day: dict[date, list[str]] = defaultdict(list)
    sentences = list(sentences_of(library, read.window(library.engine, None, None)))
    found = by_article(sentences, vectors_of(library, sentences, mean_vectors(library)))
    together: set[frozenset[str]] = set()
    for one in found:
        assert one.article.published is not None
        by_day[one.article.published.at.date()].append(one.article.id)
    for ids in by_day.values():
        for group in stories([one for one in found if one.article.id in ids]):
            together |= {frozenset(p) for p in itertools.combinations([o.article.id for o in group], 2)}
    pairs = {frozenset(p) for ids in by_day.values() for p in itertools.combinations(ids, 2)}
    true = {p for p in pairs if len({labels.get(id_, id_) for id_ in p}) == 1}
    right = len(true & together)
    return right / max(1, len(together)), right / max(1, len(true))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=SAMPLES)
    parser.add_argument("--library", type=Path, default=None)
    options = parser.parse_args()
    records = [json.loads(line) for line in options.data.read_text(encoding="utf-8").splitlines() if line.strip()]
    labels = {record["id"]: record["story"] for record in records if record.get("story")}
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.library or Path(temporary)
        embedder = load_embedder(folder / "models")
        library = open_library(folder, name_of(embedder))
        ingest(library, embedder, from_path(options.data, UTC))
        made, seconds = zip(*briefs(library, embedder), strict=True)
        precision, recall = story_scores(library, labels)
        library.close()
    lines, figures = unmarked(made)
    sent = [brief_messages(one) for one in made]
    longest = max(units(message.plain) for messages in sent for message in messages)
    print(f"briefs                              {len(made)}, {max(seconds):.2f} s at most")
    print(f"told lines that come back as new    {lines}   target 0")
    print(f"told figures that come back as new  {figures}   target 0")
    print(f"ROUGE-1 F between two lines, most   {redundancy(made):.2f}   target below {MOST_ALIKE}")
    print(f"briefs in more than one message     {sum(len(m) > 1 for m in sent)}   target 0")
    print(f"longest message                     {longest} of {MESSAGE_UNITS} units")
    if labels:
        print(f"stories, pairs of one day           precision {precision:.2f}, recall {recall:.2f}")


if __name__ == "__main__":
    main()
