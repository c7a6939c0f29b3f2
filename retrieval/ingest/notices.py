"""Notices that correct or withdraw a report: "An earlier version of this article said", "Материал отозван"."""

import re

from retrieval.domain import Span
from retrieval.language.doc import Doc, Text
from retrieval.store.corrections import Kind, Notice

_MARK = r"\s*[:.(!–—-]"
_THIS = {  # "this article"
    "en": r"\b(?:this|the present) (?:article|story|report|item|dispatch|page)\b",
    "es": r"\b(?:este|esta) (?:art[ií]culo|nota|noticia|informaci[oó]n|texto|despacho|p[aá]gina)\b",
    "ru": r"\b(?:эт\w+|данн\w+|настоящ\w+) "
    r"(?:стать\w+|новост\w+|материал\w*|заметк\w+|сообщени\w+|публикаци\w+|текст\w*)\b",
    "kk": r"\b(?:бұл|осы) (?:мақала|хабар|хабарлама|жаңалық|материал|мәтін|жарияланым)\w*",
}
_CORRECTED = {
    "en": rf"^\W*(?:correction|clarification|corrected|corrects|editor['’]s note){_MARK}|^\W*CORRECTS?\b|"
    r"\b(?:an|the) (?:earlier|previous|original|initial) version of (?:this|the|our) (?:article|story|report|item)\b|"
    r"\bthis (?:article|story|report|item) (?:has been|was) (?:corrected|amended)\b|"
    r"\bwe (?:have )?(?:corrected|wrongly reported|incorrectly reported|misreported)\b",
    "es": rf"^\W*(?:correcci[oó]n|fe de erratas?|rectificaci[oó]n|aclaraci[oó]n|corrige|corregid[oa]){_MARK}|"
    r"\b(?:una|la|en una|en la) versi[oó]n (?:anterior|previa|inicial|original) de (?:este|esta|la|el|nuestr[oa]) "
    r"(?:art[ií]culo|nota|noticia|informaci[oó]n|texto)\b|"
    r"\b(?:este|esta) (?:art[ií]culo|nota|noticia|informaci[oó]n|texto) (?:ha sido|fue) (?:corregid|rectificad)[oa]\b|"
    r"\b(?:informamos|publicamos) (?:err[oó]neamente|por error)\b",
    "ru": rf"^\W*(?:исправление|исправлено|поправка|уточнение|корректировка){_MARK}|"
    r"\bв (?:более )?(?:ранней|первоначальной|предыдущей|прежней|первой) (?:версии|редакции) "
    r"(?:(?:этой|данной|нашей|этого|данного|нашего) )?"
    r"(?:стать\w+|новост\w+|материал\w+|заметк\w+|сообщени\w+|текст\w+)|"
    r"\b(?:материал|статья|новость|заметка|текст) (?:был[аи]? )?исправлен[аы]?\b|\bмы (?:ошибочно|неверно) сообщ\w+",
    "kk": rf"^\W*(?:түзету|түзетілді|нақтылау){_MARK}|"
    r"\b(?:мақаланың|хабардың|хабарламаның|жаңалықтың|материалдың|мәтіннің) "
    r"(?:алғашқы|бұрынғы|бастапқы|ертеректегі|алдыңғы) (?:нұсқа|мәтін)\w+|"
    r"\b(?:мақала|хабар|хабарлама|мәтін|материал) түзетілді\b|\bбіз қате хабарла\w+",
}
_REPORT = {
    "en": r"(?:article|story|report|item|dispatch|alert|news\s?flash)",
    "es": r"(?:art[ií]culo|nota|noticia|informaci[oó]n|despacho|cable|reportaje|alerta)",
    "ru": r"(?:сообщени|материал|новост|публикаци|стать|заметк)\w*",
    "kk": r"(?:хабарлама|хабар|мақала|материал|жаңалық|жарияланым)\w*",
}
_WITHDRAWN = {
    "en": rf"^\W*(?:withdrawn|withdrawal|retracted|retraction|(?:mandatory )?kill){_MARK}|"
    rf"\b(?:this|our) {_REPORT['en']}\b.{{0,60}}?\b(?:has been|was|is|is being) (?:withdrawn|retracted|taken back)\b|"
    rf"\bwe (?:hereby |have |are )?(?:withdr[ae]w\w*|retract\w*) (?:\w+ ){{0,3}}?{_REPORT['en']}\b|"
    rf"\b{_REPORT['en']} (?:headlined|entitled|titled|slugged|published|datelined)\b.{{0,140}}?"
    r"\b(?:has been|was|is) (?:withdrawn|retracted)\b",
    "es": rf"^\W*(?:anulaci[oó]n|anulad[oa]|retirad[oa]|retractaci[oó]n){_MARK}|"
    rf"\b(?:est[ea]|nuestr[oa]) {_REPORT['es']}\b.{{0,60}}?\b(?:ha sido|fue|queda) (?:retirad|anulad)[oa]\b|"
    rf"\b(?:retiramos|anulamos|hemos retirado|hemos anulado) (?:\w+ ){{0,3}}?{_REPORT['es']}\b|"
    rf"\b{_REPORT['es']} (?:titulad[oa]|publicad[oa]|fechad[oa])\b.{{0,140}}?"
    r"\b(?:ha sido|fue|queda) (?:retirad|anulad)[oa]\b",
    "ru": rf"^\W*(?:отозвано|отзыв|аннулировано|аннулирование|отмена|опровержение){_MARK}|"
    rf"\b(?:эт\w+|данн\w+|наш\w*) {_REPORT['ru']}\b.{{0,60}}?\b(?:отозван\w*|аннулирован\w*|снят\w* с публикации)|"
    rf"\b(?:мы|редакция) (?:\w+ )?(?:отзыва\w+|отозвал\w*|аннулиру\w+) (?:\w+ ){{0,3}}?{_REPORT['ru']}|"
    rf"\b{_REPORT['ru']} (?:под заголовком|с заголовком|«).{{0,140}}?"
    r"\b(?:отозван\w*|аннулирован\w*|снят\w* с публикации)",
    "kk": rf"^\W*(?:кері қайтарылды|қайтарып алынды|күші жойылды|терістеу){_MARK}|"
    rf"\b(?:бұл|осы|біздің) {_REPORT['kk']}\b.{{0,60}}?\b(?:қайтарып алынды|кері қайтарылды|күші жойылды|жарамсыз)|"
    rf"\b(?:біз|редакция) .{{0,60}}?{_REPORT['kk']} (?:қайтарып ал|кері қайтар)\w+|"
    rf"\b{_REPORT['kk']} .{{0,80}}?\b(?:қайтарып алынды|кері қайтарылды)",
}
_TITLE_ONLY = Span(0, 0)


def read_notices(doc: Doc, title: str = "") -> list[Notice]:
    """Return the notices of correction or withdrawal in an article, in the order of its text.

    A notice in the title has an empty span: "WITHDRAWN: ..." withdraws the article under that title.
    """
    if doc.language not in _CORRECTED:
        return []
    kind = _kind(Text(title, doc.language))
    found = [Notice(_TITLE_ONLY, kind, own) for own in (False, True)] if kind else []
    for sentence in doc.sentences:
        if (kind := _kind(sentence)) is not None:
            own = re.search(_THIS[doc.language], sentence.text, re.IGNORECASE) is not None
            found.append(Notice(sentence.span, kind, own))
    return found


def _kind(sentence: Text) -> Kind | None:
    if re.search(_WITHDRAWN[sentence.language], sentence.text, re.IGNORECASE):
        return Kind.WITHDRAWN
    return Kind.CORRECTED if re.search(_CORRECTED[sentence.language], sentence.text, re.IGNORECASE) else None
