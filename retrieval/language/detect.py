"""Which language a text or a question is in: by letters and common words; lingua for what those leave open."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from retrieval.domain import LANGUAGES
from retrieval.language.abbreviations import words

if TYPE_CHECKING:
    from lingua import LanguageDetector

UNDETERMINED = "und"
"""ISO 639-2 for a text in a language, or in letters, that is none of ours."""

LETTERS_READ = 1_500  # characters from the start of a text; a language shows in far fewer
LONG_TEXT = 20  # words from which on a text without our common words is in another language
LEAST_COMMON = {"en": 0.11, "es": 0.2, "ru": 0.07, "kk": 0.02}
"""The least share of common words in a long text; the median of encyclopaedic text is .40, .44, .26, .10."""
SURE = 0.8  # lingua's confidence, from 0 to 1
KAZAKH_LETTER_WEIGHT = 2  # beside a common word's 1; Kazakh has them in .2 of its letters, Russian in names only

COMMON = {
    "en": words(
        "the a an of to in and is was were are be been has have had that this these those for on with at by from as "
        "it its he she they his her their we you i not no but or if who what when where why how which many much did "
        "do does will would can could should said says after before over about into than more most out up there here "
        "us our your my me him them all any some been being so also during against between under while until since "
        "people killed latest news today yesterday tell any new now police say happened president hello please "
        "thanks thank"
    ),
    "es": words(
        "el la los las un una unos unas de del al en y o u que qué se su sus por para con sin sobre es son fue fueron "
        "era eran ha han había hay no ni si sí lo le les me te nos como cómo cuando cuándo donde dónde quien quién "
        "quienes quiénes cual cuál cuanto cuánto cuantos cuántos cuantas cuántas más mas pero entre desde hasta tras "
        "según contra ya muy este esta esto estos estas ese esa eso está están ser sido durante también porque ante "
        "dijo ayer hoy paso pasó pasa muertos personas dice últimas ultimas noticias ahora todo todos mi tu él ella "
        "hola gracias"
    ),
    "ru": words(
        "и в во на не что с со по из за как к ко у от до для о об это этот эта эти он она они оно мы вы я его её ее их "
        "был была было были быть есть же бы ли то так но а или если при после перед под над между через без кто где "
        "когда почему зачем сколько какой какая какие какое какого чего чем чём кого кому кем куда откуда также уже "
        "ещё еще только более может все всё всех том тем того этого сейчас сегодня вчера человек людей тоже который "
        "которые которая года году заявил сообщил сообщили стало нет да раз там здесь против около почти погибло"
    ),
    "kk": words(
        "және мен бен пен бұл ол олар осы сол деп деді дейді үшін туралы бойынша кейін дейін бірақ болды болған "
        "болып болады емес жоқ бар не неше қанша қандай қашан қайда кім кімдер неге қалай ең көп да де та те ма ме ба "
        "бе па пе мы мі еді екен өз оның олардың біз сіз біздің сіздің мың жыл жылы жылғы күні күн адам адамдар "
        "бүгін кеше қазір соң арасында кезінде қарсы әр барлық бір екі үш "
        # ... and as it is typed where a keyboard has no Kazakh letters
        "жане бул ушин кейин дейин бирак канша кандай кашан кайда ким кимдер неге калай ен коп бугин казир сон кезинде "
        "карсы барлык бир еки екенин болатын айтты калды олди каза туралы тапты алды берди жатыр болып саны "
        "дегенимиз дегеніміз халык казак козгалыс наразылык нешинши"
    ),
}

_OTHERS = words(
    "les des du est dans pour et avec une qui aux ont était sont pas leur di che il della non per gli sono alla nel "
    "não em com dos uma da foi pelo pela der die und das ist nicht von mit den dem ein eine auf sich het een van ve bir"
)
"""Common words of French, Italian, Portuguese, German, Dutch and Turkish that are none in English or Spanish."""
OTHERS_SHARE = 0.1  # of the words of a long text

_TRANSLITERATED = words(
    "skolko chelovek lyudey lyudei ludey kto chto shto gde kogda pochemu zachem kak kakoy kakoi kakie kakaya kakoe "
    "pogib pogibli pogiblo pogibshih pogibshikh ubito ubili ubit raneno ranenyh ranenykh raneny postradalo "
    "zaderzhano zaderjano zaderzhali zaderzhannyh arestovano arestovali proizoshlo proishodit proiskhodit sluchilos "
    "segodnya segodnia vchera zavtra seychas seichas sejchas utrom vecherom nochyu noch den dnya yanvarya fevralya "
    "marta aprelya avgusta sentyabrya oktyabrya noyabrya dekabrya skazal skazala zayavil zayavila soobshchil "
    "soobschil soobshili esli eto etot eta eti byl byla bylo byli est net uzhe eshche eshe escho tolko bolshe menshe "
    "posle pered mezhdu protiv okolo pochti potomu poetomu novosti poslednie protesty protestah mitingi miting "
    "vlasti politsiya policiya politsii voyska voiska pravitelstvo pravitelstva prezident prezidenta gorod gorode "
    "goroda rossiya rossii kazahstan kazahstane kazakhstane tseny ceny gaz vveli vveden polozhenie polozhenii "
    "rezhim internet otklyuchili vyklyuchili dela kuda otkuda kogo komu chego pochem nachalis nachalos zakonchilis "
    "vvedeno pomoshch pomosch svyaz rabotaet ubiystvo vzryv strelba strelyayut strelyali"
)
_TRANSLITERATED_SHORT = words("v vo na i ne s so iz za po u ot do dlya o ob on ona oni my vy ya ego ih li bi by zhe je")
_INTERNATIONAL = words(
    "gaz internet prezident kazakhstan marta den noch ceny miting rezhim do on my so no by i est esta"
)
_TRANSLITERATED_ENDING = re.compile(
    r"\w{2,}(?:ogo|ykh|ikh|yye|yie|iya|iyu|iye|yatsya|utsya|etsya|itsya|lsya|las|los|lis|nyy|niy|skiy|skoy|skaya|ovali|"
    r"ayut|yayut|enie|eniye|anie|aniye|shch\w*)\Z"
)

_WORD = re.compile(r"[^\W\d_]+")
_KAZAKH = re.compile("[әғқңөұүһі]")
_RUSSIAN = re.compile("[ёэъщцв]")
_ENDINGS = {
    "ru": re.compile(
        r"\w{2,}(?:[оеы]го|[оеы]му|[ыи]ми|[ыи]х|[ая]я|[ое]е|[ыио]й|ую|ться|тся|л[аои]?с[ья]|ость|ости|[еа]ни[еяию]|ци[яиюей]|"
        r"[ая]ми|[ая]х|[ое]в|[аеиу]ла|[аеиу]ло|[аеиу]ли|[аеиу]л|[еёи]т|[юуая]т|ск|ств[оа]|та|не)\Z"
    ),
    "kk": re.compile(
        r"\w{2,}(?:(?:[лдт][ае]р)(?:ы|и|і|[дғгкқ][аеыи]н?|мен)?|[ндт][ыиі][нң]|[ғгкқ][ае]н(?:ы|и|да|де)?|[ае]д[ыиі]|йд[ыиі]|"
        r"[дт][ае][ғг][ыиі]|"
        r"[лдт][ыиі][кқ]|[ыиі]нд[ае]|с[ыиі]н?|[аеы]т[ыиі]н|[шч][ыиі]|г[ае]|да|де|те|п)\Z"
    ),
    "en": re.compile(
        r"\w{2,}(?:ing|ed|tion|tions|ly|ness|ment|ers?|[bcdfghklmnpstw]s|sh|th|ck|ll|ght|y|w|ee|fe|ge|[kmpt])\Z"
    ),
    "es": re.compile(
        r"\w{2,}(?:ci[oó]n|ciones|[ai]d[oa]s?|mente|[dt]ad(?:es)?|[ai]?r[oa]n|ando|endo|ist[ao]s?|os|as|[oaá]|[aei]r|eros?)\Z"
    ),
}
"""How words of a language often end: weak evidence, for what has no common word and no letter of its own."""
ENDING_WEIGHT = 0.3  # beside a common word's 1

_OTHER_LATIN = re.compile("[ãõçêàèùâîôûäößşğıłąęśżźćčšžřůåøæœășțəơưđ]")
_OTHER_CYRILLIC = re.compile("[їєґўђјљњћџѓќѕҗҡҙҫӑӗӳӣӯҷҳ]")
_SPANISH = re.compile("[ñ¿¡áéíóúü]")
_CYRILLIC = re.compile("[\u0400-\u052f]")
_LATIN = re.compile("[a-z\u00df-\u024f\u1e00-\u1eff]")


def _share(tokens: Sequence[str], language: str) -> float:
    common = COMMON[language]
    return sum(token in common for token in tokens) / len(tokens)


def _score(tokens: Sequence[str], language: str) -> float:
    endings = sum(bool(_ENDINGS[language].match(token)) for token in tokens) / len(tokens)
    return _share(tokens, language) + ENDING_WEIGHT * endings


def is_transliterated_russian(text: str) -> bool:
    """Say whether a text is Russian in Latin letters ("skolko chelovek pogiblo")."""
    lower = text[:LETTERS_READ].lower()
    if _CYRILLIC.search(lower):
        return False
    return _is_transliterated(_WORD.findall(lower))


def _is_transliterated(tokens: Sequence[str]) -> bool:
    strong = sum(token in _TRANSLITERATED and token not in _INTERNATIONAL for token in tokens)
    if not strong:
        return False
    weak = sum(
        token in _TRANSLITERATED or token in _TRANSLITERATED_SHORT or bool(_TRANSLITERATED_ENDING.match(token))
        for token in tokens
    )
    ours = max(sum(token in COMMON[language] for token in tokens) for language in ("en", "es"))
    return strong + weak > 2 * ours and weak >= len(tokens) / 4


@lru_cache(maxsize=1)
def _lingua() -> LanguageDetector:
    """Return lingua for our languages in its low-accuracy mode: 12 MB and 35 µs a question.

    The full mode took 0.6 s and 85 MB to load and 4 ms a question.
    """
    from lingua import IsoCode639_1, LanguageDetectorBuilder

    codes = [getattr(IsoCode639_1, code.upper()) for code in LANGUAGES]
    return LanguageDetectorBuilder.from_iso_codes_639_1(*codes).with_low_accuracy_mode().build()


def _by_lingua(text: str, candidates: Sequence[str]) -> str | None:
    """Return the candidate that lingua is sure of, or None: names alone are of no language."""
    found = _lingua().compute_language_confidence_values(text)
    sure = {value.language.iso_code_639_1.name.lower() for value in found if value.value >= SURE}
    return next((code for code in candidates if code in sure), None)


def _is_cyrillic(tokens: Sequence[str], cyrillic: int, latin: int) -> bool:
    """Say which letters count where both occur: those of the common words, then those of most of the text."""
    if not cyrillic or not latin:
        return cyrillic > 0
    common = [sum(token in COMMON[language] for token in tokens) for language in ("ru", "kk", "en", "es")]
    ours, theirs = max(common[:2]), max(common[2:])
    return cyrillic > latin if ours == theirs else ours > theirs


def _cyrillic_scores(lower: str, tokens: Sequence[str], letters: int) -> dict[str, float]:
    kazakh = len(_KAZAKH.findall(lower))
    russian = len(_RUSSIAN.findall(lower))
    return {
        "kk": _score(tokens, "kk") + KAZAKH_LETTER_WEIGHT * kazakh / letters,
        "ru": _score(tokens, "ru") + (russian / letters if kazakh == 0 else 0.0),
    }


def _latin_scores(lower: str, tokens: Sequence[str], letters: int) -> dict[str, float]:
    return {"en": _score(tokens, "en"), "es": _score(tokens, "es") + 3 * len(_SPANISH.findall(lower)) / letters}


def _is_foreign(lower: str, tokens: Sequence[str], cyrillic: bool) -> bool:
    """Say whether a long text is in a language of our letters, but not ours (Ukrainian, Kyrgyz, French ...)."""
    if len(tokens) < LONG_TEXT:
        return False
    if cyrillic:
        other = len(_OTHER_CYRILLIC.findall(lower))
        kyrgyz = bool(re.search("[ңөү]", lower)) and not re.search("[қғәіұ]", lower)
        if other > len(tokens) / 20 or (kyrgyz and len(re.findall("[ңөү]", lower)) > len(tokens) / 10):
            return True
        kazakh = len(_KAZAKH.findall(lower))
        if kazakh > len(tokens) / 4:
            return not re.search("[әғқңөұүһ]", lower)  # Ukrainian and Belarusian have "і" alone
        if kazakh == 0 and len(tokens) >= 2 * LONG_TEXT and not re.search("[ыэ]", lower):
            return True  # Bulgarian, Serbian, Macedonian
    elif len(_OTHER_LATIN.findall(lower)) > len(tokens) / 10 or (
        sum(token in _OTHERS for token in tokens) > OTHERS_SHARE * len(tokens)
    ):
        return True
    pair = ("ru", "kk") if cyrillic else ("en", "es")
    return all(_share(tokens, language) < LEAST_COMMON[language] for language in pair)


def detect(text: str, among: Sequence[str] = LANGUAGES, default: str = "en") -> str:
    """Return the ISO 639-1 code of a text's language.

    One of `among`; "und" where the letters, or in a long text the words, are of none of our languages;
    `default` where there is nothing to go by (no letters, or letters of no language of `among`).
    """
    lower = text[:LETTERS_READ].lower()
    tokens = _WORD.findall(lower)
    cyrillic, latin = len(_CYRILLIC.findall(lower)), len(_LATIN.findall(lower))
    letters = sum(map(len, tokens))
    if not letters:
        return default
    if 2 * (cyrillic + latin) < letters:
        return UNDETERMINED
    if "ru" in among and not cyrillic and _is_transliterated(tokens):
        return "ru"
    in_cyrillic = _is_cyrillic(tokens, cyrillic, latin)
    if _is_foreign(lower, tokens, in_cyrillic):
        return UNDETERMINED
    scores = (_cyrillic_scores if in_cyrillic else _latin_scores)(lower, tokens, letters)
    candidates = {language: score for language, score in scores.items() if language in among}
    if not candidates:
        return default
    return _best(text[:LETTERS_READ], tokens, candidates, default)


def _best(text: str, tokens: Sequence[str], scores: dict[str, float], default: str) -> str:
    ranked = sorted(scores, key=lambda language: -scores[language])
    if len(ranked) == 1 or scores[ranked[0]] > scores[ranked[1]]:
        return ranked[0]
    if "ru" in ranked and len(tokens) == 1:
        return "ru"  # lingua takes single Russian words and names for Kazakh as often as not
    return _by_lingua(text, ranked) or (default if default in ranked else ranked[0])
