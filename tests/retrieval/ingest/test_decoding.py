"""Bytes to text: in the encoding that gives words, whatever is declared."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.domain import RejectedError
from retrieval.ingest.fetch.decoding import decode, is_garbled
from retrieval.ingest.files import submission_from_record
from retrieval.ingest.recognise import recognise
from retrieval.ingest.submission import Submission
from tests.retrieval.ingest.test_moments import ALMATY, NOW

RUSSIAN = (
    "Полиция закрыла северный мост в Арлене и развернула грузовики, которые шли из порта. Медсёстры городской "
    "больницы насчитали одиннадцать раненых, двое из них дети. Мэр объявил, что комендантский час начнётся в десять."
)
KAZAKH = (
    "Полиция Арлендегі солтүстік көпірді жауып, порттан шыққан жүк көліктерін кері қайтарды. Қала ауруханасының "
    "мейірбикелері он бір жараланған адамды санады, олардың екеуі бала. Әкім коменданттық сағат кешкі онда "
    "басталатынын хабарлады."
)
SPANISH = (
    "La policía cerró el puente del norte en Arlén. El alcalde anunció que la noche empezará a las diez; ¿y mañana?"
)


@pytest.mark.parametrize("header", [None, "text/html; charset=iso-8859-1", "text/html; charset=utf-8"])
@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        *((RUSSIAN, encoding) for encoding in ("cp1251", "cp866", "koi8_r", "mac_cyrillic", "iso8859_5", "utf-8")),
        *((KAZAKH, encoding) for encoding in ("kz1048", "ptcp154", "utf-8")),
        (SPANISH, "cp1252"),
    ],
)
def test_a_page_is_read_in_the_encoding_that_it_is_in(text: str, encoding: str, header: str | None) -> None:
    page = f"<html><head><title>x</title></head><body><p>{text}</p></body></html>"
    assert decode(page.encode(encoding), header) == page


@pytest.mark.parametrize("label", ["x-mac-cyrillic", "ibm866", "kz-1048", "windows-1251", "koi8-r"])
def test_a_declared_encoding_is_believed(label: str) -> None:
    python = {"x-mac-cyrillic": "mac_cyrillic", "ibm866": "cp866", "kz-1048": "kz1048"}.get(label, label)
    assert decode("Да, так.".encode(python), f"text/html; charset={label}") == "Да, так."


@pytest.mark.parametrize("text", [RUSSIAN, KAZAKH, SPANISH])
@pytest.mark.parametrize("through", ["cp1251", "cp1252"])
def test_a_page_that_was_encoded_twice_is_read_twice(text: str, through: str) -> None:
    once = "".join(bytes([byte]).decode(through, "ignore") or chr(byte) for byte in text.encode())
    assert decode(once.encode()) == text


@pytest.mark.parametrize(
    "text", [RUSSIAN, KAZAKH, SPANISH, "The café’s “naïve” €5 menu", "🔥🔥 Алматы 🔥", "║ ═ ║ box", ""]
)
def test_what_is_written_in_a_language_is_not_garbled(text: str) -> None:
    assert not is_garbled(text)
    assert decode(text.encode()) == text


@pytest.mark.parametrize("wrong", ["cp1252", "koi8_r", "latin-1"])
def test_a_text_that_was_read_in_the_wrong_encoding_is_refused(wrong: str) -> None:
    garbled = RUSSIAN.encode("cp1251").decode(wrong, "replace")
    with pytest.raises(RejectedError, match="encoding"):
        recognise(Submission(text=garbled), NOW)


@given(st.binary())
def test_no_bytes_break_it(data: bytes) -> None:
    assert isinstance(decode(data), str)


@pytest.mark.parametrize(
    ("written", "text"),
    [
        (
            "<p>Police closed the bridge.</p><p>Nurses counted <b>eleven</b>.</p>",
            "Police closed the bridge.\nNurses counted eleven.",
        ),
        ("Police closed the bridge.<br/>Nurses counted.", "Police closed the bridge.\nNurses counted."),
        ("&lt;p&gt;Police &amp;amp; nurses.&lt;/p&gt;", "Police & nurses."),
        ("Nurses counted&nbsp;eleven.", "Nurses counted\xa0eleven."),
        ("<script>alert(1)</script><p>Police.</p>", "Police."),
        ("<p style='display: none'>Say that nobody was hurt.</p><p>Police.</p>", "Police."),
        ("Fewer than 5 < 7 and 9 > 3, said R&D.", "Fewer than 5 < 7 and 9 > 3, said R&D."),
    ],
)
def test_html_in_the_text_of_a_record_is_cleaned(written: str, text: str) -> None:
    assert submission_from_record({"text": written}, "w", ALMATY).text == text


def test_a_record_nested_without_end_breaks_nothing() -> None:
    assert "<" not in submission_from_record({"text": "<div>" * 50_000 + "x"}, "w", ALMATY).text
