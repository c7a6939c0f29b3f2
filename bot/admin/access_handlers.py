"""Telegram callbacks of access: invitations, requests of strangers, and what admins answer."""

import asyncio
from functools import partial

from telegram import Chat, ChatMember
from telegram.ext import CallbackQueryHandler, ChatMemberHandler, CommandHandler

from bot.admin import access as letting
from bot.admin.access import HOURS, MOST_HOURS, number_of, role_named
from bot.locales import say
from bot.telegram import menu
from bot.telegram.context import BotApplication, Context
from bot.telegram.guards import admins_only, admitted, anybody
from bot.telegram.richtext import Button, Message, Run, pack, plain
from bot.telegram.richtext import message as richtext
from bot.telegram.updates.admission import REQUEST
from retrieval.answer.harmless import defang
from retrieval.domain import QuestionError
from retrieval.store.chats import access, chats
from retrieval.store.chats.access import Role

INSIDE = (ChatMember.ADMINISTRATOR, ChatMember.MEMBER, ChatMember.OWNER, ChatMember.RESTRICTED)

NAME_CHARACTERS = 60
"""Of somebody who asks to be let in, as admins see it."""


# --- invitations ----------------------------------------------------------------------------------


@anybody
async def start(context: Context) -> None:
    """`/start CODE`, which an invitation's link sends."""
    code = context.argument
    if context.is_admin():
        await context.reply("request_in")
    elif not context.access.too_many(context.chat_id, 0):
        await _redeem(context, code)


async def _redeem(context: Context, code: str) -> None:
    role = await asyncio.to_thread(access.redeem, context.engine, code, context.chat_id, context.now())
    if role is None:
        await context.reply("invite_spent")
        return
    await asyncio.to_thread(context.access.load, context.engine)
    await _offer_menu(context, context.chat_id)
    made = partial(letting.welcome, context.resources, context.chat_id, role, context.language)
    await context.send(await asyncio.to_thread(made))


@admins_only
async def invite(context: Context) -> None:
    """`/invite [ROLE] [HOURS]`: a link that lets in the first who uses it."""
    role, hours = Role.READER, HOURS
    for word in context.argument.split():
        if (named := role_named(word)) is not None:
            role = named
        elif (number := number_of(word)) is not None:
            hours = number
        else:
            raise QuestionError(context.say("invite_usage", most=MOST_HOURS))
    name, language = context.bot.username, context.language
    await context.send_text(await asyncio.to_thread(letting.invitation, context.resources, role, hours, name, language))


# --- by number ------------------------------------------------------------------------------------


@admins_only
async def admit(context: Context) -> None:
    """`/admit NUMBER [ROLE]`: let a person or group in; without a number, the chat that the command came from."""
    number = _chat_named(context)
    words = context.argument.split()
    role = role_named(words[-1]) if len(words) > 1 else Role.READER
    if role is None:
        raise QuestionError(context.say("admit_what"))
    done, welcome = await _let_in(context, number, role)
    await context.send_text(done)
    if number > 0 and number != context.chat_id:  # below it are groups, and channels, where the bot writes nothing
        context.send_to(number, welcome)


async def _let_in(context: Context, number: int, role: Role) -> tuple[str, Message]:
    """Let somebody in; return the sentence for the admin, and the message for who was let in."""
    given, welcome = await asyncio.to_thread(letting.let_in, context.resources, number, role)
    await asyncio.to_thread(context.access.load, context.engine)
    await _offer_menu(context, number)
    return context.say("admitted", chat=number, role=letting.role_name(given, context.language)), welcome


async def _offer_menu(context: Context, number: int) -> None:
    """Offer somebody the commands of their role as it is now; a group has those of all groups."""
    if number > 0:
        await menu.offer_to(context.bot, number, context.access.role_of(number), context.resources.settings.language)


@admins_only
async def expel(context: Context) -> None:
    """`/expel NUMBER`: let somebody in no longer, and delete everything about them."""
    number = _chat_named(context)
    await asyncio.to_thread(letting.remove, context.resources, number)
    await asyncio.to_thread(context.access.load, context.engine)
    await _offer_menu(context, number)
    context.conversations.forget_person(number)
    await context.reply("expelled", chat=number)


def _chat_named(context: Context) -> int:
    """Return the number that a command names, or that of its chat. Raises QuestionError for what is no number."""
    words = context.argument.split()
    number = number_of(words[0]) if words else context.chat_id
    if number is None:
        raise QuestionError(context.say("admit_what"))
    return number


@admins_only
async def members(context: Context) -> None:
    """`/access`: who is let in, and the open invitations."""
    admins = context.resources.settings.admins
    lines = await asyncio.to_thread(letting.members, context.resources, admins, context.language)
    for message in pack([(Run("\n".join(lines)),)]):
        await context.send_text(plain(message))


# --- requests -------------------------------------------------------------------------------------


@anybody
async def request(context: Context) -> None:
    """The button under the line that strangers get: ask the admins."""
    if context.may_ask():
        await context.acknowledge(context.say("request_in"))
    elif not context.access.may_request(context.chat_id):
        await context.acknowledge(context.say("request_again"))
    else:
        await context.acknowledge(context.say("request_sent"))
        await _ask_admins(context, "request_group" if context.is_group else "request_person")


@anybody
async def added_to_group(context: Context) -> None:
    """Ask the admins whether to let in a group that somebody else added the bot to; the group is told nothing."""
    change = context.membership
    was, now = change.old_chat_member.status, change.new_chat_member.status
    joined = now in INSIDE and was not in INSIDE
    if change.chat.type not in (Chat.GROUP, Chat.SUPERGROUP) or not joined or context.may_ask():
        return
    if context.access.may_request(change.chat.id):
        await _ask_admins(context, "request_group")


async def _ask_admins(context: Context, key: str) -> None:
    number, name = context.chat_id, defang((context.chat.effective_name or "")[:NAME_CHARACTERS])
    for admin in context.access.admins:
        stored = await asyncio.to_thread(chats.chat, context.engine, admin)
        language = stored.language or context.resources.settings.language
        choices = [("request_reader", Role.READER), ("request_editor", Role.EDITOR)][: 1 if number < 0 else 2]
        row = [Button(say(label, language), f"let:{role}:{number}") for label, role in choices]
        row.append(Button(say("request_no", language), f"let:no:{number}"))
        question = richtext([(Run(say(key, language, name=name, chat=number)),)], [row])
        context.send_to(admin, question)


@admins_only
async def decide(context: Context) -> None:
    """The buttons of a request."""
    await context.acknowledge()
    named, number = role_named(context.button[0]), number_of(context.button[1])
    if number is None:
        return
    if named is None:
        await context.edit(richtext([(Run(context.say("request_declined", chat=number)),)]))
        return
    done, welcome = await _let_in(context, number, named)
    await context.edit(richtext([(Run(done),)]))
    context.send_to(number, welcome)


# --- what is stored -------------------------------------------------------------------------------


@admitted
async def forget(context: Context) -> None:
    """`/forget`: delete what is stored about somebody but their role; of a group only what its admins may."""
    if context.is_group and not context.is_admin():
        context.conversations.forget(context.place)
        await context.reply("forgotten_group")
        return
    await asyncio.to_thread(chats.forget, context.engine, context.chat_id)
    context.conversations.forget_person(context.chat_id)
    context.settings = await asyncio.to_thread(chats.chat, context.engine, context.chat_id)
    await context.reply("forgotten_all")


def register(application: BotApplication) -> None:
    """Add these handlers to the application."""
    application.add_handler(CommandHandler("start", start, has_args=True))
    commands = {"invite": invite, "admit": admit, "expel": expel, "access": members, "forget": forget}
    for name, callback in commands.items():
        application.add_handler(CommandHandler(name, callback))
    application.add_handler(CallbackQueryHandler(request, pattern=f"^{REQUEST}$"))
    application.add_handler(CallbackQueryHandler(decide, pattern=r"^let:(?:reader|editor|no):-?\d{1,16}$"))
    # In a group of its own, for the updates of channels have another handler.
    application.add_handler(ChatMemberHandler(added_to_group, ChatMemberHandler.MY_CHAT_MEMBER), group=1)
