"""`sitrep ingest`: adds sources to the library, and prints the counts and the rejections."""

import gc
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import typer

from bot.output import print_json
from bot.resources import Resources
from bot.settings import read_settings
from bot.sources.feeds import address_reader, channel_names, counts_of
from retrieval.ingest.channels.export import first_chat, is_export
from retrieval.ingest.files import from_path
from retrieval.ingest.pipeline import Report, ingest
from retrieval.ingest.submission import Rejection, Submission
from retrieval.language.days.dates import parse_moment
from retrieval.store.sources.pages import known_at

LARGEST_AT_ONCE = 50_000_000
"""Bytes of files that are read before the first article is stored, so that the time left can be shown."""


def run(sources: list[str], published: str, as_json: bool, private: bool = False) -> None:
    """Ingest `sources` and print the counts; exit with 1 if nothing could be ingested.

    Private chats in exports of Telegram Desktop are taken in where `private` says so, or the person at the terminal.
    """
    settings = read_settings()
    with Resources(settings) as resources:
        moment = parse_moment(published, settings.now()) if published.strip() else None
        taken: Iterable[Submission | Rejection] = submissions(sources, resources, private or _confirmed(sources))
        total = None
        if sum(_size(source) for source in sources) <= LARGEST_AT_ONCE:
            taken = list(taken)
            total = sum(len(one.text) for one in taken if isinstance(one, Submission))
        library, embedder = resources.library, resources.embedder
        gc.freeze()  # full collections over start-up objects take a fiftieth of the time
        with progress_on_stderr(total) as progress:
            report = ingest(library, embedder, taken, published=moment, progress=progress, clock=settings.now)
        resources.library.update_index()
    if as_json:
        print_json(report_json(report))
    else:
        print(report_text(report))
    if report.rejected and not (report.added or report.updated or report.duplicate):
        sys.exit(1)


def _size(source: str) -> int:
    """Return the bytes of a file; 0 for anything else, and for a folder, whose files are small."""
    path = Path(source)
    return path.stat().st_size if path.is_file() else 0


def _confirmed(sources: list[str]) -> bool:
    """Ask the person at the terminal, if there is one, whether private chats are to be added."""
    if not sys.stdin.isatty():
        return False
    for path in map(Path, sources):
        if path.is_file() and path.suffix.lower() == ".json" and is_export(path):
            chat = first_chat(path)
            if chat is not None and not chat.is_public:
                return typer.confirm(f"“{chat.name}” in {path} is a private chat. Add it?", err=True)
    return False


def submissions(sources: list[str], resources: Resources, private: bool) -> Iterator[Submission | Rejection]:
    settings, engine = resources.settings, resources.library.engine
    names = channel_names(resources)
    for source in sources:
        if source.startswith(("http://", "https://", "@", "t.me/")) and not Path(source).exists():
            from retrieval.ingest.sources import from_address

            known = known_at(engine, settings.now())
            yield from from_address(source, address_reader(resources), known)
        else:
            web = address_reader(resources)
            yield from from_path(Path(source), settings.zone, web, private=private, names=names)


@contextmanager
def progress_on_stderr(total: int | None) -> Iterator[Callable[[Report], None]]:
    """Show a bar with rate and time left, in characters of text, `total` if known; it clears itself away at the end."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.fields[passages]} passages"),
        BarColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("ingest", total=total, passages=0, rate="")

        def show(report: Report) -> None:
            speed = bar.tasks[task].speed
            rate = f"{speed:,.0f} characters/s" if speed else ""
            bar.update(task, completed=report.characters, passages=report.passages, rate=rate)

        yield show


def report_json(report: Report) -> dict[str, object]:
    """Return the counts and the rejections, for scripts."""
    rejections = [{"source": one.where, "reason": one.reason} for one in report.rejected]
    return {**counts_of(report), "passages": report.passages, "rejections": rejections}


def report_text(report: Report) -> str:
    """Return the counts in one line, and a line for each rejection."""
    counts = ", ".join(f"{count} {name}" for name, count in counts_of(report).items())
    return "\n".join([f"{counts}.", *(f"  {one.where}: {one.reason}" for one in report.rejected)])
