"""Copies of one text share an origin; a text that only resembles one does not. On our own texts, in SQLite."""

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, delete, update

from benchmarks.origins import TARGET, by_store, load, score
from retrieval.domain import Article
from retrieval.language.copies import Kin, kinship
from retrieval.store import read
from retrieval.store.database import open_database, writing
from retrieval.store.origins import complete
from retrieval.store.schema import articles, sketches
from retrieval.store.write import Prepared, remove, store

NOON = datetime(2022, 5, 4, 12, tzinfo=UTC)

WIRE = (
    "Teachers in Alvito closed every school in the town on Monday and marched to the governor's palace for their pay. "
    "Police let them pass and followed on foot, witnesses said. "
    "The governor was abroad and his deputy received a list of seven demands at the door. "
    "Schools will stay shut until the end of the week, the union said."
)
OTHER = (
    "Fishermen burned their nets on the quay of Porto Raso after the cabinet banned night fishing for a year. "
    "The ban was announced on the radio and took effect the same evening. "
    "Harbour guards watched from a boat and did not step in. "
    "A delegation is to travel to the capital with the mayor."
)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    opened = open_database("", tmp_path)
    yield opened
    opened.dispose()


def an_article(id_: str, text: str, publisher: str | None = None) -> Article:
    return Article(id_, None, id_, text, "en", publisher=publisher, fetched_at=NOON)


def take(engine: Engine, *taken: Article) -> None:
    store(engine, [Prepared(one, (), "none") for one in taken])


def origin(engine: Engine, id_: str) -> str | None:
    found = read.article(engine, id_)
    assert found is not None
    return found.origin


@pytest.mark.parametrize("half", ["dev", "test"])
@pytest.mark.parametrize("backwards", [False, True])
def test_copies_are_told_from_what_looks_like_them(half: str, backwards: bool) -> None:
    """The labelled set in four languages, whichever copy comes first."""
    labelled, labels = load(half)
    reached = score(by_store(labelled[::-1] if backwards else labelled), labels)
    assert min(reached.precision, reached.recall) >= TARGET


@pytest.mark.parametrize("language", ["en", "ru", "kk", "es"])
def test_kinship_is_the_same_whichever_comes_first(language: str) -> None:
    labelled, _ = load("dev")
    some = [one for one in labelled if one.language == language][:12]
    assert all(kinship(a, b) is kinship(b, a) for a in some for b in some)


def test_a_text_pasted_together_from_two_stories_makes_no_one_of_them(engine: Engine) -> None:
    take(engine, an_article("wire", WIRE), an_article("other", OTHER), an_article("both", f"{WIRE}\n\n{OTHER}"))
    assert origin(engine, "wire") != origin(engine, "other")


def test_a_text_contained_in_two_updates_does_not_bring_them_together(engine: Engine) -> None:
    eight = f"Eight people were hurt when a wall fell in Alvito. {WIRE}"
    nine = f"Nine people were hurt when a wall fell in Alvito. {WIRE}"
    for order in ((eight, WIRE, nine), (WIRE, eight, nine), (eight, nine, WIRE)):
        take(engine, *(an_article(str(at), text, f"paper {at}") for at, text in enumerate(order)))
        assert origin(engine, str(order.index(eight))) != origin(engine, str(order.index(nine)))
        for at in range(3):
            remove(engine, str(at))


def test_processes_that_store_copies_at_once_agree_on_the_origin(tmp_path: Path) -> None:
    open_database("", tmp_path).dispose()
    start = threading.Barrier(4)

    def one(number: int) -> None:
        own = open_database("", tmp_path)
        start.wait()
        take(own, an_article(f"copy{number}", f"{WIRE} Photo {number} by the paper.", f"paper {number}"))
        own.dispose()

    threads = [threading.Thread(target=one, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    engine = open_database("", tmp_path)
    assert len({origin(engine, f"copy{number}") for number in range(4)}) == 1
    engine.dispose()


def test_an_older_library_without_sketches_is_put_in_order(engine: Engine) -> None:
    take(engine, an_article("wire", WIRE), an_article("copy", WIRE, "paper"), an_article("other", OTHER))
    with writing(engine) as connection:
        connection.execute(delete(sketches))
        connection.execute(update(articles).values(origin=articles.c.id, sketch=None))
    assert (complete(engine), complete(engine)) == (3, 0)
    assert origin(engine, "copy") == origin(engine, "wire") != origin(engine, "other")


def test_a_changed_article_stays_with_its_copies_while_it_tells_their_story(engine: Engine) -> None:
    take(engine, an_article("wire", WIRE, "wire"), an_article("copy", WIRE, "paper"))
    take(engine, an_article("wire", WIRE.replace("seven demands", "nine demands"), "wire"))
    assert origin(engine, "wire") == origin(engine, "copy")


def test_an_address_that_tells_another_story_leaves_its_copies(engine: Engine) -> None:
    take(engine, an_article("wire", WIRE), an_article("copy", WIRE, "paper"))
    take(engine, an_article("wire", OTHER))
    assert origin(engine, "wire") != origin(engine, "copy")
    take(engine, an_article("late", OTHER, "late"))
    assert origin(engine, "late") == origin(engine, "wire")


def test_copies_count_as_they_stood(engine: Engine) -> None:
    late = Article("late", None, "late", WIRE, "en", fetched_at=datetime(2022, 5, 6, tzinfo=UTC))
    take(engine, an_article("wire", WIRE), late)
    shared = origin(engine, "wire") or ""
    assert read.origin_outlets(engine, [shared], NOON) == {shared: 1}
    assert read.origin_outlets(engine, [shared]) == {shared: 2}


def test_short_texts_are_copies_only_when_they_are_the_same() -> None:
    one, other = an_article("a", "Police said ten were hurt."), an_article("b", "Police said ten were hurt today.")
    assert kinship(one, other) is Kin.APART
    assert kinship(one, an_article("c", "Police said: ten were hurt!")) is Kin.COPY


def test_the_labelled_set_has_what_looks_alike_in_every_language() -> None:
    for half in ("dev", "test"):
        lines = (Path(__file__).parents[2] / "data" / f"origins_{half}.jsonl").read_text("utf-8").splitlines()
        kinds = {(row["language"], row["id"].split("-", 1)[1]) for row in map(json.loads, lines)}
        assert all((language, kind) in kinds for language in ("en", "ru", "kk", "es") for kind in ("rival", "update"))
