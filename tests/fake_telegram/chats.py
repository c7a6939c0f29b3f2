"""What becomes of chats: groups made, bots added and removed, people who block, groups that move."""

from __future__ import annotations

from typing import Any

from tests.fake_telegram.people import People
from tests.fake_telegram.thread import on_loop
from tests.fake_telegram.world import SUPERGROUP_BASE, Chat, Json

FAR_FUTURE = 0  # `until_date` of a ban without end


class Chats(People):
    """The acts that open, close and move chats."""

    @on_loop
    def add_group(self, title: str, *, by: int = 1, supergroup: bool = True) -> int:
        """Make a group with the bot in it, by the person who owns it, and return its id."""
        number = 1_000_000 + next(self.world.serial)
        chat_id = SUPERGROUP_BASE - number if supergroup else -number
        kind = "supergroup" if supergroup else "group"
        chat = Chat({"id": chat_id, "type": kind, "title": title}, admins={by})
        self.world.chats[chat_id] = chat
        self._membership(chat, by, self._status("left"), self._status("member"))
        return chat_id

    @on_loop
    def add_channel(self, title: str, *, username: str | None = None) -> int:
        """Make a channel in which the bot may post, and return its id."""
        chat_id = SUPERGROUP_BASE - 2_000_000 - next(self.world.serial)
        name = {"username": username} if username else {}
        self.world.chats[chat_id] = Chat({"id": chat_id, "type": "channel", "title": title, **name})
        return chat_id

    @on_loop
    def add_topic(self, chat_id: int) -> int:
        """Open a topic in a supergroup, which is a forum from now on, and return its number."""
        chat = self.world.chat(chat_id)
        chat.info["is_forum"] = True
        topic = next(chat.ids)
        chat.topics.add(topic)
        return topic

    @on_loop
    def delete_topic(self, chat_id: int, topic: int) -> None:
        """Delete a topic; the bot is not told."""
        self.world.chat(chat_id).topics.remove(topic)

    @on_loop
    def block(self, user: int) -> Any:
        """Block the bot: writing there is 403 from now on."""
        chat = self.world.private_chat(user)
        chat.closed = "bot was blocked by the user"
        return self._membership(chat, user, self._status("member"), self._status("kicked"))

    @on_loop
    def unblock(self, user: int) -> Any:
        """Take the block back."""
        chat = self.world.private_chat(user)
        chat.closed = None
        return self._membership(chat, user, self._status("kicked"), self._status("member"))

    @on_loop
    def deactivate(self, user: int) -> None:
        """Delete a person's account: writing there is 403, and the bot is not told."""
        self.world.private_chat(user).closed = "user is deactivated"

    @on_loop
    def remove_bot(self, chat_id: int, *, by: int = 1) -> Any:
        """Throw the bot out of a group."""
        chat = self.world.chat(chat_id)
        chat.closed = f"bot was kicked from the {chat.info['type']} chat"
        return self._membership(chat, by, self._status("member"), self._status("kicked"))

    @on_loop
    def migrate(self, chat_id: int) -> int:
        """Make a group a supergroup, with a new id, returned here; both get their service message."""
        old = self.world.chat(chat_id)
        new_id = SUPERGROUP_BASE - 3_000_000 - next(self.world.serial)
        new = Chat({"id": new_id, "type": "supergroup", "title": old.info["title"]}, admins=old.admins)
        self.world.chats[new_id] = new
        owner = min(old.admins)
        self._say(old, owner, {"migrate_to_chat_id": new_id}, None)
        self._say(new, owner, {"migrate_from_chat_id": chat_id}, None)
        old.migrated_to = new_id
        return new_id

    @on_loop
    def make_admin(self, chat_id: int, user: int) -> None:
        """Let getChatMember name a person among a group's administrators."""
        self.world.chat(chat_id).admins.add(user)

    def _status(self, status: str) -> Json:
        banned = {"until_date": FAR_FUTURE} if status == "kicked" else {}
        return {"status": status, "user": self.world.bot, **banned}

    def _membership(self, chat: Chat, by: int, old: Json, new: Json) -> Any:
        members = {"old_chat_member": old, "new_chat_member": new}
        content = {"chat": chat.info, "from": self.world.user(by), "date": self.world.now(), **members}
        return self._update("my_chat_member", content)
