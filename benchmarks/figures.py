"""Figures read from labelled texts: kind + value + group, then scope, status, speaker, place and day of those right.

Run: python -m benchmarks.figures [--data DIR [--exam]] [--part dev|test] [--show] [FILE.jsonl ...]

`DIR/figures/*.jsonl` label every number of a text, whatever its scope and status; those whose number 5 divides are read
with `--exam` alone, and nothing was ever chosen by them. The sets of `tests/data/figures` label standing figures alone.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from tempfile import gettempdir
from typing import Any

from retrieval.domain import Article, Figure, Moment
from retrieval.embedding import load_embedder
from retrieval.embedding.engine import WordEncoder
from retrieval.figures.extraction import read_figures
from retrieval.language.doc import Doc
from retrieval.language.packs import FULL_LANGUAGES
from retrieval.language.words import is_stopword, stem

ROOT = Path(__file__).parent.parent
LABELS = ROOT / "tests" / "data" / "figures"
VELMORA = ROOT / "tests" / "data" / "velmora"
TARGETS = {"precision": 0.95, "recall": 0.85, "scope": 0.92, "status": 0.95, "speaker": 0.95}
MEASURES = ("precision", "recall", "scope", "status", "speaker", "named", "place", "placed", "day")
PARTS = ("dev", "second", "third", "test", "samples", "velmora")
PERIODS = ("curfew", "emergency")  # labelled by kind alone
UNLISTED = ("workers", "prisoners", "other")  # groups that the sets of tests/data do not know
EXAM = 5  # texts whose number it divides are for the exam
SHARED_WORDS = 0.5  # of a speaker's name that a shorter form of it has

Row = dict[str, Any]


def article(row: Row) -> Article:
    """Return a labelled row as the article that it is."""
    published = Moment(datetime.fromisoformat(row["published"]).replace(tzinfo=UTC), day_only=True)
    return Article(row["id"], None, row.get("title", ""), row["text"], row["language"], published)


def is_same(label: Row, found: Row) -> bool:
    """Return whether kind, value and group are right; of a period, its kind.

    "More than 100" may be labelled 100 or more, or 101 or more.
    """
    if label["kind"] in PERIODS or label["kind"] != found["kind"]:
        return bool(label["kind"] == found["kind"])
    bounds = ((label[one], found[one], label[other]) for one, other in (("low", "high"), ("high", "low")))
    near = (a == b or (None not in (a, b) and opposite is None and abs(a - b) == 1) for a, b, opposite in bounds)
    return bool(label["group"] == found["group"] and all(near))


def read(row: Row, encoder: WordEncoder | None = None) -> list[Row]:
    """Return the figures read from a row, in the form of its labels."""
    figures = read_figures(Doc.of(article(row)), encoder)
    if "fields" in row:
        return [_as_row(figure) for figure in figures]
    rows = [_as_row(figure) for figure in figures if figure.stands]
    return [one | {"group": "total"} if one["group"] in UNLISTED else one for one in rows]


def _as_row(figure: Figure) -> Row:
    fields = ("low", "high", "group", "speaker", "place")
    plain = {"kind": str(figure.kind), "scope": str(figure.scope), "status": str(figure.status)}
    day = figure.event_to if figure.event_from == figure.event_to else None
    return plain | {name: getattr(figure, name) for name in fields} | {"event_day": day.isoformat() if day else None}


def score(rows: list[Row], encoder: WordEncoder | None = None, *, show: bool) -> Counter[str]:
    """Return how many figures were labelled, read and right, and how many of these were right in each other field.

    Without an encoder the grammar alone reads.
    """
    counts: Counter[str] = Counter()
    for row in rows:
        labelled, found = list(row["figures"]), read(row, encoder)
        counts.update(labelled=len(labelled), read=len(found))
        for one in found:
            same = [label for label in labelled if is_same(label, one)]
            match = max(same, key=lambda label: sum(label.get(name) == one[name] for name in one), default=None)
            if match is None:
                _show(show, "surplus", row, one)
                continue
            labelled.remove(match)
            counts["right"] += 1
            _compare(counts, row, match, one, show=show)
        for label in labelled:
            _show(show, "missed", row, label)
    return counts


def _compare(counts: Counter[str], row: Row, label: Row, found: Row, *, show: bool) -> None:
    """Count which fields of a figure are right; a speaker or place that is left out is not wrong, but not named."""
    for name in ("scope", "status", "event_day"):
        if name in label and label[name] == found[name]:
            counts[name] += 1
        elif name in label:
            _show(show, f"{name} {found[name]}", row, label)
    for name in ("speaker", "place"):
        if name not in label:
            continue
        right = same_name(label[name], found[name], row["language"])
        counts[name] += right or not found[name]
        counts[f"{name} labelled"] += label[name] is not None
        counts[f"{name} named"] += bool(label[name] and right)
        if not right:
            _show(show, f"{name} {found[name]!r}", row, label)


def same_name(label: str | None, found: str | None, language: str) -> bool:
    """Return whether two wordings name the same speaker or place: all words of the one in the other, by their stems.

    A shorter form has half of the words at least: "МЧС" for "краевое управление МЧС" is half a name.
    """
    if not label or not found:
        return not label and not found
    one, other = (
        {stem(word, language) for word in re.findall(r"\w+", name) if not is_stopword(word, language)}
        for name in (label, found)
    )
    return one <= other or (other <= one and len(other) >= SHARED_WORDS * len(one))


def _show(show: bool, what: str, row: Row, figure: Row) -> None:
    if show:
        print(f"{what:>9} {row['id']} {figure} | {row['text'][:240]}")


def labelled(part: str) -> list[Row]:
    """Return the labelled sentences of a part; with "samples" and "velmora" whole articles."""
    if part == "samples":
        lines = (ROOT / "samples" / "articles.jsonl").read_text(encoding="utf-8").splitlines()
        articles = {row["id"]: row for row in map(json.loads, lines)}
        labels = _lines(LABELS / "samples.jsonl")
        rows = [articles[label["id"]] | label for label in labels]
        return [row | {"published": row["published_at"]} for row in rows]
    if part == "velmora":
        articles = {row["id"]: row for row in _lines(VELMORA / "articles.jsonl")}
        rows = [articles[label["id"]] | label for label in _lines(VELMORA / "figures.jsonl")]
        return [row | {"published": row["published_at"][:10]} for row in rows]
    return [row for language in FULL_LANGUAGES for row in _lines(LABELS / f"{language}-{part}.jsonl")]


def texts(folder: Path, *, exam: bool) -> list[Row]:
    """Return the texts of `folder` whose every number is labelled: those of the exam, or all others."""
    rows = [row for path in sorted(folder.glob("*.jsonl")) for row in _lines(path)]
    return [full(row) for row in rows if (int(row["id"].rpartition("-")[2]) % EXAM == 0) == exam]


def full(row: Row) -> Row:
    """Return a text whose every number is labelled, in the form of the other sets."""
    figures = [one | {"group": GROUPS.get(one["group"], one["group"])} for one in row["figures"]]
    return row | {"published": row["published_at"], "figures": figures, "fields": {"status": True}}


GROUPS = {"all": "total"}


def _lines(path: Path) -> list[Row]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def ratio(part: int, whole: int) -> float:
    return part / whole if whole else 1.0


def report(name: str, rows: list[Row], encoder: WordEncoder | None, *, show: bool) -> None:
    """Print a line for each language, and one for all, beside the targets."""
    print(f"\n{name}: {len(rows)} rows")
    print(f"{'':6}{'labelled':>9}" + "".join(f"{measure:>10}" for measure in MEASURES))
    total: Counter[str] = Counter()
    for language in FULL_LANGUAGES:
        counts = score([row for row in rows if row["language"] == language], encoder, show=show)
        total += counts
        _line(language, counts)
    _line("all", total)
    targets = (f"{TARGETS[measure]:.2f}" if measure in TARGETS else "" for measure in MEASURES)
    print(f"{'target':6}{'':9}" + "".join(f"{target:>10}" for target in targets))


def _line(name: str, counts: Counter[str]) -> None:
    right = counts["right"]
    shares = {"precision": ratio(right, counts["read"]), "recall": ratio(right, counts["labelled"])}
    shares |= {
        "speaker": ratio(counts["speaker"], right),
        "named": ratio(counts["speaker named"], counts["speaker labelled"]),
    }
    if counts["scope"]:
        shares |= {"scope": ratio(counts["scope"], right), "status": ratio(counts["status"], right)}
        shares |= {"place": ratio(counts["place"], right), "day": ratio(counts["event_day"], right)}
        shares["placed"] = ratio(counts["place named"], counts["place labelled"])
    cells = (f"{shares[measure]:.3f}" if measure in shares else "" for measure in MEASURES)
    print(f"{name:6}{counts['labelled']:>9}" + "".join(f"{cell:>10}" for cell in cells))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", type=Path, help="further labelled files of the form of tests/data/figures")
    parser.add_argument("--part", action="append", choices=PARTS)
    parser.add_argument("--show", action="store_true", help="print what was missed, surplus, or wrong in a field")
    parser.add_argument("--data", type=Path, help="a folder of data sets; its figures/ are read too")
    parser.add_argument("--exam", action="store_true", help="of DIR/figures, read the texts that nothing was chosen by")
    parser.add_argument("--grammar", action="store_true", help="read by the grammar alone, without the tagger")
    parser.add_argument("--model", type=Path, default=Path(gettempdir()) / "sitrep-training-model")
    options = parser.parse_args()
    embedder = None if options.grammar else load_embedder(options.model)
    encoder = embedder if isinstance(embedder, WordEncoder) else None
    for path in options.files:
        report(path.name, _lines(path), encoder, show=options.show)
    if options.data:
        rows = texts(options.data / "figures", exam=options.exam)
        report("exam" if options.exam else "texts", rows, encoder, show=options.show)
    for part in options.part or ([] if options.files or options.exam else PARTS):
        report(part, labelled(part), encoder, show=options.show)


if __name__ == "__main__":
    main()
