"""`sitrep demo`: the sample articles into a library of its own, then real questions of it, one without an answer."""

import shlex
import shutil
import subprocess
import sys
import tempfile
from importlib.resources import as_file, files
from pathlib import Path

from bot.admin.model_command import prepare
from bot.settings import environment_for
from retrieval.domain import SitrepError

SAMPLES = "samples.jsonl"
"""What the samples are called in the folder of the demo."""

QUESTIONS = (
    ("How many people have been killed?",),
    ("How many people have been killed?", "--as-of", "2022-01-10"),
    ("Кто возглавил Совет безопасности?",),
    ("¿Cuándo se retira la OTSC?",),
    ("Алматы облысында комендант болып кім тағайындалды?",),
    ("How many tourists visited Almaty in 2019?",),
)


def run() -> None:
    """Show on the terminal what Sitrep does; nothing of it stays but the converted model. Raises SitrepError."""
    with tempfile.TemporaryDirectory(prefix="sitrep-demo-") as place:
        folder = Path(place)
        with as_file(files("samples") / "articles.jsonl") as samples:
            shutil.copyfile(samples, folder / SAMPLES)
            kept = f"To try the bot on these articles first: sitrep ingest {shlex.quote(str(samples))}"
        articles = (folder / SAMPLES).read_text(encoding="utf-8").count("\n")
        _say("This takes about a minute, in three steps. Nothing leaves this machine, and no setting of yours is used.")
        _say("1/3  The embedding model is made ready (some seconds, the first time) ...")
        shutil.copytree(prepare(), folder / "data" / "models", ignore=shutil.ignore_patterns("*.lock"))
        _say(f"2/3  {articles} articles on the unrest in Kazakhstan in January 2022 are taken in ...")
        _sitrep(folder, "ingest", SAMPLES)
        _say(f"3/3  {len(QUESTIONS)} questions are asked, in four languages; the last one has no answer in them.")
        for words in QUESTIONS:
            _sitrep(folder, "ask", *words)
    _say("Now yours: sitrep ingest YOUR-FILES, then sitrep ask 'your question'. In Telegram: sitrep init, sitrep run.")
    print(kept, flush=True)


def _say(text: str) -> None:
    print(f"\n{text}", flush=True)


def _sitrep(folder: Path, *words: str) -> None:
    """Run the `sitrep` command on the library in `folder`, with none of the caller's settings. Raises SitrepError."""
    _say(f"$ sitrep {shlex.join(words)}")
    command = [sys.executable, "-m", "bot.cli", *words]
    if subprocess.run(command, env=environment_for(folder / "data"), cwd=folder, check=False).returncode:
        raise SitrepError("The demo ends here: that command failed, and says why above.")
