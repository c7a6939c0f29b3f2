"""Article text is made plain, and stays as it is when that is done again."""

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.language.text import clean

ODD = (
    "\u0301\u0344\u0327\u200b\u200d\u202e\u2066\u00ad\u00a0\u2009\u3000\r\n\t"
    "\x00\x85\u2028\ud800\ufeff\U000e0041\u212b\u2000ㅏ가"
)
TEXTS = st.text(alphabet=st.one_of(st.sampled_from(ODD + "aeнй "), st.characters(categories=None)), max_size=120)


@given(TEXTS)
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@given(TEXTS)
def test_clean_text_is_composed_and_can_be_encoded(text: str) -> None:
    cleaned = clean(text)
    assert unicodedata.is_normalized("NFC", cleaned)
    cleaned.encode("utf-8")


@given(TEXTS)
def test_clean_text_holds_no_control_or_format_character(text: str) -> None:
    categories = {unicodedata.category(character) for character in clean(text).replace("\n", "")}
    assert not categories & {"Cc", "Cf", "Cs"}


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        ("one\r\ntwo\rthree", "one\ntwo\nthree"),
        ("one\n \n\t\n\n\ntwo", "one\n\ntwo"),
        ("120\u00a0тенге за\u202fлитр", "120 тенге за литр"),
        ("про\u00adтесты", "протесты"),
        ("ig\u200bnore\u202e this\U000e0041", "ignore this"),
        ("И\u0306ога", "Йога"),
        ("  end  \n", "end"),
        ("lone \ud83d surrogate", "lone surrogate"),
        ("\ufeffstart", "start"),
        ("«guillemets» – “quotes” … ¿sí?", "«guillemets» – “quotes” … ¿sí?"),
    ],
)
def test_text_is_made_plain(raw: str, cleaned: str) -> None:
    assert clean(raw) == cleaned


def test_a_megabyte_of_combining_marks_takes_no_longer_than_text() -> None:
    start = time.perf_counter()
    assert len(clean("a" + "\u0301\u0316" * 500_000)) < 20
    assert time.perf_counter() - start < 5
