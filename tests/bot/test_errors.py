"""Errors that a chat can cause are said in its language; the English sentence is for terminals and logs."""

import ast
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.figures.render import kind_named
from bot.locales import LOCALES, explain, texts
from retrieval.domain import SitrepError
from retrieval.ingest.feeds.opml import read_opml
from retrieval.ingest.fetch.fetch import AnswerError, checked
from retrieval.ingest.files import from_path, submission_from_record
from retrieval.ingest.parse.page import read_page
from retrieval.ingest.parse.sandbox import Sandbox
from retrieval.ingest.submission import Rejection
from retrieval.language.days.dates import parse_moment
from tests.bot.test_locales import ROOT, fields_of

NOW = datetime(2022, 1, 10, 12, tzinfo=UTC)


def raised() -> list[tuple[str, str, set[str]]]:
    """Return where the code makes an error with a key, that key, and the fields it gives."""
    found = []
    for path in sorted([*(ROOT / "bot").rglob("*.py"), *(ROOT / "retrieval").rglob("*.py")]):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "").endswith("Error"):
                given = {keyword.arg: keyword.value for keyword in node.keywords}
                key = given.pop("key", None)
                if isinstance(key, ast.Constant):
                    where = f"{path.relative_to(ROOT)}:{node.lineno}"
                    found.append((where, str(key.value), {str(one) for one in given}))
    return found


def test_every_key_that_is_raised_has_a_text_with_just_its_fields() -> None:
    wrong = [
        (where, key) for where, key, given in raised() if fields_of(texts("en").get(f"error.{key}", "{?}")) != given
    ]
    assert wrong == []


def test_every_text_of_an_error_is_raised_somewhere() -> None:
    keys = {key.removeprefix("error.") for key in texts("en") if key.startswith("error.")}
    assert keys - {"status", "no_page", "gone"} == {key for _, key, _ in raised()}  # AnswerError gives its own key


CAUSES: dict[str, Callable[[], object]] = {
    "date": lambda: parse_moment("sometime", NOW),
    "no_kind": lambda: kind_named("unicorns"),
    "not_address": lambda: checked("ftp://dala.example/a"),
    "not_opml": lambda: read_opml(b"<opml>"),
    "no_text": lambda: submission_from_record({"text": ""}, "a.json", UTC),
    "field": lambda: submission_from_record({"text": "Snow fell.", "title": 7}, "a.json", UTC),
    "not_page": lambda: read_page(b"%PDF-1.7", None, "text/html"),
    "no_article": lambda: read_page(b"<html><body><p>Hi</p></body></html>", None, "text/html"),
}


@pytest.mark.parametrize("language", LOCALES)
@pytest.mark.parametrize("key", CAUSES)
def test_an_error_is_said_in_the_language_of_the_chat(key: str, language: str) -> None:
    with pytest.raises(SitrepError) as caught:
        CAUSES[key]()
    assert caught.value.key == key
    shown = explain(caught.value, language)
    assert "{" not in shown
    assert language == "en" or shown != str(caught.value)


def test_what_a_person_wrote_is_in_the_explanation() -> None:
    with pytest.raises(SitrepError) as caught:
        parse_moment("когда-нибудь", NOW)
    assert explain(caught.value, "ru").startswith("«когда-нибудь» — не могу прочесть эту дату.")


def test_a_server_that_refuses_a_page_is_quoted_with_its_status() -> None:
    error = AnswerError("There is no such page (404).", 404)
    assert explain(error, "ru") == "Такой страницы нет (404)."
    assert explain(AnswerError("The server failed (502).", 502), "ru") == "Сервер не отдал страницу (ошибка 502)."
    assert str(error) == "There is no such page (404)."


def test_an_error_of_the_parsing_process_keeps_its_key() -> None:
    with Sandbox(1) as sandbox, pytest.raises(SitrepError) as caught:
        sandbox.articles(b"%PDF-1.7", None, "text/html")
    assert explain(caught.value, "es") == "No es una página web."


def test_an_unknown_key_falls_back_to_the_english_sentence() -> None:
    assert explain(SitrepError("It failed.", key="nowhere"), "ru") == "It failed."
    assert explain(SitrepError("It failed."), "kk") == "It failed."


def test_a_rejected_document_is_explained_in_the_language_of_the_chat(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps({"title": "No text"}), encoding="utf-8")
    [found] = from_path(path, UTC)
    assert isinstance(found, Rejection)
    assert found.error is not None
    assert explain(found.error, "es") == "Apenas tiene texto."
