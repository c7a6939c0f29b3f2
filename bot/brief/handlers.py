"""Telegram callbacks for briefings and timelines: compose and send them, and answer their buttons."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any

import telegram
from telegram.ext import CallbackQueryHandler, CommandHandler

from bot.brief.export import brief_file
from bot.brief.render import (
    brief_messages,
    cited_passages,
    expanded,
    sources_message,
    story_message,
    timeline_messages,
)
from bot.locales import say
from bot.moments import asked_timeline, day_window, window
from bot.telegram.context import BotApplication, Context
from bot.telegram.guards import admitted
from bot.telegram.outbox import Sent
from bot.telegram.updates.pools import Pool
from retrieval.briefing.asked import asked_briefing, briefing_answer
from retrieval.briefing.brief import brief as compose
from retrieval.briefing.brief import story_in_full
from retrieval.briefing.shown import shown_quotes
from retrieval.briefing.timeline import DAYS, timeline
from retrieval.briefing.topics import sentences_on_topic
from retrieval.domain import Briefing, Citation, Intent, QuestionError
from retrieval.question.question import Question
from retrieval.question.topic import names_time_or_topic
from retrieval.reader.reader import STATEMENTS
from retrieval.store.chats.shown import record_in, shown_to
from retrieval.store.read import passage


@admitted
async def brief(context: Context) -> None:
    """`/brief`: the news of the last 24 hours that this chat has not read; of that day or topic: `/brief 6 Jan`."""
    await _brief(context, context.argument)


@admitted
async def brief_day(context: Context) -> None:
    """The button under an empty brief: the newest day that has something."""
    await context.acknowledge()
    await _brief(context, context.button[0])


async def _brief(context: Context, written: str) -> None:
    async with context.typing():
        made = await context.run_in(Pool.BRIEFS, _asked, context, written)
    day = (made.until - timedelta(microseconds=1)).date().isoformat()
    as_asked = (
        written if made.topic else say("brief_asked", context.language, day=day)
    )  # a follow-up ("and the day before?") goes on from it
    answer = briefing_answer(made, as_asked, made.until, Intent.SUMMARY)
    exchange = context.conversations.add(context.place, as_asked, answer, STATEMENTS)
    await send_brief(context, made, sent=exchange.sent.add)


async def send_brief(context: Context, made: Briefing, sent: Sent | None = None) -> None:
    """Send a briefing, and record with it what the chat is shown; `sent` is called with each message's number."""
    for message in brief_messages(made):
        await context.send(message, sent=sent)
    quotes = shown_quotes(made)
    context.write_alongside(partial(record_in, chat_id=context.chat_id, quotes=quotes, at=context.now()))


def _asked(context: Context, written: str) -> Briefing:
    now, newest = context.now(), context.resources.newest
    if not written:
        return _composed(context, *window("", "", now), shown=shown_to(context.engine, context.chat_id))
    try:
        return _composed(context, *day_window(written, now, newest))
    except QuestionError as exc:
        resources, language = context.resources, context.language
        question = Question.read(written, now=now, fallback=language, intent=Intent.SUMMARY, newest=newest)
        if exc.key != "date" or not names_time_or_topic(question):
            raise
    model, library = resources.chat_model, resources.library
    return asked_briefing(library, resources.embedder, question, now, language=language, chat_model=model)


def _composed(context: Context, since: datetime, until: datetime, **options: Any) -> Briefing:
    resources = context.resources
    options |= {"language": context.language, "chat_model": resources.chat_model}
    return compose(resources.library, resources.embedder, since, until, **options)


@admitted
async def more(context: Context) -> None:
    """The button under a brief: one of its stories at length, in its place in the message if there is room."""
    found = await context.run_in(Pool.BRIEFS, _in_full, context)
    if found is None or not found.lines:
        await context.acknowledge(context.say("brief_no_story"))
        return
    await context.acknowledge()
    sent = context.query.message
    whole = expanded(sent, context.query.data or "", found) if isinstance(sent, telegram.Message) else None
    await (context.edit(whole) if whole is not None else context.send(story_message(found)))


def _in_full(context: Context) -> Briefing | None:
    *ends, story = context.button
    since, until = _window(context, ends)
    return story_in_full(context.resources.library, since, until, story, language=context.language)


def _window(context: Context, ends: list[str]) -> tuple[datetime, datetime]:
    """Return the window that a button names, in Unix seconds. Raises QuestionError for one that no brief has."""
    try:
        since, until = (datetime.fromtimestamp(int(at), context.zone) for at in ends)
    except (ValueError, OverflowError, OSError) as exc:
        raise QuestionError(context.say("not_there")) from exc
    return since, until


@admitted
async def document(context: Context) -> None:
    """Send a brief as an HTML page or a PDF to forward; as messages, should Telegram refuse the file."""
    since, until = _window(context, context.button)
    await context.acknowledge()
    made = await context.run_in(Pool.BRIEFS, _composed, context, since, until, length="long")
    suffix = ".pdf" if (context.query.data or "").startswith("pdf") else ".html"
    written = await context.run_in(Pool.BRIEFS, brief_file, made, suffix)
    await context.send_document(written, f"brief-{since.date().isoformat()}{suffix}", instead=brief_messages(made))


@admitted
async def sources(context: Context) -> None:
    """The button under a brief: the articles that its quotes are from."""
    await context.acknowledge()
    found = await context.run_in(Pool.BRIEFS, _cited, context)
    await (context.send(sources_message(found, context.language)) if found else context.reply("brief_no_story"))


def _cited(context: Context) -> list[Citation]:
    """Return the citations that the buttons of a message open, of those articles that are still there."""
    sent = context.query.message
    opened = cited_passages(sent) if isinstance(sent, telegram.Message) else {}
    passages = {number: passage(context.engine, id_) for number, (id_, _) in opened.items()}
    quotes = {number: span for number, (_, span) in opened.items()}
    return [
        Citation(number, found.article, quotes[number].start, quotes[number].end, found.id)
        for number, found in sorted(passages.items())
        if found is not None
    ]


@admitted
async def timeline_command(context: Context) -> None:
    """`/timeline`, `/timeline 5`, `/timeline 2022-01-02 2022-01-09`, `/timeline Almaty airport`: days that mattered."""
    asked, resources = asked_timeline(context.argument, context.now(), context.resources.newest), context.resources
    about = (
        partial(sentences_on_topic, resources.library, resources.embedder, topics=[asked.topic])
        if asked.topic
        else None
    )
    days = asked.days or DAYS
    await _timeline(context, asked.topic, days=days, since=asked.since, until=asked.until, about=about)


@admitted
async def timeline_of_event(context: Context) -> None:
    """The button under a timeline of several events: one of them alone."""
    await context.acknowledge()
    await _timeline(context, event=int(context.button[0]))


async def _timeline(context: Context, topic: str = "", **options: Any) -> None:
    make = partial(timeline, context.resources.library, language=context.language, as_of=context.memory.as_of)
    async with context.typing():
        made = await context.run_in(Pool.BRIEFS, make, **options)
    for message in timeline_messages(made, context.language, topic):
        await context.send(message)


def register(application: BotApplication) -> None:
    """Add these handlers to the application."""
    application.add_handler(CommandHandler("brief", brief))
    application.add_handler(CommandHandler("timeline", timeline_command))
    application.add_handler(CallbackQueryHandler(timeline_of_event, pattern=r"^timeline:\d+$"))
    application.add_handler(CallbackQueryHandler(brief_day, pattern=r"^brief:\d{4}-\d\d-\d\d$"))
    application.add_handler(CallbackQueryHandler(more, pattern=r"^more:\d+:\d+:[0-9a-f]{12}$"))
    application.add_handler(CallbackQueryHandler(document, pattern=r"^(?:doc|pdf):\d+:\d+$"))
    application.add_handler(CallbackQueryHandler(sources, pattern=r"^sources$"))
