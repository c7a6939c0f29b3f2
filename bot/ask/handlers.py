"""Telegram callbacks around a question: asking, following up, as of a moment, longer and shorter."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

import structlog
from telegram.error import TelegramError
from telegram.ext import CallbackQueryHandler, CommandHandler

from bot.ask.conflicts import conflict_button
from bot.ask.render import answer_messages
from bot.locales import moment_text
from bot.metrics import STAGES, measured
from bot.moments import past_moment
from bot.telegram.context import BotApplication, Context
from bot.telegram.conversation import Exchange
from bot.telegram.guards import admitted
from bot.telegram.richtext import Message
from bot.telegram.updates.pools import Pool
from retrieval.answer.ask import ask
from retrieval.domain import Answer, Intent, ModelError, QuestionError
from retrieval.language.days.dates import parse_moment
from retrieval.language.packs import all_words
from retrieval.question.follow_up import FollowUp, resolve
from retrieval.question.question import OF_NUMBERS
from retrieval.question.time_readings import Newest
from retrieval.reader.reader import STATEMENTS

log = structlog.get_logger("sitrep.asking")

LENGTHS = (1, STATEMENTS, 2 * STATEMENTS)
"""Statements in a short, a usual and a long answer."""

MOMENT_WORDS = 6
"""The longest moment written: "6 января 2022 года в 18:00"."""

DRAFT_AFTER = 0.2
"""Seconds an answer must take before a draft is sent; answers without the language model are faster."""

LAST_DRAFT = 2.0
"""Seconds an answer waits for a draft that is being sent, so that the draft does not come after it."""

NOW = all_words("questions", "now")
"""The words that take `/asof` back to the present."""


@admitted
async def as_of(context: Context) -> None:
    """Ask as of a moment: `/asof 6 Jan 18:00 how many were held?`, or for the questions that follow."""
    written = context.argument
    if not written or written.casefold() in NOW:
        context.memory.as_of = None
        await context.reply("asof_now")
        return
    moment, question = split_moment(written, context.now(), context.resources.newest)
    if question:
        asked = await complete(context, question)
        await answer_question(context, asked.question, as_of_=moment)
    else:
        context.memory.as_of = moment
        await context.reply("asof_set", moment=moment_text(moment, context.language))


def split_moment(written: str, now: datetime, newest: Newest | None = None) -> tuple[datetime, str]:
    """Return the moment that a text opens with, and the rest of it. Raises QuestionError if it opens with none."""
    parts = written.split()
    for length in range(min(len(parts), MOMENT_WORDS), 1, -1):
        try:
            parse_moment(" ".join(parts[:length]), now)
        except QuestionError:
            continue
        break
    else:
        length = 2 if parts[:1] and parts[0].isdecimal() else 1  # "32 Jan" is no day, and is named whole
    return past_moment(" ".join(parts[:length]), now, newest), " ".join(parts[length:])


@admitted
async def new(context: Context) -> None:
    """`/new`: forget the conversation so far."""
    context.conversations.forget(context.place)
    await context.reply("forgotten")


async def answer_question(
    context: Context, message: str, as_of_: datetime | None = None, intent: Intent = Intent.QUESTION
) -> None:
    """Send the answer to a question that stands alone; `intent` is what it asks for."""
    await send_answer(context, message, await answer_to(context, message, as_of_, intent))


async def answer_to(
    context: Context, message: str, as_of_: datetime | None = None, intent: Intent = Intent.QUESTION
) -> Answer:
    """Return the answer to a question that stands alone; `intent` is what it asks for."""
    moment = as_of_ or context.memory.as_of
    async with context.typing(), _drafting(context):
        return await context.run_in(_pool(context), _ask, context, message, moment, STATEMENTS, intent)


async def send_answer(context: Context, message: str, answer: Answer) -> None:
    """Send an answer, from which the conversation goes on."""
    exchange = context.conversations.add(context.place, message, answer, STATEMENTS)
    exchange.messages[:] = await asyncio.to_thread(_rendered, context, exchange)
    reply_to = context.message.message_id if context.is_group else None
    for number, rendered in enumerate(exchange.messages):
        await context.send(rendered, reply_to=reply_to if number == 0 else None, sent=exchange.sent.add)


async def complete(context: Context, message: str) -> FollowUp:
    """Return a message as it stands alone: completed from what it replies to, or else from the exchange before it."""
    last = context.answered()
    if last is None:
        return FollowUp(message)
    before = [one.question for one in context.memory.exchanges if one is not last]
    return await asyncio.to_thread(_resolved, context, message, [*before, last.question])


@asynccontextmanager
async def _drafting(context: Context) -> AsyncIterator[None]:
    """Show a draft while the model works, never its output, if one is set and the chat is private."""
    if context.is_group or context.resources.chat_model is None:
        yield
        return
    done = asyncio.Event()
    draft = asyncio.create_task(_draft(context, done))
    try:
        yield
    finally:
        done.set()
        _, late = await asyncio.wait([draft], timeout=LAST_DRAFT)
        for task in late:
            task.cancel()


async def _draft(context: Context, done: asyncio.Event) -> None:
    """Send the draft unless the answer is done first; ignore a draft that Telegram refuses."""
    try:
        await asyncio.wait_for(done.wait(), DRAFT_AFTER)
    except TimeoutError:
        text = context.say("model_asked")
        try:
            await context.bot.send_message_draft(context.chat_id, context.message.message_id, text)
        except TelegramError as exc:
            log.info("a draft was refused", error=type(exc).__name__)


def _resolved(context: Context, message: str, before: list[str]) -> FollowUp:
    """Complete a follow-up, with the language model if one is set."""
    found = resolve(message, before[-1], context.now(), context.resources.newest)
    chat_model = context.resources.chat_model
    if found.question == message or found.who_says or chat_model is None:
        return found
    try:
        return FollowUp(chat_model.rewrite(message, before))
    except ModelError:
        return found


def _pool(context: Context) -> Pool:
    return Pool.QUESTIONS if context.resources.chat_model is None else Pool.MODEL


@measured
def _ask(
    context: Context, question: str, as_of_: datetime | None, length: int, intent: Intent = Intent.QUESTION
) -> Answer:
    resources = context.resources
    request = resources.request_of(question) if intent in OF_NUMBERS else None
    asks_numbers = request is not None and request.intent in OF_NUMBERS  # without a word such as "how many"
    return ask(
        resources.library,
        resources.embedder,
        resources.reader,
        question,
        as_of=as_of_,
        now=context.now(),
        most=length,
        fallback=context.language,
        chooser=resources.chat_model,
        intent=intent,
        about=request.about if request and asks_numbers else None,
    )


def _rendered(context: Context, exchange: Exchange) -> list[Message]:
    """Return the messages of an answer, with buttons to conflicting reports and to the figures of other events."""
    with STAGES.labels("render").time():
        return _messages(context, exchange)


def _messages(context: Context, exchange: Exchange) -> list[Message]:
    button = conflict_button(context.resources.library, exchange.answer, exchange.key, context.now())
    return answer_messages(exchange.answer, exchange.key, exchange.length, further=[button] if button else ())


@admitted
async def change_length(context: Context) -> None:
    """Answer the same question at another length, in the place of the first answer."""
    key, wanted = (int(field) for field in context.button)
    exchange = context.conversations.find(context.chat_id, key)
    if exchange is None:
        await context.acknowledge(context.say("forgotten_exchange"))
        return
    await context.acknowledge()
    exchange.length = LENGTHS[min(wanted, len(LENGTHS) - 1)]
    exchange.answer = await context.run_in(
        _pool(context), _ask, context, exchange.question, exchange.answer.as_of, exchange.length, exchange.answer.intent
    )
    exchange.messages[:] = await asyncio.to_thread(_rendered, context, exchange)
    await context.edit(exchange.messages[-1])


@admitted
async def explain_as_of(context: Context) -> None:
    """Explain how to ask the same as of another moment."""
    await context.acknowledge()
    await context.reply("asof_how")


def register(application: BotApplication) -> None:
    """Add these handlers to the application."""
    for names, handler in ((("asof",), as_of), (("new",), new)):
        application.add_handler(CommandHandler(names, handler))
    application.add_handler(CallbackQueryHandler(change_length, pattern=r"^len:\d+:\d$"))
    application.add_handler(CallbackQueryHandler(explain_as_of, pattern=r"^asof$"))
