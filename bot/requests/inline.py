"""Inline mode: an answer typed into any chat, for those who may ask."""

from contextlib import suppress

from telegram import InlineQueryResultArticle, InputTextMessageContent
from telegram.constants import ParseMode
from telegram.ext import InlineQueryHandler

from bot.ask.render import answer_messages
from bot.locales import say
from bot.requests.plain import Reply, read, reply
from bot.telegram.context import BotApplication, Context
from bot.telegram.guards import anybody
from bot.telegram.richtext import Run
from bot.telegram.richtext import message as richtext
from bot.telegram.sending import NO_PREVIEW
from bot.telegram.updates.pools import Pool
from retrieval.domain import SitrepError, Status

LEAST_CHARACTERS = 8
"""Telegram sends the text at every key pressed; a shorter one is no question yet."""

CACHED = 30
"""Seconds Telegram may show the same result again."""

TITLE_CHARACTERS = 100


@anybody
async def inline(context: Context) -> None:
    """Offer the answer to the words typed after the bot's name; nothing to those who may not ask."""
    results = []
    if context.may_ask() and len(context.inline_query.query.strip()) >= LEAST_CHARACTERS:
        with suppress(SitrepError):
            results = [_result(await context.run_in(Pool.QUESTIONS, _ask, context))]
    await context.inline_query.answer(results, cache_time=CACHED, is_personal=True)


def _ask(context: Context) -> Reply:
    """Without the language model: an answer at every key pressed is too many for it."""
    resources, text, now = context.resources, context.inline_query.query, context.now()
    question = read(resources, text, now=now, language=None, fallback=context.language)
    return reply(resources, text, question, now=now, most=1, with_model=False)


def _result(found: Reply) -> InlineQueryResultArticle:
    answer = found.answer
    answered = answer.status is Status.ANSWERED
    title = answer.statements[0].text if answered else found.line or say("abstained", answer.language)
    [message, *_] = [richtext([(Run(found.line),)])] if found.line else answer_messages(answer)
    content = InputTextMessageContent(message.html, ParseMode.HTML, link_preview_options=NO_PREVIEW)
    return InlineQueryResultArticle("answer", title[:TITLE_CHARACTERS], content)


def register(application: BotApplication) -> None:
    """Add these handlers to the application."""
    application.add_handler(InlineQueryHandler(inline))
