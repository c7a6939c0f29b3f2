"""`make demo`: the sample articles into a fresh library, then real questions of it, one of which has no answer."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

SAMPLES = Path(__file__).parent / "articles.jsonl"

QUESTIONS = (
    ("How many people have been killed?", ()),
    ("How many people have been killed?", ("--as-of", "2022-01-10")),
    ("Кто возглавил Совет безопасности?", ()),
    ("¿Cuándo se retira la OTSC?", ()),
    ("Алматы облысында комендант болып кім тағайындалды?", ()),
    ("How many tourists visited Almaty in 2019?", ()),
)


def sitrep(folder: str, *words: str) -> None:
    """Run the `sitrep` command on the library in `folder`, with none of the caller's settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SITREP_")}
    print(f"\n$ sitrep {' '.join(word if ' ' not in word else repr(word) for word in words)}", flush=True)
    command = [sys.executable, "-m", "bot.cli", *words]
    subprocess.run(command, env=kept | {"SITREP_DATA_DIR": folder}, cwd=SAMPLES.parent.parent, check=True)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        sitrep(folder, "ingest", str(SAMPLES.relative_to(SAMPLES.parent.parent)))
        for question, options in QUESTIONS:
            sitrep(folder, "ask", question, *options)
    print("\nNow yours: .venv/bin/sitrep ingest YOUR-FILES, then .venv/bin/sitrep ask 'your question'.")


if __name__ == "__main__":
    main()
