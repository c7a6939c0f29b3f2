"""How passages are scored, and in which order they are shown."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from retrieval.question.outlets import capitalised, named_outlets
from retrieval.search.rank import REPEAT_PENALTY, fuse, prefer_own, spread

NOTHING = np.zeros(2)


def test_words_decide_between_equals_of_the_askers_language() -> None:
    scores = fuse(np.array([0.3, 0.3]), np.array([2.0, 9.0]), NOTHING, ["en", "en"], "en")
    assert scores[1] > scores[0]


def test_a_translation_is_not_buried_under_a_few_shared_words() -> None:
    scores = fuse(np.array([0.40, 0.38]), np.array([3.0, 0.0]), NOTHING, ["ru", "en"], "ru")
    assert scores[0] > scores[1]
    weak = fuse(np.array([0.40, 0.38, 0.1]), np.array([3.0, 0.0, 12.0]), np.zeros(3), ["ru", "en", "ru"], "ru")
    assert weak[1] > weak[0]


def test_the_same_cosine_means_more_between_scripts_than_within_a_language() -> None:
    scores = fuse(np.array([0.3, 0.3, 0.3]), np.zeros(3), np.zeros(3), ["en", "es", "ru"], "en")
    assert scores[0] < scores[1] < scores[2]


def test_the_best_match_in_words_does_not_bury_a_translation_that_is_much_nearer() -> None:
    scores = fuse(np.array([0.10, 0.30]), np.array([9.0, 0.0]), NOTHING, ["kk", "es"], "kk")
    assert scores[1] > scores[0]


def test_words_count_as_much_beside_passages_of_other_languages_that_are_no_nearer() -> None:
    alone = fuse(np.array([0.3, 0.2]), np.array([9.0, 5.0]), NOTHING, ["en", "en"], "en")
    beside = fuse(np.array([0.3, 0.2, 0.1]), np.array([9.0, 5.0, 0.0]), np.zeros(3), ["en", "en", "ru"], "en")
    assert beside[:2].tolist() == alone.tolist()


def test_a_name_counts_across_languages() -> None:
    scores = fuse(np.array([0.3, 0.3]), NOTHING, np.array([0.0, 4.0]), ["ru", "ru"], "en")
    assert scores[1] > scores[0]


def vectors_of(*topics: int) -> np.ndarray:
    """Return vectors that have a part in common, as an embedder's have, besides one of their topic."""
    return np.stack([np.append(np.eye(8)[topic], 0.5) for topic in topics])


ENGLISH = ["en"] * 4
RUSSIAN = ["ru"] * 4


def test_of_two_that_say_the_same_the_one_in_the_askers_language_comes_first() -> None:
    scores = np.array([0.9, 0.1, 0.1, 0.1, 0.2, 0.1, 0.1, 0.1])
    lifted = prefer_own(scores, vectors_of(0, 1, 2, 3, 0, 4, 5, 6), RUSSIAN + ENGLISH, "en")
    assert lifted[4] > lifted[0]
    assert lifted[5:].tolist() == scores[5:].tolist()


def test_what_is_better_in_the_askers_language_is_not_lowered() -> None:
    scores = np.array([0.2, 0.1, 0.1, 0.1, 0.9, 0.1, 0.1, 0.1])
    assert prefer_own(scores, vectors_of(0, 1, 2, 3, 0, 4, 5, 6), RUSSIAN + ENGLISH, "en").tolist() == scores.tolist()


def test_nothing_found_scores_nothing() -> None:
    assert fuse(np.array([]), np.array([]), np.array([]), [], "en").tolist() == []


@given(st.lists(st.tuples(st.floats(0, 1), st.integers(0, 3), st.integers(0, 3)), max_size=20))
def test_copies_of_one_text_take_one_place(rows: list[tuple[float, int, int]]) -> None:
    articles = [f"{origin}-{article}" for _, origin, article in rows]
    origins = [origin for _, origin, _ in rows]
    kept = spread(np.array([score for score, *_ in rows]), articles, origins)
    assert len({(origins[i], articles[i]) for i in kept}) == len({origins[i] for i in kept}) == len(set(origins))


def test_the_best_passage_comes_first() -> None:
    assert spread(np.array([0.1, 0.9, 0.5]), ["a", "b", "c"], ["a", "b", "c"])[0] == 1


def test_an_article_does_not_fill_the_places_while_others_speak() -> None:
    scores = np.array([0.9, 0.88, 0.86, 0.8])
    assert spread(scores, ["a", "a", "a", "b"], ["a", "a", "a", "b"])[:2] == [0, 3]


def test_an_article_that_is_much_better_keeps_its_places() -> None:
    scores = np.array([0.9, 0.88, 0.88 - 2 * REPEAT_PENALTY])
    assert spread(scores, ["a", "a", "b"], ["a", "a", "b"]) == [0, 1, 2]


def test_an_outlet_is_known_in_either_script() -> None:
    publishers = {"TASS", "EFE", "Kloop"}
    assert named_outlets(capitalised("Что сообщил ТАСС?"), publishers) == {"TASS"}
    assert named_outlets(capitalised("¿Qué dijo EFE sobre los muertos?"), publishers) == {"EFE"}


def test_an_outlet_is_not_read_into_a_common_word() -> None:
    assert named_outlets(capitalised("At what time did it begin?"), {"Time", "The Sun"}) == set()


def test_an_outlet_of_two_words_wants_both() -> None:
    assert named_outlets(capitalised("Is New York affected?"), {"New York Times"}) == set()
