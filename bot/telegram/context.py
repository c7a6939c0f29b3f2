"""What the Telegram handlers work with, passed along in the application's `bot_data`."""

from dataclasses import dataclass
from typing import Any

from telegram import Update
from telegram.ext import ContextTypes

from bot.ask.conversation import Conversations
from bot.resources import Resources
from bot.telegram.access import Access
from retrieval.language.packs import LANGUAGES
from retrieval.store.chats.chats import chat

Context = ContextTypes.DEFAULT_TYPE


@dataclass
class Desk:
    resources: Resources
    access: Access
    conversations: Conversations

    def language(self, update: Update) -> str:
        """Return the language to speak in: the chat's own setting, else the user's, else the configured one."""
        kept = chat(self.resources.library.engine, update.effective_chat.id).language if update.effective_chat else None
        spoken = (update.effective_user.language_code or "")[:2] if update.effective_user else ""
        return kept or (spoken if spoken in LANGUAGES else self.resources.settings.language)


def desk_of(context: Context) -> Desk:
    """Return the desk that `bot.app` put there."""
    data: dict[Any, Any] = context.bot_data
    desk = data["desk"]
    assert isinstance(desk, Desk)
    return desk
