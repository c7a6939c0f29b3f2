"""Asks a language model for a draft, or for a question on its own; what comes back is checked in `draft`."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import prompts
from retrieval.answer.draft import MOST_DRAFTED, MOST_STATEMENTS, Draft, DraftedAnswer, Stood, gathered, labels, stands
from retrieval.answer.harmless import is_plain
from retrieval.domain import ModelError, Passage
from retrieval.language.text import visible
from retrieval.models import CALL_SECONDS, awaited, failure, plain_reply

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import BaseMessage

MARK_BYTES = 8  # random bytes in the mark around untrusted text: nobody who wrote it can know it
MOST_PASSAGES = 12  # shown to the model
LONGEST_PASSAGE = 2_000  # characters
LONGEST_QUESTION = 1_000  # characters
LONGEST_REWRITE = 300  # characters
MOST_TURNS = 6  # earlier questions and answers shown for a follow-up


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a draft is: statements looked at, and those that stand. Never their text."""

    looked_at: int
    stand: int


async def draft_with_progress(
    model: BaseChatModel,
    question: str,
    passages: Sequence[Passage],
    language: str,
    *,
    most: int = MOST_STATEMENTS,
    seconds: float = CALL_SECONDS,
) -> AsyncIterator[Progress | Draft]:
    """Yield how far the draft is after each statement that was checked, and the Draft at last.

    What has not been checked is never yielded. Takes and returns otherwise what `draft` does.
    """
    shown = labels(passages[:MOST_PASSAGES])
    async for step in _steps(model, _asked(question, shown, language, most), shown, language, most, seconds):
        yield step


async def _steps(
    model: BaseChatModel,
    messages: list[BaseMessage],
    shown: Mapping[str, Passage],
    language: str,
    most: int,
    seconds: float,
) -> AsyncIterator[Progress | Draft]:
    yield Progress(0, 0)
    answer = await _answer(model, messages, seconds)
    if isinstance(answer, str):
        yield Draft(reason=answer)
        return
    if len(answer.statements) > MOST_DRAFTED:
        yield Draft(dropped=len(answer.statements), reason="model_malformed")
        return
    stood: list[Stood] = []
    for looked_at, one in enumerate(answer.statements, start=1):
        if found := await asyncio.to_thread(stands, one, shown, language):
            stood.append(found)
        yield Progress(looked_at, len(stood))
    yield gathered(stood, shown, len(answer.statements) - len(stood), most)


async def draft(
    model: BaseChatModel,
    question: str,
    passages: Sequence[Passage],
    language: str,
    *,
    most: int = MOST_STATEMENTS,
    seconds: float = CALL_SECONDS,
    told: Callable[[Progress], None] | None = None,
) -> Draft:
    """Ask the model to answer from the passages, and return what stands of it; never raises.

    `told` is called with how far it is. Takes at most `seconds` for the call. Where there is nothing to send,
    `Draft.reason` is one of model_timeout, model_rate_limited, model_unauthorised, model_unknown, model_unavailable,
    model_refused, model_malformed, model_nothing_stood, model_no_answer. May be awaited on any event loop: the model
    runs on its own.
    """
    last = Draft(reason="model_unavailable")
    async for step in draft_with_progress(model, question, passages, language, most=most, seconds=seconds):
        if isinstance(step, Draft):
            last = step
        elif told is not None:
            told(step)
    return last


def draft_now(
    model: BaseChatModel,
    question: str,
    passages: Sequence[Passage],
    language: str,
    *,
    most: int = MOST_STATEMENTS,
    seconds: float = CALL_SECONDS,
    told: Callable[[Progress], None] | None = None,
) -> Draft:
    """Do what `draft` does, from a thread without an event loop; `told` is called in that thread."""
    return asyncio.run(draft(model, question, passages, language, most=most, seconds=seconds, told=told))


def brief_now(
    model: BaseChatModel,
    window: tuple[str, str],
    passages: Sequence[Passage],
    language: str,
    *,
    most: int = MOST_STATEMENTS,
    seconds: float = CALL_SECONDS,
) -> Draft:
    """Ask the model for what changed in a window (its two ends as text), from a thread without an event loop.

    What stands of it is returned as by `draft`; never raises.
    """
    shown = labels(passages[:MOST_PASSAGES])
    mark = secrets.token_hex(MARK_BYTES)
    messages = prompts.load("brief").render(
        since=window[0], until=window[1], language=language, passages=_listed(shown, mark), mark=mark, most=most
    )

    async def last_step() -> Draft:
        last = Draft(reason="model_unavailable")
        async for step in _steps(model, messages, shown, language, most, seconds):
            if isinstance(step, Draft):
                last = step
        return last

    return asyncio.run(last_step())


async def rewrite(model: BaseChatModel, question: str, turns: Sequence[str], *, seconds: float = CALL_SECONDS) -> str:
    """Return a follow-up question that can be understood without the `turns` before it, oldest first.

    Raises ModelError where the model fails or returns anything but one plain question.
    """
    mark = secrets.token_hex(MARK_BYTES)
    listed = "\n".join(f"- {_spotless(turn, mark)[:LONGEST_QUESTION]}" for turn in turns[-MOST_TURNS:])
    messages = prompts.load("rewrite").render(
        turns=f"<<{mark}>>\n{listed}\n<<{mark}>>", question=visible(question)[:LONGEST_QUESTION], mark=mark
    )
    try:
        reply = await awaited(plain_reply(model, messages), seconds)
    except Exception as exc:  # as in draft
        raise ModelError("The language model could not be asked to complete the question.") from exc
    text = " ".join(reply.split()).strip("\"'«»“” ")
    if not text or len(text) > LONGEST_REWRITE or not is_plain(text):
        raise ModelError("The language model did not return a question.")
    return text


def rewrite_now(model: BaseChatModel, question: str, turns: Sequence[str], *, seconds: float = CALL_SECONDS) -> str:
    """Do what `rewrite` does, from a thread without an event loop."""
    return asyncio.run(rewrite(model, question, turns, seconds=seconds))


def _asked(question: str, shown: Mapping[str, Passage], language: str, most: int) -> list[BaseMessage]:
    mark = secrets.token_hex(MARK_BYTES)
    return prompts.load("answer").render(
        question=visible(question)[:LONGEST_QUESTION],
        language=language,
        passages=_listed(shown, mark),
        mark=mark,
        most=most,
    )


# --- the call --------------------------------------------------------------------------------


async def _answer(model: BaseChatModel, messages: list[BaseMessage], seconds: float) -> DraftedAnswer | str:
    try:
        return await awaited(_structured(model, messages), seconds)
    except Exception as exc:  # every client has its own errors, and none of them may reach a person
        return failure(exc)


async def _structured(model: BaseChatModel, messages: list[BaseMessage]) -> DraftedAnswer | str:
    """Return the drafted answer, or the reason why there is none."""
    from langsmith import tracing_context

    with tracing_context(enabled=False):  # questions go to the chosen model and nowhere else
        reply: Any = await model.with_structured_output(DraftedAnswer, include_raw=True).ainvoke(messages)
    if isinstance(reply["parsed"], DraftedAnswer):
        return reply["parsed"]
    raw = reply["raw"]
    refused = raw.additional_kwargs.get("refusal") or raw.response_metadata.get("stop_reason") == "refusal"
    return "model_refused" if refused else "model_malformed"


# --- what it is shown --------------------------------------------------------------------------


def _listed(shown: Mapping[str, Passage], mark: str) -> str:
    return "\n\n".join(_shown(label, passage, mark) for label, passage in shown.items())


def _shown(label: str, passage: Passage, mark: str) -> str:
    article = passage.article
    about = ", ".join(
        _spotless(part, mark)
        for part in (
            article.publisher or "unknown publisher",
            article.published.isoformat() if article.published else "undated",
            article.language,
        )
    )
    text = _spotless(passage.text, mark)[:LONGEST_PASSAGE]
    return f"<<{mark} passage {label}, {about}>>\n{text}\n<<{mark} end of {label}>>"


def _spotless(text: str, mark: str) -> str:
    """Return untrusted text without the mark and without what could pass for one of our lines."""
    return visible(text).replace(mark, "").replace("<<", "< <").replace(">>", "> >")
