"""What the documents name exists: links, files and folders; and the packages are as they are drawn."""

import re
from itertools import chain, pairwise, product
from pathlib import Path

import pytest

from tests.test_arrows import SOURCES, modules_imported

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


def drawn() -> dict[str, set[str]]:
    """Return the arrows of the picture of the packages in the README: a package, and those that it points at."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    picture = re.search(r"```mermaid\n(.*?)```", readme, re.DOTALL)
    assert picture is not None
    found: dict[str, set[str]] = {}
    for line in picture[1].splitlines():
        for one, other in pairwise(line.split("-->")) if "-->" in line else ():
            for start, end in product(one.split("&"), other.split("&")):
                found.setdefault(start.strip(), set()).add(end.strip())
                found.setdefault(end.strip(), set())
    return found


def imported() -> dict[str, set[str]]:
    """Return each module or folder of `bot` and `retrieval`, and `prompts`, with those that it imports."""
    found: dict[str, set[str]] = {}
    for path in SOURCES:
        own = _node(".".join(path.relative_to(ROOT).with_suffix("").parts))
        found.setdefault(own, set()).update(map(_node, modules_imported(path)))
    return {own: {one for one in others if one in found and one != own} for own, others in found.items()}


def _node(module: str) -> str:
    return ".".join(module.split(".")[: 1 if module.startswith("prompts") else 2])


def reached(arrows: dict[str, set[str]], start: str) -> set[str]:
    """Return all that arrows lead to from a package."""
    found: set[str] = set()
    ahead = list(arrows[start])
    while ahead:
        if (one := ahead.pop()) not in found:
            found.add(one)
            ahead += arrows.get(one, ())
    return found


def test_the_picture_of_the_packages_is_that_of_the_code() -> None:
    picture, code = drawn(), imported()
    assert {one: reached(picture, one) for one in picture} == {
        one: reached(code, one) & picture.keys() for one in picture
    }


def test_every_package_of_the_code_is_in_the_picture() -> None:
    folders = {f"{one.parent.name}.{one.name}" for one in chain(ROOT.glob("bot/*/"), ROOT.glob("retrieval/*/"))}
    assert {one for one in folders if not one.endswith(("__pycache__", "locales"))} <= drawn().keys()
