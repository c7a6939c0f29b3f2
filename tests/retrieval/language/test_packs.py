"""Language packs: the folders present are the languages, what is missing is empty, and no code names a language."""

import ast
import shutil
from pathlib import Path

import pytest

from retrieval.language.packs import FOLDER, FULL_LANGUAGES, LANGUAGES, NOTHING, pack, packs_in

ROOT = Path(__file__).parent.parent.parent.parent
SOURCES = sorted(path for part in ("retrieval", "bot") for path in (ROOT / part).rglob("*.py"))


def test_the_languages_are_the_folders_present_full_ones_first() -> None:
    assert set(LANGUAGES) == {file.parent.name for file in FOLDER.glob("*/pack.toml")}
    assert LANGUAGES[: len(FULL_LANGUAGES)] == FULL_LANGUAGES


def test_a_folder_with_a_script_alone_is_a_language(tmp_path: Path) -> None:
    for code in LANGUAGES:
        shutil.copytree(FOLDER / code, tmp_path / code)
    (tmp_path / "tt").mkdir()
    (tmp_path / "tt" / "pack.toml").write_text('script = "cyrillic"\n', encoding="utf-8")
    found = packs_in(tmp_path)
    assert tuple(found) == (*FULL_LANGUAGES, *sorted([*LANGUAGES[len(FULL_LANGUAGES) :], "tt"]))
    assert found["tt"].script == "cyrillic"
    assert found["tt"].words("words", "stop") == frozenset()
    assert found["tt"].regex("kinds", "reasons") == NOTHING


@pytest.mark.parametrize("code", ["ar", "und", "", "../en"])
def test_a_language_without_a_folder_has_nothing(code: str) -> None:
    assert pack(code).section("words") == {}
    assert pack(code).script == ""


def defaults(node: ast.AST) -> list[ast.expr]:
    """Return the values that parameters and fields have where none is given."""
    if isinstance(node, ast.arguments):
        return [value for value in (*node.defaults, *node.kw_defaults) if value is not None]
    return [node.value] if isinstance(node, ast.AnnAssign) and node.value is not None else []


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_code_names_no_language_but_a_default(path: Path) -> None:
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    allowed = {id(value) for node in nodes for value in defaults(node)}
    named = [n for n in nodes if isinstance(n, ast.Constant) and n.value in LANGUAGES and id(n) not in allowed]
    assert [(node.lineno, node.value) for node in named] == []
