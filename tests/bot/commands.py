"""The `sitrep` command within the test's own process, which spares its start."""

import gc
import io
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.cli import main
from bot.settings import read_settings
from tests.conftest import MODELS


@dataclass(frozen=True)
class Done:
    returncode: int
    stdout: str
    stderr: str


Sitrep = Callable[..., Done]
COLLECTED = gc.get_threshold()


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder with nothing in it but the embedder."""
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "models").symlink_to(MODELS)
    return folder


@pytest.fixture
def sitrep(data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Sitrep]:
    """Run the command on the library in `data`, allowed to reach the loopback."""
    monkeypatch.setenv("SITREP_DATA_DIR", str(data))
    monkeypatch.setenv("SITREP_FETCH_PRIVATE", "true")

    def run(*words: str, stdin: str = "") -> Done:
        monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
        monkeypatch.setattr(sys, "argv", ["sitrep", *words])
        read_settings.cache_clear()
        capsys.readouterr()
        code = 0
        try:
            main()
        except SystemExit as exc:
            code = int(exc.code or 0)
        finally:  # what a process of its own does about its garbage would keep that of all tests here
            gc.set_threshold(*COLLECTED)
            gc.unfreeze()
        return Done(code, *capsys.readouterr())

    yield run
    read_settings.cache_clear()
