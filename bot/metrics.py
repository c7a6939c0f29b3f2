"""Metrics of the running bot, for Prometheus: how much and how fast, never who or what."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from retrieval.domain import Answer
from retrieval.store import feeds, read
from retrieval.store.chats import inbox, outbox
from retrieval.store.library import CHROMA, SCAN, Library

REGISTRY = CollectorRegistry()

QUESTIONS = Counter("sitrep_questions", "Questions that were asked.", registry=REGISTRY)
ANSWERS = Counter("sitrep_answers", "Answers, by status: answered or abstained.", ["status"], registry=REGISTRY)
SECONDS = Histogram(
    "sitrep_answer_seconds",
    "Seconds from a question to its answer.",
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30),
    registry=REGISTRY,
)
REFUSED = Counter("sitrep_refused", "Updates that were not taken in, by reason.", ["reason"], registry=REGISTRY)


Asked = ParamSpec("Asked")


def measured(ask: Callable[Asked, Answer]) -> Callable[Asked, Answer]:
    """Return `ask` with its questions, its answers and their seconds counted."""

    @wraps(ask)
    def asked(*args: Asked.args, **kwargs: Asked.kwargs) -> Answer:
        QUESTIONS.inc()
        with SECONDS.time():
            answer = ask(*args, **kwargs)
        ANSWERS.labels(answer.status.value).inc()
        return answer

    return asked


def exposition(library: Library) -> bytes:
    """Return all metrics in Prometheus' text format, those of the library as it is now. Blocking; raises StoreError."""
    engine, index = library.engine, library.index
    stored_now, followed = read.counts(engine), feeds.counts(engine)
    values = {
        "articles": ("Articles in the library.", stored_now.articles),
        "passages": ("Passages in the library.", stored_now.passages),
        "origins": ("Independent sources among the articles.", stored_now.origins),
        "feeds": ("Feeds that are followed.", followed.followed),
        "feeds_failing": ("Feeds that could not be read when last polled.", followed.failing),
        "feeds_stopped": ("Feeds that are gone for good.", followed.stopped),
        "inbox": ("Updates that wait for their answer.", inbox.count(engine)),
        "outbox": ("Letters that wait to be sent.", outbox.count(engine)),
        "index_ready": ("Whether the index is there to answer from.", int(index is not None and index.ready)),
    }
    stored = CollectorRegistry()
    for name, (description, value) in values.items():
        Gauge(f"sitrep_{name}", description, registry=stored).set(value)
    searches = Counter(
        "sitrep_searches", "Searches for the passages nearest to a question.", ["answered_by"], registry=stored
    )
    for answered_by in (CHROMA, SCAN):
        searches.labels(answered_by).inc(library.searches[answered_by])
    return generate_latest(REGISTRY) + generate_latest(stored)
