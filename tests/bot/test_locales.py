"""Frame texts: complete and alike in every language, with its plurals, dates and quotation marks."""

import ast
import re
from datetime import UTC, date, datetime
from pathlib import Path
from string import Formatter

import pytest
from babel import Locale

from bot.locales import LOCALES, Text, day_text, moment_text, month_day_text, quotation, say, step_text, texts
from bot.telegram.menu import COMMANDS, ROLE_COMMANDS
from bot.telegram.richtext import MESSAGE_UNITS, units
from retrieval.domain import Moment
from retrieval.language.packs import LANGUAGES
from retrieval.store.chats.access import Role

ROOT = Path(__file__).parent.parent.parent
COUNTS = range(201)


def fields_in(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def fields_of(text: Text) -> set[str]:
    """Return the fields that a caller has to give."""
    if isinstance(text, str):
        return fields_in(text)
    return set().union(*(fields_of(part) for part in text.values()))


def plurals(language: str) -> dict[str, tuple[str, dict[str, str]]]:
    """Return the plural forms of a language by key and field, each with the number that chooses among them."""
    found: dict[str, tuple[str, dict[str, str]]] = {}
    for key, text in texts(language).items():
        if isinstance(text, str):
            continue
        if "text" not in text:
            found[key] = ("count", text)
        found |= {f"{key}.{name}": (name, forms) for name, forms in text.items() if isinstance(forms, dict)}
    return found


def test_every_language_has_texts() -> None:
    assert set(LOCALES) == set(LANGUAGES)


@pytest.mark.parametrize("language", LOCALES)
def test_every_language_has_every_text_with_the_same_fields(language: str) -> None:
    english, own = texts("en"), texts(language)
    assert own.keys() == english.keys()
    assert {key: fields_of(text) for key, text in own.items()} == {key: fields_of(t) for key, t in english.items()}


@pytest.mark.parametrize("language", LOCALES)
def test_plurals_have_every_form_that_a_number_asks_for_and_no_other(language: str) -> None:
    rule = Locale.parse(str(texts(language)["format.locale"])).plural_form
    asked = {rule(number) for number in COUNTS}
    for key, (name, forms) in plurals(language).items():
        assert asked <= forms.keys() <= rule.tags | {"other"}, key
        for category, form in forms.items():
            if [rule(number) for number in COUNTS].count(category) > 1:  # "one" may leave out the number 1 only
                assert name in fields_in(form), (key, category)


def calls() -> list[tuple[str, str, set[str]]]:
    """Return where the code says a text by its key, that key, and the fields it gives."""
    found = []
    for path in sorted((ROOT / "bot").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            keys = [arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
            given = {keyword.arg for keyword in node.keywords}
            if name in ("say", "reply") and keys and None not in given:
                found.append((f"{path.relative_to(ROOT)}:{node.lineno}", keys[0], {str(one) for one in given}))
    return found


def test_the_code_gives_every_text_its_fields_and_no_others() -> None:
    found = calls()
    assert len(found) > 80
    wrong = [(where, key) for where, key, given in found if fields_of(texts("en")[key]) != given]
    assert wrong == []


FAMILIES = (
    r"init|example|chart|report|role|backing|error|command|kind|group|good|standing|change|length|model"
    r"|quiet|format|office"
)
"""Prefixes of keys that the code puts together, e.g. `f"kind.{kind}"`."""


def test_every_text_is_used() -> None:
    sources = [*(ROOT / "bot").rglob("*.py"), *(ROOT / "retrieval").rglob("*.py")]
    code = "".join(path.read_text(encoding="utf-8") for path in sources)
    single = [key for key in texts("en") if not re.match(rf"(?:{FAMILIES})[._]", key)]
    assert [key for key in single if f'"{key}"' not in code and f"'{key}'" not in code] == []


@pytest.mark.parametrize("language", [code for code in LOCALES if code not in ("en", "es")])
def test_cyrillic_languages_are_written_in_cyrillic(language: str) -> None:
    for key, text in texts(language).items():
        for part in [text] if isinstance(text, str) else [str(part) for part in text.values()]:
            if key.startswith("format."):
                continue
            words = re.sub(r"\{[^}]*\}|/\w+|<[^>]*>|[A-Z]{2,}\w*|\b\w+/\w+\b|'\w+':", "", part)
            latin = sum(character.isascii() and character.isalpha() for character in words)
            assert latin <= 0.3 * max(1, sum(character.isalpha() for character in words)), key


@pytest.mark.parametrize("language", [code for code in LOCALES if code != "en"])
def test_quotation_marks_are_those_of_the_press(language: str) -> None:
    assert not [key for key, text in texts(language).items() if re.search('[“”"]', str(text))]


def test_commands_have_descriptions_within_telegrams_limit() -> None:
    for language in LOCALES:
        assert all(
            1 <= len(say(f"command.{name}", language)) <= 256 for name in (*COMMANDS, *ROLE_COMMANDS[Role.ADMIN])
        )


@pytest.mark.parametrize("language", LOCALES)
def test_help_names_every_command_and_fits_a_message(language: str) -> None:
    told = "\n\n".join(say(key, language) for key in ("help", "help_editors", "help_admins"))
    assert [name for name in (*COMMANDS, *ROLE_COMMANDS[Role.ADMIN]) if f"/{name}" not in told] == []
    assert units(told) <= MESSAGE_UNITS
    assert units(say("privacy", language, model="")) <= MESSAGE_UNITS


ON_BUTTONS = ("not_there", "no_conflicts", "superseded", "taken_back", "disputed", "brief_no_story", "watch_stopped",
              "watch_gone", "sub_gone", "one_day_stays")  # fmt: skip
"""Keys of texts that answer a pressed button."""


@pytest.mark.parametrize("language", LOCALES)
def test_answers_to_buttons_are_within_telegrams_200_characters(language: str) -> None:
    assert [key for key in ON_BUTTONS if len(say(key, language)) > 200] == []


ARTICLES = {
    ("en", 1): "Sources: 1 article from 1 publisher (1 independent)",
    ("en", 2): "Sources: 2 articles from 2 publishers (2 independent)",
    ("en", 5): "Sources: 5 articles from 5 publishers (5 independent)",
    ("en", 21): "Sources: 21 articles from 21 publishers (21 independent)",
    ("en", 22): "Sources: 22 articles from 22 publishers (22 independent)",
    ("ru", 1): "Источники: 1 статья из 1 издания (независимых — 1)",
    ("ru", 2): "Источники: 2 статьи из 2 изданий (независимых — 2)",
    ("ru", 5): "Источники: 5 статей из 5 изданий (независимых — 5)",
    ("ru", 21): "Источники: 21 статья из 21 издания (независимых — 21)",
    ("ru", 22): "Источники: 22 статьи из 22 изданий (независимых — 22)",
    ("kk", 1): "Дереккөздер: 1 басылымнан 1 мақала (тәуелсізі — 1)",
    ("kk", 2): "Дереккөздер: 2 басылымнан 2 мақала (тәуелсізі — 2)",
    ("kk", 5): "Дереккөздер: 5 басылымнан 5 мақала (тәуелсізі — 5)",
    ("kk", 21): "Дереккөздер: 21 басылымнан 21 мақала (тәуелсізі — 21)",
    ("kk", 22): "Дереккөздер: 22 басылымнан 22 мақала (тәуелсізі — 22)",
    ("es", 1): "Fuentes: 1 artículo de 1 medio (independientes: 1)",
    ("es", 2): "Fuentes: 2 artículos de 2 medios (independientes: 2)",
    ("es", 5): "Fuentes: 5 artículos de 5 medios (independientes: 5)",
    ("es", 21): "Fuentes: 21 artículos de 21 medios (independientes: 21)",
    ("es", 22): "Fuentes: 22 artículos de 22 medios (independientes: 22)",
    ("uk", 1): "Джерела: 1 стаття з 1 видання (незалежних – 1)",
    ("uk", 2): "Джерела: 2 статті з 2 видань (незалежних – 2)",
    ("uk", 5): "Джерела: 5 статей з 5 видань (незалежних – 5)",
    ("uk", 21): "Джерела: 21 стаття з 21 видання (незалежних – 21)",
    ("uk", 22): "Джерела: 22 статті з 22 видань (незалежних – 22)",
}


@pytest.mark.parametrize(("language", "number"), ARTICLES)
def test_numbers_agree_with_what_they_count(language: str, number: int) -> None:
    said = say("brief_counts", language, articles=number, publishers=number, origins=number, newest="")
    assert said.partition(";")[0] == ARTICLES[language, number]


def test_numbers_in_one_sentence_agree_each_with_its_own_noun() -> None:
    assert say("brief_counts", "en", articles=3, publishers=1, origins=1, newest="").startswith(
        "Sources: 3 articles from 1 publisher ("
    )
    assert say("brief_counts", "ru", articles=5, publishers=21, origins=4, newest="").startswith(
        "Источники: 5 статей из 21 издания ("
    )


def test_a_number_is_grouped_as_the_language_writes_it() -> None:
    assert say("brief_origins", "en", count=1200) == "1,200 independent sources"
    assert say("brief_origins", "ru", count=1200) == "1\u00a0200 независимых источников"


@pytest.mark.parametrize(
    ("language", "day", "short"),
    [
        ("en", "13 Jan 2022", "13 Jan"),
        ("ru", "13 янв. 2022 г.", "13 янв."),
        ("kk", "2022 ж. 13 қаңтар", "13 қаңтар"),
        ("es", "13 ene 2022", "13 ene"),
    ],
)
def test_dates_are_written_as_the_language_writes_them(language: str, day: str, short: str) -> None:
    at = datetime(2022, 1, 13, 18, 5, tzinfo=UTC)
    assert day_text(at.date(), language).replace("\u202f", " ") == day
    assert month_day_text(at.date(), language) == short
    assert moment_text(Moment(at, day_only=True), language).replace("\u202f", " ") == day
    assert moment_text(at, language).replace("\u202f", " ") == f"{day}, 18:05 UTC"


@pytest.mark.parametrize("language", LOCALES)
def test_no_abbreviated_date_is_followed_by_a_second_full_stop(language: str) -> None:
    day = day_text(date(2022, 1, 13), language)
    for key in ("brief_counts", "brief_empty", "as_of", "feed_added"):
        fields = dict.fromkeys(fields_of(texts(language)[key]), 2) | {"newest": day}
        assert f"{day}." not in say(key, language, **fields), key


@pytest.mark.parametrize(
    ("language", "labels"),
    [
        ("en", ["−1 h", "+15 min"]),
        ("ru", ["−1 ч", "+15 мин"]),
        ("kk", ["−1 сағ", "+15 мин"]),
        ("es", ["−1 h", "+15 min"]),
    ],
)
def test_steps_of_time_are_in_the_readers_language_with_a_real_minus(language: str, labels: list[str]) -> None:
    assert [step_text(minutes, language) for minutes in (-60, 15)] == labels


def test_a_quote_keeps_the_marks_it_starts_with() -> None:
    assert quotation("Люди вышли", "ru") == "«Люди вышли»"
    assert quotation("“People came out”, he said", "ru") == "“People came out”, he said"
