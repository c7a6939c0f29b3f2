"""Who says so, in words of the reader's language."""

from bot.locales import say, texts
from retrieval.answer.harmless import defang
from retrieval.domain import Citation
from retrieval.figures.keys import office_of


def speaker_text(speaker: str | None, language: str) -> str:
    """Return who says so: an office by its name in the reader's language, others as written, or nobody."""
    if not speaker:
        return say("unnamed", language)
    office = office_of(speaker)
    return str(texts(language).get(f"office.{office}", defang(speaker))) if office else defang(speaker)


def said_by(citation: Citation, language: str) -> str:
    """Return who says what a citation quotes, as its article writes it where the reader reads that language."""
    speaker = citation.speaker or ""
    return defang(speaker) if citation.article.language == language else speaker_text(speaker, language)
