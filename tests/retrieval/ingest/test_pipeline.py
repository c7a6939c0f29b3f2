"""Sources into the library, through the real embedder and a real database."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from retrieval.domain import Moment, RejectedError
from retrieval.embedding import Embedder
from retrieval.ingest.files import from_path, submission_from_record
from retrieval.ingest.pipeline import Report, ingest
from retrieval.ingest.submission import Rejection, Submission
from retrieval.store import read
from retrieval.store.library import Library

WIRE = """Politics & Conflict

Crowds gather before the parliament

Bishkek, Mar 3 (EFE).- Several thousand people gathered before the parliament on Wednesday, the city police said.

The crowd demanded a recount, and officers formed a line at the gates.

Some shops nearby closed early. EFE


Related Articles

Back to top button"""

DAY = Moment(datetime(2021, 3, 3, tzinfo=UTC), day_only=True)


def take(library: Library, embedder: Embedder, *submissions: Submission | Rejection, **options: object) -> Report:
    return ingest(library, embedder, submissions, **options)  # type: ignore[arg-type]


def test_a_scraped_wire_story_is_recognised(library: Library, embedder: Embedder) -> None:
    """Title, dateline and agency are told apart from the text, and the site's furniture is left out."""
    report = take(library, embedder, Submission(text=WIRE, where="w", scraped=True), published=DAY)
    article = read.article(library.engine, report.added[0])
    assert article is not None
    assert article.title == "Crowds gather before the parliament"
    assert (article.agency, article.place) == ("EFE", "Bishkek")
    assert article.text.startswith("Bishkek, Mar 3 (EFE).-")
    assert article.text.rstrip().endswith("EFE")
    assert not any(words in article.text for words in ("Conflict", "Related", "Back to top"))
    assert article.published == DAY


def test_a_dateline_without_a_year_dates_nothing(library: Library, embedder: Embedder) -> None:
    report = take(library, embedder, Submission(text=WIRE, where="w", scraped=True))
    article = read.article(library.engine, report.added[0])
    assert article is not None
    assert article.published is None


def test_the_same_thing_twice_changes_nothing_and_says_so(library: Library, embedder: Embedder) -> None:
    submission = Submission(text=WIRE, where="w", scraped=True)
    take(library, embedder, submission)
    before = read.counts(library.engine)
    report = take(library, embedder, submission)
    assert (len(report.duplicate), report.added, report.updated) == (1, [], [])
    assert read.counts(library.engine) == before


def test_given_ids_are_kept(library: Library, embedder: Embedder) -> None:
    report = take(library, embedder, Submission(text=WIRE, where="w", id="my id/7"))
    assert report.added == ["my id/7"]


def test_a_changed_text_makes_a_version_and_the_old_one_stays_readable(
    library: Library, embedder: Embedder, clock: Callable[[], datetime]
) -> None:
    first = Submission(text="At least ten people were hurt, the ministry said.", where="w", url="https://a.example/1")
    changed = Submission(
        text="At least twelve people were hurt, the ministry said.", where="w", url="https://a.example/1"
    )
    take(library, embedder, first, published=DAY)
    report = take(library, embedder, changed, published=DAY, clock=clock)
    [id_] = report.updated
    now, then = (
        read.article(library.engine, id_),
        read.article(library.engine, id_, as_of=datetime(2021, 4, 1, tzinfo=UTC)),
    )
    assert now is not None
    assert then is not None
    assert ("twelve" in now.text, "ten" in then.text) == (True, True)
    assert [version.version for version in read.every_version(library.engine, id_)] == [1, 2]


def test_a_date_learnt_later_is_filled_in(library: Library, embedder: Embedder) -> None:
    take(library, embedder, Submission(text=WIRE, where="w", id="x"))
    report = take(library, embedder, Submission(text=WIRE, where="w", id="x"), published=DAY)
    assert report.updated == ["x"]
    article = read.article(library.engine, "x")
    assert article is not None
    assert (article.published, article.version) == (DAY, 1)


def test_passages_cover_the_text_and_stand_where_they_say(sample_library: Library) -> None:
    ids = sample_library.snapshot().sample(10_000)
    assert len(ids) == read.counts(sample_library.engine).passages
    for passage in sample_library.passages(ids).values():
        assert passage.article.text[passage.start : passage.end] == passage.text
        assert passage.text == passage.text.strip() != ""


BAD_FILES = {
    "empty.txt": b"",
    "binary.txt": bytes(range(256)) * 50,
    "broken.json": b'{"title": "half',
    "list.json": b'["not an article"]',
    "lines.jsonl": b'{"text": "A good line of plain text here."}\nnot json\n{"title": "no text"}\n{"text": 7}\n',
    "dates.jsonl": b'{"text": "A good line of plain text here.", "published_at": "2022-13-05"}\n',
    "photo.png": b"\x89PNG",
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_file_that_cannot_be_used_is_one_clear_sentence(
    name: str, tmp_path: Path, library: Library, embedder: Embedder
) -> None:
    """What and where is said; a good line beside the bad one is taken in all the same."""
    path = tmp_path / name
    path.write_bytes(BAD_FILES[name])
    report = ingest(library, embedder, from_path(path, UTC))
    assert report.rejected
    for rejection in report.rejected:
        assert str(path) in rejection.where
        assert rejection.reason.endswith(".")
        assert "\n" not in rejection.reason
    assert len(report.added) == (1 if name == "lines.jsonl" else 0)


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2022-01-05", "2022-01-05"),
        ("2022-01-05T18:30:00", "2022-01-05T18:30:00+06:00"),
        ("2022-01-05T18:30:00Z", "2022-01-05T18:30:00+00:00"),
        ("Wed, 05 Jan 2022 18:30:00 +0600", "2022-01-05T18:30:00+06:00"),
        ("5 января 2022 года, 18:30", "2022-01-05T18:30:00+06:00"),
        ("2022 жылғы 5 қаңтар", "2022-01-05"),
        ("2031-05-06", "2031-05-06"),
    ],
)
def test_a_publication_time_is_read_as_people_and_machines_write_it(written: str, moment: str) -> None:
    record = {"text": WIRE, "published_at": written}
    published = submission_from_record(record, "w", timezone(timedelta(hours=6))).published
    assert published is not None
    assert published.isoformat() == moment


@pytest.mark.parametrize("written", ["soon", "", None])
def test_words_that_say_no_time_leave_an_article_undated(written: str | None) -> None:
    assert submission_from_record({"text": WIRE, "published_at": written}, "w", UTC).published is None


@pytest.mark.parametrize("written", ["2022-02-30", "2022-01-05T25:00", "0000-00-00", "2122-01-05", 7, True])
def test_a_time_that_cannot_be_is_refused(written: object) -> None:
    with pytest.raises(RejectedError, match="published_at"):
        submission_from_record({"text": WIRE, "published_at": written}, "w", UTC)


def test_a_missing_file_and_an_unreadable_folder_stop_nothing(
    tmp_path: Path, library: Library, embedder: Embedder
) -> None:
    (tmp_path / "good.txt").write_text(WIRE)
    sources = [*from_path(tmp_path / "nowhere", UTC), *from_path(tmp_path / "good.txt", UTC)]
    report = ingest(library, embedder, sources)
    assert (len(report.rejected), len(report.added)) == (1, 1)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1251", "koi8-r"])
def test_russian_is_read_in_the_encodings_it_comes_in(
    encoding: str, tmp_path: Path, library: Library, embedder: Embedder
) -> None:
    text = "Министерство внутренних дел сообщило о задержании двухсот человек. Люди выходили на площадь с утра. " * 3
    path = tmp_path / "a.txt"
    path.write_bytes(text.encode(encoding))
    report = ingest(library, embedder, from_path(path, UTC))
    article = read.article(library.engine, report.added[0])
    assert article is not None
    assert "сообщило о задержании" in article.text
    assert article.language == "ru"


@pytest.mark.parametrize("fields", [{"id": "a\0b"}, {"id": "\ud800"}, {"url": "https://a.example/\udfff"}])
def test_an_id_or_address_that_is_no_text_is_rejected(
    fields: dict[str, str], library: Library, embedder: Embedder
) -> None:
    report = take(library, embedder, Submission(text=WIRE, where="w", **fields))
    assert [one.reason for one in report.rejected] == ["Its id or address holds a character that is not text."]


def test_every_field_has_a_bound(library: Library, embedder: Embedder) -> None:
    long = "word " * 5000
    named = Submission(text=WIRE, where="w", title=long, publisher=long, author=long, forwarded_from=long)
    article = read.article(library.engine, take(library, embedder, named).added[0])
    assert article is not None
    fields = (article.title, article.publisher, article.author, article.forwarded_from)
    assert all(0 < len(one or "") <= 300 for one in fields)
    assert len(take(library, embedder, Submission(text=WIRE, id="i" * 301)).rejected) == 1


@pytest.mark.parametrize(
    "url", ["tg://resolve?domain=x", "javascript:alert(1)", "file:///etc/passwd", "mailto:a@b.org"]
)
def test_an_address_that_is_not_http_is_none(url: str, library: Library, embedder: Embedder) -> None:
    article = read.article(library.engine, take(library, embedder, Submission(text=WIRE, url=url)).added[0])
    assert article is not None
    assert article.url is None
