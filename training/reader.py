"""Train the network of the reader, `retrieval/reader/reader.onnx`, on our own news stories (`training.stories`).

The questions on events are asked `EVENT_TURNS` times for each time that the others are.

`pip install torch==2.13.0`, then `python -m training.reader [--start FILE.npz] [--minutes N] [--seed N]
[--model FOLDER] --out FILE.npz [--write]`. It begins from the embedder's own weights, or goes on from those of
`--start`, and writes its own to `--out` every twelve minutes and at the end. `--write` rounds them to 8 bits and
replaces what ships; with `--minutes 0` it only does that. The learning rate falls with the minutes, so a faster machine
takes more steps and comes to other weights.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Mapping, Sequence
from itertools import islice
from pathlib import Path
from tempfile import gettempdir
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from retrieval.embedding import load_embedder
from retrieval.embedding.folder import open_model
from retrieval.embedding.graph import reader_graph
from retrieval.embedding.weights import Encoder, Weights, read_weights
from retrieval.embedding.wheel import installed
from training.sets import ROOT
from training.stories import Examples, LabelledWindow, StoryQuestion, read_event_questions, read_questions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torch import Tensor
    from torch.optim import Optimizer

SHIPPED = ROOT / "retrieval" / "reader" / "reader.onnx"
PLACES, KIND = "emb.pos", "emb.type"  # vectors that are not trained, as the words are not
PADDING = 1  # a token that is masked

FROZEN = 3  # first layers, which stay as they are
RATE = 5e-5  # of learning
HEAD_RATE = 8.0  # times that
HEAD_SPREAD = 0.02  # of a new head's weights for short answers; those of a sentence's score begin at 0
WARM_UP = 25  # steps until the full rate
LEAST_RATE = 0.03  # of the full one, at the end
LONGEST_GRADIENT = 1.0
BATCH = 8  # examples a step
EVENT_TURNS = 5  # they are fewer, and are what the product is asked
POOL = 6  # batches that are sorted by length together, so that little is padded
SHORT_WEIGHT = 0.3  # of the loss on short answers
RIGHT_WEIGHT, BINARY_SCALE = 2.0, 1 / 3  # of sentences that answer, and of all, in the loss on each sentence

SECONDS_BETWEEN_CHECKPOINTS = 12 * 60
STEPS_BETWEEN_LINES = 20
HELD_OUT = 120  # questions on unseen stories
HELD_OUT_WINDOW = 75  # tokens: about as long as passages are
COSINE_WEIGHT = 6.0  # of the embedder's cosine beside a score

Checkpoint = Mapping[str, NDArray[np.float16]]


class Network:
    """The encoder with a head of three logits a token, in torch; a class because it keeps the weights."""

    def __init__(self, weights: Weights, start: Checkpoint | None) -> None:
        import torch

        self.sizes = weights.sizes
        width = self.sizes.hidden
        self.words = torch.from_numpy(weights.words.weights())
        self.places = torch.tensor(weights.vectors[PLACES]).reshape(-1, width)
        self.kind = torch.tensor(weights.vectors[KIND])[:width]
        encoder = weights.encoder()
        trained = encoder.matrices | {n: v for n, v in encoder.vectors.items() if n not in {PLACES, KIND}}
        values = {name: torch.tensor(value, dtype=torch.float32) for name, value in (start or trained).items()}
        if start is None:
            values["head.w"] = torch.cat([torch.zeros(width, 1), torch.randn(width, 2) * HEAD_SPREAD], 1)
            values["head.b"] = torch.zeros(3)
        self.parameters = {name: torch.nn.Parameter(value) for name, value in values.items()}

    def logits(self, texts: Sequence[Sequence[int]]) -> Tensor:
        """Return (texts, longest, 3), as `reader_graph` does."""
        import torch

        longest = max(map(len, texts))
        ids = torch.tensor([[*text, *[PADDING] * (longest - len(text))] for text in texts])
        masked = torch.arange(longest) >= torch.tensor([len(text) for text in texts])[:, None]
        bias = torch.zeros(len(texts), 1, 1, longest).masked_fill(masked[:, None, None], -1e9)
        with torch.no_grad():
            hidden = self._normalise("emb.ln", self.words[ids] + self.places[None, :longest] + self.kind)
            for layer in range(FROZEN):
                hidden = self._layer(f"l{layer}.", hidden, bias)
        for layer in range(FROZEN, self.sizes.layers):
            hidden = self._layer(f"l{layer}.", hidden, bias)
        return hidden @ self.parameters["head.w"] + self.parameters["head.b"]

    def checkpoint(self) -> Checkpoint:
        return {name: value.detach().numpy().astype(np.float16) for name, value in self.parameters.items()}

    def save(self, path: Path) -> None:
        np.savez(path, allow_pickle=False, **self.checkpoint())

    def _layer(self, name: str, hidden: Tensor, bias: Tensor) -> Tensor:
        from torch.nn import functional

        heads = (len(hidden), hidden.shape[1], self.sizes.heads, -1)
        parts = [self._linear(name + part, hidden).view(heads).transpose(1, 2) for part in "qkv"]
        mixed = functional.scaled_dot_product_attention(*parts, attn_mask=bias).transpose(1, 2).reshape(hidden.shape)
        hidden = self._normalise(name + "aln", hidden + self._linear(name + "ao", mixed))
        wide = functional.gelu(self._linear(name + "fi", hidden))
        return self._normalise(name + "oln", hidden + self._linear(name + "fo", wide))

    def _linear(self, name: str, hidden: Tensor) -> Tensor:
        from torch.nn import functional

        return functional.linear(hidden, self.parameters[name + ".w"], self.parameters[name + ".b"])

    def _normalise(self, name: str, hidden: Tensor) -> Tensor:
        from torch.nn import functional

        weight, bias = self.parameters[name + ".w"], self.parameters[name + ".b"]
        return functional.layer_norm(hidden, (self.sizes.hidden,), weight, bias, self.sizes.epsilon)


def sentence_scores(logits: Tensor, window: LabelledWindow) -> Tensor:
    """Return the score of each sentence: the mean over its tokens."""
    import torch

    return torch.stack([logits[place.start : place.stop, 0].mean() for place in window.places])


def losses(network: Network, examples: Sequence[Sequence[LabelledWindow]]) -> tuple[Tensor, Tensor, Tensor]:
    """Return the losses on which sentence of an example answers, on whether each does, and on short answers.

    nan: no example has an answer, or a short one.
    """
    import torch
    from torch.nn import functional

    logits = iter(network.logits([window.ids for example in examples for window in example]))
    choice, each, short = [], [], []
    for example in examples:
        read = list(zip(example, islice(logits, len(example)), strict=True))
        scores = torch.cat([sentence_scores(part, window) for window, part in read])
        answers = torch.tensor([answer for window in example for answer in window.answers])
        if answers.any():
            choice.append(torch.logsumexp(scores, 0) - torch.logsumexp(scores[answers], 0))
        weight = torch.where(answers, RIGHT_WEIGHT, 1.0)
        binary = functional.binary_cross_entropy_with_logits(scores, answers.float(), weight, reduction="sum")
        each.append(binary * BINARY_SCALE)
        short += [short_loss(part, window) for window, part in read if window.short]
    none = torch.tensor(torch.nan)
    return torch.stack(choice or [none]).mean(), torch.stack(each).mean(), torch.stack(short or [none]).mean()


def short_loss(logits: Tensor, window: LabelledWindow) -> Tensor:
    """Return the loss on where the short answer of a window begins and ends in its sentence."""
    assert window.short
    index, first, last = window.short
    place = window.places[index]
    begins, ends = logits[place.start : place.stop, 1:].log_softmax(0).T
    return -(begins[first] + ends[last]) / 2


def held_out(network: Network, examples: Examples, questions: Sequence[StoryQuestion]) -> str:
    """Say how often the best sentence of an unseen story answers, and how well scores tell that there is an answer."""
    import torch

    first, both = [], []
    best: dict[bool, list[float]] = {True: [], False: []}  # scores of questions with an answer, and without
    for question in questions:
        windows = examples.windows(question, HELD_OUT_WINDOW)
        with torch.no_grad():
            logits = network.logits([window.ids for window in windows])
        parts = [sentence_scores(part, window) for window, part in zip(windows, logits, strict=True)]
        scores = torch.cat(parts).numpy()
        best[bool(question.answers)].append(float(scores.max()))
        if question.answers:
            first.append(int(scores.argmax()) in question.answers)
            both.append(int((scores + COSINE_WEIGHT * examples.nearness(question)).argmax()) in question.answers)
    right, wrong = np.array(best[True])[:, None], np.array(best[False])
    area = ((right > wrong) + (right == wrong) / 2).mean()
    return f"first {np.mean(first):.3f}, with cosine {np.mean(both):.3f}, AUC {area:.3f}"


def batches(
    examples: Examples, questions: Sequence[StoryQuestion], rng: random.Random
) -> Iterator[list[list[LabelledWindow]]]:
    """Yield examples of about the same length, for ever; every question once before any comes again."""
    waiting: list[StoryQuestion] = []
    while True:
        if len(waiting) < BATCH * POOL:
            waiting += rng.sample(questions, len(questions))
        taken, waiting = waiting[: BATCH * POOL], waiting[BATCH * POOL :]
        drawn = [examples.draw(question, rng) for question in taken]
        drawn.sort(key=lambda example: max(len(window.ids) for window in example))
        pool = [drawn[at : at + BATCH] for at in range(0, len(drawn), BATCH)]
        rng.shuffle(pool)
        yield from pool


def new_optimizer(network: Network) -> Optimizer:
    import torch

    head = [value for name, value in network.parameters.items() if name.startswith("head.")]
    layers = [value for name, value in network.parameters.items() if not name.startswith("head.")]
    groups = [{"params": layers, "times": 1.0}, {"params": head, "times": HEAD_RATE}]
    return torch.optim.AdamW(groups, lr=RATE, weight_decay=0.01, foreach=True)


def step(network: Network, optimizer: Optimizer, batch: Sequence[Sequence[LabelledWindow]], rate: float) -> list[float]:
    """Learn from a batch at a share of the full rate; return its losses."""
    from torch.nn.utils import clip_grad_norm_

    for group in optimizer.param_groups:
        group["lr"] = RATE * rate * group["times"]
    optimizer.zero_grad()
    choice, each, short = losses(network, batch)
    (choice.nan_to_num() + each + SHORT_WEIGHT * short.nan_to_num()).backward()
    clip_grad_norm_(network.parameters.values(), LONGEST_GRADIENT)
    optimizer.step()
    return [choice.item(), each.item(), short.item()]


def train(
    network: Network, examples: Examples, questions: Sequence[StoryQuestion], options: argparse.Namespace
) -> None:
    """Train for some minutes; print losses and held-out figures, and write checkpoints."""
    rng = random.Random(options.seed)
    unseen = [question for question in questions if question.story.is_unseen and not question.story.library]
    asked = random.Random(1).sample(unseen, HELD_OUT)
    optimizer = new_optimizer(network)
    history: list[list[float]] = []  # losses of each step
    begin, written = time.monotonic(), 0.0
    for batch in batches(examples, [question for question in questions if not question.story.is_unseen], rng):
        spent = time.monotonic() - begin
        if spent >= options.minutes * 60:
            break
        rate = min(1, (len(history) + 1) / WARM_UP) * max(LEAST_RATE, 1 - spent / 60 / options.minutes)
        history.append(step(network, optimizer, batch, rate))
        if len(history) % STEPS_BETWEEN_LINES == 0:
            means = np.nanmean(history[-STEPS_BETWEEN_LINES:], axis=0)
            print(len(history), f"{spent:.0f} s", "choice {:.3f}, each {:.3f}, short {:.3f}".format(*means), flush=True)
        if spent - written > SECONDS_BETWEEN_CHECKPOINTS:
            written = spent
            network.save(options.out)
            print(held_out(network, examples, asked), flush=True)
    print(len(history), "steps", held_out(network, examples, asked), flush=True)


def embedder_weights() -> Weights:
    """Return what the embedder is made from, and the reader begins with."""
    return read_weights(installed())


def exported(weights: Weights, checkpoint: Checkpoint) -> bytes:
    """Return the reader's graph in 8 bits."""
    values = {name: np.asarray(value, np.float32) for name, value in checkpoint.items()}
    matrices = {name: value for name, value in values.items() if value.ndim == 2} | {"head.w": values["head.w"].T}
    vectors = {name: value for name, value in values.items() if value.ndim == 1}
    fixed = {name: weights.vectors[name] for name in (PLACES, KIND)}
    return reader_graph(Encoder(weights.sizes, matrices, vectors | fixed))


def main() -> None:
    import torch

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--start", type=Path)
    parser.add_argument("--minutes", type=float, default=72)
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--model", type=Path, default=Path(gettempdir()) / "sitrep-training-model")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    torch.manual_seed(options.seed)
    torch.set_num_threads(1)
    weights = embedder_weights()
    network = Network(weights, dict(np.load(options.start)) if options.start else None)
    if options.minutes:
        questions = [*read_questions(), *(read_event_questions() * EVENT_TURNS)]
        vocabulary, embedder = open_model(options.model).vocabulary, load_embedder(options.model)
        train(network, Examples(questions, vocabulary, embedder), questions, options)
    network.save(options.out)
    if options.write:
        SHIPPED.write_bytes(exported(weights, network.checkpoint()))


if __name__ == "__main__":
    main()
