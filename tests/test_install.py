"""The built wheel, in an environment of its own that sees the dependencies, works in a folder with nothing in it."""

import os
import subprocess
import sys
import venv
from itertools import islice
from pathlib import Path

import pytest

from tests.conftest import MODELS, ROOT

NARROW = "import bot.requests.demo_command as demo; demo.QUESTIONS = demo.QUESTIONS[-1:]; demo.run()"
"""The demo with its last question alone, for the time that the others take."""


def run(*command: str | Path, cwd: Path, **settings: str) -> str:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SITREP_", "PYTHON"))}
    words = [str(word) for word in command]
    done = subprocess.run(words, cwd=cwd, env=kept | settings, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an environment with the wheel installed, its samples cut to the first few."""
    place = tmp_path_factory.mktemp("install")
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet")
    run(*pip, "wheel", "--no-build-isolation", "--no-deps", "--no-index", "-w", place, ROOT, cwd=place)
    venv.create(place / "env", symlinks=os.name == "posix")
    [wheel] = place.glob("*.whl")
    python = place / "env" / "bin" / "python"
    run(*pip, "--python", python, "install", "--no-deps", "--no-index", wheel, cwd=place)
    [packages] = (place / "env").glob("lib/*/site-packages")
    seen = [entry for entry in sys.path if entry.endswith("site-packages")]
    (packages / "dependencies.pth").write_text("\n".join(seen))
    samples = packages / "samples" / "articles.jsonl"
    with samples.open(encoding="utf-8") as lines:
        few = list(islice(lines, 3))
    samples.write_text("".join(few), encoding="utf-8")
    return place / "env"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with nothing in it but the converted model, which takes some seconds to make."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "models").symlink_to(MODELS)
    return tmp_path


@pytest.mark.usefixtures("embedder")
def test_the_demo_runs_in_an_empty_folder_and_says_what_it_does(installed: Path, folder: Path) -> None:
    shown = run(installed / "bin" / "python", "-c", NARROW, cwd=folder)
    assert str(installed) in run(installed / "bin" / "python", "-c", "import bot; print(bot.__file__)", cwd=folder)
    assert [line[:3] for line in shown.splitlines() if line[1:2] == "/"] == ["1/3", "2/3", "3/3"]
    assert "3 added, 0 updated" in shown
    assert "$ sitrep ask 'How many tourists visited Almaty in 2019?'" in shown
    assert [one.name for one in folder.iterdir()] == ["data"]
    assert [one.name for one in (folder / "data").iterdir()] == ["models"]


@pytest.mark.usefixtures("embedder")
def test_a_question_to_an_empty_library_is_told_how_to_add_articles(installed: Path, folder: Path) -> None:
    """Which makes the tables, and reads every file that comes with the package."""
    assert "sitrep ingest" in run(installed / "bin" / "sitrep", "ask", "Who heads the Security Council?", cwd=folder)


def test_every_file_of_the_packages_is_in_the_wheel(installed: Path) -> None:
    [packages] = installed.glob("lib/*/site-packages")
    ours = [path for name in ("bot", "retrieval", "prompts", "samples") for path in (ROOT / name).rglob("*.*")]
    wanted = [path.relative_to(ROOT) for path in ours if "__pycache__" not in path.parts]
    assert [path for path in wanted if not (packages / path).exists()] == []
