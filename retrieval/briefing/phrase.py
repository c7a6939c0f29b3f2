"""A language model's phrasing of a briefing's lines: only what the verifier lets stand, and only on new passages."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from retrieval.answer.draft import Draft
from retrieval.briefing.lines import MOST_SENTENCES, Line, Material
from retrieval.briefing.summary import Wording, likeness, wording
from retrieval.domain import Citation, Passage
from retrieval.language.doc import Text
from retrieval.store.library import Library

MOST_PASSAGES = 12
"""Passages shown to the model: those that the first lines quote."""

MOST_ALIKE = 0.5
"""ROUGE-1 F from which two statements say the same."""

Window = tuple[str, str]
Drafter = Callable[[Window, Sequence[Passage], str, int], Draft]
"""Asks a language model: (window, passages, language, most statements) -> what stood of its draft."""


@dataclass(frozen=True, slots=True)
class Phraser:
    """A language model that may phrase briefings; `engine` is its `provider:model`."""

    engine: str
    draft: Drafter


@dataclass(frozen=True, slots=True)
class Phrased:
    """A statement in the model's words, and the quotes that bear it out."""

    text: str
    quotes: tuple[Citation, ...]


def phrase(
    library: Library, material: Material, lines: Sequence[Line], phraser: Phraser, window: Window, language: str
) -> tuple[Mapping[str, Sequence[Phrased]], str | None]:
    """Return what stood of the model's statements by story id, and why there are none where there are none.

    A statement is left out where it rests on a quote that was told before, or repeats another one.
    """
    ids = list(dict.fromkeys(s.passage_id for line in lines for s in line.sentences))[:MOST_PASSAGES]
    passages = library.passages(ids)
    shown = [passages[id_] for id_ in ids if id_ in passages]
    if not shown:
        return {}, None
    draft = phraser.draft(window, shown, language, len(lines) + MOST_SENTENCES)
    homes = {article.id: line.story.id for line in lines for article in line.story.articles}
    held: dict[str, list[Phrased]] = defaultdict(list)
    said: list[Wording] = []
    for statement in draft.statements:
        quotes = tuple(c for c in draft.citations if c.n in statement.citations)
        home = homes.get(quotes[0].article.id)
        own = wording(Text(statement.text, language))
        fresh = not any(_told(material, quote) for quote in quotes)
        if home and fresh and len(held[home]) < MOST_SENTENCES and all(likeness(own, o) < MOST_ALIKE for o in said):
            held[home].append(Phrased(statement.text, quotes))
            said.append(own)
    return held, draft.reason


def _told(material: Material, quote: Citation) -> bool:
    return any(
        material.shown[row]
        for row, s in enumerate(material.sentences)
        if s.article.id == quote.article.id and s.span.start < quote.end and quote.start < s.span.end
    )
