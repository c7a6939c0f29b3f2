"""Russian typed in Latin letters ("skolko chelovek pogiblo"), back in Cyrillic."""

import re

# What people type for a letter, longest first. Two spellings of one letter are both here; the hard and the soft
# sign are rarely typed at all, so frequent words that need one are listed whole.
_SPELLINGS = {
    "shch": "щ", "sch": "щ", "zh": "ж", "kh": "х", "ts": "ц", "ch": "ч", "sh": "ш", "yu": "ю", "ju": "ю",
    "ya": "я", "ja": "я", "yo": "ё", "jo": "ё", "ye": "е", "je": "е", "a": "а", "b": "б", "c": "ц", "d": "д",
    "e": "е", "f": "ф", "g": "г", "h": "х", "i": "и", "j": "й", "k": "к", "l": "л", "m": "м", "n": "н", "o": "о",
    "p": "п", "q": "к", "r": "р", "s": "с", "t": "т", "u": "у", "v": "в", "w": "в", "x": "кс", "y": "ы", "z": "з",
    "'": "ь", "’": "ь",
}  # fmt: skip
_WHOLE = {
    "skolko": "сколько", "tolko": "только", "bolshe": "больше", "menshe": "меньше", "nelzya": "нельзя",
    "den": "день", "noch": "ночь", "pyat": "пять", "shest": "шесть", "desyat": "десять", "tysyach": "тысяч",
    "pomosch": "помощь", "pomoshch": "помощь", "ploschad": "площадь", "ploshchad": "площадь", "vlast": "власть",
    "eto": "это", "eti": "эти", "etot": "этот",
}  # fmt: skip
_LETTERS = re.compile("|".join(sorted(_SPELLINGS, key=len, reverse=True)))
_GLIDE = re.compile(r"(?<=[aeiou])y(?![aeiou])|(?<=[iy])y\b")
_WORD = re.compile(r"[A-Za-z][A-Za-z'’]*")


def cyrillic(text: str) -> str:
    """Return `text` with its words in Latin letters spelled in Cyrillic, as Russian; the rest stays as it is."""
    return _WORD.sub(lambda match: _word(match[0]), text)


def _word(written: str) -> str:
    lower = written.lower()
    spelled = _WHOLE.get(lower) or _LETTERS.sub(lambda match: _SPELLINGS[match[0]], _GLIDE.sub("j", lower))
    return spelled.capitalize() if written[0].isupper() else spelled
