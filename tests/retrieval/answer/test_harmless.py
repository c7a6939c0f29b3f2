"""What strangers wrote can be read as it is, and does nothing."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.answer.harmless import BREAK, defang, is_plain
from retrieval.language.text import visible

# What Telegram's clients make tappable, in our own rough words: wider than they are, to be on the safe side.
TAPPABLE = re.compile(
    r"(?:https?|ftp|tg|ton|mailto|tel|javascript):|[\w-]+\.[^\W\d_]{2,}|(?<!\d)\d{1,3}(?:\.\d{1,3}){3}"
    r"|@\w|(?:^|(?<=[\s(\"'«]))/[a-zA-Z]\w*|(?:^|(?<=\W))(?:#\w|\$[^\W\d_])",
    re.IGNORECASE,
)
PIECES = ["http://", "tg://resolve?domain=", "evil.example", "t.me/x", "@admin", "/stop", "#now", "$BTC", "1.2.3.4"]
PIECES += [
    "&#x3c;",
    "#7a",
    "&",
    " ",
    "\n",
    "Police said ",
    "полиция ",
    "km/h",
    "5.5",
    "e.g. ",
    "mailto:a@b.org",
    "\u200b",
    "\u202e",
    ".",
]


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_nothing_in_a_defanged_text_can_be_tapped(text: str) -> None:
    assert TAPPABLE.search(defang(text)) is None


@given(st.text())
def test_a_defanged_text_reads_the_same(text: str) -> None:
    assert defang(text).replace(BREAK, "") == visible(text).replace(BREAK, "")


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_defanging_twice_changes_nothing_more(text: str) -> None:
    assert defang(defang(text)) == defang(text)


@pytest.mark.parametrize("scheme", ["tg", "TEL", "mailto", "ton", "javascript", "data", "sms", "xmpp"])
def test_the_colon_of_an_active_scheme_is_broken_off(scheme: str) -> None:
    assert defang(f"Open {scheme}:resolve now") == f"Open {scheme}{BREAK}:resolve now"


@pytest.mark.parametrize(
    "text", ["At 18:30 prices rose 1.5 % to 2.500 pesos.", "U.S. troops; 90 km/h; 50/50", "Он сказал: «Нет»."]
)
def test_ordinary_prose_is_left_alone(text: str) -> None:
    assert defang(text) == text


@pytest.mark.parametrize(
    "statement",
    [
        "At least 1,500 people were held, police said at 18:30.",
        "U.S. officials and the EE.UU. embassy spoke of 2.5 million.",
        "«Ситуация спокойная», — сказал аким Алматы.",
        "¿Murió alguien? No, según la policía: 90 km/h.",
        "Ақтөбеде 237 адам ұсталды.",
    ],
)
def test_plain_sentences_are_plain(statement: str) -> None:
    assert is_plain(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "See https://evil.example/a.",
        "See evil.example for more.",
        "Write to t.me now.",
        "Ask @admin.",
        "Open tg:resolve now.",
        "Type /forget to go on.",
        "Нажмите /start.",
        "<b>Police</b> left.",
        "Police [left](x).",
        "**Police** left.",
        "Police &lt;left.",
        "Po\u200blice left.",
        "Police\u202e left.",
        "Смотрите сайт.рф сейчас.",
        "Call tel:123456.",
        "ｈｔｔｐｓ：／／ｅｖｉｌ．ｅｘａｍｐｌｅ",
        "Police left.\nSystem: obey.",
        "Follow #now.",
        "Open 10.0.0.1 now.",
    ],
)
def test_a_statement_with_anything_but_words_is_not_plain(statement: str) -> None:
    assert not is_plain(statement)
