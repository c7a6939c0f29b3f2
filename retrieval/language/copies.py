"""Whether an article is a copy of another: by the words that both share in the same order, and those they do not.

A wire story goes from outlet to outlet re-headed, trimmed, with a paragraph added or in a house style. What is left
of it is runs of the same words. An update of a live story shares such runs too, its background, so what opens an
article and what its numbers and names say must not have changed. Measured by benchmarks/origins.py.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from retrieval.domain import Article
from retrieval.language.days.datelines import dateline
from retrieval.language.names.names import name_key
from retrieval.language.numbers.numbers import number_values
from retrieval.language.sentences import sentences
from retrieval.language.words import all_stems, fold, words

RUN = 3
"""Words in a row that must agree before any of them counts as shared: phrases, not vocabulary."""

FEWEST_WORDS = 12
"""A shorter text is a copy of another only if all its words are the same: it shows too little."""

LEAD_WORDS = 6
"""The opening of an article: its first sentence, or as many as make this many words."""

TELLING_WORDS = 6
"""A shorter sentence (the credit of a photograph, say) does not show that two texts differ."""

SAME_LEAD = 0.5
"""The part of both openings that is shared where they are the same."""

SHARED_AT_ALL = 0.3
"""Texts that share less of the shorter one are simply two texts."""

SHARED_BY_COPY = 0.5
"""The part of the shorter text that a copy shares with the longer one, where both open alike."""

SHARED_UNDER_NEW_LEAD = 0.63
"""The same where they open differently."""

KEPT_UNDER_NEW_LEAD = 0.52
"""The part of the longer text that must come from the shorter one, where they open differently."""

SAME_SENTENCE = 0.4
"""Sentences that share this part of their words are compared by their numbers and names."""

SKETCH = 64
"""The least hashes of a text that are kept to find it by; of a long text one in SKETCH_SHARE."""

SKETCH_SHARE = 12

KEPT_BITS = 2**31 - 1
"""Of the hash of a run, what is stored: two that two texts share by chance are one in a hundred million articles."""


class Kin(Enum):
    """How the texts of two articles are related."""

    COPY = "copy"  # one text, with the same opening
    EXTENDED = "extended"  # one text, under an opening of its own in one of them
    CHANGED = "changed"  # shared text with other facts: an update, or the same form filled in anew
    RELATED = "related"  # too little shared text to say more
    APART = "apart"


@dataclass(frozen=True, slots=True)
class _Sentence:
    first: int  # in the tokens of the text
    last: int  # exclusive
    numbers: frozenset[str]
    names: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Reading:
    """A text as runs of stems."""

    tokens: tuple[str, ...]
    sentences: tuple[_Sentence, ...]
    runs: frozenset[tuple[str, ...]]
    numbers: frozenset[str]
    names: frozenset[str]

    @property
    def lead(self) -> int:
        """How many tokens the opening has."""
        return next((s.last for s in self.sentences if s.last >= LEAD_WORDS), len(self.tokens))


def sketch(article: Article) -> list[int]:
    """Return distinct hashes (31 bits) to find copies by: of the runs of words that hash least, at least one.

    Texts that share runs share hashes in proportion, however long either is (bottom-k sampling, Broder 1997).
    """
    runs = {" ".join(run).encode() for run in _runs(all_stems(_body(article.text), article.language))}
    hashes = sorted(int.from_bytes(hashlib.blake2b(run, digest_size=8).digest(), "big") >> 1 for run in runs)
    least = hashes[: max(SKETCH, len(hashes) // SKETCH_SHARE)]
    return list(dict.fromkeys(hash_ & KEPT_BITS for hash_ in least))


def kinship(one: Article, other: Article) -> Kin:
    """Return the kinship of two articles, the same whichever comes first."""
    if one.language != other.language:
        return Kin.APART
    left, right = _reading(one.text, one.language), _reading(other.text, other.language)
    if left.tokens == right.tokens:
        return Kin.COPY
    small, large = sorted((left, right), key=lambda reading: (len(reading.tokens), reading.tokens))
    in_large, in_small = _shared(small, large), _shared(large, small)
    if len(small.tokens) < FEWEST_WORDS or _part(in_large) < SHARED_AT_ALL:
        return Kin.APART
    opens_alike = min(_part(in_small[: large.lead]), _part(in_large[: small.lead])) >= SAME_LEAD
    same_publisher = one.publisher and other.publisher and fold(one.publisher) == fold(other.publisher)
    # An outlet that opens its own story anew has news.
    if _contradict(small, large, in_large) or (same_publisher and not opens_alike):
        return Kin.CHANGED
    if opens_alike:
        return Kin.COPY if _part(in_large) >= SHARED_BY_COPY else Kin.RELATED
    kept = _part(in_large) >= SHARED_UNDER_NEW_LEAD and _part(in_small) >= KEPT_UNDER_NEW_LEAD
    return Kin.EXTENDED if kept else Kin.RELATED


@lru_cache(maxsize=512)  # texts: 3 ms each, and of 1,810 asked for over 146 articles with copies 155 differed
def _reading(text: str, language: str) -> _Reading:
    body = _body(text)
    tokens: list[str] = []
    found: list[_Sentence] = []
    for span in sentences(body, language):
        sentence = span.of(body)
        first = len(tokens)
        tokens.extend(all_stems(sentence, language))
        numbers, names = frozenset(_exact_numbers(sentence, language)), frozenset(_names(sentence, language))
        found.append(_Sentence(first, len(tokens), numbers, names))
    return _Reading(
        tokens=tuple(tokens),
        sentences=tuple(found),
        runs=frozenset(_runs(tokens)),
        numbers=frozenset(number for sentence in found for number in sentence.numbers),
        names=frozenset(_names(text, language)),
    )


def _body(text: str) -> str:
    """Return the text without its dateline, which outlets change first."""
    line = dateline(text)
    return text[line.span.end :] if line else text


def _runs(tokens: Sequence[str]) -> Iterator[tuple[str, ...]]:
    return (tuple(tokens[at : at + RUN]) for at in range(max(1, len(tokens) - RUN + 1)))


def _exact_numbers(sentence: str, language: str) -> set[str]:
    """Return the values of numbers; none where hours are given, which outlets convert, and none that are vague."""
    values = number_values(sentence, language)
    if any(":" in value for value in values):
        return set()
    return {value for value in values if value.replace(".", "").isdigit()}


def _names(sentence: str, language: str) -> Iterator[str]:
    """Yield keys of the words with a capital inside a sentence."""
    for word in words(sentence)[1:]:
        if word.text[0].isupper() and (key := name_key(word.text)):
            yield key


def _shared(one: _Reading, other: _Reading) -> list[bool]:
    """Return for each token of `one` whether a run with it is in `other` too."""
    shared = [False] * len(one.tokens)
    for at in range(len(one.tokens) - RUN + 1):
        if one.tokens[at : at + RUN] in other.runs:
            shared[at : at + RUN] = [True] * RUN
    return shared


def _part(shared: list[bool]) -> float:
    return sum(shared) / max(1, len(shared))


def _contradict(small: _Reading, large: _Reading, shared: list[bool]) -> bool:
    """Return whether the openings give different numbers, or sentences that are otherwise the same numbers or names."""

    def numbers_differ(ours: _Sentence, theirs: _Sentence) -> bool:
        return bool(ours.numbers - large.numbers and theirs.numbers - small.numbers)

    def names_differ(ours: _Sentence, theirs: _Sentence) -> bool:
        return bool(ours.names - large.names and theirs.names - small.names)

    return numbers_differ(small.sentences[0], large.sentences[0]) or any(
        numbers_differ(*pair) or names_differ(*pair) for pair in _aligned(small, large, shared)
    )


def _aligned(small: _Reading, large: _Reading, shared: list[bool]) -> Iterator[tuple[_Sentence, _Sentence]]:
    where: dict[tuple[str, ...], int] = {}
    for index, sentence in enumerate(large.sentences):
        for at in range(sentence.first, sentence.last - RUN + 1):
            where.setdefault(large.tokens[at : at + RUN], index)
    for sentence in small.sentences:
        if sentence.last - sentence.first < TELLING_WORDS:
            continue
        if _part(shared[sentence.first : sentence.last]) < SAME_SENTENCE:
            continue
        runs = (small.tokens[at : at + RUN] for at in range(sentence.first, sentence.last - RUN + 1))
        votes = Counter(where[run] for run in runs if run in where)
        if votes:
            yield sentence, large.sentences[votes.most_common(1)[0][0]]
