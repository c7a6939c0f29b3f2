"""Sentences that take a figure back: "withdrew the figure of 164", "отозвало данные", "fue un error técnico"."""

from __future__ import annotations

import re
from dataclasses import dataclass

from retrieval.domain import Article, FigureKind, Span
from retrieval.figures.counted import triggers_of
from retrieval.figures.words import figure_words
from retrieval.language.numbers.numbers import numbers
from retrieval.language.sentences import sentences
from retrieval.language.speakers.speakers import attributions, speaker

FIGURE = {
    "en": r"figures?|tolls?|numbers?|count|data|statistics|estimate|statement|report|information|announcement|post|\d",
    "es": r"cifras?|balance|datos?|n[uú]meros?|recuento|informaci[oó]n|comunicado|informe|saldo|\d",
    "ru": r"данн\w+|цифр\w*|числ\w+|сведени\w+|информаци\w+|сообщени\w+|статистик\w+|публикаци\w+|\d",
    "kk": r"дерек\w*|мәлімет\w*|сан\w*|ақпарат\w*|цифр\w*|хабарлама\w*|көрсеткіш\w*|\d",
}
TAKEN_BACK = {
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
DENIED = {
    "en": r"(?:not|never|denied) (?:\w+ ){0,3}?(?:withdr\w+|retract\w+)|troops?|forces|contingent|soldiers|"
    r"peacekeepers|consulate|ambassador",
    "es": r"tropas|soldados|fuerzas|contingente|embajador|no (?:ha )?retir\w+",
    "ru": r"не отозва\w+|войск\w*|контингент\w*|миротворц\w*|посл[аов]+\b|лицензи\w+",
    "kk": r"қайтарып алған жоқ|әскер\w*|бітімгер\w*|контингент\w*|елші\w*",
}


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """A sentence that takes a figure back, and as much as it says about which."""

    quote: Span  # in the article's text
    kind: FigureKind | None = None  # None: it does not say what was counted
    low: float | None = None  # None: it names no value
    high: float | None = None
    group: str | None = None
    speaker: str | None = None  # who takes it back
    of: str | None = None  # whose figure it was, where the sentence says so


def is_withdrawal(sentence: str, language: str) -> bool:
    """Tell whether `sentence` takes a figure back."""
    if language not in FIGURE:
        return False
    taken = re.search(rf"(?<!\w)(?:{TAKEN_BACK[language]})", sentence, re.IGNORECASE)
    figure = re.search(rf"(?<!\w)(?:{FIGURE[language]})(?!\w)", sentence, re.IGNORECASE)
    digits = re.search(r"\d", sentence)
    if taken is None or (figure is None and digits is None):
        return False
    return re.search(rf"(?<!\w)(?:{DENIED[language]})(?!\w)", _around(sentence, taken), re.IGNORECASE) is None


def _around(sentence: str, taken: re.Match[str]) -> str:
    """The words near what says "withdrawn": troops are withdrawn too."""
    return sentence[max(0, taken.start() - 25) : taken.end() + 45]


def read_withdrawals(article: Article) -> list[Withdrawal]:
    """Return what `article` takes back, in the order of its text."""
    return [
        _read(article, clause)
        for sentence in sentences(article.text, article.language)
        for clause in _clauses(article.text, sentence)
        if is_withdrawal(clause.of(article.text), article.language)
    ]


def _clauses(text: str, sentence: Span) -> list[Span]:
    """Cut a sentence at its semicolons: what follows one is another claim."""
    marks = [m.span() for m in re.compile(r";\s*").finditer(text, sentence.start, sentence.end)]
    starts = [sentence.start, *(end for _, end in marks)]
    ends = [*(start for start, _ in marks), sentence.end]
    return [Span(start, end) for start, end in zip(starts, ends, strict=True) if start < end]


BY = {
    "en": re.compile(r"(?:withdrawn|retracted|rescinded|disavowed|corrected)\s+by\s+", re.IGNORECASE),
    "es": re.compile(r"(?:retirad[oa]s?|rectificad[oa]s?|desautorizad[oa]s?)\s+por\s+", re.IGNORECASE),
}
OF = {
    "en": re.compile(r"(?:attributed to|(?:given|reported|published|released|announced) by|from)\s+", re.IGNORECASE),
    "es": re.compile(r"(?:atribuid[oa]s? al?|(?:dad[oa]|publicad[oa]|difundid[oa])s? por)\s+", re.IGNORECASE),
}


def _read(article: Article, sentence: Span) -> Withdrawal:
    text, language = sentence.of(article.text), article.language
    words = figure_words(language)
    kinds = {t.kind for t in triggers_of(text, words)} if words else set()
    values = [n for n in numbers(text, language) if not re.match(r"\s*(?:%|hours?|days?)", text[n.core.end :])]
    named = speaker(article.text, sentence, language)
    by = _after(article, sentence, BY.get(language)) or (named.of(article.text) if named else None)
    of = _after(article, sentence, OF.get(language))
    one = values[0] if len(values) == 1 else None
    return Withdrawal(
        quote=sentence,
        kind=kinds.pop() if len(kinds) == 1 else None,
        low=one.low if one else None,
        high=one.high if one else None,
        speaker=by,
        of=of,
    )


def _after(article: Article, sentence: Span, pattern: re.Pattern[str] | None) -> str | None:
    """Return the name that follows `pattern` in the sentence, read as what a verb of saying would have."""
    match = pattern.search(sentence.of(article.text)) if pattern else None
    if match is None:
        return None
    rest = "according to " if article.language == "en" else "según "
    text = rest + sentence.of(article.text)[match.end() :]
    found = attributions(text, Span(0, len(text)), article.language)
    return found[0].name.of(text) if found and found[0].name.start <= len(rest) + 4 else None
