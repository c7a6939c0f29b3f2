"""Who stands behind a source: the labels that ship, admins' own, and how many voices that makes."""

from datetime import UTC, datetime

import pytest

from retrieval.domain import Article, Backing, QuestionError
from retrieval.store.library import Library
from retrieval.store.sources.backing import channel_title, give, given, label_of, own_name, shipped, source_key
from retrieval.store.sources.outlets import independent


def test_every_label_that_ships_says_where_it_comes_from() -> None:
    assert len(shipped()) > 100
    for label in shipped().values():
        assert label.because
        assert label.backing is not Backing.UNKNOWN


@pytest.mark.parametrize(
    ("publisher", "url", "backing"),
    [
        (None, "https://www.khabar.kz/ru/a", Backing.STATE),
        (None, "https://rus.azattyq.org/a", Backing.INDEPENDENT),
        (None, "https://president.gov.kz/a", Backing.OFFICIAL),
        (None, "https://t.me/s/NEXTA_live/12", Backing.OPPOSITION),
        ("ТАСС", None, Backing.STATE),
        ("ТАСС", "https://wire.example/a", Backing.STATE),
        ("Reuters", "https://t.me/somebody/12", None),
        ("Harbour Wire", "https://wire.example/a", None),
        (None, None, None),
    ],
)
def test_a_source_is_known_by_its_host_its_channel_or_its_name(
    publisher: str | None, url: str | None, backing: Backing | None
) -> None:
    label = label_of(publisher, url)
    assert (label.backing if label else None) == backing


def test_a_page_does_not_get_the_name_of_a_source_from_elsewhere() -> None:
    assert own_name("Reuters", "https://www.evil.example/a") == "evil.example"
    assert own_name("Reuters", "https://www.reuters.com/a") == "Reuters"
    assert own_name("Harbour Wire", "https://wire.example/a") == "wire.example"
    assert own_name("Reuters", None) is None


def test_a_channel_is_called_by_its_name_beside_the_title_that_it_chose() -> None:
    assert channel_title("Reuters", "https://t.me/not_reuters/7") == "Reuters (@not_reuters)"
    assert channel_title("Neighbours", "https://t.me/c/123/7") == "Neighbours"


def test_an_admins_label_goes_before_the_one_that_ships(library: Library) -> None:
    give(library.engine, "@Orda_kz", Backing.PARTY)
    label = label_of(None, "https://t.me/orda_kz/7", given(library.engine))
    assert label is not None
    assert (label.backing, label.because) == (Backing.PARTY, "")
    assert give(library.engine, "t.me/orda_kz", None).backing is Backing.INDEPENDENT
    assert given(library.engine) == {}


@pytest.mark.parametrize("source", ["", "   ", 300 * "a"])
def test_what_is_no_source_gets_no_label(library: Library, source: str) -> None:
    with pytest.raises(QuestionError):
        give(library.engine, source, Backing.STATE)


@pytest.mark.parametrize("written", ["khabar.kz", "https://www.khabar.kz/", "KHABAR.KZ", "m.khabar.kz/ru"])
def test_a_source_has_one_key(written: str) -> None:
    assert source_key(written) == "khabar.kz"


def test_three_outlets_of_one_state_are_not_three_voices() -> None:
    hosts = ("khabar.kz", "inform.kz", "kazpravda.kz", "vlast.kz", "reuters.com")
    found = [Article(h, f"https://{h}/1", h, h, "en", fetched_at=datetime(2022, 1, 6, tzinfo=UTC)) for h in hosts]
    assert independent(found[:3]) == 1
    assert independent(found) == 3
