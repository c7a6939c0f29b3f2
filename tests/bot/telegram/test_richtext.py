"""Styled text within Telegram's limits: nothing is lost, no tag is broken, no surrogate pair is cut."""

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.telegram.richtext import MESSAGE_ENTITIES, Run, html, pack, plain, units

TEXT = st.text(st.sampled_from("ab <>&\"'\n😀éи"), min_size=1, max_size=120)
RUNS = st.builds(
    Run,
    TEXT,
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.sampled_from(["", 'https://a.example/?q=1&r="2"']),
)
BLOCKS = st.lists(st.lists(RUNS, min_size=1, max_size=6).map(tuple), max_size=8)


class Reader(HTMLParser):
    """Reads our own HTML back: the text, and whether every tag closes in its order."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text = ""
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


@given(BLOCKS, st.integers(min_value=8, max_value=200))
def test_packing_keeps_every_visible_character_in_order_and_every_limit(
    blocks: list[tuple[Run, ...]], limit: int
) -> None:
    packed = pack(blocks, limit)
    assert all(units(plain(block)) <= limit for block in packed)
    assert all(
        sum(r.bold + r.italic + r.struck + r.quoted + bool(r.href) for r in b) <= MESSAGE_ENTITIES for b in packed
    )
    before = "".join("".join(plain(block).split()) for block in blocks)
    assert "".join("".join(plain(block).split()) for block in packed) == before


@given(st.lists(RUNS, max_size=8))
def test_markup_reads_back_as_the_same_text_with_tags_in_order(runs: list[Run]) -> None:
    reader = Reader()
    reader.feed(html(runs))
    reader.close()
    assert reader.text == plain(runs)
    assert reader.open == []


@given(st.text(max_size=200))
def test_units_count_as_telegram_counts(text: str) -> None:
    assert units(text) == len(text.encode("utf-16-le", "surrogatepass")) // 2


@pytest.mark.parametrize("href", ["tg://resolve?domain=x", "javascript:alert(1)", "TG:resolve", " https://a.example"])
def test_nothing_but_a_web_address_becomes_a_link(href: str) -> None:
    assert html([Run("Toll", href=href)]) == "Toll"
