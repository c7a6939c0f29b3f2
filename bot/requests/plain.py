"""A message in plain words -> what it asks for: an answer, a briefing or a timeline, wherever it is typed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from bot.locales import LOCALES, say, texts
from bot.moments import AskedTimeline, asked_timeline, day_window
from bot.resources import Resources
from retrieval.answer.ask import LANGUAGE_UNKNOWN, ask
from retrieval.answer.harmless import defang
from retrieval.domain import Answer, Briefing, Intent, QuestionError, ShownQuote, Span, Status, Timeline
from retrieval.language.detect import detect
from retrieval.language.packs import FULL_LANGUAGES
from retrieval.language.sentences import sentences
from retrieval.question.intent import MOST_CHARACTERS, Request
from retrieval.question.question import Question
from retrieval.question.recognise import question_language
from retrieval.question.topic import names_time_or_topic, topic_of
from retrieval.question.window import TimeWindow
from retrieval.reader.reader import STATEMENTS
from retrieval.store.read import publishers

if TYPE_CHECKING:
    from retrieval.answer.chat_model import ChatModel

COMMANDS = {
    Intent.SUMMARY: "/brief",
    Intent.LATEST: "/brief",
    Intent.TIMELINE: "/timeline",
    Intent.FIGURES: "/figures",
    Intent.SUBSCRIBE: "/subscribe",
    Intent.UNSUBSCRIBE: "/unsubscribe",
    Intent.WATCH: "/watch",
    Intent.SETTINGS: "/settings",
    Intent.HELP: "/help",
    Intent.PRIVACY: "/privacy",
}
"""The command that does what an intent asks for, where there is one."""

TYPED = {command: intent for intent, command in reversed(COMMANDS.items())} | {
    "/sources": Intent.SOURCES,
    "/start": Intent.GREETING,
}
"""What a command asks for that is typed where no chat knows it."""

IN_CHATS = frozenset(key.replace("command.", "/") for key in texts(LOCALES[0]) if key.startswith("command."))
"""The commands that a chat knows; what is not `TYPED` only a chat can do, as it is about the chat itself."""

FRIENDLY = {Intent.THANKS: "thanks", Intent.GREETING: "greeting"}
"""The frame texts that answer what asks for nothing."""

MOST_PUBLISHERS = 40
"""Named in a list of what is read."""

LEAST_WORDS = 3
"""Of a sentence that may be a request by itself."""

BRIEFED = frozenset({Intent.LATEST, Intent.COMPARE})
"""Intents of messages that a brief may answer where no sentence does."""

MOST_FEW = 4
"""Words of a message that the embedder tells the language of."""

LEAST_SHARE = timedelta(microseconds=1)
"""A period ends before the moment that bounds it, so that midnight belongs to the day before."""


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to a message, and the briefing or the timeline that its statements are of."""

    answer: Answer
    briefing: Briefing | None = None
    timeline: Timeline | None = None
    topic: str = ""  # of the timeline
    line: str = ""  # what to say where nothing is looked for in the articles


def read(
    resources: Resources,
    text: str,
    *,
    now: datetime,
    as_of: datetime | None = None,
    language: str | None,
    fallback: str,
) -> Question:
    """Return a message, read, with what it asks to be done. Raises QuestionError, also for two requests, ModelError.

    A command, typed where no chat knows it, asks for what it does, of what follows it: "/brief Aktau".
    """
    command, said = command_and_rest(text)
    request = None if command else resources.request_of(said)  # all of what follows a command is what it is about
    intent = request.intent if request else TYPED.get(command, Intent.OTHER)
    if len(commands_in(resources, said)) > 1:
        raise QuestionError("That asks for two things at once; send them one at a time.", key="two_requests")
    question = Question.read(
        said or command,
        now=now,
        as_of=as_of,
        language=_language_of(request, said, language, fallback),
        fallback=language or fallback,
        answer_language=language,
        intent=intent,
        about=request.about if request and intent is not Intent.QUESTION else None,
        newest=resources.newest,
    )
    if command == COMMANDS[Intent.SUMMARY] and said:
        question = replace(question, window=_day(resources, said, question, as_of or now))
    # Thanks are a word or two, often in the letters of another language.
    if question.intent in FRIENDLY and request and not language:
        return replace(question, answer_language=request.language or fallback)
    if command or (intent in (Intent.SUMMARY, Intent.TIMELINE) and question.intent is Intent.LATEST):
        return replace(question, intent=intent, text=question.text if said else "")
    return question


def _language_of(request: Request | None, said: str, language: str | None, fallback: str) -> str | None:
    """Return the language that a message is read in; None: the one that its letters and common words tell.

    Of a request of few words they tell it less often than the embedder does: of 479 unseen ones of up to four words
    they tell 448, both together 464.
    """
    if request is None:  # a command
        return None if said else language or fallback  # which, alone, is in no language
    few = len(said.split()) <= MOST_FEW and request.intent not in (Intent.QUESTION, Intent.OTHER)
    if language or not few or question_language(said, fallback) not in FULL_LANGUAGES:
        return None
    return request.language


def command_and_rest(text: str) -> tuple[str, str]:
    """Return the command that a text begins with and what follows it; ("", all of it) without one, or after "/ask".

    >>> command_and_rest("/brief@sitrep_bot Aktau"), command_and_rest("brief"), command_and_rest("/ask who?")
    (('/brief', 'Aktau'), ('', 'brief'), ('', 'who?'))
    """
    first, *rest = text.split(maxsplit=1) or [""]
    command = first.partition("@")[0].casefold()
    is_command = command.startswith("/") and command.isascii() and command[1:].isidentifier()
    said = "".join(rest) if is_command else text
    return (command, said) if is_command and command != "/ask" else ("", said)


def _day(resources: Resources, written: str, question: Question, now: datetime) -> TimeWindow | None:
    """Return the day that a text is, as `/brief` reads it in a chat; for other words the time that they name, if any.

    Raises QuestionError for what is neither a day nor a topic.
    """
    try:
        since, until = day_window(written, now, resources.newest)
    except QuestionError as exc:
        if exc.key == "date" and names_time_or_topic(question):
            return question.window
        raise
    return TimeWindow(Span(0, len(written)), since, until)


def commands_in(resources: Resources, text: str) -> set[str]:
    """Return the commands that the sentences of a message ask for, or the halves of one; none for any other."""
    if len(text) > MOST_CHARACTERS:
        return set()
    parts = [span.of(text) for span in sentences(text, detect(text))]
    asking = [part for part in parts if len(part.split()) >= LEAST_WORDS]
    if len(asking) < 2:
        return {COMMANDS[intent] for intent in resources.joined_requests(text)}
    return {COMMANDS[intent] for part in asking if (intent := resources.request_of(part).intent) in COMMANDS}


def is_ledger(question: Question) -> bool:
    """Return whether the ledger answers: figures are asked for without a word about which."""
    return question.intent is Intent.FIGURES and question.figure is None and not topic_of(question).words


def is_briefing(question: Question) -> bool:
    """Return whether a briefing answers: a summary is asked for, or what is new without a word about what."""
    return question.intent is Intent.SUMMARY or (question.intent is Intent.LATEST and not topic_of(question).words)


def reply(
    resources: Resources,
    text: str,
    question: Question,
    *,
    now: datetime,
    language: str | None = None,
    shown: Sequence[ShownQuote] | None = None,
    most: int = STATEMENTS,
    with_model: bool = True,
) -> Reply:
    """Return what the message `text`, read as `question`, asks for.

    Thanks, a greeting, what is read, and what only a chat can do (to subscribe, say) get a line and an abstained answer
    with its intent, and nothing is searched.
    """
    chooser = resources.chat_model if with_model else None
    library, embedder, moment = resources.library, resources.embedder, question.as_of or now
    empty = Answer(text, question.answer_language, Status.ABSTAINED, moment, "reader", intent=question.intent)
    if not question.understood and question.intent not in FRIENDLY:
        return Reply(replace(empty, notes=(LANGUAGE_UNKNOWN,)))
    if is_briefing(question):
        return _briefed(resources, text, question, now, chooser, shown)
    command, said = command_and_rest(text)
    if question.intent is Intent.TIMELINE:
        topic, days = _timeline(resources, question, said if command else None, now)
        statements = tuple(statement for day in days.days for statement in day.statements)
        status = Status.ANSWERED if statements else Status.ABSTAINED
        answer = replace(empty, status=status, statements=statements, citations=days.citations)
        return Reply(answer, timeline=days, topic=topic)
    if line := _line(resources, question, command):
        return Reply(empty, line=line)
    answer = ask(
        library,
        embedder,
        resources.reader,
        said or command,
        language=question.answer_language,
        as_of=question.given_as_of,
        now=now,
        fallback=question.language,
        most=most,
        chooser=chooser,
        intent=question.intent,
        about=question.about,
    )
    return brief_instead(resources, text, question, answer, now=now, with_model=with_model) or Reply(answer)


def brief_instead(
    resources: Resources, text: str, question: Question, answer: Answer, *, now: datetime, with_model: bool = True
) -> Reply | None:
    """Return what a brief says where the latest, or who says what, is asked for and no one sentence answers.

    None for any other question and answer, and where the brief is empty.
    """
    if question.intent not in BRIEFED or answer.status is not Status.ABSTAINED:
        return None
    if question.intent is Intent.COMPARE and not topic_of(question).words:
        return None
    briefed = _briefed(resources, text, question, now, resources.chat_model if with_model else None, ())
    return briefed if briefed.briefing and briefed.briefing.lines else None


def sources_line(resources: Resources, language: str) -> str:
    """Return a line that names the publishers of the articles."""
    found = publishers(resources.library.engine)
    more = ["…"] if len(found) > MOST_PUBLISHERS else []
    return say("sources", language, names=", ".join([*map(defang, found[:MOST_PUBLISHERS]), *more]) or "–")


def _line(resources: Resources, question: Question, command: str) -> str:
    """Return what to say to a message that no article answers, `command` being what it begins with; "" for others."""
    intent, language = question.intent, question.answer_language
    if intent in FRIENDLY:
        return say(FRIENDLY[intent], language)
    if intent is Intent.SOURCES:
        return sources_line(resources, language)
    if command and command not in IN_CHATS:
        return say("unknown_command", language)
    if command not in TYPED.keys() | {""} or intent in COMMANDS.keys() - {Intent.FIGURES, Intent.LATEST}:
        return say("only_in_chat", language, command=command or COMMANDS[intent])
    return ""


def _briefed(
    resources: Resources,
    text: str,
    question: Question,
    now: datetime,
    chooser: "ChatModel | None",
    shown: Sequence[ShownQuote] | None,
) -> Reply:
    from retrieval.briefing.asked import asked_briefing, briefing_answer

    made = asked_briefing(
        resources.library,
        resources.embedder,
        question,
        now,
        language=question.answer_language,
        shown=shown,
        chat_model=chooser,
    )
    return Reply(briefing_answer(made, text, question.as_of or now, question.intent), briefing=made)


def _timeline(resources: Resources, question: Question, given: str | None, now: datetime) -> tuple[str, Timeline]:
    """Return a timeline and its topic, as a question in plain words or what was `given` to the command asks for it."""
    from retrieval.briefing.timeline import DAYS, timeline
    from retrieval.briefing.topics import sentences_on_topic

    if given is None:
        window = question.window
        since = window.since.date() if window and window.since else None
        until = (window.until - LEAST_SHARE).date() if window and window.until else None
        asked = AskedTimeline(None, since, until, topic_of(question).text)
    else:
        asked = asked_timeline(given, now, resources.newest)
    topic = asked.topic
    found = timeline(
        resources.library,
        since=asked.since,
        until=asked.until,
        days=asked.days or DAYS,
        language=question.answer_language,
        as_of=question.as_of,
        about=partial(sentences_on_topic, resources.library, resources.embedder, topics=[topic]) if topic else None,
    )
    return topic, found
