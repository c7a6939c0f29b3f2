"""What tests share: the real embedder, and libraries in temporary folders. Nothing reaches beyond loopback."""

import ipaddress
import logging
import platform
import socket
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from bot.logs import structure
from retrieval.embedding import Embedder, load_embedder
from retrieval.embedding.centred import name_of
from retrieval.embedding.folder import FORMAT
from retrieval.ingest.files import from_path
from retrieval.ingest.pipeline import ingest
from retrieval.reader.cross_encoder import load_reader
from retrieval.reader.reader import Reader
from retrieval.store.library import Library, open_library
from tests import canaries
from tests.fake_telegram.fixtures import telegram_server
from tests.postgres import database_url, new_postgres, postgres_server

__all__ = ["database_url", "new_postgres", "postgres_server", "telegram_server"]

settings.register_profile("sitrep", deadline=None)  # what an example takes depends on what else the machine does
settings.load_profile("sitrep")

ROOT = Path(__file__).parent.parent
SAMPLES = ROOT / "samples" / "articles.jsonl"

MODELS = Path(tempfile.gettempdir()) / f"sitrep-test-models-{FORMAT}-{platform.python_version()}"
"""The converted embedding model is made once and shared by all tests, and by all checkouts of one format."""


@pytest.fixture(autouse=True, scope="session")
def _structured_logs() -> None:
    """Our own lines go where those of the libraries go, so that tests see them all."""
    structure()
    logging.getLogger("sitrep").setLevel(logging.DEBUG)


@pytest.fixture(autouse=True)
def _nothing_private_is_logged() -> Iterator[None]:
    """A test fails whose process logs what somebody wrote, their name or the token."""
    watch, root = canaries.Watch(), logging.getLogger()
    root.addHandler(watch)
    yield
    root.removeHandler(watch)
    assert watch.found() == []


@pytest.fixture(autouse=True, scope="session")
def _loopback_only() -> Iterator[None]:
    """A test that would reach beyond this machine fails instead."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and not _is_loopback(address[0]):
            raise AssertionError(f"a test tried to reach {address}")
        connect(self, address)

    socket.socket.connect = guarded  # type: ignore[method-assign]
    yield
    socket.socket.connect = connect  # type: ignore[method-assign]


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.split("%", maxsplit=1)[0]).is_loopback
    except ValueError:
        return host == "localhost"


@pytest.fixture(scope="session")
def embedder() -> Embedder:
    return load_embedder(MODELS)


@pytest.fixture(scope="session")
def reader() -> Reader:
    return Reader(load_reader(MODELS))


@pytest.fixture
def library(tmp_path: Path, embedder: Embedder) -> Iterator[Library]:
    opened = open_library(tmp_path / "data", name_of(embedder))
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def sample_library(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Iterator[Library]:
    """The samples, ingested once; tests only read it."""
    opened = open_library(tmp_path_factory.mktemp("samples"), name_of(embedder))
    ingest(opened, embedder, from_path(SAMPLES, UTC))
    yield opened
    opened.close()


@pytest.fixture
def clock() -> Callable[[], datetime]:
    return lambda: datetime(2022, 1, 10, 12, tzinfo=UTC)
