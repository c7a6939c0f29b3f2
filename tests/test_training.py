"""What training makes and is made from: every file that ships has a maker, and the examples are what they should be."""

import random
import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from retrieval.embedding.engine import words_of
from retrieval.embedding.folder import open_model
from retrieval.embedding.weights import Vocabulary
from retrieval.reader.cross_encoder import CrossEncoder, Window
from tests.conftest import MODELS
from training.reader import KIND, PLACES, embedder_weights, exported
from training.stories import (
    EXAM_LIBRARIES,
    MOST_WINDOW,
    UNSEEN_LIBRARIES,
    Examples,
    LabelledWindow,
    StoryQuestion,
    read_event_questions,
    read_libraries,
    read_questions,
)

ROOT = Path(__file__).parent.parent
README = (ROOT / "training" / "README.md").read_text(encoding="utf-8")
MADE = sorted(
    path.relative_to(ROOT).as_posix()
    for package in ("bot", "retrieval")
    for suffix in ("json", "npz", "npy", "gz", "onnx", "bin")
    for path in (ROOT / package).rglob(f"*.{suffix}")
    if path.parent != ROOT / "bot" / "locales"  # texts, written by hand
)


@pytest.mark.parametrize("file", MADE)
def test_a_shipped_file_of_numbers_has_a_maker(file: str) -> None:
    row = re.search(rf"^\| `{re.escape(file)}` \|.*`python -m training\.(\w+)", README, re.MULTILINE)
    assert row is not None
    assert file in (ROOT / "training" / f"{row[1]}.py").read_text(encoding="utf-8")


# --- the examples of the reader -------------------------------------------------------------------


class AnyVectors:
    """An Embedder whose vectors mean nothing: what is tested holds whatever is near."""

    name, dimensions = "any", 8

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return np.stack([self.embed_query(text) for text in texts])

    def embed_query(self, text: str) -> NDArray[np.float32]:
        vector = np.random.default_rng(list(text.encode())).normal(size=self.dimensions).astype(np.float32)
        return np.asarray(vector / np.linalg.norm(vector))


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return open_model(MODELS).vocabulary


@pytest.fixture(scope="module")
def questions() -> list[StoryQuestion]:
    """Those on every fortieth story or so, in each language, and on some that training leaves out."""
    return [one for one in read_questions() if int(one.story.id.rsplit("-", maxsplit=1)[1]) in {7, 12, 23, 41}]


@pytest.fixture(scope="module")
def examples(questions: list[StoryQuestion], vocabulary: Vocabulary) -> Examples:
    return Examples(questions, vocabulary, AnyVectors())


@pytest.fixture(scope="module")
def drawn(questions: list[StoryQuestion], examples: Examples) -> list[tuple[StoryQuestion, list[LabelledWindow]]]:
    rng = random.Random(1)
    seen = [one for one in questions if not one.story.is_unseen]
    return [(one, examples.draw(one, rng)) for one in seen for _ in range(3)]


def test_one_story_of_six_is_never_trained_on() -> None:
    stories = {one.story.id: one.story for one in read_questions()}.values()
    unseen = {story.id for story in stories if story.is_unseen}
    assert unseen == {story.id for story in stories if int(story.id[-3:]) % 6 == 0}
    assert {story.language for story in stories if story.is_unseen} == {"en", "es", "ru", "kk"}
    assert 1 / 8 < len(unseen) / len(stories) < 1 / 6 + 0.01


def test_what_is_named_as_an_answer_is_in_the_story() -> None:
    for one in read_questions():
        assert set(one.answers) | set(one.near) <= set(range(len(one.story.sentences)))
        assert not one.short or any(one.short in one.story.sentences[number] for number in one.answers)
        assert not set(one.answers) & set(one.near)


def test_the_right_sentences_of_an_example_are_the_answers(
    drawn: list[tuple[StoryQuestion, list[LabelledWindow]]],
) -> None:
    for question, windows in drawn:
        for window in windows:
            right = {number for number, answers in zip(window.numbers, window.answers, strict=True) if answers}
            own = window.story == question.story
            assert right == (set(question.answers) & set(window.numbers) if own else set())
        assert any(windows[0].answers) == bool(question.answers)


def test_the_windows_of_an_example_do_not_overlap_and_name_their_tokens(
    drawn: list[tuple[StoryQuestion, list[LabelledWindow]]],
) -> None:
    for _, (first, second) in drawn:
        assert first.story != second.story or not set(first.numbers) & set(second.numbers)
        for window in (first, second):
            assert [place.start for place in window.places[1:]] == [place.stop for place in window.places[:-1]]
            assert window.places[-1].stop == len(window.ids) - 1


def test_a_window_holds_its_centre_and_keeps_within_its_limits(
    questions: list[StoryQuestion], examples: Examples
) -> None:
    rng = random.Random(2)
    sizes = set()
    for question in questions[::5]:
        for centre in range(len(question.story.sentences)):
            without = range(centre + 1, centre + 3)
            window = examples.window(question.story, centre, rng, without)
            tokens = sum(map(len, examples.labelled(question, question.story, window).places))
            assert centre in window
            assert not set(window) & set(without)
            assert set(window) <= set(range(len(question.story.sentences)))
            assert len(window) == 1 or tokens <= MOST_WINDOW
            sizes.add(len(window))
    assert {1, 2, 3} <= sizes


def test_no_example_shows_a_story_that_training_leaves_out(
    questions: list[StoryQuestion], drawn: list[tuple[StoryQuestion, list[LabelledWindow]]]
) -> None:
    shown = [window.story for _, windows in drawn for window in windows]
    assert any(one.story.is_unseen for one in questions)
    assert not any(story.is_unseen for story in shown)
    assert sum(windows[1].story != question.story for question, windows in drawn) > len(drawn) / 5


# --- libraries of events ----------------------------------------------------------------------


@pytest.fixture(scope="module")
def on_events() -> list[StoryQuestion]:
    """Those of one library that training sees."""
    return [one for one in read_event_questions() if one.story.library == "w1"]


@pytest.fixture(scope="module")
def drawn_of_events(
    on_events: list[StoryQuestion], vocabulary: Vocabulary
) -> list[tuple[StoryQuestion, list[LabelledWindow]]]:
    examples, rng = Examples(on_events, vocabulary, AnyVectors()), random.Random(3)
    return [(one, examples.draw(one, rng)) for one in on_events for _ in range(5)]


def test_some_libraries_of_events_are_never_trained_on() -> None:
    unseen = {one.story.library for one in read_event_questions() if one.story.is_unseen}
    assert unseen == {*UNSEEN_LIBRARIES, *EXAM_LIBRARIES}
    assert {one.story.library for one in read_event_questions()} > unseen


def test_no_two_libraries_have_a_story_of_one_id() -> None:
    ids = [id_ for library in read_libraries() for id_ in library.stories]
    assert len(ids) == len(set(ids))


def test_what_is_named_in_a_library_is_in_its_stories() -> None:
    for library in read_libraries():
        for one in library.questions:
            assert not set(one.answers) & set(one.near)
            for id_, number in (*one.answers, *one.near):
                assert number < len(library.stories[id_].sentences)


def test_a_question_on_a_library_is_asked_on_each_story_that_answers(on_events: list[StoryQuestion]) -> None:
    for one in on_events:
        assert all(id_ != one.story.id for id_, _ in one.answers_elsewhere)
        assert one.answers or not one.answers_elsewhere
    twice = [one for one in on_events if one.answers_elsewhere]
    others = {(one.text, id_) for one in twice for id_, _ in one.answers_elsewhere}
    assert others <= {(one.text, one.story.id) for one in on_events}


def test_a_sentence_of_another_story_that_answers_is_right_too(
    drawn_of_events: list[tuple[StoryQuestion, list[LabelledWindow]]],
) -> None:
    elsewhere = 0
    for question, windows in drawn_of_events:
        answers = question.answers_elsewhere | {(question.story.id, number) for number in question.answers}
        for window in windows:
            right = [(window.story.id, number) in answers for number in window.numbers]
            assert window.answers == right
            elsewhere += window.story != question.story and any(right)
    assert elsewhere


def test_sentences_of_other_stories_that_mislead_are_shown(
    drawn_of_events: list[tuple[StoryQuestion, list[LabelledWindow]]],
) -> None:
    misled = [
        (window.story.id, number) in question.near_elsewhere
        for question, (_, window) in drawn_of_events
        for number in window.numbers
        if question.near_elsewhere
    ]
    assert sum(misled) > len(drawn_of_events) / 5


def test_titles_are_left_out_at_times(drawn: list[tuple[StoryQuestion, list[LabelledWindow]]]) -> None:
    # Before the sentences: begin, question, end, end, title, end.
    untitled = sum(
        window.ids[window.places[0].start - 2] == window.ids[-1] for _, windows in drawn for window in windows
    )
    assert 0.05 < untitled / len(drawn) / 2 < 0.2


def test_the_windows_of_a_whole_story_have_each_sentence_once(
    questions: list[StoryQuestion], examples: Examples
) -> None:
    for question in questions[::7]:
        windows = examples.windows(question, 75)
        assert [number for window in windows for number in window.numbers] == [*range(len(question.story.sentences))]
        assert all(len(w.numbers) == 1 or sum(map(len, w.places)) <= 75 for w in windows)


def test_the_tokens_of_a_short_answer_spell_it(
    drawn: list[tuple[StoryQuestion, list[LabelledWindow]]], vocabulary: Vocabulary
) -> None:
    spelt = 0
    for question, (window, _) in drawn:
        if question.short and window.short:
            index, first, last = window.short
            tokens = [window.ids[at] for at in window.places[index]][first : last + 1]
            text = "".join(vocabulary.pieces[token] for token in tokens).replace("▁", " ")
            assert bare(text) == bare(question.short)
            spelt += 1
    assert spelt > 100


def bare(text: str) -> str:
    """Return it without its outer marks, of which the first or last token may have one more."""
    return unicodedata.normalize("NFKC", text).strip(" .,:;!?»«”“\"'")


# --- the network ----------------------------------------------------------------------------------


def test_a_checkpoint_becomes_a_graph_that_the_product_opens() -> None:
    weights = embedder_weights()
    encoder = weights.encoder()
    head = {"head.w": np.zeros((weights.sizes.hidden, 3)), "head.b": np.array([0.5, 0, 0])}
    trained = {
        name: value.astype(np.float16)
        for name, value in (encoder.matrices | encoder.vectors | head).items()
        if name not in {PLACES, KIND}
    }
    reader = CrossEncoder(words_of(MODELS), exported(weights, trained))
    (read,) = reader.read("Who closed it?", [Window("Bridge shut", ("The bridge is shut.", "Ada Rusk closed it."))])
    assert [one.score for one in read] == [0.5, 0.5]
