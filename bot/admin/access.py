"""Letting people and groups in and out, in the same sentences on the command line and in Telegram."""

from datetime import timedelta

from bot.locales import moment_text, say
from bot.resources import Resources
from bot.telegram.richtext import Message, Run
from bot.telegram.richtext import message as richtext
from retrieval.domain import QuestionError
from retrieval.store.chats import access, chats
from retrieval.store.chats.access import LARGEST_ID, Role

HOURS = 24
"""For which an invitation is valid, unless somebody says otherwise."""

MOST_HOURS = 720


def number_of(written: str) -> int | None:
    """Return the number of a person or a chat; None for what is none."""
    digits = written.strip().removeprefix("-")
    number = int(written) if digits.isascii() and digits.isdecimal() and len(digits) < 20 else 0
    return number if 0 < abs(number) < LARGEST_ID else None


def role_named(written: str) -> Role | None:
    """Return the role with this name; None if there is none."""
    return Role(written.lower()) if written.lower() in tuple(Role) else None


def let_in(resources: Resources, number: int, role: Role) -> tuple[Role, Message]:
    """Let a person or group in; return the role they have now, and the message that says so and what to ask."""
    engine = resources.library.engine
    language = chats.chat(engine, number).language or resources.settings.language
    given = access.let_in(engine, number, role)
    return given, welcome(resources, number, given, language)


def role_name(role: Role, language: str) -> str:
    return say(f"role.{role}", language)


def welcome(resources: Resources, number: int, role: Role, language: str) -> Message:
    """Return what somebody who was let in may do, and what to ask: of the newest article, too."""
    first = "welcome_group" if number < 0 else "welcome"
    lines = [say(first, language, role=role_name(role, language)) if number > 0 else say(first, language)]
    if role is not Role.READER:
        lines.append(say("welcome_editor", language))
    lines.append(say("welcome_examples", language))
    newest = resources.newest(resources.settings.now())
    if newest is not None:
        lines.append(say("welcome_newest", language, moment=moment_text(newest, language)))
    return richtext([(Run(line),) for line in lines])


def remove(resources: Resources, number: int) -> str:
    """Let somebody in no longer, delete everything about them, and return the sentence that says so."""
    chats.erase(resources.library.engine, number)
    return say("expelled", resources.settings.language, chat=number)


def invitation(resources: Resources, role: Role, hours: int, bot_name: str, language: str) -> str:
    """Return a new one-time link, with until when it is valid. Raises QuestionError for hours that cannot be."""
    if not 0 < hours <= MOST_HOURS:
        raise QuestionError(say("invite_usage", language, most=MOST_HOURS))
    now = resources.settings.now()
    code = access.invite(resources.library.engine, role, now, timedelta(hours=hours))
    until = moment_text(now + timedelta(hours=hours), language)
    link, group = (f"https://t.me/{bot_name}?{how}={code}" for how in ("start", "startgroup"))
    return say("invite_made", language, role=role_name(role, language), until=until, link=link, group=group)


def members(resources: Resources, admins: frozenset[int], language: str) -> list[str]:
    """Return everybody who is let in with their role, and the invitations that are open, a line each."""
    engine, now = resources.library.engine, resources.settings.now()
    found = dict.fromkeys(sorted(admins), Role.ADMIN) | access.roles(engine)
    lines = [f"{number}: {role_name(role, language)}" for number, role in found.items()]
    for until, role in access.invited(engine, now):
        when = moment_text(until.astimezone(now.tzinfo), language)
        lines.append(say("invite_open", language, role=role_name(role, language), until=when))
    return lines or [say("members_none", language)]
