"""Everything hostile at hand through the parsers and the fetcher: no crash, no hang, no swelling.

python -m benchmarks.hostile --data DIR, where DIR holds `feeds/`, `html5lib/` and `blns/`. Files are read as
`sitrep` reads what it fetches, in the sandbox. The bombs are our own (`tests/retrieval/ingest/bombs.py`), sent
by a server on the loopback; meanwhile this process keeps count of its own longest pause, as a bot would feel it.
"""

from __future__ import annotations

import argparse
import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from html import escape
from pathlib import Path

from retrieval.domain import RejectedError
from retrieval.ingest.feeds.opml import read_opml
from retrieval.ingest.fetch.addresses import networks
from retrieval.ingest.fetch.fetch import fetch
from retrieval.ingest.parse.sandbox import Sandbox
from tests.retrieval.ingest.bombs import BOMBS, FEEDS, PAGES, onward
from tests.retrieval.ingest.pages import PARAGRAPHS
from tests.retrieval.ingest.web import Web, serving

HANG = 5.0  # seconds for one file
REFUSAL = 10.0  # seconds for one bomb
MEMORY = 256  # MB
PAUSE = 0.5  # seconds that a bot may keep a person waiting because of a bomb
TICK = 0.01  # seconds
BROKEN = ("confuses the parser", "broke down")

Read = Callable[[bytes], object]


def feed_files(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        yield str(path.relative_to(folder)), path.read_bytes()


def html_cases(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the input of every tokenizer test of html5lib, alone and inside an article."""
    prose = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
    for path in sorted(folder.rglob("*.test")):
        for number, test in enumerate(json.loads(path.read_text("utf-8")).get("tests", [])):
            text = test["input"]
            if test.get("doubleEscaped"):
                text = json.loads(f'"{text}"') if '"' not in text else text
            yield f"{path.name}:{number}", text.encode("utf-8", "surrogatepass")
            inside = f"<html><body><article>{prose}{text}</article></body></html>"
            yield f"{path.name}:{number} in an article", inside.encode("utf-8", "surrogatepass")


def naughty_strings(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Yield every naughty string as a feed of its own, in its title, link, text and date."""
    for number, text in enumerate(json.loads((folder / "blns.json").read_text("utf-8"))):
        for kind, value in (("as it is", text), ("escaped", escape(text))):
            fields = "".join(f"<{tag}>{value}</{tag}>" for tag in ("title", "link", "description", "pubDate", "author"))
            feed = f"<rss version='2.0'><channel>{fields}<item>{fields}</item></channel></rss>"
            yield f"{number} {kind}", feed.encode("utf-8", "surrogatepass")


def through(name: str, cases: Iterator[tuple[str, bytes]], read: Read) -> bool:
    """Read every case, print one row, and say whether none crashed or hung."""
    outcomes: Counter[str] = Counter()
    slowest, slowest_case = 0.0, ""
    for case, data in cases:
        start = time.perf_counter()
        try:
            read(data)
            outcome = "read"
        except RejectedError as error:
            outcome = "crashed" if any(word in str(error) for word in BROKEN) else "rejected"
            outcome = "hung" if "takes longer" in str(error) else outcome
        except Exception as error:
            outcome = "crashed"
            print(f"  {name} {case}: {error!r}")
        seconds = time.perf_counter() - start
        outcomes[outcome] += 1
        if outcome in ("crashed", "hung"):
            print(f"  {name} {case}: {outcome}")
        if seconds > slowest:
            slowest, slowest_case = seconds, case
    counts = "".join(f"{outcomes[key]:9}" for key in ("read", "rejected", "crashed", "hung"))
    print(f"{name:12}{sum(outcomes.values()):7}{counts}{slowest:9.2f} s  {slowest_case[:60]}")
    return not outcomes["crashed"] and not outcomes["hung"] and slowest < HANG


def longest_pause(work: Callable[[], str]) -> tuple[str, float, float]:
    """Do some work in a thread; return what came of it, its seconds, and the longest pause of this one meanwhile."""
    outcome: list[str] = []
    thread = threading.Thread(target=lambda: outcome.append(work()))
    start = last = time.perf_counter()
    pause = 0.0
    thread.start()
    while thread.is_alive():
        time.sleep(TICK)
        now = time.perf_counter()
        pause, last = max(pause, now - last - TICK), now
    return outcome[0] if outcome else "an error", last - start, pause


def said(work: Callable[[], object]) -> str:
    try:
        work()
    except RejectedError as error:
        return f"refused: {error}"
    return "read, and harmless"


def bombs(sandbox: Sandbox, web: Web) -> Iterator[tuple[str, Callable[[], object]]]:
    """Yield each bomb's name and what sets it off, its bytes made beforehand."""
    web.answers |= onward()
    for number, (name, (sent, _)) in enumerate(BOMBS.items()):
        web.answers[f"/bomb{number}"] = sent
        yield f"server: {name}", partial(fetch, web.url(f"/bomb{number}"), permitted=networks(["127.0.0.1"]))
    for name, make in PAGES.items():
        yield f"page: {name}", partial(sandbox.page, make())
    for name, make in FEEDS.items():
        yield f"feed: {name}", partial(sandbox.feed, make())
    yield "list: nested folders", partial(read_opml, b"<opml><body>" + b"<outline>" * 400_000)
    yield "list: a billion laughs", partial(read_opml, FEEDS["a billion laughs"]())


def explode(sandbox: Sandbox) -> bool:
    """Set off every bomb, print a row each, and say whether all were dealt with in time."""
    good, count = True, 0
    with serving() as web:
        for name, work in bombs(sandbox, web):
            outcome, seconds, pause = longest_pause(partial(said, work))
            ok = seconds < REFUSAL and pause < PAUSE
            good, count = good and ok, count + 1
            print(
                f"{'ok ' if ok else 'BAD'} {name:36}{seconds:7.2f} s{1000 * pause:7.0f} ms  {outcome[:90]}", flush=True
            )
    print(f"{count} bombs; each within {REFUSAL:g} s, with no pause over {1000 * PAUSE:.0f} ms: {good}")
    return good


def largest_child() -> float:
    """Return the most memory that any ended worker has had, in MB."""
    import resource

    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--only", choices=("files", "bombs"), help="one half of it")
    options = parser.parse_args()
    good = True
    with Sandbox(workers=1) as sandbox:
        sandbox.feed(b"<rss version='2.0'><channel/></rss>")
        if options.only != "bombs":
            print(f"{'':12}{'files':>7}{'read':>9}{'rejected':>9}{'crashed':>9}{'hung':>9}{'slowest':>11}")
            feeds = options.data / "feeds"
            good &= through("feeds", feed_files(feeds), sandbox.feed)
            good &= through("as pages", feed_files(feeds), sandbox.page)
            good &= through("html5lib", html_cases(options.data / "html5lib"), sandbox.page)
            good &= through("blns", naughty_strings(options.data / "blns"), sandbox.feed)
        if options.only != "files":
            good &= explode(sandbox)
    memory = largest_child()
    good &= memory <= MEMORY
    verdict = "as it should be" if good else "NOT as it should be"
    print(f"largest worker {memory:.0f} MB (target {MEMORY}); everything {verdict}")


if __name__ == "__main__":
    main()
