"""Pages of channels' previews, in Telegram's markup, written for the tests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from tests.retrieval.ingest.web import Web, http

PAGE = 20  # posts, as Telegram gives
PHOTO = '<a class="tgme_widget_message_photo_wrap" href="#" style="background-image:url(\'x.jpg\')"></a>'
VIDEO = (
    '<a class="tgme_widget_message_video_player" href="#"><i class="tgme_widget_message_video_thumb"></i>'
    '<time class="message_video_duration js-message_video_duration">0:34</time></a>'
)


@dataclass(frozen=True)
class Written:
    """A post as a test writes it; `text` is markup."""

    number: int
    text: str = ""
    at: str = "2022-01-06T09:00:00+00:00"
    media: str = ""
    reply: str = ""
    forwarded: str = ""  # the markup of the name
    author: str = ""
    edited: bool = False
    notice: bool = False


def widget(name: str, post: Written) -> str:
    """Return the markup of one post."""
    inside = f'<div class="tgme_widget_message_text js-message_text" dir="auto">{post.text}</div>' if post.text else ""
    reply = (
        '<a class="tgme_widget_message_reply user-color-default" href="https://t.me/x/1">'
        '<div class="tgme_widget_message_author"><span class="tgme_widget_message_author_name">X</span></div>'
        f'<div class="tgme_widget_message_text js-message_reply_text" dir="auto">{post.reply}</div></a>'
    )
    source = (
        f'<div class="tgme_widget_message_forwarded_from">Forwarded from&nbsp;{post.forwarded}</div>'
        if post.forwarded
        else ""
    )
    signed = f'<span class="tgme_widget_message_from_author" dir="auto">{post.author}</span>,&nbsp;'
    return (
        '<div class="tgme_widget_message_wrap js-widget_message_wrap">'
        f'<div class="tgme_widget_message{" service_message" if post.notice else ""} js-widget_message"'
        f' data-post="{name}/{post.number}"><div class="tgme_widget_message_bubble">'
        f'<div class="tgme_widget_message_author"><a class="tgme_widget_message_owner_name">Dala</a></div>'
        f"{source}{reply if post.reply else ''}{post.media}{inside}"
        '<a class="tgme_widget_message_link_preview" href="https://e.example"><div class="link_preview_title">A page'
        '</div></a><div class="tgme_widget_message_footer"><div class="tgme_widget_message_info">'
        '<span class="tgme_widget_message_views">1.2K</span><span class="tgme_widget_message_meta">'
        f"{signed if post.author else ''}{'edited &nbsp;' if post.edited else ''}"
        f'<a class="tgme_widget_message_date" href="https://t.me/{name}/{post.number}">'
        f'<time datetime="{post.at}" class="time">09:00</time></a></span></div></div></div></div></div>'
    )


def preview(name: str, posts: Sequence[Written], title: str = "Dala &amp; News") -> bytes:
    """Return a page of a channel's preview with these posts."""
    return f"""<!DOCTYPE html><html><head><meta charset="utf-8"><title>{title} – Telegram</title></head>
    <body class="widget_frame_base tgme_webpreview"><header class="tgme_header"><div class="tgme_header_title">
    <span dir="auto">{title}</span></div><div class="tgme_header_counter">11.2M subscribers</div></header>
    <main class="tgme_main" data-url="/{name}"><section class="tgme_channel_history js-message_history">
    {"".join(widget(name, post) for post in posts)}</section></main></body></html>""".encode()


def contact(extra: str = "", title: str = "", action: str = "Send Message") -> bytes:
    """Return the page of a name that has no preview."""
    named = f'<div class="tgme_page_title"><span dir="auto">{title}</span></div>' if title else ""
    return f"""<!DOCTYPE html><html><head><title>Telegram</title></head><body><div class="tgme_page_wrap">
    <div class="tgme_page">{named}<div class="tgme_page_extra">{extra}</div><div class="tgme_page_action">
    <a class="tgme_action_button_new" href="tg://resolve?domain=x">{action}</a></div></div></div></body></html>""".encode()


class Channel:
    """A channel whose preview a server on the loopback shows, `PAGE` posts a page."""

    def __init__(self, web: Web, name: str = "dala", title: str = "Dala &amp; News") -> None:
        self.web, self.name, self.title = web, name, title
        self.posts: dict[int, Written] = {}
        self.show()

    def post(self, *posts: Written) -> None:
        """Post, or edit, and show it from now on."""
        self.posts |= {post.number: post for post in posts}
        self.show()

    def show(self) -> None:
        numbers = sorted(self.posts)
        path = f"/s/{self.name}"
        self.web.answers[path] = http(body=self._page(numbers))
        for number in [*numbers, max(numbers, default=0) + 1]:
            self.web.answers[f"{path}?before={number}"] = http(body=self._page([n for n in numbers if n < number]))

    def _page(self, numbers: Sequence[int]) -> bytes:
        return preview(self.name, [self.posts[number] for number in numbers[-PAGE:]], self.title)

    @property
    def asked_before(self) -> list[int]:
        """The numbers that pages were asked for with, in order."""
        found = []
        for request in self.web.asked:
            address = urlsplit(request.split(b" ", 2)[1].decode())
            found += [int(number) for number in parse_qs(address.query).get("before", [])]
        return found
