"""Frame texts: every one in every language, with the same fields."""

import re
from string import Formatter

import pytest

from bot.app import COMMANDS
from bot.locales import texts
from retrieval.language.packs import LANGUAGES


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_text_with_the_same_fields(language: str) -> None:
    english, own = texts("en"), texts(language)
    assert own.keys() == english.keys()
    for key, text in own.items():
        fields = {name for _, name, _, _ in Formatter().parse(text) if name}
        assert fields == {name for _, name, _, _ in Formatter().parse(english[key]) if name}, key


@pytest.mark.parametrize("language", ["ru", "kk"])
def test_cyrillic_languages_are_written_in_cyrillic(language: str) -> None:
    for key, text in texts(language).items():
        words = re.sub(r"\{[^}]*\}|/\w+|<[^>]*>|[A-Z]{2,}\w*|\b\w+/\w+\b", "", text)
        latin = sum(character.isascii() and character.isalpha() for character in words)
        assert latin <= 0.3 * max(1, sum(character.isalpha() for character in words)), key


def test_commands_have_descriptions_within_telegrams_limit() -> None:
    for language in LANGUAGES:
        assert all(1 <= len(texts(language)[f"command.{name}"]) <= 256 for name in COMMANDS)
