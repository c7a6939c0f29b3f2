"""What the tests of this room share: the folder of the converted model, and a copy that may be harmed."""

import shutil
from pathlib import Path

import pytest

from retrieval.embedding import Embedder
from tests.conftest import MODELS


@pytest.fixture(scope="session")
def models(embedder: Embedder) -> Path:
    assert embedder.name  # by now it has been converted
    return MODELS


@pytest.fixture
def own_models(models: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(models, tmp_path / "models"))
