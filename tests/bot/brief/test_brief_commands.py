"""Briefings and timelines from the command line."""

import json
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from bot.brief.command import run as run_brief
from bot.brief.contract import briefing_json
from bot.brief.export import brief_html, brief_markdown, brief_pdf
from bot.brief.render import brief_messages
from bot.moments import day_window
from bot.resources import Resources
from bot.schedule import jobs
from bot.schedule.due import Due, Slot
from bot.settings import Settings
from bot.telegram.richtext import MESSAGE_UNITS, units
from retrieval.briefing.brief import brief
from retrieval.briefing.shown import shown_quotes
from retrieval.domain import Briefing, QuestionError, ShownQuote
from retrieval.embedding import Embedder
from retrieval.ingest.pipeline import ingest
from retrieval.ingest.submission import Submission
from retrieval.language.days.dates import parse_moment
from retrieval.store.chats.chats import Chat
from retrieval.store.chats.subscriptions import Subscription
from retrieval.store.library import Library
from tests.bot.commands import Sitrep, sitrep

__all__ = ["sitrep"]

NOW = parse_moment("2022-03-01T12:00:00+00:00", Settings().now()).at


@pytest.fixture
def data(sample_data: Path) -> Path:
    return sample_data


def of_day(library: Library, embedder: Embedder, day: str, **options: Any) -> Briefing:
    since, until = day_window(day, NOW)
    return brief(library, embedder, since, until, **options)


def test_the_command_prints_cited_statements_that_are_in_their_articles(sitrep: Sitrep) -> None:
    told = json.loads(sitrep("brief", "--date", "2022-01-12", "--json").stdout)
    assert told["stories"][0]["change"] == "withdrawn"
    assert (told["article_count"], told["origin_count"]) == (3, 3)
    by_number = {citation["n"]: citation for citation in told["citations"]}
    for statement in [s for story in told["stories"] for s in story["statements"]]:
        assert by_number[statement["citations"][0]]["quote"] == statement["text"]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"date": "2099-01-01"}, "is in the future"),
        ({"since": "2099-01-01"}, "is in the future"),
        ({"date": "2022-01-06", "tz": "Asia/Almati"}, r"did you mean .*Asia/Almaty"),
        ({"date": "2022-01-06", "tz": "Qwzx"}, "Nobody knows"),
        ({"since": "2022-01-06", "until": "2022-01-04"}, "before it starts"),
        ({"date": "the other day"}, "isn't a date"),
        ({"date": "2022-01-06", "lang": "fr"}, "no language"),
        ({"date": "2022-01-06", "since": "2022-01-05"}, "not both"),
        ({"date": "2022-01-06", "length": "endless"}, "short, standard, long"),
    ],
)
def test_bad_input_is_one_clear_sentence(options: dict[str, str], sentence: str) -> None:
    with pytest.raises(QuestionError, match=sentence):
        run_brief(**options)  # type: ignore[arg-type]


def test_a_topic_and_a_length_narrow_the_brief_of_the_command_down(sitrep: Sitrep) -> None:
    def stories(*options: str) -> list[str]:
        done = sitrep("brief", "--since", "2022-01-04", "--until", "2022-01-13", "--json", *options)
        return [story["id"] for story in json.loads(done.stdout)["stories"]]

    everything, short, narrowed = stories(), stories("--length", "short"), stories("--topic", "fuel prices")
    assert len(short) < len(everything)
    assert 0 < len(narrowed) < len(everything)


def test_bad_input_ends_with_exit_code_1(sitrep: Sitrep) -> None:
    done = sitrep("brief", "--date", "2099-01-01")
    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_timeline_in_a_language_that_is_not_there_is_one_clear_sentence(sitrep: Sitrep) -> None:
    done = sitrep("timeline", "--lang", "fr")
    assert done.returncode == 1
    assert done.stderr.startswith("There is no language 'fr'. Choose one of: en, ")
    assert "5 қаңтар" in sitrep("timeline", "--days", "1", "--lang", "kk").stdout


def test_an_empty_day_offers_the_newest_that_has_something(sample_library: Library, embedder: Embedder) -> None:
    (message,) = brief_messages(of_day(sample_library, embedder, "2022-02-01"))
    assert "13 Jan 2022" in message.plain
    assert message.buttons[0][0].data == "brief:2022-01-13"


@pytest.mark.parametrize(
    ("language", "little"),
    [
        ("en", "Little was published in that period; the newest article before it: 5 Jan 2022"),
        ("ru", "За это время опубликовано мало; последняя статья до этого — 5 янв. 2022"),
        ("kk", "Бұл уақытта аз жарияланған; оған дейінгі ең соңғы мақала: 2022 ж. 5 қаңтар"),
        ("es", "En ese período se publicó poco; el último artículo anterior: 5 ene 2022"),
    ],
)
def test_a_thin_day_says_so_and_offers_the_newest_day_before_it(
    language: str, little: str, library: Library, embedder: Embedder
) -> None:
    published = [("2022-01-05", "Police closed the bridge in Oral."), ("2022-01-07", "The bridge in Oral is open.")]
    for day, text in published:
        at = parse_moment(day, NOW)
        ingest(library, embedder, [Submission(text=text, title="Bridge", published=at, where="test")])
    (message,) = brief_messages(of_day(library, embedder, "2022-01-07", language=language))
    assert little in message.plain.replace("\N{NARROW NO-BREAK SPACE}", " ")
    assert message.buttons[-1][0].data == "brief:2022-01-05"


def test_a_thin_day_before_which_there_is_nothing_offers_none(library: Library, embedder: Embedder) -> None:
    at = parse_moment("2022-01-07", NOW)
    ingest(library, embedder, [Submission(text="The bridge in Oral is open.", title="Bridge", published=at, where="")])
    (message,) = brief_messages(of_day(library, embedder, "2022-01-07"))
    assert "Little was published in that period." in message.plain
    assert not any(button.data.startswith("brief:") for row in message.buttons for button in row)


def test_an_undated_article_is_listed_as_undated_in_text_json_and_html(library: Library, embedder: Embedder) -> None:
    undated = Submission(
        text="The bridge in Oral is open.", title="Bridge open", where="", url="https://oral.example/a"
    )
    ingest(library, embedder, [undated], clock=lambda: parse_moment("2022-01-07T09:00:00+00:00", NOW).at)
    made = of_day(library, embedder, "2022-01-07")
    (message,) = brief_messages(made)
    assert "Without a date\n• “Bridge open”" in message.plain
    assert [one["url"] for one in briefing_json(made)["undated"]] == ["https://oral.example/a"]
    assert "<li>“Bridge open”" in brief_html(made).decode()


def test_a_figure_says_how_it_stands_and_how_it_stood(library: Library, embedder: Embedder) -> None:
    for day, dead in (("2022-01-06", "nine"), ("2022-01-07", "fourteen")):
        text = f"The Interior Ministry said {dead} people were killed in the city of Oral."
        told = Submission(
            text=text, title="Toll", published=parse_moment(day, NOW), where="", url=f"https://a.example/{day}"
        )
        ingest(library, embedder, [told])
    (message,) = brief_messages(of_day(library, embedder, "2022-01-07"))
    assert "Figures\n• killed, Oral: “fourteen” (Interior Ministry) [1], before: “nine” [2]" in message.plain


def test_the_timeline_command_dates_by_the_event(sitrep: Sitrep) -> None:
    done = sitrep("timeline", "--from", "2022-01-02", "--to", "2022-01-12", "--days", "4", "--json")
    told = json.loads(done.stdout)
    assert len(told["days"]) == 4
    assert all("2022-01-02" <= day["date"] <= "2022-01-12" and day["statements"] for day in told["days"])


def test_every_day_of_the_samples_fits_one_message(sample_library: Library, embedder: Embedder) -> None:
    told: list[ShownQuote] = []
    for day in range(2, 15):
        made = of_day(sample_library, embedder, f"2022-01-{day:02}", shown=tuple(told))
        told.extend(shown_quotes(made))
        (message,) = brief_messages(made)
        assert units(message.plain) <= MESSAGE_UNITS
        assert all(len(button.data.encode()) <= 64 for row in message.buttons for button in row)


def test_documents_hold_every_quote_in_full_and_nothing_that_acts(library: Library, embedder: Embedder) -> None:
    """What an article says can be neither markup nor script in Markdown or HTML."""
    text = "Officials said <script>alert(1)</script> [click](http://evil.example) 12 people were detained in Oral."
    published = parse_moment("2022-01-06T09:00:00+00:00", NOW)
    ingest(library, embedder, [Submission(text=text, title="<b>Title</b>", published=published, where="test")])
    made = of_day(library, embedder, "2022-01-06")
    page, markdown = brief_html(made).decode(), brief_markdown(made)
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "[click](" not in markdown
    assert "12 people were detained in Oral" in page
    assert "12 people were detained in Oral" in markdown


@pytest.mark.parametrize(("name", "begins"), [("b.html", b"<!doctype html>"), ("b.pdf", b"%PDF-"), ("b.md", b"# ")])
def test_the_name_of_a_file_says_what_is_written_into_it(
    name: str, begins: bytes, tmp_path: Path, sitrep: Sitrep
) -> None:
    sitrep("brief", "--date", "2022-01-12", "--md", str(tmp_path / name))
    assert (tmp_path / name).read_bytes().startswith(begins)


def test_a_pdf_keeps_its_letters_and_links_to_its_sources(sample_library: Library, embedder: Embedder) -> None:
    made = of_day(sample_library, embedder, "2022-01-06", language="kk")
    content = brief_pdf(made)
    assert b"/ToUnicode" in content  # so that its text can be searched and copied
    assert b"/Subtype /Type3" not in content  # a font of drawings, which cannot
    assert all(urlsplit(c.article.url or "").netloc.encode() in content for c in made.citations)


def test_chats_that_were_told_the_same_share_one_composition(
    sample_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    composed: list[int] = []
    monkeypatch.setattr(jobs, "brief", lambda *given, **options: composed.append(1) or brief(*given, **options))
    with Resources(Settings(data_dir=sample_data)) as resources:
        compose, (since, until) = jobs.composing(resources), day_window("2022-01-06", NOW)
        due = Due(Subscription(1, 1, time(8), "UTC"), Slot(since.date(), until), since, ())
        first, second = (compose(due, Chat(number), until).messages for number in (1, 2))
        assert first[0].plain == second[0].plain
        assert composed == [1]


def test_with_an_offset_ask_brief_and_figures_speak_of_the_same_moment(
    sample_data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from bot.figures.command import run as run_figures
    from bot.requests.command import run as run_ask
    from bot.settings import read_settings

    read_settings.cache_clear()
    monkeypatch.setenv("SITREP_DATA_DIR", str(sample_data))
    then = datetime(2022, 1, 9, 12, tzinfo=UTC)
    monkeypatch.setenv("SITREP_CLOCK_OFFSET", str((then - datetime.now(UTC)).total_seconds()))
    try:
        run_ask("Who became prime minister?", "", "", True, None)
        asked = json.loads(capsys.readouterr().out)["as_of"]
        run_brief(as_json=True)
        briefed = json.loads(capsys.readouterr().out)["until"]
        run_figures("killed", "now", "", True, None)
        counted = json.loads(capsys.readouterr().out)["as_of"]
    finally:
        read_settings.cache_clear()
    moments = [datetime.fromisoformat(text) for text in (asked, briefed, counted)]
    assert all(abs(moment - then) < timedelta(minutes=5) for moment in moments)
