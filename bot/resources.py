"""The library, the embedder and, where one is set, the language model, opened as the settings say."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING, Self

from bot.settings import Settings
from retrieval.answer.ask import Composer
from retrieval.briefing.phrase import Phraser
from retrieval.domain import ModelError
from retrieval.embedding import Embedder
from retrieval.embedding.centred import name_of
from retrieval.store.library import Library, open_library

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

    from retrieval.answer.chat_model import Progress


@dataclass
class Resources:
    """Each is opened when it is first needed; a context manager, which closes them."""

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

    @cached_property
    def library(self) -> Library:
        settings = self.settings
        return open_library(settings.data_dir, name_of(self.embedder), settings.database_url, settings.chroma_url)

    @cached_property
    def composer(self) -> Composer | None:
        """The language model that phrases answers, if one is set. Raises ModelError where it cannot be had."""
        return self.composer_telling(None)

    def composer_telling(self, told: "Callable[[Progress], None] | None") -> Composer | None:
        """Return the composer, which tells how far it is from the thread that it works in. Raises ModelError."""
        if self._model is None:
            return None
        from retrieval.answer.chat_model import draft_now

        model, seconds = self._model, self.settings.chat_timeout
        return Composer(
            self.settings.chat_model,
            lambda question, passages, language, most: draft_now(
                model, question, passages, language, most=most, seconds=seconds, told=told
            ),
        )

    @cached_property
    def phraser(self) -> Phraser | None:
        """The language model that phrases briefings, if one is set. Raises ModelError where it cannot be had."""
        if self._model is None:
            return None
        from retrieval.answer.chat_model import brief_now

        model, seconds = self._model, self.settings.chat_timeout
        return Phraser(
            self.settings.chat_model,
            lambda window, passages, language, most: brief_now(
                model, window, passages, language, most=most, seconds=seconds
            ),
        )

    @cached_property
    def rewriter(self) -> Callable[[str, Sequence[str]], str | None] | None:
        """What completes a follow-up question by the language model, if one is set; it gives None where it fails."""
        return None if self._model is None else partial(_rewritten, self._model, self.settings.chat_timeout)

    @cached_property
    def _model(self) -> "BaseChatModel | None":
        settings = self.settings
        if not settings.chat_model:
            return None
        from retrieval.models import chat_model

        return chat_model(
            settings.chat_model,
            api_key=settings.key_for(settings.chat_model),
            base_url=settings.chat_base_url or None,
            timeout=settings.chat_timeout,
        )

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


def _rewritten(model: "BaseChatModel", seconds: float, question: str, before: Sequence[str]) -> str | None:
    from retrieval.answer.chat_model import rewrite_now

    try:
        return rewrite_now(model, question, before, seconds=seconds)
    except ModelError:
        return None
