"""What the documents name exists: links, files and folders."""

import re
from itertools import chain
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
DOCUMENTS = sorted(chain(ROOT.glob("*.md"), *(ROOT.glob(f"{folder}/**/*.md") for folder in ("docs", "deploy"))))
FOLDERS = ("bot", "retrieval", "prompts", "training", "tests", "benchmarks", "samples", "docs", "deploy")
NAMED = re.compile(rf"`((?:{'|'.join(FOLDERS)})/[\w./-]*)`")
LINKED = re.compile(r"\]\(([^)#\s]+)")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_that_a_document_names_exist(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    named = [ROOT / path for path in NAMED.findall(text) if not path.startswith("benchmarks/out")]
    linked = [document.parent / path for path in LINKED.findall(text) if not path.startswith("http")]
    missing = {str(path) for path in named + linked if not path.exists() and not path.with_suffix(".py").exists()}
    assert missing == set()
