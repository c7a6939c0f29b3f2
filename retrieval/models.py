"""Chat and embedding models: the one place that knows providers, behind LangChain's `provider:model` strings."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from retrieval.domain import ModelError
from retrieval.embedding import Embedder, load_embedder

if TYPE_CHECKING:
    from langchain_core.embeddings import Embeddings
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import AIMessage, BaseMessage

CALL_SECONDS = 5.0  # the longest one call may take; nothing is retried within it
LOADING_SECONDS = 120.0  # for the first call: a self-hosted server may have to load the model
KEPT_LOADED = "1h"  # since the last call; after Ollama's own 5 minutes most questions would wait for the model
KEPT_LOADED_SECONDS = 3600  # the same, as LangChain takes it for embeddings
EMBED_SECONDS = 60.0  # for one batch of texts
EMBED_QUESTION_SECONDS = 4.0  # for one question, whose asker waits
TEXTS_AT_ONCE = 64  # in a batch
MOST_VECTOR_BYTES = 16 * 2**20  # of a batch's answer: 64 vectors of 3,072 numbers in JSON take about 4 MB
MOST_BYTES = 2 * 2**20  # of an answer: that many tokens, streamed one by one in JSON, take less than half
MOST_TOKENS = 2_000  # of a reply: numbers take about 30, six translations into Kazakh 900; the rest is for thinking
T = TypeVar("T")

PROBE = "sitrep"  # embedded once, for the length of the vectors


PROVIDERS = {"openai": "OPENAI_API_KEY", "anthropic": "ANTHROPIC_API_KEY", "ollama": None}
"""Each provider, and the name of its key in its documentation (None: it needs none). Each has an extra of its name."""

_EMBEDDING_PROVIDERS = ("openai", "ollama")
_NO_KEY = "none"  # sent to self-hosted servers that speak OpenAI's protocol and need no key


def chat_model(
    spec: str, *, api_key: str | None = None, base_url: str | None = None, timeout: float = CALL_SECONDS
) -> BaseChatModel:
    """Return the chat model that `spec` names as `provider:model`, e.g. `openai:gpt-5-mini`.

    `base_url` is the address of a server that speaks the provider's protocol (vLLM, llama.cpp, LM Studio for
    `openai`; any Ollama for `ollama`); with one, `openai` needs no key. `timeout` is in seconds a request, and
    nothing is retried. Raises ModelError for an unknown provider, a missing package or a missing key.
    """
    provider, model = _parse(spec, tuple(PROVIDERS))
    options = _options(provider, api_key, base_url)
    if provider == "ollama":
        options |= {"client_kwargs": {"timeout": timeout}, "num_predict": MOST_TOKENS, "temperature": 0}
        options |= {"keep_alive": KEPT_LOADED, "async_client_kwargs": {"event_hooks": HOOKS}}
    else:
        options |= {"timeout": timeout, "max_retries": 0, "max_tokens": MOST_TOKENS}
    from langchain.chat_models import init_chat_model

    with _translated(f"The chat model {spec!r}", provider):
        if provider == "openai":
            options |= {"http_async_client": _openai_client()}
        found: BaseChatModel = init_chat_model(model, model_provider=provider, **options)
        if provider == "anthropic":  # which takes no client of ours
            cast(Any, found)._async_client._client.event_hooks = HOOKS
    return found


def embedding_model(spec: str, folder: Path, *, api_key: str | None = None, base_url: str | None = None) -> Embedder:
    """Return the embedder that `spec` names as `provider:model`; if it is empty, the built-in one in `folder`.

    Raises ModelError as `chat_model` does.
    """
    if not spec.strip():
        return load_embedder(folder)
    provider, model = _parse(spec, _EMBEDDING_PROVIDERS)
    options = _options(provider, api_key, base_url)
    with _translated(f"The embedding model {spec!r}", provider):
        passages = _embeddings(provider, model, options, EMBED_SECONDS, retries=1)
        questions = _embeddings(provider, model, options, EMBED_QUESTION_SECONDS, retries=0)
    return RemoteEmbedder(f"{provider}:{model}", passages, questions)


def _embeddings(provider: str, model: str, options: dict[str, Any], seconds: float, *, retries: int) -> Embeddings:
    """Return a client whose calls take so many seconds each at most, and whose answers MOST_VECTOR_BYTES."""
    from langchain.embeddings import init_embeddings

    hooks = _hooks_within(seconds)
    if provider == "openai":
        from openai import DefaultHttpxClient

        # Texts are sent as text: self-hosted servers do not know OpenAI's token numbers.
        options = options | {"check_embedding_ctx_length": False, "timeout": seconds, "max_retries": retries}
        options |= {"http_client": DefaultHttpxClient(event_hooks=hooks)}
    else:
        options = options | {"client_kwargs": {"timeout": seconds}, "sync_client_kwargs": {"event_hooks": hooks}}
        options |= {"keep_alive": KEPT_LOADED_SECONDS}
    found: Embeddings = init_embeddings(model, provider=provider, **options)
    return found


class RemoteEmbedder:
    """An Embedder over LangChain's `Embeddings`, one client for passages and one for questions.

    A class because it stores the length of its vectors.
    """

    def __init__(self, name: str, passages: Embeddings, questions: Embeddings) -> None:
        self.name = name
        self._passages, self._questions = passages, questions
        self._dimensions = 0  # not known before the first vector

    @property
    def dimensions(self) -> int:
        """The length of a vector; the first use asks the model. Raises ModelError."""
        if not self._dimensions:
            self.embed_passages([PROBE])  # not as a question: the model may have to be loaded
        return self._dimensions

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return unit rows, (texts, dimensions); raises ModelError."""
        if not texts:
            return np.empty((0, self.dimensions), np.float32)
        try:
            vectors = [
                vector
                for at in range(0, len(texts), TEXTS_AT_ONCE)
                for vector in self._passages.embed_documents(list(texts[at : at + TEXTS_AT_ONCE]))
            ]
        except Exception as exc:  # each client has its own errors
            raise ModelError(f"The embedding model {self.name} failed on {len(texts)} texts.") from exc
        return self._unit(vectors, len(texts))

    def embed_query(self, text: str) -> NDArray[np.float32]:
        """Return a unit vector, (dimensions,); raises ModelError."""
        try:
            vector = self._questions.embed_query(text)
        except Exception as exc:  # each client has its own errors
            raise ModelError(f"The embedding model {self.name} failed on a question.") from exc
        row: NDArray[np.float32] = self._unit([vector], 1)[0]
        return row

    def _unit(self, vectors: list[list[float]], count: int) -> NDArray[np.float32]:
        try:
            rows = np.asarray(vectors, np.float32).reshape(count, -1)
        except (TypeError, ValueError) as exc:
            raise ModelError(f"The embedding model {self.name} returned no vectors.") from exc
        norms = np.linalg.norm(rows, axis=1, keepdims=True)
        if not np.isfinite(rows).all() or not norms.all() or rows.shape[1] != (self._dimensions or rows.shape[1]):
            raise ModelError(f"The embedding model {self.name} returned vectors that cannot be compared.")
        self._dimensions = rows.shape[1]
        unit: NDArray[np.float32] = rows / norms
        return unit


# --- calling them --------------------------------------------------------------------------------


@cache
def _loop() -> asyncio.AbstractEventLoop:
    """Start the one event loop that models are called on, in its own thread.

    The clients' open connections belong to the loop that opened them, and parsing an answer must not delay the loop
    that serves Telegram.
    """
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="models", daemon=True).start()
    return loop


async def awaited(call: Coroutine[Any, Any, T], seconds: float) -> T:
    """Await a call to a model from any event loop; it is cancelled after `seconds` with TimeoutError."""
    future = asyncio.run_coroutine_threadsafe(asyncio.wait_for(call, seconds), _loop())
    return await asyncio.wrap_future(future)


async def reply_of(model: BaseChatModel, messages: str | list[BaseMessage]) -> AIMessage:
    """Return the message that a model writes. Raises the errors of its client."""
    from langsmith import tracing_context

    with tracing_context(enabled=False):  # questions go to the chosen model and nowhere else
        return await model.ainvoke(messages)


async def _unpacked(request: Any) -> None:
    request.headers["accept-encoding"] = "identity"


def _stream_of(response: Any, name: str) -> tuple[Any, Any]:
    """Return an answer's stream and its class of that name; ConnectionError for one that is compressed.

    httpx, and the copy of it that OpenAI's client brings, take no stream but of their own kind.
    """
    if response.headers.get("content-encoding", "identity") != "identity":
        raise ConnectionError("the answer is compressed, which was not asked for")
    return response.stream, next(one for one in type(response.stream).__mro__ if one.__name__ == name)


async def _bounded(response: Any) -> None:
    """Have a provider's answer end with an error after MOST_BYTES; one that is compressed ends at once."""
    body, found = _stream_of(response, "AsyncByteStream")
    kind: Any = found

    class Bounded(kind):  # type: ignore[misc]
        async def __aiter__(self) -> AsyncIterator[bytes]:
            size = 0
            async for some in body:
                size += len(some)
                if size > MOST_BYTES:
                    raise ConnectionError(f"the answer is longer than {MOST_BYTES} bytes")
                yield some

        async def aclose(self) -> None:
            await body.aclose()

    response.stream = Bounded()


HOOKS: dict[str, list[Any]] = {"request": [_unpacked], "response": [_bounded]}
"""What is called on each request to a provider, and on each answer before its body is read."""


def _hooks_within(seconds: float) -> dict[str, list[Any]]:
    """Return the same for a client that blocks, and whose time-outs are for each read alone: bytes and seconds."""

    def begin(request: Any) -> None:
        request.headers["accept-encoding"] = "identity"
        request.extensions["ends_at"] = time.monotonic() + seconds

    def bound(response: Any) -> None:
        body, found = _stream_of(response, "SyncByteStream")
        kind: Any = found
        ends_at = response.request.extensions["ends_at"]

        class Bounded(kind):  # type: ignore[misc]
            def __iter__(self) -> Iterator[bytes]:
                size = 0
                for some in body:
                    size += len(some)
                    if size > MOST_VECTOR_BYTES:
                        raise ConnectionError(f"the answer is longer than {MOST_VECTOR_BYTES} bytes")
                    if time.monotonic() > ends_at:
                        raise TimeoutError(f"the answer is not there after {seconds:g} s")
                    yield some

            def close(self) -> None:
                body.close()

        response.stream = Bounded()

    return {"request": [begin], "response": [bound]}


@cache
def _openai_client() -> Any:
    """Return the one HTTP client of OpenAI's kind; its connections stay open, as the loop does that they belong to."""
    from openai import DefaultAsyncHttpxClient

    return DefaultAsyncHttpxClient(event_hooks=HOOKS)


async def probe(
    spec: str, *, api_key: str | None = None, base_url: str | None = None, seconds: float = LOADING_SECONDS
) -> float:
    """Ask a chat model for one word and return the seconds it took; a self-hosted model is loaded by it.

    Raises ModelError, in a sentence: a wrong key, an unknown model, no server, no answer.
    """
    model = chat_model(spec, api_key=api_key, base_url=base_url, timeout=seconds)
    start = time.monotonic()
    try:
        await awaited(reply_of(model, "Reply with one word: ready"), seconds)
    except Exception as exc:  # every client has its own errors
        raise ModelError(f"The language model {spec} {_FAILED[failure(exc)]}.") from exc
    return time.monotonic() - start


_FAILED = {
    "model_timeout": "did not answer in time",
    "model_rate_limited": "is overloaded, or its quota is used up",
    "model_unauthorised": "refused its key",
    "model_unknown": "is not known to its provider; check its name and address",
    "model_refused": "declined to answer",
    "model_malformed": "sent what could not be read",
    "model_unavailable": "cannot be reached",
}
"""Ends of English sentences, by the keys of the frame texts for the same failures."""

_BY_STATUS = {401: "model_unauthorised", 403: "model_unauthorised", 404: "model_unknown", 429: "model_rate_limited"}


def failure(exc: Exception) -> str:
    """Return the key of the frame text for an error of a provider's client."""
    kinds = " ".join(kind.__name__ for kind in type(exc).__mro__)
    if isinstance(exc, TimeoutError) or "Timeout" in kinds:
        return "model_timeout"
    status = getattr(exc, "status_code", None)  # HTTP
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    if "Refusal" in kinds or "ContentFilter" in kinds:
        return "model_refused"
    if isinstance(exc, ValueError | TypeError | KeyError | AttributeError) or "LengthFinish" in kinds:
        return "model_malformed"
    return "model_unavailable"


# --- settings ------------------------------------------------------------------------------------


def _parse(spec: str, known: tuple[str, ...]) -> tuple[str, str]:
    provider, colon, model = spec.strip().partition(":")
    if not colon or not model.strip() or provider not in known:
        raise ModelError(f"{spec!r} names no model: write provider:model, with a provider of {', '.join(known)}.")
    return provider, model.strip()


def _options(provider: str, api_key: str | None, base_url: str | None) -> dict[str, Any]:
    options: dict[str, Any] = {"base_url": base_url} if base_url else {}
    key = PROVIDERS[provider]
    if key is None:
        return options
    if not api_key and not (base_url and provider == "openai"):
        raise ModelError(f"The provider {provider} needs a key: set {key}.")
    return options | {"api_key": api_key or _NO_KEY}


@contextmanager
def _translated(model: str, provider: str) -> Iterator[None]:
    """Raise the errors of setting a model up as ModelError."""
    try:
        yield
    except ImportError as exc:
        raise ModelError(f"The provider {provider} needs a package: pip install 'sitrep-bot[{provider}]'.") from exc
    except Exception as exc:  # each client validates in its own way
        raise ModelError(f"{model} cannot be set up; check its name, key and address.") from exc
