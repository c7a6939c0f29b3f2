"""What Telegram asks of a keyboard beyond its schema."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from tests.fake_telegram.errors import bad_request
from tests.fake_telegram.limits import BUTTONS, BUTTONS_A_ROW, CALLBACK_DATA_BYTES

LINK_SCHEMES = ("http", "https", "tg", "ton", "tonsite")
ACTIONS = (
    "url", "callback_data", "web_app", "login_url", "switch_inline_query", "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat", "copy_text", "callback_game", "pay",
)  # fmt: skip


def checked_link(url: str) -> str | None:
    """Return `url` as Telegram keeps it, with scheme and path, or None if it would not take it for a link."""
    url = url.strip()
    if not url or any(c.isspace() for c in url):
        return None
    try:
        parts = urlsplit(url if "://" in url else f"http://{url}")
        host = parts.hostname or ""
    except ValueError:
        return None
    if parts.scheme.lower() not in LINK_SCHEMES or not host:
        return None
    if parts.scheme.lower() in ("tg", "ton", "tonsite"):
        return parts.geturl()
    if "." not in host.strip(".") and ":" not in host and host != "localhost":
        return None
    return parts._replace(path=parts.path or "/").geturl()


def check_reply_markup(markup: dict[str, Any] | None) -> None:
    """Refuse a keyboard that Telegram refuses: too many buttons, or one that is not one button."""
    if not markup:
        return
    rows = markup.get("inline_keyboard") or markup.get("keyboard") or []
    if sum(map(len, rows)) > BUTTONS:
        raise bad_request("reply markup is too long")
    for row in rows:
        # Clients break longer rows up; a bot that sends one did not mean what people will see.
        if len(row) > BUTTONS_A_ROW:
            raise bad_request("BUTTONS_ROW_TOO_LONG")
    for row in markup.get("inline_keyboard") or []:
        for button in row:
            _check_inline_button(button)


def _check_inline_button(button: dict[str, Any]) -> None:
    if not button.get("text", "").strip():
        raise bad_request("can't parse inline keyboard button: Text buttons must have non-empty text")
    actions = [name for name in ACTIONS if name in button]
    if not actions:
        raise bad_request("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    if len(actions) > 1:
        raise bad_request("can't parse inline keyboard button: Exactly one optional field must be used")
    data = button.get("callback_data")
    if data is not None and not 1 <= len(data.encode()) <= CALLBACK_DATA_BYTES:
        raise bad_request("BUTTON_DATA_INVALID")
    url = button.get("url")
    if url is not None and checked_link(url) is None:
        reason = "URL host is empty" if not url else "Wrong HTTP URL"
        raise bad_request(f"inline keyboard button URL '{url}' is invalid: {reason}")
    copy = button.get("copy_text")
    if copy is not None and not 1 <= len(copy["text"]) <= 256:
        raise bad_request("BUTTON_COPY_TEXT_INVALID")
