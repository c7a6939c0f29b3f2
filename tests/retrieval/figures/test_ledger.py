"""Figures held together: series, standing, withdrawals, copies, and the ledger as it stood."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from retrieval.domain import Article, Figure, FigureKind, Moment, ReportStatus, Span
from retrieval.figures.extraction import read_figures
from retrieval.figures.keys import office_of, place_key, speaker_key
from retrieval.figures.ledger import FigureStatus, Reported, ReportedWithdrawal, Series, ledger
from retrieval.figures.standing import standing
from retrieval.figures.withdrawals import Withdrawal, read_withdrawals
from retrieval.language.doc import Doc

SAMPLES = Path(__file__).parents[3] / "samples" / "articles.jsonl"


def article(name: str, day: int, text: str, language: str = "en", origin: str | None = None) -> Article:
    published = Moment(datetime(2022, 1, day, tzinfo=UTC), day_only=True)
    return Article(name, None, "", text, language, published, origin=origin)


def held(articles: list[Article], as_of: datetime | None = None) -> list[Series]:
    reported = [Reported(f, a) for a in articles for f in read_figures(Doc.of(a))]
    taken = [ReportedWithdrawal(w, a) for a in articles for w in read_withdrawals(Doc.of(a))]
    return ledger(reported, taken, as_of)


def samples() -> list[Article]:
    rows = map(json.loads, SAMPLES.read_text(encoding="utf-8").splitlines())
    return [article(row["id"], int(row["published_at"][-2:]), row["text"], row["language"]) for row in rows]


def series(all_series: list[Series], kind: FigureKind, group: str) -> Series:
    return next(s for s in all_series if s.kind is kind and s.group == group and s.place is None)


def lows(one: Series) -> list[float | None]:
    values = [e.figure.low for e in one.entries]
    return [v for i, v in enumerate(values) if v not in values[:i]]


def test_the_samples_tell_dozens_then_26_then_164_withdrawn() -> None:
    killed = series(held(samples()), FigureKind.KILLED, "total")
    assert lows(killed)[:3] == [24, 26, 164]
    withdrawn = [e for e in killed.entries if e.status is FigureStatus.WITHDRAWN]
    assert {e.figure.low for e in withdrawn} == {164}
    assert {e.by.article.id for e in withdrawn if e.by} == {"kz66"}


def test_the_samples_tell_8_13_18_16_security_forces() -> None:
    killed = series(held(samples()), FigureKind.KILLED, "security")
    assert lows(killed) == [8, 13, 18, 16]


def test_every_row_of_the_samples_can_be_cited() -> None:
    for one in held(samples()):
        for entry in one.entries:
            assert entry.figure.wording.of(entry.article.text) in entry.figure.quote.of(entry.article.text)


def test_as_of_the_tenth_nothing_is_withdrawn() -> None:
    known = held(samples(), datetime(2022, 1, 10, 23, 59, tzinfo=UTC))
    assert not [e for s in known for e in s.entries if e.status is FigureStatus.WITHDRAWN]
    assert all(e.article.published and e.article.published.at.day <= 10 for s in known for e in s.entries)


def test_copies_of_one_origin_count_once() -> None:
    text = "Police said 26 people were killed."
    killed = held([article("a", 6, text, origin="wire"), article("b", 6, text, origin="wire")])[0]
    assert [(e.article.id, e.copies) for e in killed.entries] == [("a", 2)]


def test_a_part_never_contradicts_the_whole() -> None:
    all_series = held([article("a", 6, "Police said 164 people were killed, 16 of them officers.")])
    assert [s.group for s in all_series] == ["total", "security"]
    assert {e.status for s in all_series for e in s.entries} == {FigureStatus.CURRENT}


def test_a_higher_toll_of_a_later_day_updates() -> None:
    first, second = held(
        [
            article("a", 6, "The Interior Ministry said 26 people were killed."),
            article("b", 9, "МВД сообщило, что погибли 41 человек.", "ru"),
        ]
    )[0].entries
    assert (first.status, first.by and first.by.article.id) == (FigureStatus.UPDATED, "b")
    assert second.status is FigureStatus.CURRENT


def test_two_speakers_on_one_day_contradict_each_other() -> None:
    entries = held(
        [
            article("a", 6, "Police said 26 people were killed."),
            article("b", 6, "The opposition said 100 people were killed."),
        ]
    )[0].entries
    assert [(e.status, e.by and e.by.article.id) for e in entries] == [
        (FigureStatus.CONTRADICTED, "b"),
        (FigureStatus.CONTRADICTED, "a"),
    ]


def test_two_speakers_of_one_article_contradict_each_other() -> None:
    text = "Police said 26 people were killed. The opposition said 100 people were killed."
    entries = held([article("a", 6, text)])[0].entries
    assert [e.status for e in entries] == [FigureStatus.CONTRADICTED] * 2


def test_a_number_that_nobody_in_an_article_gives_contradicts_no_other_of_it() -> None:
    text = "Police said 26 people were killed. At the square, 30 people were killed."
    entries = held([article("a", 6, text)])[0].entries
    assert [e.status for e in entries] == [FigureStatus.CURRENT] * 2


def test_dozens_and_26_do_not_contradict() -> None:
    first, second = held(
        [
            article("a", 6, "Police said dozens of people were killed."),
            article("b", 6, "The Interior Ministry said 26 people were killed."),
        ]
    )[0].entries
    assert first.status is FigureStatus.UPDATED
    assert second.status is FigureStatus.CURRENT


def test_a_withdrawal_without_a_value_reaches_its_speakers_figure() -> None:
    entries = held(
        [
            article("a", 6, "The Health Ministry said 164 people were killed."),
            article("b", 6, "Police said 26 people were killed."),
            article("c", 9, "The Health Ministry withdrew its death toll, calling it a technical error."),
        ]
    )[0].entries
    assert [e.status for e in entries if e.article.id == "a"] == [FigureStatus.WITHDRAWN]
    assert [e.status for e in entries if e.article.id == "b"] != [FigureStatus.WITHDRAWN]


def test_a_withdrawal_does_not_reach_the_same_number_of_long_ago() -> None:
    told = "The Health Ministry said nine people were killed."
    taken = "The Health Ministry withdrew its figure of nine dead, calling it a technical error."
    now = Moment(datetime(2022, 9, 1, tzinfo=UTC), day_only=True)
    old, new = article("a", 6, told), replace(article("b", 6, told), published=now)
    entries = held([old, new, replace(article("c", 6, taken), published=now)])[0].entries
    assert [e.article.id for e in entries if e.status is FigureStatus.WITHDRAWN] == ["b"]


def test_a_withdrawal_that_names_no_figure_reaches_none() -> None:
    entries = held(
        [
            article("a", 6, "The Health Ministry said 164 people were killed."),
            article("c", 9, "The agency said its report was published by mistake."),
        ]
    )[0].entries
    assert [e.status for e in entries] == [FigureStatus.CURRENT]


def test_withdrawals_are_read_in_four_languages() -> None:
    texts = {
        "en": "The ministry withdrew the figure of 164 dead, calling it a technical error.",
        "es": "El ministerio retiró la cifra de 164 muertos: fue un error técnico.",
        "ru": "Министерство отозвало данные о 164 погибших, назвав их технической ошибкой.",
        "kk": "Министрлік 164 адам қаза тапты деген дерек қате деп танылды деп хабарлады.",
    }
    for language, text in texts.items():
        withdrawal = read_withdrawals(Doc(text, language))[0]
        assert (withdrawal.low, withdrawal.quote.of(text)) == (164, text.partition("\n")[0])
        assert read_figures(Doc(text, language)) == []


def test_withdrawn_troops_are_no_withdrawn_figure() -> None:
    assert read_withdrawals(Doc("Moscow withdrew 2,500 troops from the country.", "en")) == []


def test_places_in_several_scripts_meet() -> None:
    assert place_key("Алматы") == place_key("Almaty")
    assert place_key("Жаңаөзен") == place_key("Zhanaozen")


def test_one_country_is_no_place_of_its_own() -> None:
    both = [
        article("a", 6, "Police said 26 people were killed in Kazakhstan."),
        article("b", 7, "Police said 30 people were killed."),
    ]
    assert len(held(both)) == 1


def test_speakers_of_several_languages_meet() -> None:
    names = ["the Interior Ministry", "МВД", "Ministerio del Interior", "Ішкі істер министрлігі"]
    assert len({speaker_key(name) for name in names}) == 1


# --- events -----------------------------------------------------------------------------------------------


def test_nothing_is_compared_across_events() -> None:
    both = [
        replace(article("a", 6, "Police said 3 people were killed."), event=1),
        replace(article("b", 7, "Police said 231 people were killed."), event=2),
    ]
    found = held(both)
    assert [s.event for s in found] == [1, 2]
    assert {e.status for s in found for e in s.entries} == {FigureStatus.CURRENT}


def test_the_country_of_one_event_is_no_place_of_another() -> None:
    both = [
        replace(article("a", 6, "Police said 40 people were killed."), event=1),
        replace(article("b", 6, "Police said 120 people were killed in Guatemala."), event=2),
        replace(article("c", 7, "Police said 64 people were killed."), event=1),
    ]
    assert [[e.figure.low for e in s.entries] for s in held(both)] == [[40, 64], [120]]


def test_a_dated_and_an_undated_report_are_not_compared() -> None:
    undated = replace(article("b", 7, "Police said 41 people were killed."), published=None)
    entries = held([article("a", 6, "Police said 26 people were killed."), undated])[0].entries
    assert {e.status for e in entries} == {FigureStatus.CURRENT}


def test_what_two_deeds_did_is_no_dispute() -> None:
    entries = held(
        [
            article("a", 6, "A car bomb outside a mosque killed 20 people, activists said."),
            article("b", 6, "Shelling of a bakery killed 44 people, state television said."),
        ]
    )[0].entries
    assert {e.status for e in entries} == {FigureStatus.CURRENT}


def test_those_who_died_on_a_day_after_a_report_do_not_update_it() -> None:
    killed = series(
        held(
            [
                article("a", 4, "Six people were killed on the hill, the ministry said."),
                article("b", 7, "At least nine people died on 6 January in a fire, doctors said."),
            ]
        ),
        FigureKind.KILLED,
        "total",
    )
    assert [e.status for e in killed.entries] == [FigureStatus.CURRENT, FigureStatus.CURRENT]


def test_a_toll_as_of_a_day_after_a_report_updates_it() -> None:
    killed = series(
        held(
            [
                article("a", 4, "Six people were killed on the hill, the ministry said."),
                article("b", 7, "The death toll rose to nine on 6 January, doctors said."),
            ]
        ),
        FigureKind.KILLED,
        "total",
    )
    assert [e.status for e in killed.entries] == [FigureStatus.UPDATED, FigureStatus.CURRENT]


def test_a_far_smaller_number_that_nobody_is_named_for_contradicts_nothing() -> None:
    killed = series(
        held(
            [
                article("a", 6, "Nineteen people were killed."),
                article("b", 6, "Five people were killed."),
                article("c", 6, "Twelve people were killed."),
            ]
        ),
        FigureKind.KILLED,
        "total",
    )
    statuses = {e.figure.low: e.status for e in killed.entries}
    assert statuses == {19: FigureStatus.CONTRADICTED, 12: FigureStatus.CONTRADICTED, 5: FigureStatus.CURRENT}


def test_tolls_of_two_days_do_not_update_each_other() -> None:
    found = held(
        [
            article("a", 6, "Security forces killed nine people in Strelsau on Thursday, activists said."),
            article("b", 7, "Security forces killed four people in Strelsau on Friday, activists said."),
        ]
    )
    assert {e.status for s in found for e in s.entries} == {FigureStatus.CURRENT}


def test_a_correction_that_names_another_place_stands_beside_what_it_corrects() -> None:
    old, new = article("a", 6, "58 people were killed in Harvek."), article("b", 7, "Not 58 but 54 were killed.")
    told = Figure(FigureKind.KILLED, Span(0, 32), Span(0, 2), 58, 58, place="Harvek")
    right = Figure(
        FigureKind.KILLED, Span(0, 26), Span(11, 13), 54, 54, place="Depot 4", status=ReportStatus.CORRECTION
    )
    taken = Withdrawal(Span(0, 26), FigureKind.KILLED, 58, 58, "total", replaced=True)
    (one,) = ledger([Reported(told, old), Reported(right, new)], [ReportedWithdrawal(taken, new)])
    assert [(e.figure.low, e.status) for e in one.entries] == [(58, FigureStatus.WITHDRAWN), (54, FigureStatus.CURRENT)]


def test_what_a_withdrawn_figure_updated_stands_again() -> None:
    entries = held(
        [
            article("a", 6, "Police said 26 people were killed."),
            article("b", 9, "The Health Ministry said 164 people were killed."),
            article("c", 12, "The Health Ministry withdrew its figure of 164 dead, calling it a technical error."),
        ]
    )[0].entries
    assert [e.status for e in entries] == [FigureStatus.CURRENT, FigureStatus.WITHDRAWN]


def test_a_lower_count_of_one_speaker_on_one_day_is_the_earlier_one() -> None:
    entries = held(
        [
            article("a", 6, "The Interior Ministry said 18 officers were killed."),
            article("b", 6, "The Interior Ministry said eight officers were killed."),
        ]
    )[0].entries
    assert [e.status for e in entries] == [FigureStatus.CURRENT, FigureStatus.UPDATED]


def test_many_reports_of_few_values_are_compared_in_time_that_grows_with_their_number_only() -> None:
    texts = [f"Police said {20 + at % 5} people were killed." for at in range(2_000)]
    entries = held([article(str(at), 1 + at % 28, text) for at, text in enumerate(texts)])[0].entries
    assert len(entries) == 2_000


# --- what stands ------------------------------------------------------------------------------------------


def test_what_stands_is_the_newest_value_and_what_was_withdrawn() -> None:
    found = standing(series(held(samples()), FigureKind.KILLED, "total"))
    assert (found.low, found.high, found.disputed) == (160, 160, False)
    assert [e.figure.low for e in found.withdrawn] == [164]
    assert found.withdrawn[0].figure.speaker == "Health Ministry"


def test_what_is_disputed_stands_with_both_bounds() -> None:
    found = standing(series(held(samples()), FigureKind.KILLED, "security"))
    assert (found.low, found.high, found.disputed) == (16, 18, True)


def test_an_office_is_known_from_somebody_who_speaks_for_it() -> None:
    assert office_of("МВД") == office_of("Ministerio del Interior") == "interior ministry"
    assert office_of("Almaty police spokeswoman Saltanat Azirbek") is None


def test_prices_of_different_goods_are_no_series() -> None:
    texts = [
        "Бензин мен дизель галлонына арзандады: дизель 1,75 доллар, бензин 2,40 доллар болды.",
        "El quintal de papas pasó de 18 a 40 dólares.",
        "The price of petrol rose to 2.65 dollars.",
    ]
    found = held([article(f"a{n}", n + 1, text, "kk es en".split()[n]) for n, text in enumerate(texts)])
    priced = {one.good: lows(one) for one in found if one.kind is FigureKind.PRICE}
    assert priced == {"petrol": [2.4, 2.65], "diesel": [1.75], "potato": [40]}


def test_that_nobody_was_hurt_neither_updates_nor_contradicts_a_number() -> None:
    texts = ["Police said 28 people were injured.", "Police said nobody was injured.", "131 people were injured."]
    found = held([article(f"a{n}", n + 1, text) for n, text in enumerate(texts)])
    (one,) = (series_ for series_ in found if series_.kind is FigureKind.INJURED)
    assert [entry.status for entry in one.entries if entry.figure.high == 0] == [FigureStatus.CURRENT]
    assert all(entry.by is None or entry.by.figure.high for entry in one.entries)
