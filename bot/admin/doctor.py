"""`sitrep doctor`: is everything all right?"""

import asyncio
import sys
from collections.abc import Callable

import numpy as np

from bot.output import print_json
from bot.resources import Resources
from bot.settings import read_settings
from retrieval.domain import BusyError, SitrepError
from retrieval.store import read
from retrieval.store.library import CHROMA, SCAN, Library, models_in
from retrieval.store.vectors.chroma import ChromaIndex

SAMPLE = 50
"""Stored embeddings whose neighbours the index is asked for."""

NEIGHBOURS = 10

LEAST_RECALL = 0.99
"""Of the exact scan's ten nearest, this share must come back from the index on average."""


Finding = tuple[bool, str]
"""Whether a part is all right, and a sentence about it."""


def run(as_json: bool) -> None:
    """Print the result of each check; exit with 1 if one failed."""
    found: dict[str, Finding] = {}
    with Resources(read_settings()) as resources:
        for name, check in CHECKS.items():
            try:
                found[name] = check(resources)
            except SitrepError as exc:
                found[name] = (False, str(exc))
    if as_json:
        print_json({name: {"ok": ok, "says": says} for name, (ok, says) in found.items()})
    else:
        print("\n".join(f"{'ok ' if ok else 'BAD'}  {name}: {says}" for name, (ok, says) in found.items()))
    if not all(ok for ok, _ in found.values()):
        sys.exit(1)


def _embedder(resources: Resources) -> Finding:
    embedder = resources.embedder
    vector = embedder.embed_query("Is everything all right?")
    ok = bool(np.isfinite(vector).all()) and abs(float(np.linalg.norm(vector)) - 1) < 1e-3
    return ok, f"{embedder.name}, {embedder.dimensions} dimensions"


def _library(resources: Resources) -> Finding:
    engine = resources.library.engine
    counts, newest = read.counts(engine), read.newest_article_at(engine)
    return True, (
        f"{counts.articles} articles ({counts.origins} origins, {counts.versions} versions), "
        f"{counts.passages} passages; newest {newest.isoformat() if newest else 'undated'}"
    )


def _vectors(resources: Resources) -> Finding:
    models = models_in(resources.library.engine)
    others = [f"{count} of {model}" for model, count in models.items() if model != resources.library.model]
    if not others:
        return True, "all of the embedding model that is set"
    advice = "cannot be searched with the model that is set: set that one, or ingest into a new data folder"
    return False, f"{', '.join(others)} {advice}"


def _index(resources: Resources) -> Finding:
    library = resources.library
    index = library.chroma_index()
    try:
        index.claim()
    except BusyError:
        searches = library.searches_of_owner()
        who = f"of its searches Chroma answered {searches[CHROMA]}, the scan in memory {searches[SCAN]}"
        return True, f"owned by the running bot, which checks it every ten seconds; {who}"
    try:
        if not index.healthy():
            return False, "it is missing, damaged or of another version; run: sitrep rebuild"
        index.sync()
        recall = recall_at_ten(library, index)
        says = f"{index.count()} passages in {index.location}, recall@{NEIGHBOURS} {recall:.3f} on a sample"
        return (True, says) if recall >= LEAST_RECALL else (False, f"{says}; run: sitrep rebuild")
    finally:
        index.close()


def recall_at_ten(library: Library, index: ChromaIndex) -> float:
    """Return the share of the exact scan's nearest passages that the index finds, by stored embeddings."""
    snapshot = library.snapshot()
    shares = []
    for vector in snapshot.of(snapshot.sample(SAMPLE)).values():
        exact, found = ({id_ for id_, _ in one.nearest(vector, NEIGHBOURS)} for one in (snapshot, index))
        shares.append(len(exact & found) / max(1, len(exact)))
    return sum(shares) / len(shares) if shares else 1.0


def _model(resources: Resources) -> Finding:
    name, given = resources.settings.chat_model, resources.settings.chat_timeout
    if not name:
        return True, "none is set; answers are the articles' own sentences"
    seconds = asyncio.run(resources.probe())
    slow = f", and SITREP_CHAT_TIMEOUT is {given:g} s: fine if it was only being loaded" if seconds > given else ""
    return True, f"{name} answers, in {seconds:.1f} s{slow}"


def _telegram(resources: Resources) -> Finding:
    settings = resources.settings
    if not settings.telegram_token.get_secret_value():
        return True, "no token is set; everything but `sitrep run` works without"
    if not settings.admins:
        return False, "SITREP_ADMINS is empty: nobody would get an answer"
    return True, f"a token is set; {len(settings.admins)} admin(s)"


CHECKS: dict[str, Callable[[Resources], Finding]] = {
    "embedder": _embedder,
    "library": _library,
    "vectors": _vectors,
    "index": _index,
    "model": _model,
    "telegram": _telegram,
}
"""The check of each part, which may raise SitrepError."""
