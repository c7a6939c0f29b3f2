"""`sitrep doctor`: is everything all right?"""

import sys
from collections.abc import Callable

import numpy as np

from bot.admin import surroundings
from bot.admin.surroundings import Finding
from bot.output import print_json
from bot.resources import Resources
from bot.settings import read_settings
from retrieval.domain import BusyError, SitrepError
from retrieval.store import feeds, read
from retrieval.store.chats import inbox, outbox
from retrieval.store.condition import require_sound, require_writable
from retrieval.store.database import locked
from retrieval.store.library import CHROMA, SCAN, Library, models_in
from retrieval.store.vectors.chroma import ChromaIndex

SAMPLE = 50
"""Stored embeddings whose neighbours the index is asked for."""

NEIGHBOURS = 10

LEAST_RECALL = 0.99
"""Of the exact scan's ten nearest, this share must come back from the index on average."""


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
        if not library.index_works_for_owner():
            return False, f"owned by the running bot, where it does not work now, or is being made; {who}"
        return True, f"owned by the running bot, which checks it every ten seconds; {who}"
    try:
        if not read.counts(library.engine).passages:
            return True, "nothing is to be indexed yet"
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


def _database(resources: Resources) -> Finding:
    engine = resources.library.engine
    require_writable(engine)
    require_sound(engine)
    return True, f"{engine.dialect.name}, whole, can be written"


def _feeds(resources: Resources) -> Finding:
    found = feeds.counts(resources.library.engine)
    if not found.followed:
        return True, "none is followed"
    says = f"{found.followed} followed, {found.failing} failing, {found.stopped} gone for good"
    return found.failing < found.followed and not found.stopped, f"{says}; see: sitrep feeds list"


def _waiting(resources: Resources) -> Finding:
    library = resources.library
    updates, letters = inbox.count(library.engine), outbox.count(library.engine)
    says = f"{updates} updates, {letters} letters"
    try:
        with locked(library.folder / "bot.lock", "The bot runs."):
            stuck = updates + letters > 0
    except BusyError:
        return True, f"{says}; the bot is at work"
    return not stuck, f"{says}; they wait for: sitrep run" if stuck else "nothing"


CHECKS: dict[str, Callable[[Resources], Finding]] = {
    "folder": surroundings.folder,
    "embedder": _embedder,
    "database": _database,
    "library": _library,
    "vectors": _vectors,
    "index": _index,
    "reader": surroundings.reader,
    "model": surroundings.model,
    "telegram": surroundings.telegram,
    "clock": surroundings.clock,
    "feeds": _feeds,
    "waiting": _waiting,
}
"""The check of each part, which may raise SitrepError."""
