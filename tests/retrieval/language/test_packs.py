"""Language packs: the folders present are the languages, and what is missing is empty."""

import shutil
from pathlib import Path

import pytest

from retrieval.language.packs import FOLDER, FULL_LANGUAGES, LANGUAGES, NOTHING, pack, packs_in


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
