"""Sentences that withdraw a figure: "withdrew the figure of 164", "отозвало данные", "fue un error técnico"."""

from __future__ import annotations

import re
from dataclasses import dataclass

from retrieval.domain import FigureKind, Span
from retrieval.figures.counts import triggers_in
from retrieval.figures.lexicon import figure_words
from retrieval.language.doc import Doc, Sentence, Text

FIGURE = {
    "en": r"figures?|tolls?|numbers?|count|data|statistics|estimate|statement|report|information|announcement|post|\d",
    "es": r"cifras?|balance|datos?|n[uú]meros?|recuento|informaci[oó]n|comunicado|informe|saldo|\d",
    "ru": r"данн\w+|цифр\w*|числ\w+|сведени\w+|информаци\w+|сообщени\w+|статистик\w+|публикаци\w+|\d",
    "kk": r"дерек\w*|мәлімет\w*|сан\w*|ақпарат\w*|цифр\w*|хабарлама\w*|көрсеткіш\w*|\d",
}
WITHDRAWN = {
    "en": r"withdr(?:ew|awn|aws?|awing)|retract\w*|rescind\w*|took back|taken back|walked back|disavow\w*|"
    r"technical error|published (?:by mistake|in error)|(?:was|were) (?:a mistake|an error|erroneous|wrong|incorrect)|"
    r"deleted the|removed the|by mistake|in error|no longer stands|mistakenly|hacked|error by",
    "es": r"retir[oóa]\w*(?= (?:\w+ ){0,3}?(?:cifra|balance|dato|n[uú]mero|recuento|informaci[oó]n|comunicado|saldo))|"
    r"(?:cifra|balance|dato|n[uú]mero|recuento|informaci[oó]n|comunicado|saldo)s?\b.{0,60}\bretirad[oa]s?|"
    r"rectific\w+|se retract\w+|error t[eé]cnico|por error|desautoriz\w+|dio marcha atr[aá]s|"
    r"(?:era|fue|es) (?:err[oó]ne[oa]|un error|incorrect[oa])|err[oó]nea?mente|equivocad[oa]",
    "ru": r"отозва\w+|отзыва\w+|техническ\w+ (?:ошибк|сбо)\w+|ошибочн\w+|по ошибке|дезавуир\w+|"
    r"признал\w* (?:\w+ )?(?:ошибк|недостоверн|ошибочн)\w+|удалил\w* (?:\w+ ){0,3}?(?:данн|сообщ|публик)\w+",
    "kk": r"(?:кері )?қайтарып алды|кері қайтар\w+|техникалық (?:қате|ақау)\w*|қате деп (?:таныл|жариял)\w+|қателесіп|"
    r"қате (?:жариялан|бер)\w+|жойылды деп|алып тастады|қателік\w* (?:жібер|кет)\w+|күшін жойды",
}
NOT_WITHDRAWN = {
    "en": r"(?:not|never|denied) (?:\w+ ){0,3}?(?:withdr\w+|retract\w+)|troops?|forces|contingent|soldiers|"
    r"peacekeepers|consulate|ambassador",
    "es": r"tropas|soldados|fuerzas|contingente|embajador|no (?:ha )?retir\w+",
    "ru": r"не отозва\w+|войск\w*|контингент\w*|миротворц\w*|посл[аов]+\b|лицензи\w+",
    "kk": r"қайтарып алған жоқ|әскер\w*|бітімгер\w*|контингент\w*|елші\w*",
}


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """A sentence that withdraws a figure, with what it says about which figure that is."""

    quote: Span  # in the article's text
    kind: FigureKind | None = None  # None: not said
    low: float | None = None  # None: no value is named
    high: float | None = None
    group: str | None = None
    speaker: str | None = None  # who withdraws it
    of: str | None = None  # who reported the figure, where that is said


CHARACTERS_AROUND = 25, 45  # before and after the word "withdrawn" in which "troops" show that no figure is meant


def is_withdrawal(sentence: Text) -> bool:
    """Return whether a sentence withdraws a figure."""
    text, language = sentence.text, sentence.language
    if language not in FIGURE:
        return False
    withdrawn = re.search(rf"(?<!\w)(?:{WITHDRAWN[language]})", text, re.IGNORECASE)
    if withdrawn is None or not re.search(rf"(?<!\w)(?:{FIGURE[language]})(?!\w)|\d", text, re.IGNORECASE):
        return False
    around = text[max(0, withdrawn.start() - CHARACTERS_AROUND[0]) : withdrawn.end() + CHARACTERS_AROUND[1]]
    return re.search(rf"(?<!\w)(?:{NOT_WITHDRAWN[language]})(?!\w)", around, re.IGNORECASE) is None


def read_withdrawals(doc: Doc) -> list[Withdrawal]:
    """Return the withdrawals in an article's text, in order; offsets are those of the text."""
    clauses = (clause for sentence in doc.sentences for clause in _clauses(sentence))
    return [_withdrawal(clause) for clause in clauses if is_withdrawal(clause)]


def _clauses(sentence: Sentence) -> list[Sentence]:
    """Return the parts of a sentence between semicolons: each makes a claim of its own."""
    text, span = sentence.doc.text, sentence.span
    marks = [match.span() for match in re.compile(r";\s*").finditer(text, span.start, span.end)]
    starts = [span.start, *(end for _, end in marks)]
    ends = [*(start for start, _ in marks), span.end]
    spans = [Span(start, end) for start, end in zip(starts, ends, strict=True) if start < end]
    return [Sentence(sentence.doc, part) for part in spans] if len(spans) > 1 else [sentence]


BY = {
    "en": re.compile(r"(?:withdrawn|retracted|rescinded|disavowed|corrected)\s+by\s+", re.IGNORECASE),
    "es": re.compile(r"(?:retirad[oa]s?|rectificad[oa]s?|desautorizad[oa]s?)\s+por\s+", re.IGNORECASE),
}
OF = {
    "en": re.compile(r"(?:attributed to|(?:given|reported|published|released|announced) by|from)\s+", re.IGNORECASE),
    "es": re.compile(r"(?:atribuid[oa]s? al?|(?:dad[oa]|publicad[oa]|difundid[oa])s? por)\s+", re.IGNORECASE),
}
ACCORDING_TO = {"en": "according to ", "es": "según "}


def _withdrawal(clause: Sentence) -> Withdrawal:
    words = figure_words(clause.language)
    kinds = {t.kind for t in triggers_in(clause.text, words)} if words else set()
    values = [n for n in clause.numbers if not re.match(r"\s*(?:%|hours?|days?)", clause.text[n.core.end :])]
    one = values[0] if len(values) == 1 else None
    return Withdrawal(
        quote=clause.span,
        kind=kinds.pop() if len(kinds) == 1 else None,
        low=one.low if one else None,
        high=one.high if one else None,
        speaker=_name_after(clause, BY.get(clause.language)) or clause.speaker,
        of=_name_after(clause, OF.get(clause.language)),
    )


def _name_after(clause: Sentence, pattern: re.Pattern[str] | None) -> str | None:
    """Return the name that follows `pattern`, as it is read after "according to"; None where there is none."""
    match = pattern.search(clause.text) if pattern else None
    if match is None:
        return None
    opening = ACCORDING_TO[clause.language]
    claim = Doc(opening + clause.text[match.end() :], clause.language)
    found = Sentence(claim, Span(0, len(claim.text))).attributions
    return found[0].name.of(claim.text) if found and found[0].name.start <= len(opening) + 4 else None
