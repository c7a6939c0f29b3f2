"""Articles join the event that is probably their own, whatever their order; events merge, and are divided again."""

import itertools
from datetime import date, timedelta

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.events.clustering import Clustering
from retrieval.events.profile import Profile, article_names, together
from retrieval.language.doc import Doc

DAY = date(2024, 4, 2)
DIMENSIONS = 8


def profile(subject: int, names: str, day: int = 0) -> Profile:
    vector = np.zeros(DIMENSIONS, np.float32)
    vector[subject] = 1.0
    at = DAY + timedelta(days=day)
    return Profile(1, vector, dict.fromkeys(names.split(), 1.0), at, at)


def clustering() -> Clustering:
    return Clustering(itertools.count(1).__next__)


def test_articles_on_one_subject_with_the_same_names_are_one_event() -> None:
    events = clustering()
    ids = [events.place(profile(0, "karzhin ustrel ketrov", day)) for day in range(4)]
    assert set(ids) == {ids[0]}


def test_two_subjects_in_one_city_in_one_week_are_two_events() -> None:
    events = clustering()
    mine = events.place(profile(0, "boztau shoqtas lamm ketrov"))
    unrest = events.place(profile(1, "boztau salsedo union square"))
    assert mine != unrest


def test_an_event_that_went_on_for_weeks_is_one() -> None:
    events = clustering()
    ids = {events.place(profile(0, "almaty tokaev", day)) for day in range(0, 60, 5)}
    assert len(ids) == 1


def test_the_same_subject_and_place_years_later_is_another_event() -> None:
    events = clustering()
    first = events.place(profile(0, "almaty tokaev"))
    assert events.place(profile(0, "almaty tokaev", 900)) != first


def test_copies_of_one_text_are_always_in_one_event() -> None:
    events = clustering()
    first, other = events.place(profile(0, "alpha beta")), events.place(profile(1, "gamma delta"))
    joined = events.place(profile(2, "epsilon"), copies=[first, other])
    assert joined == first
    assert events.merged == {other: first}


def test_an_article_that_has_changed_stays_in_its_event() -> None:
    events = clustering()
    id_ = events.place(profile(0, "almaty tokaev"))
    events.leave(id_, None)
    assert events.place(profile(0, "almaty tokaev smailov"), before=id_) == id_


def test_an_event_of_two_subjects_is_divided_and_its_larger_part_keeps_the_id() -> None:
    events = clustering()
    mine = {f"m{at}": profile(0, "shoqtas lamm ketrov", at) for at in range(3)}
    dam = {f"d{at}": profile(1, "karzhin ustrel valk", at) for at in range(2)}
    id_ = events.place(together([*mine.values(), *dam.values()]))
    moved = events.divide(id_, mine | dam)
    assert moved.keys() == dam.keys()
    assert events.events.profiles[id_].articles == len(mine)


def test_a_name_agrees_between_scripts_and_a_word_that_begins_a_sentence_counts_less() -> None:
    english = article_names(Doc("Protesters met in Zhanaozen. Tokayev spoke.", "en"), "")
    russian = article_names(Doc("Люди собрались в Жанаозене. Выступил и Токаев.", "ru"), "")
    shared = english.keys() & russian.keys()
    assert {"jnzn", "tokaev"} <= shared
    assert english["tokaev"] < russian["tokaev"]


def test_the_country_of_a_city_is_a_name() -> None:
    assert "@KZ" in article_names(Doc("Shots were heard in Almaty.", "en"), "")


def test_a_word_that_sounds_like_a_country_is_none() -> None:
    assert "@TR" not in article_names(Doc("The strike ended on Thursday.", "en"), "")


def leaning(parts: tuple[float, ...], names: str, day: int) -> Profile:
    """Return an article whose vector has these parts on the first subjects and the rest on the last."""
    one = profile(DIMENSIONS - 1, names, day)
    one.vector[: len(parts)] = parts
    one.vector[-1] = np.sqrt(1 - np.square(parts).sum())
    return one


def test_an_article_further_from_an_event_than_its_articles_from_each_other_is_another() -> None:
    quake = leaning((0.2,), "ozim kerem dolin", 0)
    few, many = clustering(), clustering()
    single = few.place(profile(0, "talmora ozim drevin"))
    unrest = {many.place(profile(0, "talmora ozim drevin")) for _ in range(3)}
    assert few.place(quake) == single
    assert many.place(quake) not in unrest


def test_an_article_that_fits_two_events_does_not_make_them_one() -> None:
    events = clustering()
    mine = {events.place(profile(0, "shoqtas lamm ketrov valk")) for _ in range(2)}
    dam = {events.place(profile(1, "karzhin ustrel salsedo union")) for _ in range(2)}
    assert events.place(leaning((0.35, 0.35), "shoqtas lamm karzhin ustrel", 0)) in mine | dam
    assert not events.merged


@settings(max_examples=40, deadline=None)
@given(st.permutations(range(6)))
def test_the_order_of_arrival_does_not_matter_where_events_are_plain(order: list[int]) -> None:
    articles = [profile(at % 2, "shoqtas lamm ketrov" if at % 2 else "karzhin ustrel valk", at) for at in range(6)]
    events = clustering()
    ids = {at: events.place(articles[at]) for at in order}
    assert ids[0] == ids[2] == ids[4] != ids[1] == ids[3] == ids[5]
