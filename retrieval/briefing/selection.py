"""A language model's selection for a briefing: which sentences of its stories stand in it, and in which order."""

from collections.abc import Sequence
from dataclasses import replace

from retrieval.answer.chat_model import ChatModel
from retrieval.briefing.lines import MOST_SENTENCES, Line, Material, Request, alike
from retrieval.briefing.sentences import StoredSentence, reads_alone
from retrieval.reader.choice import NumberedSentence
from retrieval.store.library import Library

MOST_PASSAGES = 12  # passages whose sentences the model is shown: the first that the built-in selection quotes


def select(
    library: Library, material: Material, lines: Sequence[Line], chat_model: ChatModel, request: Request
) -> tuple[list[Line] | None, str | None]:
    """Return the lines as the model chose and ordered them, and the key of a frame text where it failed.

    Stories that it left out follow with their own sentences, as far as there is room. The lines are None where it
    chose nothing that may stand: a number it was not shown, or a sentence that repeats another.
    """
    open_ = _open(material, lines)
    passages = library.passages([sentence.passage_id for sentence in open_])
    shown = [
        NumberedSentence(number, passages[s.passage_id], s.span, material.vectors[material.rows[s.id]])
        for number, s in enumerate(open_, start=1)
        if s.passage_id in passages
    ]
    if not shown:
        return None, None
    since, until = request.since.isoformat(), request.until.isoformat()
    choice = chat_model.choose_for_brief(since, until, shown, language=request.language, most=len(lines))
    numbers = {sentence.number for sentence in shown}
    picked = [open_[number - 1] for group in choice.groups for number in group.numbers if number in numbers]
    chosen = _without_repetitions(material, lines, picked, request.length.characters)
    reason = choice.reason or ("model_malformed" if choice.groups and not chosen else None)
    return chosen or None, reason


def _open(material: Material, lines: Sequence[Line]) -> list[StoredSentence]:
    """Return the sentences that the model may choose: those that read well alone and were not shown before."""
    ids = list(dict.fromkeys(s.passage_id for line in lines for s in line.sentences))[:MOST_PASSAGES]
    return [
        sentence
        for id_ in ids
        for row, sentence in enumerate(material.sentences)
        if sentence.passage_id == id_ and not material.compared.repeats(row) and reads_alone(sentence)
    ]


def _without_repetitions(
    material: Material, lines: Sequence[Line], picked: Sequence[StoredSentence], characters: int
) -> list[Line]:
    """Return the stories in the order of `picked`, each with its picked sentences, then the others with their own."""
    homes = {article.id: line for line in lines for article in line.story.articles}
    order = list(dict.fromkeys(homes[s.article.id].story.id for s in picked))
    if not order:
        return []
    kept: dict[str, list[StoredSentence]] = {id_: [] for id_ in order}
    for sentence in [*picked, *(s for line in lines if line.story.id not in order for s in line.sentences)]:
        own = kept.setdefault(homes[sentence.article.id].story.id, [])
        all_ = [other for sentences in kept.values() for other in sentences]
        row = material.rows[sentence.id]
        if len(own) == MOST_SENTENCES or any(alike(material, row, material.rows[other.id]) for other in all_):
            continue
        if sum(len(other.text) for other in all_) + len(sentence.text) <= characters:
            own.append(sentence)
    by_story = {line.story.id: line for line in lines}
    return [replace(by_story[id_], sentences=tuple(sentences)) for id_, sentences in kept.items() if sentences]
