"""Every file of numbers that ships is named in training/README.md, with the command that makes it."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
README = (ROOT / "training" / "README.md").read_text(encoding="utf-8")
MADE = sorted(
    path.relative_to(ROOT).as_posix()
    for package in ("bot", "retrieval")
    for suffix in ("json", "npz", "npy", "gz", "onnx", "bin")
    for path in (ROOT / package).rglob(f"*.{suffix}")
    if path.parent != ROOT / "bot" / "locales"  # texts, written by hand
)


@pytest.mark.parametrize("file", MADE)
def test_a_shipped_file_of_numbers_has_a_maker(file: str) -> None:
    row = re.search(rf"^\| `{re.escape(file)}` \|.*`python -m training\.(\w+)", README, re.MULTILINE)
    assert row is not None
    assert file in (ROOT / "training" / f"{row[1]}.py").read_text(encoding="utf-8")
