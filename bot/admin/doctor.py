"""`sitrep doctor`: is everything all right?"""

import asyncio
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from bot.resources import Resources
from bot.settings import Settings, read_settings
from retrieval.domain import BusyError, SitrepError
from retrieval.store import read
from retrieval.store.library import CHROMA, SCAN, Library, models_in
from retrieval.store.vectors.chroma import ChromaIndex

SAMPLE = 50
"""Stored embeddings that the index is asked for."""

NEIGHBOURS = 10

LEAST_RECALL = 0.99
"""Of the exact scan's ten nearest, this share must come back from the index on average."""


@dataclass(frozen=True, slots=True)
class Finding:
    name: str
    ok: bool
    detail: str


def run(as_json: bool) -> None:
    """Print what was found; exit with 1 where something is not as it should be."""
    settings = read_settings()
    with Resources(settings) as resources:
        findings = list(_findings(resources, settings))
    if as_json:
        print(json.dumps({f.name: {"ok": f.ok, "says": f.detail} for f in findings}, ensure_ascii=False))
    else:
        print("\n".join(f"{'ok ' if f.ok else 'BAD'}  {f.name}: {f.detail}" for f in findings))
    if not all(f.ok for f in findings):
        sys.exit(1)


def _findings(resources: Resources, settings: Settings) -> Iterator[Finding]:
    checks: list[tuple[str, Callable[[], Finding]]] = [
        ("embedder", lambda: _embedder(resources)),
        ("library", lambda: _library(resources)),
        ("vectors", lambda: _vectors(resources)),
        ("index", lambda: _index(resources.library)),
        ("model", lambda: _model(resources)),
        ("telegram", lambda: _telegram(settings)),
    ]
    for name, check in checks:
        try:
            yield check()
        except SitrepError as exc:
            yield Finding(name, False, str(exc))


def _embedder(resources: Resources) -> Finding:
    vector = resources.embedder.embed_query("Is everything all right?")
    ok = bool(np.isfinite(vector).all()) and abs(float(np.linalg.norm(vector)) - 1) < 1e-3
    return Finding("embedder", ok, f"{resources.embedder.name}, {resources.embedder.dimensions} dimensions")


def _library(resources: Resources) -> Finding:
    counts = read.counts(resources.library.engine)
    newest = read.newest_article_at(resources.library.engine)
    detail = (
        f"{counts.articles} articles ({counts.origins} origins, {counts.versions} versions), "
        f"{counts.passages} passages; newest {newest.isoformat() if newest else 'undated'}"
    )
    return Finding("library", True, detail)


def _vectors(resources: Resources) -> Finding:
    models = models_in(resources.library.engine)
    others = {model: count for model, count in models.items() if model != resources.library.model}
    if not others:
        return Finding("vectors", True, "all of the embedding model that is set")
    foreign = ", ".join(f"{count} of {model}" for model, count in others.items())
    detail = f"{foreign} cannot be searched with the model that is set: set that one, or ingest into a new data folder"
    return Finding("vectors", False, detail)


def _index(library: Library) -> Finding:
    index = library.chroma_index()
    try:
        index.claim()
    except BusyError:
        searches = library.searches_of_owner()
        who = f"of its searches Chroma answered {searches[CHROMA]}, the scan in memory {searches[SCAN]}"
        return Finding("index", True, f"owned by the running bot, which checks it every ten seconds; {who}")
    try:
        if not index.healthy():
            return Finding("index", False, "it is missing, damaged or of another version; run: sitrep rebuild")
        index.sync()
        recall = recall_at_ten(library, index)
        says = f"{index.count()} passages in {index.location}, recall@{NEIGHBOURS} {recall:.3f} on a sample"
        ok = recall >= LEAST_RECALL
        return Finding("index", ok, says if ok else f"{says}; run: sitrep rebuild")
    finally:
        index.close()


def recall_at_ten(library: Library, index: ChromaIndex, sample: int = SAMPLE) -> float:
    """Return the share of the exact scan's nearest passages that the index finds, by stored embeddings."""
    snapshot = library.snapshot()
    shares = []
    for vector in snapshot.of(snapshot.sample(sample)).values():
        exact = {id_ for id_, _ in snapshot.nearest(vector, NEIGHBOURS)}
        found = {id_ for id_, _ in index.nearest(vector, NEIGHBOURS)}
        shares.append(len(exact & found) / max(1, len(exact)))
    return sum(shares) / len(shares) if shares else 1.0


def _model(resources: Resources) -> Finding:
    name, given = resources.settings.chat_model, resources.settings.chat_timeout
    if not name:
        return Finding("model", True, "none is set; answers are the articles' own sentences")
    seconds = asyncio.run(resources.probe())
    slow = f", and SITREP_CHAT_TIMEOUT is {given:g} s: fine if it was only being loaded" if seconds > given else ""
    return Finding("model", True, f"{name} answers, in {seconds:.1f} s{slow}")


def _telegram(settings: Settings) -> Finding:
    if not settings.telegram_token.get_secret_value():
        return Finding("telegram", True, "no token is set; everything but `sitrep run` works without")
    if not settings.admins:
        return Finding("telegram", False, "SITREP_ADMINS is empty: nobody would get an answer")
    return Finding("telegram", True, f"a token is set; {len(settings.admins)} admin(s)")
