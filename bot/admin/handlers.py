"""Telegram callbacks about the bot itself, and for admins: admitted chats and disputed citations."""

from telegram.ext import CommandHandler

from bot.ask.render import disputes_message
from bot.locales import language_list
from bot.telegram.context import BotApplication, Context
from bot.telegram.guards import admins_only, admitted, failed, replying
from bot.telegram.richtext import Message
from retrieval.domain import QuestionError
from retrieval.store.chats.chats import erase, keep
from retrieval.store.chats.disputes import disputed


@admitted
@replying
def start(context: Context) -> str:
    return context.say("start", languages=language_list(context.language))


@admitted
@replying
def privacy(context: Context) -> str:
    """`/privacy`: the data that is stored about the chat."""
    return context.say("privacy")


@admitted
@replying
def help_(context: Context) -> str:
    """List the commands; for admins also those that only they may use."""
    keys = ("help", "help_admins") if context.is_admin() else ("help",)
    return "\n\n".join(context.say(key) for key in keys)


@admins_only
@replying
def admit(context: Context) -> str:
    """`/admit NUMBER`: let a chat in; without a number, the chat that the command came from."""
    number = _chat_named(context)
    keep(context.engine, number, admitted=True)
    return context.say("admitted", chat=number)


@admins_only
@replying
def expel(context: Context) -> str:
    """`/expel NUMBER`: let a chat in no longer, and delete everything about it."""
    number = _chat_named(context)
    erase(context.engine, number)
    return context.say("expelled", chat=number)


def _chat_named(context: Context) -> int:
    """Return the chat that a command names, or the one it came from. Raises QuestionError for no number."""
    try:
        return int(context.argument.split()[0]) if context.argument else context.chat_id
    except ValueError as exc:
        raise QuestionError(context.say("admit_what")) from exc


@admins_only
@replying
def list_disputed(context: Context) -> str | Message:
    """`/disputed`: the citations that readers found wrong, the most disputed first."""
    found = disputed(context.engine)
    return disputes_message(found, context.language) if found else context.say("none_disputed")


def register(application: BotApplication) -> None:
    """Add these handlers to the application."""
    commands = {"start": start, "help": help_, "privacy": privacy}
    commands |= {"admit": admit, "expel": expel, "disputed": list_disputed}
    for name, callback in commands.items():
        application.add_handler(CommandHandler(name, callback))
    application.add_error_handler(failed)
