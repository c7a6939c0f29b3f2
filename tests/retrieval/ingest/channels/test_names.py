"""The ways in which people write a channel, and what is none."""

import pytest

from retrieval.domain import RejectedError
from retrieval.ingest.channels.names import ChannelAddress, channel_address, closed_post_address


@pytest.mark.parametrize(
    "written",
    [
        "@dala_news",
        "t.me/dala_news",
        "https://t.me/dala_news",
        "https://t.me/s/dala_news",
        "http://www.telegram.me/dala_news/",
        "t.me/s/dala_news?q=x#y",
        "tg://resolve?domain=dala_news",
    ],
)
def test_a_channel_is_known_however_it_is_written(written: str) -> None:
    assert channel_address(written) == ChannelAddress("dala_news")


def test_a_post_and_a_page_of_posts_are_known() -> None:
    assert channel_address("https://t.me/dala/12?single") == ChannelAddress("dala", 12)
    assert channel_address("https://t.me/s/dala?before=40") == ChannelAddress("dala", before=40)


@pytest.mark.parametrize(
    "written", ["@ab", "@1abc", "dala", "https://example.org/t.me/dala", "t.me", "t.me/share/url?url=x", "http://[", ""]
)
def test_other_things_are_no_channel(written: str) -> None:
    assert channel_address(written) is None


@pytest.mark.parametrize("written", ["https://t.me/+AbCdEf", "t.me/joinchat/AbCdEf", "https://t.me/c/1234567/8"])
def test_what_only_members_can_read_is_said(written: str) -> None:
    with pytest.raises(RejectedError) as refused:
        channel_address(written)
    assert refused.value.key == "channel_private"


@pytest.mark.parametrize("chat_id", [-1001234567, 1234567])
def test_a_post_of_a_closed_channel_has_an_address_for_its_members(chat_id: int) -> None:
    assert closed_post_address(chat_id, 8) == "https://t.me/c/1234567/8"
