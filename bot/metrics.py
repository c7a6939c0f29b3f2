"""Metrics of the running bot, for Prometheus: how much and how fast, never who or what."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from retrieval.domain import Answer
from retrieval.model_calls import ModelCalls
from retrieval.stages import observe
from retrieval.store import feeds, read
from retrieval.store.chats import inbox, outbox
from retrieval.store.library import CHROMA, SCAN, Library

REGISTRY = CollectorRegistry()

QUESTIONS = Counter("sitrep_questions", "Questions that were asked.", registry=REGISTRY)
ANSWERS = Counter(
    "sitrep_answers",
    "Answers, by status (answered or abstained) and by who chose the sentences.",
    ["status", "engine"],
    registry=REGISTRY,
)
UPDATES = Counter("sitrep_updates", "Updates from Telegram: stored, or refused.", ["outcome"], registry=REGISTRY)
STAGES = Histogram(
    "sitrep_stage_seconds",
    "Seconds of a stage of an update: store, handle, wait (for a pool), answer, render, send; of an answer: search "
    "(embed within it), figures, read, choose or model, compose.",
    ["stage"],
    buckets=(0.01, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30),
    registry=REGISTRY,
)
SECONDS = Histogram(
    "sitrep_answer_seconds",
    "Seconds from a question to its answer.",
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30),
    registry=REGISTRY,
)
REFUSED = Counter("sitrep_refused", "Updates that were not taken in, by reason.", ["reason"], registry=REGISTRY)


observe(lambda stage, seconds: STAGES.labels(stage).observe(seconds))

WORKING = Gauge("sitrep_working", "Slow work that waits or is done, by kind.", ["pool"], registry=REGISTRY)

Asked = ParamSpec("Asked")


def measured(ask: Callable[Asked, Answer]) -> Callable[Asked, Answer]:
    """Return `ask` with its questions, its answers and their seconds counted."""

    @wraps(ask)
    def asked(*args: Asked.args, **kwargs: Asked.kwargs) -> Answer:
        QUESTIONS.inc()
        with SECONDS.time(), STAGES.labels("answer").time():
            answer = ask(*args, **kwargs)
        ANSWERS.labels(answer.status.value, answer.engine).inc()
        return answer

    return asked


def exposition(library: Library | None, calls: ModelCalls | None) -> bytes:
    """Return all metrics in Prometheus' text format; without a library, those of the process. Blocking.

    `calls` are those to the language model, if one is set. Raises StoreError.
    """
    extra = CollectorRegistry()
    Gauge("sitrep_store_works", "Whether the library can be read and written.", registry=extra).set(library is not None)
    if library is not None:
        _of_library(library, extra)
    if calls is not None:
        made = Counter("sitrep_model_calls", "Calls to the language model, by outcome.", ["outcome"], registry=extra)
        for outcome in ("answered", "failed", "refused"):
            made.labels(outcome).inc(calls.counts[outcome])
        Counter("sitrep_model_tokens", "Tokens that those calls took.", registry=extra).inc(calls.tokens)
        today = {"calls": calls.calls_today, "tokens": calls.tokens_today, "works": calls.open}
        for name, value in today.items():
            Gauge(f"sitrep_model_{name}_today", f"Of the language model today: {name}.", registry=extra).set(value)
    return generate_latest(REGISTRY) + generate_latest(extra)


def _of_library(library: Library, stored: CollectorRegistry) -> None:
    engine = library.engine
    stored_now, followed, published = read.counts(engine), feeds.counts(engine), read.newest_article_at(engine)
    newest = published.at.timestamp() if published else 0.0
    values = {
        "articles": ("Articles in the library.", stored_now.articles),
        "passages": ("Passages in the library.", stored_now.passages),
        "origins": ("Independent sources among the articles.", stored_now.origins),
        "feeds": ("Feeds that are followed.", followed.followed),
        "feeds_failing": ("Feeds that could not be read when last polled.", followed.failing),
        "feeds_stopped": ("Feeds that are gone for good.", followed.stopped),
        "inbox": ("Updates that wait for their answer.", inbox.count(engine)),
        "outbox": ("Letters that wait to be sent.", outbox.count(engine)),
        "newest_article_timestamp": ("When the newest article was published, in Unix seconds.", newest),
        "index_ready": ("Whether the index is there to answer from.", int(library.index_works())),
    }
    for name, (description, value) in values.items():
        Gauge(f"sitrep_{name}", description, registry=stored).set(value)
    rebuilt = Counter("sitrep_index_rebuilds", "How often the index was made anew.", registry=stored)
    rebuilt.inc(library.rebuilds)
    searches = Counter(
        "sitrep_searches", "Searches for the passages nearest to a question.", ["answered_by"], registry=stored
    )
    for answered_by in (CHROMA, SCAN):
        searches.labels(answered_by).inc(library.searches[answered_by])
