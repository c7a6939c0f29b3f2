"""`sitrep access`: people and groups let in and out from the command line."""

import json

import pytest

from bot.locales import say
from bot.settings import read_settings
from retrieval.store.chats import access, outbox
from retrieval.store.database import open_database
from tests.bot.commands import Sitrep, data, sitrep

__all__ = ["data", "sitrep"]

READER, GROUP = 2002, -1003003


@pytest.fixture(autouse=True)
def _one_admin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SITREP_ADMINS", "1001")


def listed(sitrep: Sitrep) -> dict[int, str]:
    done = sitrep("access", "list", "--json")
    assert done.returncode == 0
    return {one["id"]: one["role"] for one in map(json.loads, done.stdout.splitlines())}


def test_people_and_groups_are_let_in_listed_and_removed(sitrep: Sitrep) -> None:
    assert sitrep("access", "let-in", str(READER), "--role", "editor").returncode == 0
    assert sitrep("access", "let-in", "--", str(GROUP)).returncode == 0
    assert listed(sitrep) == {1001: "admin", READER: "editor", GROUP: "reader"}
    removed = sitrep("access", "remove", str(READER))
    assert (removed.returncode, removed.stdout.strip()) == (0, say("expelled", "en", chat=READER))
    assert listed(sitrep) == {1001: "admin", GROUP: "reader"}


def test_who_is_let_in_gets_a_welcome_once_the_bot_runs(sitrep: Sitrep) -> None:
    sitrep("access", "let-in", str(READER))
    engine = open_database("", read_settings().data_dir)
    assert outbox.waiting(engine, 9, False) == [READER]
    engine.dispose()


def test_a_link_is_made_for_a_role_and_shown_as_open(sitrep: Sitrep) -> None:
    made = sitrep("access", "invite", "--role", "editor", "--hours", "2", "--bot", "@some_bot")
    assert made.returncode == 0
    assert "https://t.me/some_bot?start=" in made.stdout
    assert "https://t.me/some_bot?startgroup=" in made.stdout
    code = made.stdout.split("?start=")[1].split()[0]
    assert code not in sitrep("access", "list").stdout
    engine = open_database("", read_settings().data_dir)
    assert access.redeem(engine, code, READER, read_settings().now()) is access.Role.EDITOR
    engine.dispose()
    assert listed(sitrep)[READER] == "editor"


@pytest.mark.parametrize(
    "words", [("let-in", "nobody"), ("remove", "99999999999999999999"), ("invite", "--bot", "b", "--hours", "0")]
)
def test_what_cannot_be_is_one_sentence(sitrep: Sitrep, words: tuple[str, ...]) -> None:
    done = sitrep("access", *words)
    assert done.returncode in (1, 2)
    assert "Traceback" not in done.stderr
    assert done.stderr.strip()


def test_removing_an_admin_of_the_settings_says_that_they_stay_one(sitrep: Sitrep) -> None:
    done = sitrep("access", "remove", "1001")
    assert "SITREP_ADMINS still names them" in done.stderr
    assert listed(sitrep) == {1001: "admin"}
