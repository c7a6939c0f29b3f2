"""`sitrep run`: the bot."""

from bot.logs import start_logging
from bot.settings import read_settings


def run() -> None:
    """Run the bot until it is interrupted."""
    settings = read_settings()
    secrets = (
        settings.telegram_token,
        settings.webhook_secret,
        settings.openai_api_key,
        settings.anthropic_api_key,
    )
    start_logging(settings.log_level, tuple(secret.get_secret_value() for secret in secrets))
    from bot.app import run as run_bot

    run_bot(settings)
