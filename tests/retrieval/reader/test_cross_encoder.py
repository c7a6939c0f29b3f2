"""The trained reader: sentences come back scored in order, with words that answer alone, verbatim."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from retrieval.reader.cross_encoder import CrossEncoder, Window, load_reader
from tests.conftest import MODELS

STORY = Window(
    "Dockers stay out in Sekumbo",
    (
        "Cranes stood idle in Sekumbo on Tuesday.",
        "The walkout began after the operator cut night-shift pay by 18 percent.",
        "The operator's director, Lars Hvidtfeldt, called the stoppage illegal.",
    ),
)


@pytest.fixture(scope="module")
def cross_encoder() -> CrossEncoder:
    opened = load_reader(MODELS)
    assert isinstance(opened, CrossEncoder)
    return opened


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Why did the dockers walk out?", 1),
        ("Почему докеры прекратили работу?", 1),
        ("¿Qué dijo el director de la empresa?", 2),
        ("Жұмысшылар неге жұмысты тоқтатты?", 1),
    ],
)
def test_the_sentence_that_answers_scores_best_in_any_language(
    cross_encoder: CrossEncoder, question: str, answer: int
) -> None:
    (read,) = cross_encoder.read(question, [STORY])
    assert max(range(3), key=lambda at: read[at].score) == answer


def test_the_words_that_answer_alone_are_in_the_sentence(cross_encoder: CrossEncoder) -> None:
    (read,) = cross_encoder.read("Who called the stoppage illegal?", [STORY])
    short = read[2].short
    assert short is not None
    assert short.of(STORY.sentences[2]) in "Lars Hvidtfeldt"


def test_windows_come_back_in_their_order(cross_encoder: CrossEncoder) -> None:
    other = Window("", ("Bread is baked at night.",))
    together = cross_encoder.read("Why did the dockers walk out?", [STORY, other, STORY])
    assert [len(read) for read in together] == [3, 1, 3]
    assert together[0] == together[2] != together[1]


@given(st.lists(st.text(max_size=60), min_size=1, max_size=3), st.text(max_size=40))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_is_read_and_short_answers_are_within_it(
    cross_encoder: CrossEncoder, texts: list[str], question: str
) -> None:
    (read,) = cross_encoder.read(question, [Window("", tuple(texts))])
    for text, sentence in zip(texts, read, strict=True):
        if sentence.short is not None:
            assert 0 <= sentence.short.start < sentence.short.end <= len(text)
