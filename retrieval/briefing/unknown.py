"""Sentences that say what is not known: no data, not confirmed, still unclear; in four languages."""

import re

_NOT_KNOWN = {
    "en": r"(?:not|\w+n['’]t|never|yet to|cannot|could not) (?:\w+ ){0,2}?(?:known|clear|confirmed|verif\w+|"
    r"establish\w+|identified|disclosed|released|say(?:ing)? (?:how|who|what|whether|if))|unclear|unconfirmed|"
    r"unverified|unknown(?! (?:gunmen|assailants|attackers|men|people|persons|individuals|groups?))|"
    r"without saying (?:how|who|what|whether|if)|no (?:\w+ ){0,2}?(?:data|information|details|confirmation|word|"
    r"figures?|comment) (?:on|about|from|of|was|were|has|have|is|are)|had not been seen|has not been seen|"
    r"remains? (?:to be seen|a mystery|in doubt)|whereabouts",
    "ru": r"(?:не|пока не|до сих пор не) (?:\w+ ){0,2}?(?:известн\w+|ясн\w+|подтвержд\w+|уточня\w+|сообща\w+|"
    r"раскрыва\w+|установлен\w+|назва\w+)|неизвестно|неясн\w+|непонятн\w+|нет (?:\w+ ){0,2}?(?:данных|информации|"
    r"сведений|подтверждени\w+)|(?:данных|информации|сведений|подтверждени\w+) (?:\w+ ){0,4}?"
    r"(?:нет|не поступ\w+|пока нет)|"
    r"(?:личност|причин|обстоятельств|числ|количеств|судьб)\w* (?:\w+ ){0,4}?(?:устанавлива|выясня|уточня)\w+",
    "kk": r"(?:әлі|әзірге|анық|нақты) (?:\w+ ){0,3}?(?:белгісіз|жоқ|емес|айтылған жоқ)|белгісіз|анықталған жоқ|"
    r"расталған жоқ|расталмаған|(?:дерек|мәлімет|ақпарат)\w* (?:\w+ ){0,3}?жоқ|анықталуда|"
    r"нақтыланбаған|хабарланған жоқ",
    "es": r"(?:no|aún no|todavía no) (?:se |ha |han |está |están |hay |había ){0,2}?(?:sabe\w*|conoce\w*|confirm\w+|"
    r"precis\w+|aclar\w+|identific\w+|revel\w+|verific\w+|aparecid\w+)|sin (?:aclarar|confirmar|identificar|precisar|"
    r"esclarecer|verificar)\w*|sin noticias|se desconoce\w*|no (?:\w+ ){0,2}?(?:claro|clara)|"
    r"(?:no hay|no había|sin) (?:datos|información|confirmación|cifras|detalles)|por confirmar|no había aparecido",
}
_PATTERNS = {
    language: re.compile(rf"(?<!\w)(?:{pattern})(?!\w)", re.IGNORECASE) for language, pattern in _NOT_KNOWN.items()
}


def says_unknown(sentence: str, language: str) -> bool:
    """Tell whether a sentence says that something is not known, confirmed or published."""
    pattern = _PATTERNS.get(language)
    return pattern is not None and pattern.search(sentence) is not None
