"""Briefings: only what is new, every line a quote, marked against what was told before."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from retrieval.briefing.brief import brief
from retrieval.briefing.sentences import sentences_of
from retrieval.briefing.shown import shown_quotes
from retrieval.briefing.summary import likeness, wording
from retrieval.domain import Briefing, Change, FigureKind, Moment, QuestionError, ShownQuote, Statement
from retrieval.embedding import Embedder
from retrieval.ingest.pipeline import ingest
from retrieval.ingest.submission import Submission
from retrieval.language.doc import Text
from retrieval.store.library import Library
from retrieval.store.read import arrived

DAY = timedelta(days=1)


def on(day: int, hour: int = 0) -> datetime:
    return datetime(2022, 1, day, hour, tzinfo=UTC)


def publish(library: Library, embedder: Embedder, at: datetime, text: str, **fields: str) -> None:
    told = Submission(text=text, title=fields.pop("title", "News"), published=Moment(at), where="test", **fields)
    ingest(library, embedder, [told], clock=lambda: at)


def lines(made: Briefing) -> list[Statement]:
    return [statement for line in made.lines for statement in line.statements]


def daily(library: Library, embedder: Embedder, days: range, language: str = "en") -> list[Briefing]:
    """Return the briefs of a chat, day by day."""
    told: list[ShownQuote] = []
    made = []
    for day in days:
        made.append(brief(library, embedder, on(day), on(day) + DAY, language=language, shown=tuple(told)))
        told.extend(shown_quotes(made[-1]))
    return made


@pytest.fixture(scope="module")
def week(sample_library: Library, embedder: Embedder) -> list[Briefing]:
    return daily(sample_library, embedder, range(2, 14))


def test_every_line_is_a_quote_to_the_character(week: Sequence[Briefing]) -> None:
    for made in week:
        by_number = {citation.n: citation for citation in made.citations}
        for statement in [*lines(made), *made.unknown]:
            (citation,) = (by_number[n] for n in statement.citations)
            assert statement.text == citation.article.text[citation.start : citation.end]


def test_figures_are_worded_as_the_passage_they_cite(week: Sequence[Briefing]) -> None:
    for made in week:
        by_number = {citation.n: citation for citation in made.citations}
        reports = [report for move in made.figures for report in (move.now, move.was) if report]
        reports += [side for dispute in made.disputed for side in dispute.sides]
        assert all(report.wording in by_number[report.citation].quote for report in reports)


def test_no_sentence_is_told_twice_to_a_chat(week: Sequence[Briefing]) -> None:
    told = [statement.text for made in week for statement in lines(made)]
    assert len(told) == len(set(told))


def test_nothing_new_carries_a_figure_that_was_told(week: Sequence[Briefing]) -> None:
    """Numbers of people told before come back only in lines marked as something else than new."""
    values: set[tuple[str, float | None]] = set()
    for made in week:
        for move in made.figures:
            assert move.change is not Change.NEW or (move.kind.value + move.group, move.now.low) not in values
        values |= {(move.kind.value + move.group, move.now.low) for move in made.figures}


def test_no_two_lines_of_a_brief_say_the_same(week: Sequence[Briefing]) -> None:
    for made in week:
        by_number = {citation.n: citation for citation in made.citations}
        quoted = [(s.text, by_number[s.citations[0]].article.language) for s in [*lines(made), *made.unknown]]
        said = [wording(Text(*one)) for one in quoted]
        assert all(likeness(one, other) < 0.5 for at, one in enumerate(said) for other in said[:at])


def test_a_withdrawn_toll_is_marked_where_it_was_told(week: Sequence[Briefing]) -> None:
    twelfth = week[10]
    assert twelfth.lines[0].change is Change.WITHDRAWN
    assert "withdrawn by the Information Ministry" in twelfth.lines[0].statements[0].text
    withdrawn = [move.was for move in twelfth.figures if move.change is Change.WITHDRAWN and move.was is not None]
    assert 164 in {was.low for was in withdrawn}
    assert all(next(c for c in twelfth.citations if c.n == was.citation).withdrawn for was in withdrawn)


def test_figures_that_rose_say_from_what(sample_library: Library, embedder: Embedder) -> None:
    made = brief(sample_library, embedder, on(7), on(8))
    seventh = {(move.kind.value, move.group): move for move in made.figures}
    detained = seventh["detained", "total"]
    assert detained.change is Change.UPDATE
    assert detained.was is not None
    assert (detained.was.low, detained.now.low) == (2000, 3000)


def test_ministries_that_disagree_are_shown_side_by_side(week: Sequence[Briefing]) -> None:
    sides = {tuple(sorted(side.low or 0 for side in dispute.sides)) for dispute in week[7].disputed}
    assert (16.0, 18.0) in sides


def test_what_is_not_known_is_said(week: Sequence[Briefing]) -> None:
    assert any(statement.text == "Официальных данных о раненых нет." for statement in week[3].unknown)


def test_copies_of_one_text_are_one_origin_and_one_line(library: Library, embedder: Embedder) -> None:
    text = "Rescue teams pulled forty people from the collapsed market hall in Ust-Kamen on Friday evening."
    for outlet in ("one", "two", "three"):
        publish(library, embedder, on(7, 9), text, url=f"https://{outlet}.example/a", publisher=outlet)
    made = brief(library, embedder, on(7), on(8))
    assert made.article_count == 3
    assert len(lines(made)) == 1


def test_the_same_in_two_languages_is_one_story(library: Library, embedder: Embedder) -> None:
    publish(library, embedder, on(7, 9), "Police in Petropavl detained the union leader Marat Ospanov on Friday.")
    publish(library, embedder, on(7, 10), "Полиция Петропавла в пятницу задержала лидера профсоюза Марата Оспанова.")
    publish(library, embedder, on(7, 11), "El precio del pan subió un treinta por ciento en los mercados de Aktobé.")
    assert sorted(line.story.origins for line in brief(library, embedder, on(7), on(8)).lines) == [1, 2]


def test_an_empty_day_names_the_newest_day_that_has_something(sample_library: Library, embedder: Embedder) -> None:
    made = brief(sample_library, embedder, on(20), on(21))
    assert made.lines == ()
    assert made.newest_elsewhere is not None
    assert made.newest_elsewhere.isoformat() == "2022-01-13"


def test_without_a_chat_what_was_published_before_counts_as_told(sample_library: Library, embedder: Embedder) -> None:
    before = {statement.text for statement in lines(brief(sample_library, embedder, on(9), on(10)))}
    made = brief(sample_library, embedder, on(10), on(11))
    assert {line.change for line in made.lines} == {Change.UPDATE}
    assert not before & {statement.text for statement in lines(made)}


def test_an_article_that_reached_us_late_is_still_told(library: Library, embedder: Embedder) -> None:
    """It was published before the last brief, and seen by us only after it."""
    late = Submission(
        text="The bridge over the Irtysh was closed to all traffic on Thursday night.",
        title="Bridge",
        published=Moment(on(6, 22)),
        where="test",
    )
    ingest(library, embedder, [late], clock=lambda: on(7, 9))
    assert len(brief(library, embedder, on(7, 8), on(8, 8)).lines) == 1


def test_topics_narrow_a_brief_down_across_languages(sample_library: Library, embedder: Embedder) -> None:
    made = brief(sample_library, embedder, on(8), on(9), topics=["Масимов"])
    assert {article.id for line in made.lines for article in line.story.articles} == {"kz45", "kz46"}


@pytest.mark.parametrize("country", ["Kazakhstan", "Казахстане", "Қазақстанда", "Kazajistán"])
def test_a_country_as_topic_takes_in_what_names_its_cities(country: str, library: Library, embedder: Embedder) -> None:
    publish(library, embedder, on(8, 9), "Shops in Almaty were looted overnight, residents said.")
    publish(library, embedder, on(8, 9), "Казахские пограничники закрыли переход в Кордае.")
    publish(library, embedder, on(8, 9), "Dockers in Valparaiso went back to work on Saturday.")
    made = brief(library, embedder, on(8), on(9), topics=[country])
    assert len(lines(made)) == 2
    assert not any("Valparaiso" in line.text for line in lines(made))


def test_a_topic_that_matches_nothing_is_said_so(sample_library: Library, embedder: Embedder) -> None:
    made = brief(sample_library, embedder, on(8), on(9), topics=["volleyball"])
    assert made.lines == ()
    assert made.notes == ("brief_off_topic",)


def test_a_window_that_ends_before_it_starts_is_refused(sample_library: Library, embedder: Embedder) -> None:
    with pytest.raises(QuestionError, match="before it starts"):
        brief(sample_library, embedder, on(8), on(7))


def test_an_article_without_a_date_is_listed_where_it_was_read(library: Library, embedder: Embedder) -> None:
    text = "Harvesters in the Tolma valley stood idle for want of diesel, farmers there said."
    undated = Submission(text=text, title="Idle harvesters", where="test", url="https://farm.example/a")
    ingest(library, embedder, [undated], clock=lambda: on(7, 9))
    assert [article.title for article in brief(library, embedder, on(7), on(8)).undated] == ["Idle harvesters"]
    assert brief(library, embedder, on(8), on(9)).undated == ()


def test_a_period_of_years_is_refused(library: Library, embedder: Embedder) -> None:
    with pytest.raises(QuestionError, match="up to 366 days"):
        brief(library, embedder, on(1) - 10 * 365 * DAY, on(2))


PRICES = {
    "potatoes": ("The price of potatoes rose to 40 dollars in Harvek, shops said.", None),
    "petrol": ("The price of petrol rose to 20 dollars in Harvek, shops said.", None),
    "potatoes again": ("Potatoes rose in price to 60 dollars in Harvek, shops said.", 40),
    "no good": ("Prices rose to 90 dollars in Harvek, shops said.", None),
}


@pytest.mark.parametrize("good", ["petrol", "potatoes again", "no good"])
def test_a_price_changes_only_from_one_of_the_same_good(good: str, library: Library, embedder: Embedder) -> None:
    text, before = PRICES[good]
    publish(library, embedder, on(6, 9), PRICES["potatoes"][0], url="https://a.example/1")
    publish(library, embedder, on(7, 9), text, url="https://b.example/2")
    made = brief(library, embedder, on(7), on(8))
    [move] = [one for one in made.figures if one.kind is FigureKind.PRICE]
    assert (move.was.low if move.was else None) == before
    assert made.disputed == ()


def test_a_short_first_sentence_that_says_what_happened_is_shown(library: Library, embedder: Embedder) -> None:
    text = "HARVEK, 7 January. The strike has ended. It was hard on everybody there, the shopkeepers of the town say."
    publish(library, embedder, on(7, 9), text, url="https://a.example/1", title="Back to work")
    assert lines(brief(library, embedder, on(7), on(8)))[0].text == "The strike has ended."


def test_a_dateline_of_its_own_is_not_the_first_sentence(library: Library, embedder: Embedder) -> None:
    text = "СЕЛЬМО, 1 шілде. Он сегіз күнге созылған ереуіл аяқталды. Келісімге екі тарап қол қойды."
    publish(library, embedder, on(7, 9), text, url="https://a.example/1", title="Келісім")
    [article] = arrived(library.engine, on(7), on(8), DAY)
    places = {sentence.text: sentence.position for sentence in sentences_of(library, [article])}
    assert places["Он сегіз күнге созылған ереуіл аяқталды."] == 0
