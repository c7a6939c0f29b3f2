"""A link to a quote opens its page at the quote's own words."""

import pytest

from retrieval.answer.links import link_to_quote

PAGE = "https://a.example/fall"


@pytest.mark.parametrize("url", [None, "", "tg://resolve?domain=x", "javascript:alert(1)", "ftp://a.example/x"])
def test_only_pages_of_the_web_are_linked(url: str | None) -> None:
    assert link_to_quote(url, "The bridge fell.") == ""


def test_a_short_quote_is_linked_whole_and_its_hyphens_are_escaped() -> None:
    assert link_to_quote(PAGE, "The well-known bridge") == f"{PAGE}#:~:text=The%20well%2Dknown%20bridge"


def test_a_long_quote_is_linked_by_its_first_and_last_words() -> None:
    words = [f"word{number}" for number in range(40)]
    first, last = "%20".join(words[:5]), "%20".join(words[-5:])
    assert link_to_quote(PAGE, " ".join(words)) == f"{PAGE}#:~:text={first},{last}"


def test_an_address_keeps_its_own_fragment() -> None:
    assert link_to_quote(f"{PAGE}#toll", "Twelve") == f"{PAGE}#toll:~:text=Twelve"


def test_an_address_that_has_a_directive_gets_no_second_one() -> None:
    assert link_to_quote(f"{PAGE}#:~:text=Nine", "Twelve") == f"{PAGE}#:~:text=Twelve"
    assert link_to_quote(f"{PAGE}#toll:~:text=Nine", "Twelve") == f"{PAGE}#toll:~:text=Twelve"
