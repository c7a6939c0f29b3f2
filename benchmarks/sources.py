"""Sources as they really come: how many of the inputs of `cases/sources` come out right.

python -m benchmarks.sources --data DIR, where DIR holds `cases/sources/` with the inputs and `log.jsonl`, which says
what each should give. A check is named by the number of its case there, and looks at every input of the case: it
gives one (input, right or not) for each. Cases without a check are about chats, which other tests drive.
"""

from __future__ import annotations

import argparse
import json
import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from telegram import Message

from bot.sources.messages import forwarded_post
from retrieval.domain import Moment, RejectedError
from retrieval.embedding import load_embedder
from retrieval.embedding.centred import name_of
from retrieval.ingest.channels.follow import posts_of
from retrieval.ingest.channels.preview import read_preview
from retrieval.ingest.files import from_path
from retrieval.ingest.parse.feed import Feed, read_feed
from retrieval.ingest.parse.page import read_page
from retrieval.ingest.pipeline import ingest
from retrieval.ingest.submission import Rejection
from retrieval.store.library import Library, open_library
from retrieval.store.read import current_at, version_rows
from retrieval.store.rows import article_of
from retrieval.store.sources.outlets import independent
from tests.retrieval.ingest.channels.previews import PHOTO, VIDEO, Written, contact, preview

Seen = Iterator[tuple[str, bool]]
"""Each input of a case, and whether it came out right."""

Check = Callable[[Path], Seen]
"""From the folder of the inputs to what was seen."""

CHECKS: dict[str, Check] = {}
"""By the number of the case in `log.jsonl`, or by a name of our own for inputs that no case lists."""


def case(number: int | str) -> Callable[[Check], Check]:
    """Register the check of a case."""

    def register(check: Check) -> Check:
        CHECKS[str(number)] = check
        return check

    return register


@contextmanager
def library_of(*files: Path) -> Iterator[Library]:
    """Yield a library of its own with the articles of some files, as `sitrep ingest` takes them in."""
    models = Path(tempfile.gettempdir()) / "sitrep-benchmark-models"
    embedder = load_embedder(models)
    with tempfile.TemporaryDirectory() as folder:
        library = open_library(Path(folder), name_of(embedder))
        try:
            ingest(library, embedder, (one for file in files for one in from_path(file, UTC)))
            yield library
        finally:
            library.close()


def texts_at(library: Library, as_of: datetime | None = None) -> list[str]:
    """Return the texts that are current at a moment, in the order of their times."""
    with library.engine.connect() as connection:
        rows = connection.execute(version_rows(current_at(as_of))).all()
    return [row.text for row in sorted(rows, key=lambda row: (row.known_from, row.pk))]


# --- what is known from when ------------------------------------------------------------------------


@case(4)
def modified(folder: Path) -> Seen:
    """A page is not known as it is now before its publisher changed it."""
    with library_of(folder / "08_modified.html") as library:
        before, after = (datetime(2022, 1, 6, *at, tzinfo=UTC) for at in ((8, 30), (20, 0)))
        yield "08_modified.html", not texts_at(library, before) and len(texts_at(library, after)) == 1


@case("live")
def live_blog(folder: Path) -> Seen:
    """The posts of a live blog are articles, each known from its own time."""
    counts = ((8, 30, 0), (9, 30, 1), (11, 30, 2), (13, 30, 3))
    with library_of(folder / "07_p22_live.html") as library:
        found = [len(texts_at(library, datetime(2022, 1, 6, hour, minute, tzinfo=UTC))) for hour, minute, _ in counts]
        yield "07_p22_live.html", found == [count for *_, count in counts]


# --- dates --------------------------------------------------------------------------------------------


@case(20)
def feed_dates(folder: Path) -> Seen:
    """Feeds write dates in many ways."""
    data = (folder / "01_dates.xml").read_bytes()
    others = {"Thu, 16 Sept 2021 15:53:56 +0300": "2021-09-16", "Thu, 06 Jan 2022 24:00:00 GMT": "2022-01-07"}
    written = re.findall(r"<pubDate>\s*(.*?)\s*</pubDate>", data.decode(), re.DOTALL)
    for said, entry in zip(written, read_feed(data).entries, strict=True):
        day = entry.published.isoformat()[:10] if entry.published else None
        yield said, day == others.get(said, "2022-01-06")


@case(22)
def shown_dates(folder: Path) -> Seen:
    """Pages show dates to people."""
    for file in sorted(folder.glob("07_p0[0-5]*.html")):
        yield file.name, day_of(file) == "2022-01-06"


@case(23)
def stated_dates(folder: Path) -> Seen:
    """Pages state dates to machines in many places, some of them broken."""
    for number in ("06", "07", "08", "09", "10", "14", "15", "16"):
        file = next(folder.glob(f"07_p{number}_*.html"))
        yield file.name, day_of(file) == "2022-01-06"
    for number, expected in (("12", None), ("13", "2022-01-08")):
        file = next(folder.glob(f"07_p{number}_*.html"))
        yield file.name, day_of(file) == expected


def day_of(page: Path) -> str | None:
    published = read_page(page.read_bytes()).published
    return published.isoformat()[:10] if published else None


@case(31)
def impossible_dates(folder: Path) -> Seen:
    """A date that cannot be rejects its own line, and nothing else."""
    impossible = ("zero", "zero+6", "epoch0", "future", "max", "max-6")
    lines = [json.loads(line) for line in (folder / "06_dates.jsonl").read_text("utf-8").splitlines()]
    for line, source in zip(lines, from_path(folder / "06_dates.jsonl", UTC), strict=True):
        yield f"06_dates.jsonl {line['id']}", isinstance(source, Rejection) == (line["id"] in impossible)


# --- feeds --------------------------------------------------------------------------------------------


@case(16)
def rolling_guid(folder: Path) -> Seen:
    """An id that is used again for another story loses none."""
    saved = (folder / "02b_rolling_guid.xml").read_bytes()
    with tempfile.TemporaryDirectory() as own:
        for name, data in (("first.xml", saved), ("second.xml", saved.replace(b"Arlen", b"Borov"))):
            (Path(own) / name).write_bytes(data.replace(b"<channel>", SELF_LINK, 1))
        with library_of(Path(own) / "first.xml", Path(own) / "second.xml") as library:
            yield "02b_rolling_guid.xml", len(texts_at(library)) == 2


SELF_LINK = b"<channel><atom:link xmlns:atom='http://www.w3.org/2005/Atom' rel='self' href='https://example.org/rss'/>"


@case(17)
def relative_links(folder: Path) -> Seen:
    """Links are relative to the bases that XML gives."""
    paths = [urlsplit(entry.url or "").path for entry in feed_in(folder / "02c_xmlbase.atom").entries]
    yield "02c_xmlbase.atom", paths == ["/ongoing/When/2022/01/06/Bridge", "/blog/opam-note/", "/rel"]


@case(19)
def rdf(folder: Path) -> Seen:
    """RSS 1.0 dates its items by Dublin Core."""
    dates = [entry.published.at for entry in feed_in(folder / "02f_rdf.xml").entries if entry.published]
    yield "02f_rdf.xml", dates == [datetime(2022, 1, 6, 3, tzinfo=UTC)]


@case(32)
def malformed_feeds(folder: Path) -> Seen:
    """Feeds that are not as they should be are read."""
    for file in sorted(folder.glob("14_*.xml")):
        if not file.read_bytes():  # the body of a "not modified" that nobody asked for: another test
            continue
        entries = feed_in(file).entries
        yield file.name, bool(entries) and all(entry.url or entry.text for entry in entries)


def feed_in(file: Path) -> Feed:
    return read_feed(file.read_bytes(), "https://example.org/rss")


# --- text ---------------------------------------------------------------------------------------------


@case(25)
def paywall(folder: Path) -> Seen:
    """Lines that sell the rest are not text."""
    text = read_page((folder / "07_p18_paywall.html").read_bytes()).text
    yield "07_p18_paywall.html", "ubscri" not in text and text.startswith("Police")


@case(26)
def gallery(folder: Path) -> Seen:
    """The captions of a gallery are its text, one a line, without their credits."""
    lines = read_page((folder / "07_p19_gallery.html").read_bytes()).text.split("\n")
    yield "07_p19_gallery.html", len(lines) == 5 and all(line.endswith(".") for line in lines)


@case("furniture")
def furniture(folder: Path) -> Seen:
    """Overlays, hidden text and escaped titles leave the article as it is."""
    for name, unwanted in (("07_p20_hidden-injected", "Ignore"), ("07_p21_consent-overlay", "partners")):
        text = read_page((folder / f"{name}.html").read_bytes()).text
        yield f"{name}.html", unwanted not in text and text.startswith("Police")
    title = read_page((folder / "07_p17_title-entities-double.html").read_bytes()).title
    yield "07_p17_title-entities-double.html", title == 'Arlen & Borov: "no passage"'


# --- addresses ----------------------------------------------------------------------------------------


@case(28)
def twins(folder: Path) -> Seen:
    """Twelve spellings are one article, which a correction at one of them supersedes."""
    with library_of(folder / "06_twins.jsonl", folder / "06_corrected.jsonl") as library:
        texts = texts_at(library)
        yield "06_twins.jsonl", len(texts) == 1
        yield "06_corrected.jsonl", all("nineteen" in text for text in texts)


@case(29)
def outlets(folder: Path) -> Seen:
    """Outlets are counted by publisher, not by address."""
    with library_of(folder / "15_outlets.jsonl") as library:
        with library.engine.connect() as connection:
            found = [article_of(row) for row in connection.execute(version_rows(current_at(None)))]
        yield "15_outlets.jsonl", independent(found) == 1


# --- channels ---------------------------------------------------------------------------------------

POSTED = datetime(2022, 1, 6, 9, tzinfo=UTC)
WORDS = "Police closed the northern bridge of Arlen to lorries."
FORWARDED = '<a class="tgme_widget_message_forwarded_from_name" href="https://t.me/harbour/7">Harbour Wire</a>'
POSTS = {
    "a post": Written(12, WORDS),
    "a flash of two words": Written(12, "Взрыв в Арлене"),
    "text with a link": Written(12, f'{WORDS} <a href="https://e.example">A map</a>'),
    "an answer to a post": Written(12, WORDS, reply="The bridge is open, says the mayor."),
    "a caption": Written(12, WORDS, media=PHOTO),
    "a caption of a video": Written(12, WORDS, media=VIDEO),
    "a signature": Written(12, WORDS, author="A. Editor"),
    "an edited post": Written(12, WORDS, edited=True),
    "a forwarded post": Written(12, WORDS, forwarded=FORWARDED),
}
"""What a channel posts, as its preview shows it; each is one article at its own address and time."""

NOT_POSTS = {
    "an emoji": preview("dala", [Written(12, WORDS), Written(13, "🔥")]),
    "a video without a caption": preview("dala", [Written(12, WORDS), Written(13, media=VIDEO)]),
    "a notice": preview("dala", [Written(12, WORDS), Written(13, "Channel photo updated by us", notice=True)]),
}
"""Pages with one post to quote and one without."""

NO_CHANNELS = {
    "channel_user": contact("@reader", "A Reader"),
    "channel_group": contact("1 204 members, 33 online", "Neighbours", "View in Telegram"),
    "channel_no_preview": contact("11 200 subscribers", "Closed", "View in Telegram"),
    "channel_private": contact("", "Closed", "Join Channel"),
    "channel_none": contact(),
    "channel_markup": preview("dala", [Written(12, WORDS)]).replace(b"message_text", b"words"),
}
"""Pages that are no channel's, by the sentence that says so."""


@case("channel")
def channels(_: Path) -> Seen:
    """Posts of channels, what has no text to quote, and names without a channel (written for this)"""
    for name, post in POSTS.items():
        [one] = posts_of(read_preview(preview("dala", [post])))
        right = (one.url, one.published, one.publisher) == (
            "https://t.me/dala/12",
            Moment(POSTED),
            "Dala & News (@dala)",
        )
        whole = one.text in (WORDS, f"{WORDS} A map", "Взрыв в Арлене")
        yield name, right and whole and (one.forwarded_from == "Harbour Wire (@harbour)") == bool(post.forwarded)
    for name, page in NOT_POSTS.items():
        yield name, [one.url for one in posts_of(read_preview(page))] == ["https://t.me/dala/12"]
    for key, page in NO_CHANNELS.items():
        try:
            read_preview(page)
        except RejectedError as error:
            yield key, error.key == key
        else:
            yield key, False


@case(14)
def forwarded(_: Path) -> Seen:
    """What an admin forwards is taken in as itself, wherever it came from."""
    date = int(POSTED.timestamp())
    chat = {"id": -1001234, "type": "channel", "title": "Dala", "username": "dala"}
    closed = {"id": -1005678, "type": "channel", "title": "Closed"}
    person = {"id": 77, "is_bot": False, "first_name": "Aigul", "last_name": "S."}
    origins = {
        "a channel": ({"type": "channel", "chat": chat, "message_id": 12}, "Dala (@dala)", "https://t.me/dala/12"),
        "a closed channel": ({"type": "channel", "chat": closed, "message_id": 7}, "Closed", "https://t.me/c/5678/7"),
        "a person": ({"type": "user", "sender_user": person}, "Aigul S.", None),
        "somebody hidden": ({"type": "hidden_user", "sender_user_name": "Somebody"}, "Somebody", None),
        "an anonymous admin": ({"type": "chat", "sender_chat": chat | {"type": "supergroup"}}, "Dala", None),
    }
    for name, (origin, publisher, url) in origins.items():
        there = {"message_id": 1, "date": date, "chat": {"id": 1, "type": "private"}, "text": WORDS}
        message = Message.de_json(there | {"forward_origin": origin | {"date": date}}, None)
        one = forwarded_post(message)
        yield name, (one.publisher, one.url, one.published, one.text) == (publisher, url, Moment(POSTED), WORDS)


# --- the report -------------------------------------------------------------------------------------


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    folder = parser.parse_args().data / "cases" / "sources"
    lines = (folder / "log.jsonl").read_text("utf-8").splitlines()
    kinds = {str(one["n"]): one["kind"] for one in map(json.loads, lines)}
    right = total = 0
    for number, check in CHECKS.items():
        seen = list(check(folder))
        wrong = [name for name, good in seen if not good]
        right, total = right + len(seen) - len(wrong), total + len(seen)
        what = kinds.get(number) or (check.__doc__ or "").rstrip(".")
        print(f"{number:>5}  {len(seen) - len(wrong):>3} of {len(seen):>3}  {what}")
        print("".join(f"{'':>19}wrong: {name}\n" for name in wrong), end="")
    print(f"\nright: {right} of {total} inputs (target: all)")
    unchecked = [number for number in kinds if number not in CHECKS]
    print(f"cases without a check here: {', '.join(unchecked)}")


if __name__ == "__main__":
    main()
