"""How a question is read before anything is looked up."""

from datetime import UTC, datetime

from retrieval.search.find import read_query


def test_russian_in_latin_letters_is_asked_in_cyrillic() -> None:
    query = read_query("skolko chelovek pogiblo v almaty", now=datetime(2022, 1, 7, tzinfo=UTC))
    assert (query.language, query.text) == ("ru", "сколько человек погибло в алматы")
