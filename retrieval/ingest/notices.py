"""Notices that correct or withdraw a report: "An earlier version of this article said", "Материал отозван"."""

import re
from functools import cache

from retrieval.domain import Span
from retrieval.language.doc import Doc, Text
from retrieval.language.packs import pack, pattern
from retrieval.store.corrections import Kind, Notice

_MARK = r"\s*[:.(!–—-]"
_TITLE_ONLY = Span(0, 0)


def read_notices(doc: Doc, title: str = "") -> list[Notice]:
    """Return the notices of correction or withdrawal in an article, in the order of its text.

    A notice in the title has an empty span: "WITHDRAWN: ..." withdraws the article under that title.
    """
    kind = _kind(Text(title, doc.language))
    found = [Notice(_TITLE_ONLY, kind, own) for own in (False, True)] if kind else []
    for sentence in doc.sentences:
        if (kind := _kind(sentence)) is not None:
            own = pattern(doc.language, "notices", "here", "{}").search(sentence.text) is not None
            found.append(Notice(sentence.span, kind, own))
    return found


def _kind(sentence: Text) -> Kind | None:
    if _notice(sentence.language, "withdrawn").search(sentence.text):
        return Kind.WITHDRAWN
    return Kind.CORRECTED if _notice(sentence.language, "corrected").search(sentence.text) else None


@cache
def _notice(language: str, key: str) -> re.Pattern[str]:
    ours = pack(language)
    written = ours.regex("notices", key).replace("MARK", _MARK).replace("REPORT", ours.regex("notices", "report"))
    return re.compile(written, re.IGNORECASE)
