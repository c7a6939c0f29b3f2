"""Pages of channels' previews, read as they come."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.domain import Moment, RejectedError
from retrieval.ingest.channels.posts import Post, has_text, headline, submission_of
from retrieval.ingest.channels.preview import read_preview
from tests.retrieval.ingest.channels.previews import PHOTO, VIDEO, Written, contact, preview

POLL = (
    '<div class="tgme_widget_message_poll js-poll"><div class="tgme_widget_message_poll_question">Is the bridge open?'
    '</div><div class="tgme_widget_message_poll_type">Anonymous Poll</div><div>'
    '<div class="tgme_widget_message_poll_option"><div class="tgme_widget_message_poll_option_percent">80%</div>'
    '<div class="tgme_widget_message_poll_option_text">Yes, on foot</div></div></div></div>'
)


def read(*posts: Written) -> tuple[Post, ...]:
    return read_preview(preview("dala", posts)).posts


def test_each_post_has_its_address_time_text_and_signature() -> None:
    text = 'Police closed the bridge.<br/><br/>See <a href="https://e.example">the map</a> <i class="emoji">🔥</i>'
    [post] = read(Written(12, text, author="A. Edited"))
    assert (post.address, post.author, post.edited) == ("https://t.me/dala/12", "A. Edited", False)
    assert post.published == Moment(datetime(2022, 1, 6, 9, tzinfo=UTC))
    assert post.text == "Police closed the bridge.\n\nSee the map 🔥"


def test_a_page_names_its_channel_and_its_posts_in_order() -> None:
    page = read_preview(preview("dala", [Written(13, "The second of them."), Written(12, "The first of them.")]))
    assert (page.name, page.title, page.first, page.last) == ("dala", "Dala & News", 12, 13)
    assert [post.number for post in page.posts] == [12, 13]


def test_what_a_post_answers_and_the_preview_of_a_link_are_not_its_text() -> None:
    [post] = read(Written(12, "It is open again.", reply="Police closed the bridge."))
    assert post.text == "It is open again."


def test_a_caption_is_text_and_the_length_of_a_video_no_time() -> None:
    [post] = read(Written(12, "Smoke over the northern bridge.", media=VIDEO))
    assert (post.text, post.published) == (
        "Smoke over the northern bridge.",
        Moment(datetime(2022, 1, 6, 9, tzinfo=UTC)),
    )


def test_a_poll_is_its_question_and_its_options() -> None:
    [post] = read(Written(12, media=POLL))
    assert post.text == "Is the bridge open?\nYes, on foot"


@pytest.mark.parametrize("written", [Written(12, '<i class="emoji"><b>🔥</b></i>'), Written(12, media=VIDEO)])
def test_a_post_without_words_has_no_text_to_quote(written: Written) -> None:
    [post] = read(written)
    assert not has_text(post)


def test_a_short_post_has_text_to_quote() -> None:
    [post] = read(Written(12, "Взрыв в Арлене."))
    assert has_text(post)


def test_an_edited_post_says_so() -> None:
    [post] = read(Written(12, "Nine people were injured.", edited=True))
    assert post.edited


@pytest.mark.parametrize(
    ("forwarded", "name", "address"),
    [
        (
            '<a class="tgme_widget_message_forwarded_from_name" href="https://t.me/harbour/7"><span>Harbour</span></a>',
            "Harbour",
            "https://t.me/harbour/7",
        ),
        ('<span class="tgme_widget_message_forwarded_from_name"><span>A. Reader</span></span>', "A. Reader", None),
        (
            '<a class="tgme_widget_message_forwarded_from_name" href="https://t.me/+secret">Closed</a>',
            "Closed",
            None,
        ),
    ],
)
def test_a_forwarded_post_names_whose_words_it_repeats(forwarded: str, name: str, address: str | None) -> None:
    [post] = read(Written(12, "The port is closed.", forwarded=forwarded))
    assert (post.text, post.forwarded_from, post.forwarded_address) == ("The port is closed.", name, address)


def test_a_notice_is_no_post_but_has_a_number() -> None:
    page = read_preview(preview("dala", [Written(11, "Channel photo updated", notice=True), Written(12, media=PHOTO)]))
    assert ([post.number for post in page.posts], page.first) == ([12], 11)


@pytest.mark.parametrize(
    ("page", "key"),
    [
        (contact("@reader", "A Reader"), "channel_user"),
        (contact("1 204 members, 33 online", "Neighbours", "View in Telegram"), "channel_group"),
        (contact("11 200 subscribers", "Closed", "View in Telegram"), "channel_no_preview"),
        (contact("", "", "Send Message"), "channel_none"),
        (contact("", "Closed", "Join Channel"), "channel_private"),
        (b"<html><body><p>Something else entirely.</p></body></html>", "channel_markup"),
        (b"", "channel_markup"),
        (preview("dala", [Written(12, "Text.")]).replace(b"data-post", b"data-message"), "channel_markup"),
        (preview("dala", [Written(12, "Text.")]).replace(b"message_text", b"message_words"), "channel_markup"),
        (preview("dala", [Written(12, "Text.")]).replace(b"datetime", b"moment"), "channel_markup"),
    ],
)
def test_what_is_no_preview_is_one_sentence(page: bytes, key: str) -> None:
    with pytest.raises(RejectedError) as refused:
        read_preview(page)
    assert refused.value.key == key


def test_an_empty_channel_has_no_posts() -> None:
    page = read_preview(preview("dala", []))
    assert (page.title, page.posts, page.first) == ("Dala & News", (), None)


@given(st.text(min_size=1, max_size=200))
@settings(max_examples=50, deadline=None)
def test_a_title_is_the_beginning_of_its_text(text: str) -> None:
    title = headline(text)
    assert len(title) <= 81
    assert text.strip().startswith(title.removesuffix("…"))


def test_a_post_is_an_article_of_its_channel() -> None:
    [post] = read(Written(12, "Police closed the northern bridge. Buses turn back at the market.<br/>More soon."))
    one = submission_of(post, "Dala")
    assert (one.url, one.publisher, one.post) == ("https://t.me/dala/12", "Dala (@dala)", True)
    assert one.title == "Police closed the northern bridge. Buses turn back at the market."
