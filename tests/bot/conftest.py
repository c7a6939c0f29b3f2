"""A bot on a copy of the samples, with its handlers in the test's own process."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from retrieval.embedding import Embedder
from retrieval.store.library import Library
from tests.bot.in_process import InProcess, in_process
from tests.conftest import MODELS


@pytest.fixture(scope="session")
def sample_data(tmp_path_factory: pytest.TempPathFactory, sample_library: Library) -> Path:
    """A data folder with the samples' library; tests that write to it take a copy."""
    folder = tmp_path_factory.mktemp("bot") / "data"
    shutil.copytree(sample_library.folder, folder)
    (folder / "models").symlink_to(MODELS)
    return folder


@pytest.fixture(scope="module")
def module_data(sample_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the samples' library, for the one bot that a module's tests share."""
    folder = tmp_path_factory.mktemp("module") / "data"
    shutil.copytree(sample_data, folder, symlinks=True)
    return folder


@pytest.fixture
def data(sample_data: Path, tmp_path: Path) -> Path:
    """A copy of the samples' library, for a test that runs a bot on it."""
    shutil.copytree(sample_data, tmp_path / "data", symlinks=True)
    return tmp_path / "data"


@pytest.fixture
async def chat(data: Path, embedder: Embedder) -> AsyncIterator[InProcess]:
    async with in_process(data, embedder) as running:
        yield running
