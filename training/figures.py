"""Train what reads figures, `retrieval/figures/tagging/tagger.npz`, on labelled texts and on made ones.

`pip install torch==2.13.0`, then `python -m training.figures [--made N] [--epochs N] [--fold K] [--model FOLDER]
[--out FILE]`. With `--fold` a fifth of the labelled texts is left out, to choose by.
"""

from __future__ import annotations

import argparse
import pickle
import random
import time
from collections.abc import Iterator, Mapping, Sequence
from hashlib import md5
from pathlib import Path
from tempfile import gettempdir
from typing import TYPE_CHECKING

import numpy as np

from retrieval.embedding import load_embedder
from retrieval.embedding.engine import DIMENSIONS, WordEncoder
from retrieval.embedding.graph import STATES
from retrieval.figures.tagging.tagger import (
    EPSILON,
    FAR,
    GROUPS,
    HEADS,
    KINDS,
    LAYERS,
    MOST_WORDS,
    NAMES,
    SCOPES,
    STATUSES,
    TYPES,
    WEIGHTS,
)
from retrieval.figures.tagging.word_features import COLUMN, MARKS
from training.figure_examples import OPEN, UNKNOWN, Example, examples, labelled_rows, made_examples, story_examples
from training.figure_texts import made_texts

if TYPE_CHECKING:
    from torch import Tensor

WIDTH, INNER, KEY = 144, 288, 48
DROPOUT = 0.15
RATE, LEAST_RATE, WARM_UP, DECAY = 1.5e-3, 0.02, 60, 0.05
LONGEST_GRADIENT = 1.0
BATCH = 32
TIMES = 3  # that a labelled text is read while a made one is read once
PLAIN_WORD = 0.25  # weight of a word that opens no number
FOLDS = 5
HEADS_OF = {"type": TYPES, "kind": KINDS, "group": GROUPS, "scope": SCOPES, "status": STATUSES}


class Network:
    """The tagger in torch; a class because it keeps the weights. Their names are those of `Tagger`."""

    def __init__(self) -> None:
        import torch

        self.weights: dict[str, Tensor] = {}
        self.training = True

        def add(name: str, *shape: int, spread: float | None = None) -> None:
            scale = shape[-1] ** -0.5 if spread is None else spread
            self.weights[name] = torch.nn.Parameter(torch.randn(*shape) * scale)

        def linear(name: str, inputs: int, outputs: int) -> None:
            add(f"{name}.w", outputs, inputs)
            add(f"{name}.b", outputs, spread=0)

        def norm(name: str, width: int) -> None:
            self.weights[f"{name}.w"] = torch.nn.Parameter(torch.ones(width))
            add(f"{name}.b", width, spread=0)

        for i in range(len(STATES)):
            norm(f"in{i}", DIMENSIONS)
        linear("project", DIMENSIONS * len(STATES), WIDTH)
        add("marks", WIDTH, len(MARKS), spread=0.1)
        add("places", MOST_WORDS, WIDTH, spread=0.02)
        norm("in", WIDTH)
        for layer in range(LAYERS):
            for part in "qkvo":
                linear(f"l{layer}.{part}", WIDTH, WIDTH)
            linear(f"l{layer}.up", WIDTH, INNER)
            linear(f"l{layer}.down", INNER, WIDTH)
            norm(f"l{layer}.n1", WIDTH)
            norm(f"l{layer}.n2", WIDTH)
        norm("out", WIDTH)
        for name, labels in HEADS_OF.items():
            linear(name, WIDTH, len(labels))
        for name in NAMES:
            for edge in ("start", "end"):
                linear(f"{name}.{edge}.q", WIDTH, KEY)
                linear(f"{name}.{edge}.k", WIDTH, KEY)
                linear(f"{name}.{edge}.none", WIDTH, 1)
                add(f"{name}.{edge}.far", 2 * FAR + 1, spread=0)

    def linear(self, name: str, inputs: Tensor) -> Tensor:
        from torch.nn import functional

        return functional.linear(inputs, self.weights[f"{name}.w"], self.weights[f"{name}.b"])

    def _norm(self, name: str, inputs: Tensor) -> Tensor:
        from torch.nn import functional

        weight, bias = self.weights[f"{name}.w"], self.weights[f"{name}.b"]
        return functional.layer_norm(inputs, weight.shape, weight, bias, EPSILON)

    def _drop(self, inputs: Tensor) -> Tensor:
        from torch.nn import functional

        return functional.dropout(inputs, DROPOUT, self.training)

    def hidden(self, states: Tensor, marks: Tensor, is_word: Tensor) -> Tensor:
        """Return (texts, words, WIDTH) from states (texts, layers, words, 384) and marks (texts, words, MARKS)."""
        import torch
        from torch.nn import functional

        joined = torch.cat([self._norm(f"in{i}", states[:, i]) for i in range(len(STATES))], -1)
        x = self.linear("project", self._drop(joined)) + marks @ self.weights["marks"].T
        x = self._norm("in", x + self.weights["places"][: x.shape[1]])
        bias = torch.zeros(len(x), 1, 1, x.shape[1]).masked_fill(~is_word[:, None, None], -1e9)
        for layer in range(LAYERS):
            inner = self._norm(f"l{layer}.n1", x)
            heads = (len(x), x.shape[1], HEADS, -1)
            parts = [self.linear(f"l{layer}.{part}", inner).view(heads).transpose(1, 2) for part in "qkv"]
            mixed = functional.scaled_dot_product_attention(*parts, attn_mask=bias).transpose(1, 2).reshape(x.shape)
            x = x + self._drop(self.linear(f"l{layer}.o", mixed))
            inner = functional.relu(self.linear(f"l{layer}.up", self._norm(f"l{layer}.n2", x)))
            x = x + self._drop(self.linear(f"l{layer}.down", inner))
        return self._drop(self._norm("out", x))

    def edges(self, name: str, hidden: Tensor, texts: Tensor, words: Tensor, is_word: Tensor) -> Tensor:
        """Return the scores (figures, 1 + words) of nowhere and of each word as an edge of a figure's name."""
        import torch

        at = hidden[texts, words]
        keys = self.linear(f"{name}.k", hidden)[texts]
        scores = (keys * self.linear(f"{name}.q", at)[:, None]).sum(-1) * KEY**-0.5
        distance = (torch.arange(hidden.shape[1])[None] - words[:, None]).clamp(-FAR, FAR) + FAR
        scores = (scores + self.weights[f"{name}.far"][distance]).masked_fill(~is_word[texts], -1e4)
        return torch.cat([self.linear(f"{name}.none", at), scores], -1)


def loss(network: Network, batch: Sequence[Example]) -> Tensor:
    """Return the loss on a batch: on what each word is, and on all that is labelled of each figure."""
    import torch
    from torch.nn.functional import cross_entropy

    most = max(len(one.words.spans) for one in batch)
    states = torch.zeros(len(batch), len(STATES), most, DIMENSIONS)
    marks = torch.zeros(len(batch), most, len(MARKS))
    types = torch.full((len(batch), most), OPEN)
    is_word = torch.zeros(len(batch), most, dtype=torch.bool)
    for i, one in enumerate(batch):
        count = len(one.words.spans)
        states[i, :, :count] = torch.from_numpy(one.states.astype(np.float32))
        marks[i, :count] = torch.from_numpy(one.words.marks)
        types[i, :count] = 0
        is_word[i, :count] = True
        types[i, list(one.unsure)] = OPEN
        for figure in one.figures:
            types[i, figure.word] = figure.type
    hidden = network.hidden(states, marks, is_word)
    each = cross_entropy(network.linear("type", hidden).transpose(1, 2), types, ignore_index=OPEN, reduction="none")
    plain = (types == 0) & (marks[:, :, COLUMN["number"]] == 0)
    total = (each * torch.where(plain, PLAIN_WORD, 1.0)).sum()
    figures = [(i, figure) for i, one in enumerate(batch) for figure in one.figures]
    if figures:
        texts = torch.tensor([i for i, _ in figures])
        words = torch.tensor([figure.word for _, figure in figures])
        at = hidden[texts, words]
        for name in ("kind", "group", "scope", "status"):
            wanted = torch.tensor([getattr(figure, name) for _, figure in figures])
            total = total + cross_entropy(network.linear(name, at), wanted, ignore_index=OPEN, reduction="sum")
        for name in NAMES:
            pairs = [getattr(figure, name) for _, figure in figures]
            for side, edge in enumerate(("start", "end")):
                wanted = torch.tensor([0 if p is None else OPEN if p == UNKNOWN else p[side] + 1 for p in pairs])
                scores = network.edges(f"{name}.{edge}", hidden, texts, words, is_word)
                total = total + cross_entropy(scores, wanted, ignore_index=OPEN, reduction="sum") / 2
    return total / len(batch)


def batches(read: list[Example], rng: random.Random) -> Iterator[list[Example]]:
    """Yield all examples once, those of about the same length together."""
    ordered = sorted(read, key=lambda one: (len(one.words.spans) // 4, rng.random()))
    made = [ordered[at : at + BATCH] for at in range(0, len(ordered), BATCH)]
    rng.shuffle(made)
    yield from made


def train(
    read: list[Example], epochs: int, seed: int, rate: float, start: Mapping[str, np.ndarray]
) -> dict[str, np.ndarray]:
    """Return the weights after so many rounds over the examples; they begin as those of `start` where it has any."""
    import torch
    from torch.nn.utils import clip_grad_norm_

    torch.manual_seed(seed)
    torch.set_num_threads(1)
    rng = random.Random(seed)
    network = Network()
    for name, value in start.items():
        network.weights[name].data = torch.from_numpy(np.asarray(value, np.float32))
    values = list(network.weights.values())
    optimizer = torch.optim.AdamW(values, lr=RATE, weight_decay=DECAY, foreach=True)
    steps, step, begin = epochs * -(-len(read) // BATCH), 0, time.monotonic()
    for epoch in range(epochs):
        losses = []
        for batch in batches(read, rng):
            for group in optimizer.param_groups:
                group["lr"] = rate * min(1, (step + 1) / WARM_UP) * max(LEAST_RATE, 1 - step / steps)
            optimizer.zero_grad()
            value = loss(network, batch)
            value.backward()  # type: ignore[no-untyped-call]
            clip_grad_norm_(values, LONGEST_GRADIENT)
            optimizer.step()
            losses.append(value.item())
            step += 1
        print(f"epoch {epoch + 1}: loss {np.mean(losses):.3f}, {time.monotonic() - begin:.0f} s", flush=True)
    return {name: value.detach().numpy().astype(np.float16) for name, value in network.weights.items()}


def fold_of(id_: str) -> int:
    """Return the fold of a labelled text."""
    return int(md5(id_.encode(), usedforsecurity=False).hexdigest(), 16) % FOLDS


def gathered(encoder: WordEncoder, made: int, stories: int, cache: Path | None) -> tuple[list[Example], list[Example]]:
    """Return the labelled examples, and the made ones with those of stories; `cache` keeps them between runs."""
    if cache and cache.exists():
        known: tuple[list[Example], list[Example]] = pickle.loads(cache.read_bytes())
        return known
    labelled = list(examples(labelled_rows(wire=True), encoder))
    others = [*made_examples(made_texts(made), encoder), *story_examples(encoder, stories, seed=1)]
    if cache:
        cache.write_bytes(pickle.dumps((labelled, others)))
    return labelled, others


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--made", type=int, default=5000)
    parser.add_argument("--stories", type=int, default=1500)
    parser.add_argument("--epochs", type=int, default=7)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--fold", type=int, choices=range(FOLDS), help="leave this one out")
    parser.add_argument("--start", type=Path, help="weights to go on from")
    parser.add_argument("--mean", type=float, default=1.0, help="share of the new weights in the mean that is written")
    parser.add_argument("--rate", type=float, default=RATE, help="of learning, at first")
    parser.add_argument("--last", type=int, default=0, help="so many of the made and story examples, from the end")
    parser.add_argument("--cache", type=Path, help="a file to keep the examples in")
    parser.add_argument("--model", type=Path, default=Path(gettempdir()) / "sitrep-training-model")
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    options = parser.parse_args()
    encoder = load_embedder(options.model)
    assert isinstance(encoder, WordEncoder)
    labelled, made = gathered(encoder, options.made, options.stories, options.cache)
    kept = [one for one in labelled if options.fold is None or fold_of(one.id) != options.fold]
    others = made[-options.last :] if options.last else made
    start = dict(np.load(options.start)) if options.start else {}
    weights = train(kept * TIMES + others, options.epochs, options.seed, options.rate, start)
    if options.mean < 1:  # what was learnt before is kept: with a little lost on the new texts, nothing on the old ones
        new, old = options.mean, 1 - options.mean
        weights = {name: new * value.astype(np.float32) + old * start[name] for name, value in weights.items()}
        weights = {name: value.astype(np.float16) for name, value in weights.items()}
    np.savez_compressed(options.out, allow_pickle=False, **weights)


if __name__ == "__main__":
    main()
