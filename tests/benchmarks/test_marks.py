"""The marks of the ledger, as the benchmark names them, and the labels that say which are right."""

import json
from datetime import UTC, datetime

from benchmarks.marks import LABELS, key, marks
from retrieval.domain import Article, Moment
from retrieval.figures.extraction import read_figures
from retrieval.figures.ledger import Reported, ledger
from retrieval.language.doc import Doc


def article(name: str, day: int, text: str) -> Article:
    return Article(name, None, "", text, "en", Moment(datetime(2031, 3, day, tzinfo=UTC), day_only=True))


def test_a_mark_is_named_by_both_reports() -> None:
    old, new = "Police said 9 people were killed.", "The toll rose to 12, police said."
    articles = [article("a", 4, old), article("b", 5, new)]
    found = ledger(Reported(figure, one) for one in articles for figure in read_figures(Doc.of(one)))
    assert list(marks(found)) == [
        {"kind": "killed", "group": "total", "status": "updated", "old": ["a", 9, 9], "new": ["b", 12, 12]}
    ]


def test_each_mark_is_labelled_once() -> None:
    labels = [key(json.loads(line)) for line in LABELS.read_text(encoding="utf-8").splitlines()]
    assert len(set(labels)) == len(labels) > 0
