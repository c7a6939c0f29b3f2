"""Adding a source by whatever a person writes: a feed, a channel, an article's address, a file or a folder."""

from pathlib import Path

from bot.locales import explain, say
from bot.resources import Resources
from bot.sources import feeds as followed
from bot.sources.feeds import counts_text
from bot.sources.ingest_command import progress_on_stderr, submissions
from retrieval.domain import SitrepError
from retrieval.ingest.pipeline import ingest

OPENINGS = ("http://", "https://", "@", "t.me/")
"""How an address begins."""

MOST = 5
"""Rejections that are shown."""


def add_source(resources: Resources, written: str, language: str) -> tuple[bool, str]:
    """Take in a source now, and follow it if it is a feed or a channel; return whether it worked, and a sentence."""
    is_address = written.startswith(OPENINGS)
    if not is_address and not Path(written).expanduser().exists():
        return False, say("init.source_none", language, written=written)
    try:
        sentences = []
        if is_address:
            [reply] = followed.add(resources, [written], language)
            if reply.ok:
                sentences.append(reply.sentence)
        source = written if is_address else str(Path(written).expanduser())
        with progress_on_stderr(None) as progress:
            report = ingest(
                resources.library,
                resources.embedder,
                submissions([source], resources, private=False),
                progress=progress,
                clock=resources.settings.now,
            )
        resources.library.update_index()
    except SitrepError as exc:
        return False, explain(exc, language)
    sentences += [counts_text(report, language), *(f"{one.where}: {one.reason}" for one in report.rejected[:MOST])]
    return bool(report.added or report.updated or report.duplicate), "\n".join(sentences)
