"""The checks of `sitrep doctor` outside the library: the folder, the disk, Telegram, the clock and the models."""

import asyncio
import os
import tempfile
from typing import Any

import httpx

from bot.resources import Resources
from bot.settings import FASTEMBED, Settings
from bot.telegram.clock import MOST_WRONG, seconds_ahead
from retrieval.store.condition import LEAST_FREE, require_space

Finding = tuple[bool, str]
"""Whether a part is all right, and a sentence about it."""

SECONDS = 5.0
"""How long Telegram, or a server of ours, may take."""

NEARLY_FULL = 20 * LEAST_FREE
"""Bytes; with fewer free, the disk is said to be nearly full."""


def folder(resources: Resources) -> Finding:
    """Find out whether files can be made where the data is, and there is room for them."""
    place = resources.settings.data_dir
    try:
        place.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=place):
            pass
    except OSError as exc:
        return False, f"{place} cannot be written: {exc.strerror or exc}"
    require_space(place)
    status = os.statvfs(place) if hasattr(os, "statvfs") else None
    free = status.f_bavail * status.f_frsize if status else NEARLY_FULL
    if free < NEARLY_FULL:
        return False, f"the disk is nearly full: {free // 2**20} MB are left for {place}"
    return True, f"{place} can be written; {free // 2**20} MB are left"


def telegram(resources: Resources) -> Finding:
    """Find out whether Telegram can be reached, knows the token, and sends updates the way that is set."""
    settings = resources.settings
    if not settings.telegram_token.get_secret_value():
        return True, "no token is set; everything but `sitrep run` works without"
    if not settings.admins:
        return False, "SITREP_ADMINS is empty: nobody would get an answer"
    status, me = called(settings, "getMe")
    if status is None:
        return False, f"{settings.telegram_api_url} cannot be reached"
    if status in (401, 404):
        return False, "Telegram does not know the token in SITREP_TELEGRAM_TOKEN"
    if status != 200 or not isinstance(me, dict):
        return False, f"Telegram fails (error {status})"
    return _webhook(settings) or (True, f"@{me.get('username')} can be reached; {len(settings.admins)} admin(s)")


def _webhook(settings: Settings) -> Finding | None:
    """Return what is wrong with the way that Telegram sends updates, None if nothing is."""
    _, info = called(settings, "getWebhookInfo")
    there = str(info.get("url") or "") if isinstance(info, dict) else ""
    if there and not settings.webhook_url:
        return False, f"a webhook is set at {there}, but not in SITREP_WEBHOOK_URL; sitrep run deletes it"
    if there and info.get("last_error_message"):
        return False, f"Telegram cannot deliver to the webhook: {info['last_error_message']}"
    return None


def clock(resources: Resources) -> Finding:
    """Find out whether this machine's clock agrees with Telegram's."""
    try:
        ahead = seconds_ahead(httpx.get(resources.settings.telegram_api_url, timeout=SECONDS))
    except httpx.HTTPError:
        ahead = None
    if ahead is None:
        return True, "not compared: Telegram says no time"
    if abs(ahead) > MOST_WRONG:
        return False, f"it is wrong by {ahead:+.0f} s against Telegram's; times in answers and briefs are too"
    return True, "it agrees with Telegram's"


def model(resources: Resources) -> Finding:
    """Find out whether the language model answers, and in what time."""
    settings = resources.settings
    if not settings.chat_model:
        return True, "none is set; answers are the articles' own sentences"
    calls = resources.chat_model.calls if resources.chat_model else None
    if calls and (calls.calls_today >= settings.chat_calls_a_day or calls.tokens_today >= settings.chat_tokens_a_day):
        return False, f"today's budget is used up: {calls.calls_today} calls, {calls.tokens_today} tokens"
    seconds, given = asyncio.run(resources.probe()), settings.chat_timeout
    slow = f", and SITREP_CHAT_TIMEOUT is {given:g} s: fine if it was only being loaded" if seconds > given else ""
    return True, f"{settings.chat_model} answers, in {seconds:.1f} s{slow}"


def reader(resources: Resources) -> Finding:
    """Find out whether the built-in reader can be loaded, and a bigger one's server be reached."""
    _ = resources.reader
    name = resources.settings.reader
    if not name or name.startswith(FASTEMBED):
        return True, f"the built-in one{f', and {name}' if name else ''}"
    try:
        httpx.get(name, timeout=SECONDS)
    except httpx.HTTPError:
        return False, f"the server in SITREP_READER, {name}, cannot be reached"
    return True, f"the built-in one, and {name}"


def called(settings: Settings, method: str, **parameters: object) -> tuple[int | None, Any]:
    """Return the status and the result of a call of the Bot API; None if no answer came. It raises nothing."""
    address = f"{settings.telegram_api_url}/bot{settings.telegram_token.get_secret_value()}/{method}"
    try:
        answer = httpx.post(address, json=parameters, timeout=SECONDS)
        return answer.status_code, answer.json().get("result") if answer.status_code == 200 else None
    except httpx.HTTPError:
        return None, None
    except (ValueError, AttributeError):
        return 0, None
