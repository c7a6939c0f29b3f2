"""Speakers of a briefing as its reader spells them: Токаев for Tokayev, where an article in that language names him."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import replace

from retrieval.domain import Article, Briefing, FigureReport
from retrieval.figures.keys import office_of
from retrieval.language.doc import Doc
from retrieval.language.names.base_forms import base_form
from retrieval.language.names.names import name_key

BEFORE = 24  # characters before a name that say whether it is declined


def respelled(made: Briefing, articles: Iterable[Article]) -> Briefing:
    """Return a briefing whose speakers, quoted in other languages, are spelled as `articles` in its own spell them.

    A speaker of whom any word is not found there, or who is an office, stays as written.
    """
    languages = {citation.n: citation.article.language for citation in made.citations}
    foreign = {c.speaker for c in made.citations if c.speaker and c.article.language != made.language}
    wanted = {key for speaker in foreign if _is_name(speaker) for word in speaker.split() if (key := name_key(word))}
    if not wanted:
        return made
    known = _spellings([one for one in articles if one.language == made.language], wanted)

    def spelled(speaker: str | None, number: int) -> str | None:
        if speaker is None or languages[number] == made.language or not _is_name(speaker):
            return speaker
        words = [known.get(name_key(word)) for word in speaker.split()]
        return " ".join(word for word in words if word) if all(words) else speaker

    def reported(one: FigureReport) -> FigureReport:
        return replace(one, speaker=spelled(one.speaker, one.citation))

    return replace(
        made,
        citations=tuple(replace(one, speaker=spelled(one.speaker, one.n)) for one in made.citations),
        figures=tuple(replace(m, now=reported(m.now), was=m.was and reported(m.was)) for m in made.figures),
        disputed=tuple(replace(one, sides=tuple(map(reported, one.sides))) for one in made.disputed),
    )


def _is_name(speaker: str) -> bool:
    """Return whether a speaker is a person's name and nothing more."""
    words = speaker.split()
    return office_of(speaker) is None and all(word[:1].isupper() and not word.isupper() for word in words)


def _spellings(articles: Iterable[Article], wanted: set[str]) -> dict[str, str]:
    """Return for each wanted key the commonest spelling in the articles, in its base form."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for article in articles:
        for word in Doc.of(article).words:
            if word.text[0].isupper() and (key := name_key(word.text)) in wanted:
                before = article.text[max(0, word.start - BEFORE) : word.start]
                found[key][base_form(word.text, before, article.language)] += 1
    return {key: max(sorted(counts, key=len), key=counts.__getitem__) for key, counts in found.items()}
