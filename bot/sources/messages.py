"""Messages of Telegram to articles: a channel's post is itself, a forwarded message what it was where it came from."""

import hashlib
from collections import OrderedDict
from dataclasses import dataclass, field, replace

from telegram import (
    Chat,
    Message,
    MessageEntity,
    MessageOriginChannel,
    MessageOriginChat,
    MessageOriginHiddenUser,
    MessageOriginUser,
)

from retrieval.domain import Moment
from retrieval.ingest.channels.names import closed_post_address, post_address
from retrieval.ingest.channels.posts import headline
from retrieval.ingest.submission import Submission
from retrieval.language.text import clean
from retrieval.store.sources.backing import channel_title

ALBUMS = 200
"""Albums whose parts may still be coming."""

LINKS: list[str | None] = [MessageEntity.URL, MessageEntity.TEXT_LINK]


def text_of(message: Message) -> str:
    """Return a message's own words: its text or caption, or its poll; not what it answers or quotes."""
    if message.poll is not None:
        return clean("\n".join([message.poll.question, *(option.text for option in message.poll.options)]))
    return clean(message.text or message.caption or "")


def links_of(message: Message) -> list[str]:
    """Return the addresses that a message links, once each; one without a scheme is taken for https."""
    marked = message.parse_entities(LINKS) if message.text else message.parse_caption_entities(LINKS)
    written = [entity.url or words for entity, words in marked.items()]
    return list(dict.fromkeys(link if "://" in link else f"https://{link}" for link in written))


def channel_post(message: Message) -> Submission:
    """Return the post that a channel's message is, with whose words it repeats if it was forwarded."""
    origin = message.forward_origin
    source = address = None
    if isinstance(origin, MessageOriginChannel):
        address = _address(origin.chat, origin.message_id)
        source = channel_title(origin.chat.title or "", address)
    elif origin is not None:
        source = _name_of(origin)
    url = _address(message.chat, message.message_id)
    return _submission(
        message,
        where=url,
        url=url,
        publisher=channel_title(message.chat.title or "", url),
        author=message.author_signature,
        published=Moment(message.date),
        modified=Moment(message.edit_date) if message.edit_date else None,
        forwarded_from=source,
        forwarded_address=address,
    )


def forwarded_post(message: Message) -> Submission:
    """Return what a forwarded message was where it came from: its publisher, its time and, for a channel, its address.

    What a person wrote has no address; it is known again by who wrote it and when.
    """
    origin = message.forward_origin
    if isinstance(origin, MessageOriginChannel):
        url = _address(origin.chat, origin.message_id)
        own = {"where": url, "url": url, "author": origin.author_signature}
    else:
        assert origin is not None, "the message was forwarded"
        sender = getattr(origin, "sender_user", None) or getattr(origin, "sender_chat", None)
        who = sender.id if sender else _name_of(origin)
        digest = hashlib.sha256(f"{origin.type}\0{who}\0{origin.date.timestamp()}".encode()).hexdigest()
        own = {"where": _name_of(origin), "id": f"f{digest[:15]}", "author": getattr(origin, "author_signature", None)}
    publisher = channel_title(_name_of(origin), own.get("url"))
    return _submission(message, publisher=publisher, published=Moment(origin.date), **own)


def _submission(message: Message, **known: object) -> Submission:
    text = text_of(message)
    return Submission(text=text, title=headline(text), post=True, **known)  # type: ignore[arg-type]


def _address(chat: Chat, number: int) -> str:
    return post_address(chat.username, number) if chat.username else closed_post_address(chat.id, number)


def _name_of(origin: object) -> str:
    """Return the name of the channel, the group or the person that a message came from, as Telegram gives it."""
    match origin:
        case MessageOriginChannel(chat=chat) | MessageOriginChat(sender_chat=chat):
            return chat.effective_name or ""
        case MessageOriginUser(sender_user=user):
            return user.full_name
        case MessageOriginHiddenUser(sender_user_name=name):
            return name
    return ""


# --- albums ---------------------------------------------------------------------------------------


@dataclass
class Album:
    """The parts of an album that came so far; the first one names the post."""

    first: Submission
    texts: dict[int, str] = field(default_factory=dict)  # captions by the number of their message

    @property
    def post(self) -> Submission:
        text = "\n".join(text for text in self.texts.values() if text)
        return replace(self.first, text=text, title=headline(text))


class Albums:
    """The albums that are coming in, one message a picture; a class because it keeps them."""

    def __init__(self) -> None:
        self._albums: OrderedDict[tuple[int, str], Album] = OrderedDict()

    def joined(self, message: Message, post: Submission) -> Submission:
        """Return the post that a message belongs to: itself, or its album with all captions that came so far."""
        if message.media_group_id is None:
            return post
        album = self._albums.setdefault((message.chat.id, message.media_group_id), Album(post))
        album.texts[message.message_id] = post.text
        while len(self._albums) > ALBUMS:
            self._albums.popitem(last=False)
        return replace(album.post, modified=post.modified)

    def is_first(self, message: Message) -> bool:
        """Return whether a message is the first part of its album that came."""
        album = self._albums.get((message.chat.id, message.media_group_id or ""))
        return album is not None and next(iter(album.texts)) == message.message_id

    def text(self, message: Message) -> str:
        """Return the captions that came so far of the album that a message belongs to."""
        album = self._albums.get((message.chat.id, message.media_group_id or ""))
        return album.post.text if album else ""
