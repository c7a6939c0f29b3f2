"""`sitrep access`: who may use the bot."""

import sys

from bot.admin import access
from bot.locales import say
from bot.output import print_json
from bot.resources import Resources
from bot.settings import Settings, read_settings
from bot.telegram.letters import as_json
from retrieval.domain import QuestionError
from retrieval.store.chats import outbox
from retrieval.store.chats.access import Role, roles

SECONDS = 15
"""To ask Telegram for the bot's name."""


def list_(as_json: bool) -> None:
    """Print everybody who is let in with their role, and the open invitations."""
    settings = read_settings()
    with Resources(settings) as resources:
        if as_json:
            found = dict.fromkeys(sorted(settings.admins), Role.ADMIN) | roles(resources.library.engine)
            for number, role in found.items():
                print_json({"id": number, "role": role.value})
        else:
            print("\n".join(access.members(resources, settings.admins, settings.language)))


def invite(role: Role, hours: int, bot_name: str) -> None:
    """Print a one-time link."""
    settings = read_settings()
    with Resources(settings) as resources:
        name = bot_name.removeprefix("@") or name_of_bot(settings)
        print(access.invitation(resources, role, hours, name, settings.language))


def let_in(number: str, role: Role) -> None:
    """Let a person or a group in; the running bot tells them."""
    settings = read_settings()
    with Resources(settings) as resources:
        wanted, now = _number(number, settings), settings.now()
        given, welcome = access.let_in(resources, wanted, role)
        if wanted > 0:  # a channel is told nothing, and a group not known from one
            slot = f"welcome {now.timestamp():.6f}"
            outbox.post(resources.library.engine, wanted, now.date(), slot, [as_json(welcome)], now)
        language = settings.language
        print(say("admitted", language, chat=wanted, role=access.role_name(given, language)))


def remove(number: str) -> None:
    """Let somebody in no longer, and delete everything about them."""
    settings = read_settings()
    with Resources(settings) as resources:
        wanted = _number(number, settings)
        print(access.remove(resources, wanted))
        if wanted in settings.admins:
            print("SITREP_ADMINS still names them as an admin.", file=sys.stderr)


def _number(written: str, settings: Settings) -> int:
    """Raises QuestionError for what is no number of a person or a chat."""
    number = access.number_of(written)
    if number is None:
        raise QuestionError(say("admit_what", settings.language))
    return number


def name_of_bot(settings: Settings) -> str:
    """Return the bot's @username, as Telegram says it. Raises QuestionError if it cannot be asked."""
    import httpx

    token = settings.telegram_token.get_secret_value()
    try:
        answer = httpx.get(f"{settings.telegram_api_url}/bot{token}/getMe", timeout=SECONDS).json()
        return str(answer["result"]["username"])
    except (httpx.HTTPError, ValueError, KeyError, TypeError) as exc:
        raise QuestionError("Telegram cannot be asked for the bot's name: give it with --bot NAME.") from exc
