"""The library, the embedder and, if one is set, the language model, opened as the settings say."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Self

from bot.settings import Settings
from retrieval.domain import Intent, Moment
from retrieval.embedding import Embedder, load_embedder
from retrieval.embedding.centred import name_of
from retrieval.store import read
from retrieval.store.library import Library, open_library

if TYPE_CHECKING:
    from retrieval.answer.chat_model import ChatModel
    from retrieval.question.intent import Request
    from retrieval.reader.reader import Reader


@dataclass
class Resources:
    """Opens each part at its first use; a context manager, which closes them."""

    settings: Settings

    @cached_property
    def embedder(self) -> Embedder:
        from retrieval.models import embedding_model

        settings = self.settings
        key = settings.key_for(settings.embedding_model)
        folder = settings.data_dir / "models"
        return embedding_model(
            settings.embedding_model, folder, api_key=key, base_url=settings.embedding_base_url or None
        )

    def request_of(self, text: str) -> "Request":
        """Return what a message asks to be done, always by the default embedding model. Raises ModelError."""
        from retrieval.question.intent import read_request

        return read_request(self._default_embedder, text)

    def joined_requests(self, text: str) -> frozenset[Intent]:
        """Return the two things that one sentence asks for, nothing where it is one; like `request_of`."""
        from retrieval.question.intent import joined_requests

        return joined_requests(self._default_embedder, text)

    @cached_property
    def _default_embedder(self) -> Embedder:
        return load_embedder(self.settings.data_dir / "models") if self.settings.embedding_model else self.embedder

    @cached_property
    def reader(self) -> "Reader":
        """The trained reader, which shares the default embedding model's words. Raises ModelError."""
        from retrieval.reader.cross_encoder import load_reader
        from retrieval.reader.reader import Reader

        settings, folder = self.settings, self.settings.data_dir / "models"
        bigger = None
        if settings.reader:
            from retrieval.reader.reranker import reranker

            key = settings.reader_key.get_secret_value() or None
            bigger = reranker(settings.reader, folder, api_key=key, seconds=settings.reader_timeout)
        return Reader(load_reader(folder), bigger)

    @cached_property
    def library(self) -> Library:
        settings = self.settings
        return open_library(settings.data_dir, name_of(self.embedder), settings.database_url, settings.chroma_url)

    def newest(self, until: datetime) -> Moment | None:
        """Return when the newest article from before `until` was published; None if there is none."""
        return read.newest_before(self.library.engine, until)

    @cached_property
    def chat_model(self) -> "ChatModel | None":
        """The language model that chooses sentences, if one is set. Raises ModelError if it cannot be set up."""
        settings = self.settings
        if not settings.chat_model:
            return None
        from retrieval.answer.chat_model import ChatModel
        from retrieval.model_calls import ModelCalls
        from retrieval.models import chat_model

        model = chat_model(
            settings.chat_model,
            api_key=settings.key_for(settings.chat_model),
            base_url=settings.chat_base_url or None,
            timeout=settings.chat_timeout,
        )
        calls = ModelCalls(
            at_once=settings.chat_at_once,
            calls_a_day=settings.chat_calls_a_day,
            tokens_a_day=settings.chat_tokens_a_day,
            file=settings.data_dir / "model-usage.json",
            now=settings.now,
        )
        return ChatModel(settings.chat_model, model, settings.chat_timeout, calls)

    async def probe(self) -> float:
        """Ask the language model for a word, which loads it; return the seconds it took. Raises ModelError."""
        from retrieval.models import probe

        settings = self.settings
        key = settings.key_for(settings.chat_model)
        return await probe(settings.chat_model, api_key=key, base_url=settings.chat_base_url or None)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        """Close the library if it was opened."""
        if "library" in self.__dict__:
            self.library.close()
