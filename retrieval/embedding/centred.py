"""Vectors less the mean of their language, so that texts in different languages can be compared.

Bare e5 prefers texts in the asker's language; subtracting the language's mean from passages and questions cures that.
"""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np

from retrieval.embedding import Embedder

MEANS = 1
"""Version of the means; raise it with every new file of them, so that vectors are never mixed."""


def centre(vectors: np.ndarray, languages: Sequence[str]) -> np.ndarray:
    """Return unit vectors (n, d) less the mean of each one's language; a language without a mean gets the average."""
    means = _means()
    if vectors.shape[1] != means["und"].shape[0]:
        return vectors  # of another model, whose means are not known
    moved = vectors - np.stack([means.get(language, means["und"]) for language in languages])
    lengths = np.sqrt(np.vecdot(moved, moved))[:, None]
    return np.asarray(moved / np.maximum(lengths, 1e-9), dtype=np.float32)


def embed_passages(embedder: Embedder, texts: Sequence[str], languages: Sequence[str]) -> np.ndarray:
    """Return centred unit vectors of passages, (n, d) float32."""
    return centre(embedder.embed_passages(texts), languages)


def embed_question(embedder: Embedder, question: str, language: str) -> np.ndarray:
    """Return the centred unit vector of a question, (d,) float32."""
    return np.asarray(centre(embedder.embed_query(question)[None, :], [language])[0])


def name_of(embedder: Embedder) -> str:
    """Return the name under which vectors of this embedder are stored: it changes when the means do."""
    return f"{embedder.name}/centred-{MEANS}"


@lru_cache(maxsize=1)
def _means() -> dict[str, np.ndarray]:
    with np.load(Path(__file__).with_name("language_means.npz")) as stored:
        return {language: stored[language].astype(np.float32) for language in stored.files}
