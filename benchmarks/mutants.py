"""Do the tests notice a fault? Each mutant of `mutants.toml` is one small change that breaks a rule of the product.

`python -m benchmarks.mutants [--only WORD]`. The package and its tests are copied, one change is made in the copy, the
tests named beside it run until one fails, and the change is taken back. A mutant that no test fails on survives: a test
is missing, unless `why` in the file says that readers could not tell. A change whose text is not found is an error, so
the file follows the code. About ten minutes.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MUTANTS = Path(__file__).with_name("mutants.toml")
COPIED = ("bot", "retrieval", "prompts", "tests", "training", "benchmarks", "samples", "pyproject.toml")
SECONDS = 300  # of the tests of one mutant; a mutant that hangs is noticed
NO_TEST_FAILED = 0
NO_TESTS_RAN = 5


@dataclass(frozen=True)
class Mutant:
    file: str
    old: str
    new: str
    tests: tuple[str, ...]
    breaks: str  # the rule that no longer holds
    why: str = ""  # why it may survive


def read_mutants(path: Path = MUTANTS) -> list[Mutant]:
    """Return the mutants of a file. Raises ValueError for one whose old text is not in its file exactly once."""
    found = []
    for row in tomllib.loads(path.read_text(encoding="utf-8"))["mutant"]:
        mutant = Mutant(**row | {"tests": tuple(row["tests"])})
        if (times := (ROOT / mutant.file).read_text(encoding="utf-8").count(mutant.old)) != 1:
            raise ValueError(f"{mutant.file} has {times} times: {mutant.old}")
        found.append(mutant)
    return found


def is_noticed(mutant: Mutant, folder: Path) -> bool:
    """Make the change in the copy of the project in `folder`, run the tests, and take it back."""
    path = folder / mutant.file
    whole = path.read_text(encoding="utf-8")
    path.write_text(whole.replace(mutant.old, mutant.new), encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *mutant.tests]
    environment = os.environ | {"PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        ran = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, timeout=SECONDS, check=False, text=True
        )
    except subprocess.TimeoutExpired:
        return True
    finally:
        path.write_text(whole, encoding="utf-8")
    if ran.returncode == NO_TESTS_RAN:
        raise ValueError(f"No test ran for {mutant.file}: {ran.stdout}")
    return ran.returncode != NO_TEST_FAILED


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", help="mutants with this word in their file or rule")
    options = parser.parse_args()
    mutants = [one for one in read_mutants() if options.only in f"{one.file} {one.breaks}"]
    survivors = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for each in COPIED:
            source = ROOT / each
            (shutil.copytree if source.is_dir() else shutil.copy)(source, folder / each)
        for mutant in mutants:
            noticed = is_noticed(mutant, folder)
            survivors += [] if noticed else [mutant]
            print("noticed " if noticed else "SURVIVED", mutant.file, "|", mutant.breaks, mutant.why, flush=True)
    print(f"{len(mutants) - len(survivors)} of {len(mutants)} noticed")


if __name__ == "__main__":
    main()
