"""Settings -> what every command and the bot work with: the library and the embedder."""

from dataclasses import dataclass
from functools import cached_property

from bot.settings import Settings
from retrieval.embedding import Embedder, load_embedder
from retrieval.store.library import Library, open_library


@dataclass
class Newsroom:
    """The library and its embedder, each opened when it is first needed."""

    settings: Settings

    @cached_property
    def embedder(self) -> Embedder:
        return load_embedder(self.settings.data_dir / "models")

    @cached_property
    def library(self) -> Library:
        settings = self.settings
        return open_library(settings.data_dir, self.embedder.name, settings.database_url, settings.chroma_url)

    def close(self) -> None:
        """Let go of whatever was opened."""
        if "library" in self.__dict__:
            self.library.close()
