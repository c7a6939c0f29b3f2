"""The menu of commands that Telegram offers while somebody types: by language, by role, and in groups."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import structlog
from telegram import BotCommand, BotCommandScope, BotCommandScopeAllGroupChats, BotCommandScopeChat
from telegram.error import BadRequest, Forbidden, InvalidToken
from telegram.ext import ExtBot

from bot.locales import LOCALES, say
from retrieval.store.chats.access import Role

log = structlog.get_logger("sitrep.menu")

COMMANDS = (
    "ask", "brief", "timeline", "figures", "subscribe", "unsubscribe", "settings", "topics", "language", "watch",
    "watches", "asof", "sources", "new", "forget", "privacy", "help",
)  # fmt: skip
"""What everybody may use in a chat of their own."""

GROUP_COMMANDS = ("ask", "brief", "timeline", "figures", "asof", "subscribe", "settings", "watch", "help")

ROLE_COMMANDS = {Role.EDITOR: ("feeds",), Role.ADMIN: ("feeds", "invite", "access", "status", "disputed")}
"""What else those who may do more than ask may use."""


async def offer(bot: ExtBot[Any], language: str) -> None:
    """Set the menus of private chats and of groups: in each language, and in `language` for everybody else.

    A Bot API server that does not know the method is no reason not to run.
    """
    for scope, names in ((None, COMMANDS), (BotCommandScopeAllGroupChats(), GROUP_COMMANDS)):
        for code in ("", *LOCALES):
            if not await _set(bot, names, code or language, scope, code):
                return


async def offer_to(bot: ExtBot[Any], person: int, role: Role | None, language: str) -> None:
    """Set the menu of one person by their role; None: they are let in no longer."""
    if role not in (Role.EDITOR, Role.ADMIN):
        with suppress(InvalidToken, BadRequest, Forbidden):  # no such method, or a chat that was never opened
            for code in ("", *LOCALES):
                await bot.delete_my_commands(BotCommandScopeChat(person), code or None)
        return
    for code in ("", *LOCALES):
        names = (*COMMANDS, *ROLE_COMMANDS[role])
        if not await _set(bot, names, code or language, BotCommandScopeChat(person), code):
            return


async def _set(bot: ExtBot[Any], names: Sequence[str], spoken: str, scope: BotCommandScope | None, code: str) -> bool:
    commands = [BotCommand(name, say(f"command.{name}", spoken)) for name in names]
    try:
        await bot.set_my_commands(commands, scope=scope, language_code=code or None)
    except (InvalidToken, BadRequest, Forbidden) as exc:  # InvalidToken: "not found", of the method here
        log.warning("the commands could not be offered", error=type(exc).__name__)  # or the chat was never opened
        return False
    return True
