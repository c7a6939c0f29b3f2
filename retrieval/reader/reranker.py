"""A bigger cross-encoder that somebody has, which orders what the built-in reader found; it decides nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urldefrag

from retrieval.domain import ModelError

if TYPE_CHECKING:
    from pathlib import Path

    from fastembed.rerank.cross_encoder import TextCrossEncoder

FASTEMBED = "fastembed:"
SECONDS = 2.0
"""The longest a server may take; the built-in reader's order stands where it takes longer."""


class Reranker(Protocol):
    """Scores texts by how well they answer a question."""

    def scores(self, question: str, texts: Sequence[str]) -> list[float]:
        """Return a score for each text, higher is better. Raises ModelError."""
        ...


def reranker(spec: str, folder: Path, *, api_key: str | None = None, seconds: float = SECONDS) -> Reranker:
    """Return the reranker that `spec` names: `fastembed:MODEL`, or the address of a server.

    A server speaks `POST ADDRESS` as infinity, TEI, vLLM, Jina and Cohere do; a model that it should be asked for
    follows "#": `https://api.jina.ai/v1/rerank#jina-reranker-v2-base-multilingual`. fastembed fetches its model into
    `folder` once. Raises ModelError where there is none.
    """
    if not spec.startswith(FASTEMBED):
        address, model = urldefrag(spec)
        return RerankServer(address, model, api_key, seconds)
    try:
        from fastembed.rerank.cross_encoder import TextCrossEncoder
    except ImportError as exc:
        raise ModelError("SITREP_READER needs the package fastembed: install the extra fastembed.") from exc
    try:
        return FastembedReranker(TextCrossEncoder(spec.removeprefix(FASTEMBED), cache_dir=str(folder)))
    except Exception as exc:  # an unknown model, or one that cannot be fetched; they share no base class
        raise ModelError(f"The reader {spec!r} cannot be opened.") from exc


@dataclass(frozen=True, slots=True)
class FastembedReranker:
    """A model of fastembed's, in this process."""

    model: TextCrossEncoder

    def scores(self, question: str, texts: Sequence[str]) -> list[float]:
        """Return a score for each text. Raises ModelError."""
        try:
            return [float(score) for score in self.model.rerank(question, texts)]
        except Exception as exc:  # onnxruntime's own errors share no base class
            raise ModelError("The reader failed on a text.") from exc


@dataclass(frozen=True, slots=True)
class RerankServer:
    """A server that scores texts; a call takes at most `seconds`."""

    address: str
    model: str  # "": the server has one only
    api_key: str | None
    seconds: float

    def scores(self, question: str, texts: Sequence[str]) -> list[float]:
        """Return a score for each text. Raises ModelError where the server fails or leaves one out."""
        import httpx

        # TEI reads "texts", the others "documents"; each ignores the other's field.
        asked: dict[str, Any] = {"query": question, "documents": list(texts), "texts": list(texts)}
        if self.model:
            asked["model"] = self.model
        headers = {"Authorization": f"Bearer {self.api_key}"} if self.api_key else {}
        try:
            reply = httpx.post(self.address, json=asked, headers=headers, timeout=self.seconds)
            found = reply.raise_for_status().json()
            rows = found["results"] if isinstance(found, dict) else found
            by_place = {int(row["index"]): float(row.get("relevance_score", row.get("score"))) for row in rows}
            return [by_place[place] for place in range(len(texts))]
        except (httpx.HTTPError, httpx.InvalidURL, ValueError, KeyError, TypeError, AttributeError) as exc:
            raise ModelError("The reader's server failed.") from exc
