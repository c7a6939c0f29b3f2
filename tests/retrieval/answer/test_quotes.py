"""A quote is found where the text says it word for word, and nowhere else."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.answer.quotes import locate

LETTERS = st.characters(categories=("L", "M", "N", "P", "Z", "S"))
TEXTS = st.text(LETTERS, max_size=80)
WORDS = st.lists(st.text("abeéèйиәғñ", min_size=1, max_size=6), min_size=3, max_size=9)


@given(TEXTS, TEXTS)
def test_a_located_span_lies_in_the_text_and_says_what_was_asked(quote: str, text: str) -> None:
    span = locate(quote, text)
    if span is not None:
        assert 0 <= span.start < span.end <= len(text)
        assert locate(span.of(text), span.of(text)) is not None
        assert locate(quote, span.of(text)) is not None


@given(WORDS, st.data())
def test_any_run_of_words_is_found_verbatim(words: list[str], data: st.DataObject) -> None:
    text = " ".join(words)
    first = data.draw(st.integers(0, len(words) - 1))
    last = data.draw(st.integers(first, len(words) - 1))
    quote = " ".join(words[first : last + 1])
    span = locate(quote, text)
    assert span is not None
    assert span.of(text) == quote


@given(WORDS, st.sampled_from(["NFC", "NFD", "NFKC", "NFKD"]))
def test_composed_and_decomposed_letters_are_the_same(words: list[str], form: str) -> None:
    text = "«" + " ".join(words) + "»"
    span = locate(unicodedata.normalize(form, " ".join(words)), text)  # type: ignore[arg-type]
    assert span is not None
    assert span.of(text) == " ".join(words)


@pytest.mark.parametrize(
    ("quote", "text", "verbatim"),
    [
        ("the \"street\" said 'no'", "So the “street” said ‘no’.", "the “street” said ‘no’"),
        ("6 - 7 January", "On 6\u00a0–\n  7 January.", "6\u00a0–\n  7 January"),
        ("ministry said", "The mini\u00adstry\u200b said so.", "mini\u00adstry\u200b said"),
        ("... then silence", "… then silence fell", "… then silence"),
        ("военный", "это вое\u0301нныи\u0306 час", None),
        ("  Алматыда оқ атылды  ", "Кеше Алматыда оқ атылды.", "Алматыда оқ атылды"),
    ],
)
def test_differences_no_reader_sees_are_looked_past(quote: str, text: str, verbatim: str | None) -> None:
    span = locate(quote, text)
    assert (span and span.of(text)) == verbatim


@pytest.mark.parametrize(
    ("quote", "text"),
    [
        ("8 officers died", "In all 18 officers died."),
        ("at least 16", "They counted at least 164 dead."),
        ("008 people were held", "About 1 008 people were held."),
        ("5 million", "A loss of 2.5 million was feared."),
        ("grew by 5", "Prices grew by 5% overnight."),
        ("grew by 5", "Prices grew by 5,000 overnight."),
        ("cafe", "the café burned"),
        ("столица ми", "столица мир"),
        ("Police fired", "police fired"),
        ("dozens were killed", "dozens were not killed"),
        ("", "anything"),
        (" \u200b ", "any thing"),
    ],
)
def test_a_changed_or_cut_quote_is_not_found(quote: str, text: str) -> None:
    assert locate(quote, text) is None


def test_a_later_whole_match_is_found_after_a_cut_one() -> None:
    text = "18 officers died; later 8 officers died."
    span = locate("8 officers died", text)
    assert span is not None
    assert span.start == text.rindex("8 officers")
