"""Telegram callbacks about the bot itself, and for admins: disputed citations."""

from telegram.ext import CommandHandler

from bot.ask.render import disputes_message
from bot.telegram.context import BotApplication, Context
from bot.telegram.guards import admins_only, admitted, failed, replying
from bot.telegram.richtext import Message
from retrieval.store.chats.disputes import disputed


@admitted
@replying
def privacy(context: Context) -> str:
    """`/privacy`: the data that is stored about the chat."""
    spec = context.resources.settings.chat_model
    model = context.say("privacy_model", model=spec.partition(":")[0]) if spec else ""
    return context.say("privacy", model=model)


@admitted
@replying
def help_(context: Context) -> str:
    """List the commands, and those that only editors or admins may use, for them."""
    roles = {"help": True, "help_editors": context.may_add(), "help_admins": context.is_admin()}
    return "\n\n".join(context.say(key) for key, may in roles.items() if may)


@admins_only
@replying
def list_disputed(context: Context) -> str | Message:
    """`/disputed`: the citations that readers found wrong, the most disputed first."""
    found = disputed(context.engine)
    return disputes_message(found, context.language) if found else context.say("none_disputed")


def register(application: BotApplication) -> None:
    """Add these handlers to the application."""
    commands = {"help": help_, "privacy": privacy, "disputed": list_disputed}
    for name, callback in commands.items():
        application.add_handler(CommandHandler(name, callback))
    application.add_error_handler(failed)
