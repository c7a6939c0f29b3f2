"""A language model as chooser: it reads numbered sentences and returns numbers; nothing it writes becomes a quote."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict

import prompts
from retrieval.answer.harmless import is_plain
from retrieval.domain import Article, ModelError
from retrieval.language.text import visible
from retrieval.model_calls import CallRefusedError, ModelCalls, Usage
from retrieval.models import CALL_SECONDS, awaited, failure, reply_of
from retrieval.question.question import Question
from retrieval.reader.choice import Choice, Group, NumberedSentence

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import BaseMessage

MARK_BYTES = 8  # random bytes in the mark around untrusted text: nobody who wrote it can know it
PASSAGES_LISTED = 24  # passages, best first, whose sentences the model is shown for a question
LONGEST_SENTENCE = 800  # characters of a sentence that the model is shown
LONGEST_QUESTION = 1_000  # characters
LONGEST_REWRITE = 300  # characters
MOST_EXCHANGES = 6  # earlier questions shown for a follow-up


class Translated(BaseModel):
    """The number of a sentence, and its translation."""

    model_config = ConfigDict(extra="forbid")

    number: int
    text: str


class ChosenNumbers(BaseModel):
    """Lists of numbers of sentences that belong together, best first, and translations of the first of each list."""

    model_config = ConfigDict(extra="forbid")

    groups: list[list[int]]
    translations: list[Translated]


@dataclass(frozen=True, slots=True)
class ChatModel:
    """A chat model that chooses; a call takes at most `seconds`, from a thread without an event loop.

    `calls` admits each call; one that it refuses fails at once.
    """

    engine: str  # "provider:model"
    model: BaseChatModel
    seconds: float = CALL_SECONDS
    calls: ModelCalls = field(default_factory=ModelCalls)

    def choose(self, question: Question, sentences: Sequence[NumberedSentence], *, most: int) -> Choice:
        """Return the groups of sentences that answer, with translations into the answer's language.

        Never raises: `Choice.reason` is model_timeout, model_rate_limited, model_unauthorised, model_unknown,
        model_unavailable, model_refused or model_malformed where the model failed, model_ceiling where the day's budget
        is used up.
        """
        text = visible(question.text)[:LONGEST_QUESTION]
        best = list(dict.fromkeys(sentence.passage.id for sentence in sentences))[:PASSAGES_LISTED]
        shown = [sentence for sentence in sentences if sentence.passage.id in best]
        return self._choice("answer", shown, question.answer_language, most, question=text)

    def choose_for_brief(
        self, since: str, until: str, sentences: Sequence[NumberedSentence], *, language: str, most: int
    ) -> Choice:
        """Return groups of sentences that each report one development between two moments, the gravest first.

        Fails as `choose` does.
        """
        return self._choice("brief", sentences, language, most, since=since, until=until)

    def rewrite(self, question: str, before: Sequence[str]) -> str:
        """Return a follow-up question that can be understood without the questions `before` it, oldest first.

        Raises ModelError where the model fails or returns anything but one plain question.
        """
        mark = secrets.token_hex(MARK_BYTES)
        earlier = "\n".join(f"- {_spotless(one, mark)[:LONGEST_QUESTION]}" for one in before[-MOST_EXCHANGES:])
        messages = prompts.load("rewrite").render(
            earlier=f"<<{mark}>>\n{earlier}\n<<{mark}>>", question=visible(question)[:LONGEST_QUESTION], mark=mark
        )
        try:
            with self.calls.admitted(_characters(messages)) as usage:
                reply = asyncio.run(awaited(_plain(self.model, messages, usage), self.seconds))
        except Exception as exc:  # every client has its own errors
            raise ModelError("The language model could not be asked to complete the question.") from exc
        text = " ".join(reply.split()).strip("\"'«»“” ")
        if not text or len(text) > LONGEST_REWRITE or not is_plain(text):
            raise ModelError("The language model did not return a question.")
        return text

    def _choice(
        self, prompt: str, sentences: Sequence[NumberedSentence], language: str, most: int, **fields: str
    ) -> Choice:
        mark = secrets.token_hex(MARK_BYTES)
        messages = prompts.load(prompt).render(
            sentences=numbered_list(sentences, mark), language=language_name(language), mark=mark, most=most, **fields
        )
        try:
            with self.calls.admitted(_characters(messages)) as usage:
                return asyncio.run(awaited(_structured(self.model, messages, usage), self.seconds))
        except CallRefusedError as exc:
            return Choice(reason=exc.key)
        except Exception as exc:  # every client has its own errors, and none of them may reach a person
            return Choice(reason=failure(exc))


def _characters(messages: list[BaseMessage]) -> int:
    return sum(len(str(message.content)) for message in messages)


async def _plain(model: BaseChatModel, messages: list[BaseMessage], usage: Usage) -> str:
    reply = await reply_of(model, messages)
    usage.tokens = reply.usage_metadata["total_tokens"] if reply.usage_metadata else 0
    return str(reply.text)


async def _structured(model: BaseChatModel, messages: list[BaseMessage], usage: Usage) -> Choice:
    from langsmith import tracing_context

    with tracing_context(enabled=False):  # questions go to the chosen model and nowhere else
        reply: Any = await model.with_structured_output(ChosenNumbers, include_raw=True).ainvoke(messages)
    usage.tokens = (reply["raw"].usage_metadata or {}).get("total_tokens", 0)
    found = reply["parsed"]
    if isinstance(found, ChosenNumbers):
        groups = tuple(Group(tuple(numbers)) for numbers in found.groups)
        return Choice(groups, {one.number: " ".join(one.text.split()) for one in found.translations})
    raw = reply["raw"]
    refused = raw.additional_kwargs.get("refusal") or raw.response_metadata.get("stop_reason") == "refusal"
    return Choice(reason="model_refused" if refused else "model_malformed")


# --- the numbered list that the model reads ------------------------------------------------------


def language_name(code: str) -> str:
    """Return the English name of a language, e.g. "Kazakh" for "kk"; the code where it has none."""
    from babel import Locale, UnknownLocaleError

    try:
        return Locale(code).english_name or code
    except UnknownLocaleError:
        return code


def numbered_list(sentences: Sequence[NumberedSentence], mark: str) -> str:
    """Return the sentences as the model reads them: passage by passage, in the order of the text, numbered.

    Neighbours that cannot be chosen stand between them without a number. Lines of our own carry the `mark`.
    """
    lines: list[str] = []
    for _, run in groupby(sentences, key=lambda sentence: sentence.passage.id):
        passage = list(run)
        article, text = passage[0].article, passage[0].article.text
        lines.append(f"<<{mark} {_about(article, mark)}>>")
        last = None
        for sentence in passage:
            if sentence.before not in (None, last):
                lines.append(f"- {_spotless(sentence.before.of(text), mark)}")
            lines.append(f"[{sentence.number}] {_spotless(sentence.text, mark)}")
            last = sentence.span
        if passage[-1].after is not None:
            lines.append(f"- {_spotless(passage[-1].after.of(text), mark)}")
    return "\n".join([*lines, f"<<{mark} end>>"])


def _about(article: Article, mark: str) -> str:
    published = article.published.isoformat() if article.published else "undated"
    publisher = _spotless(article.publisher or "unknown publisher", mark)
    return f"{publisher}, {published}, in {language_name(article.language)}"


def _spotless(text: str, mark: str) -> str:
    """Return untrusted text on one line, without the mark and the brackets of our own lines."""
    plain = " ".join(visible(text).split()).replace(mark, "").replace("<<", "< <").replace(">>", "> >")
    return plain[:LONGEST_SENTENCE]
