"""`sitrep ingest`: adds sources to the library, and prints the counts and the rejections."""

import gc
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from bot.output import print_json
from bot.resources import Resources
from bot.settings import read_settings
from bot.sources.feeds import address_reader, counts_of
from retrieval.ingest.files import from_path
from retrieval.ingest.pipeline import Report, ingest
from retrieval.ingest.submission import Rejection, Submission
from retrieval.language.days.dates import parse_moment
from retrieval.store.pages import known_at


def run(sources: list[str], published: str, as_json: bool) -> None:
    """Ingest `sources` and print the counts; exit with 1 if nothing could be ingested."""
    settings = read_settings()
    with Resources(settings) as resources:
        moment = parse_moment(published, settings.now()) if published.strip() else None
        taken = list(_submissions(sources, resources))
        library, embedder = resources.library, resources.embedder
        gc.freeze()  # full collections over start-up objects take a fiftieth of the time
        with _progress_on_stderr(taken) as progress:
            report = ingest(library, embedder, taken, published=moment, progress=progress, clock=settings.now)
        resources.library.update_index()
    if as_json:
        print_json(report_json(report))
    else:
        print(report_text(report))
    if report.rejected and not (report.added or report.updated or report.duplicate):
        sys.exit(1)


def _submissions(sources: list[str], resources: Resources) -> Iterator[Submission | Rejection]:
    settings = resources.settings
    for source in sources:
        if source.startswith(("http://", "https://", "@", "t.me/")) and not Path(source).exists():
            from retrieval.ingest.sources import from_address

            known = known_at(resources.library.engine, settings.now())
            yield from from_address(source, address_reader(resources), known)
        else:
            yield from from_path(Path(source), settings.zone, address_reader(resources))


@contextmanager
def _progress_on_stderr(taken: Sequence[Submission | Rejection]) -> Iterator[Callable[[Report], None]]:
    """Show a bar with rate and time left, in characters of text; it clears itself away at the end."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    total = sum(len(one.text) for one in taken if isinstance(one, Submission))
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
