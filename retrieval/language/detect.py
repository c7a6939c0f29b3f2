"""The language of a text or a question: by letters and common words; the reader's own if those leave it open.

lingua is right as often, takes 5 to 75 times as long (`benchmarks.language`) and 100 MB of disk. Where these leave it
open, it takes names and single words of the reader's language for another's as often as it helps.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from retrieval.language.packs import NOTHING, Pack, pack, packs, pattern

UNDETERMINED = "und"
"""ISO 639-2 code of a text in a language, or in letters, without a pack."""

LETTERS_READ = 1_500  # characters from the start of a text; a language shows in far fewer
LONG_TEXT = 20  # words from which on a text without common words of a language is not in it
ENDING_WEIGHT = 0.3  # of a word with an ending of the language, beside a common word's 1

_OTHERS = frozenset(
    "les des du est dans pour et avec une qui aux ont était sont pas leur di che il della non per gli sono alla nel "
    "não em com dos uma da foi pelo pela der die und das ist nicht von mit den dem ein eine auf sich het een van ve "
    "bir".split()
)
"""Common words of French, Italian, Portuguese, German, Dutch and Turkish, which are none in English or Spanish."""
OTHERS_SHARE = 0.1  # of the words of a long text

_OTHER_LETTERS = (
    ("ãõçêàèùâîôûäößşğıłąęśżźćčšžřůåøæœășțəơưđ", 0.1),
    ("їєґўђјљњћџѓќѕҗҡҙҫӑӗӳӣӯҷҳ", 0.05),
)
"""Letters of other languages, and how many of them a word rule out a long text in a language that has none."""

_WORD = re.compile(r"[^\W\d_]+")


@cache
def _among(letters: str) -> re.Pattern[str]:
    return re.compile(f"[{letters}]" if letters else NOTHING)


@cache
def _ending(code: str, section: str = "detect") -> re.Pattern[str]:
    return re.compile(rf"\w{{2,}}(?:{pack(code).regex(section, 'endings')})\Z")


@cache
def _scripts() -> dict[str, tuple[re.Pattern[str], tuple[str, ...]]]:
    """Return a pattern of the letters, and the languages, of each script."""
    found: dict[str, list[Pack]] = {}
    for one in packs():
        found.setdefault(one.script, []).append(one)
    return {
        script: (_among("".join({p.get("pack", "alphabet", ""): 0 for p in ours})), tuple(p.code for p in ours))
        for script, ours in found.items()
    }


def _common(tokens: Sequence[str], code: str) -> int:
    common = pack(code).words("detect", "common")
    return sum(token in common for token in tokens)


def transliterated(text: str) -> str | None:
    """Return the language that a text is in though typed in Latin letters ("skolko chelovek pogiblo"), or None."""
    lower = text[:LETTERS_READ].lower()
    tokens = _WORD.findall(lower)
    for one in packs():
        if one.section("latin") and not _scripts()[one.script][0].search(lower) and _is_typed(tokens, one):
            return one.code
    return None


def _is_typed(tokens: Sequence[str], one: Pack) -> bool:
    """Return whether words in Latin letters are those of a language with other letters."""
    known, short, international = (one.words("latin", key) for key in ("words", "short", "international"))
    strong = sum(token in known and token not in international for token in tokens)
    if not strong:
        return False
    ending = _ending(one.code, "latin")
    weak = sum(token in known or token in short or bool(ending.match(token)) for token in tokens)
    others = max(_common(tokens, other.code) for other in packs() if other.script != one.script)
    return strong + weak > 2 * others and weak >= len(tokens) / 4


def _score(lower: str, tokens: Sequence[str], letters: int, code: str) -> float:
    """Return the share of a text that shows a language: common words, endings, and letters of its own."""
    ours = pack(code)
    own = ours.get("detect", "letters", "")
    found = len(_among(own).findall(lower))
    if not found and _among(ours.get("detect", "never", "")).search(lower):
        return 0.0
    endings = sum(bool(_ending(code).match(token)) for token in tokens)
    sure = len(pattern(code, "detect", "sure").findall(lower))
    score = (_common(tokens, code) + ENDING_WEIGHT * endings + sure) / len(tokens)
    if found and not _among(ours.get("detect", "letters_unless", "")).search(lower):
        score += float(ours.get("detect", "letters_weight", 1)) * found / letters
    return score


def _shows(lower: str, code: str) -> bool:
    """Return whether a text has a letter or a word that its language must show, where its pack lists such words."""
    ours = pack(code)
    return (
        ours.regex("detect", "sure") == NOTHING
        or bool(_among(ours.get("detect", "letters", "")).search(lower))
        or bool(pattern(code, "detect", "sure").search(lower))
    )


def _may_be(lower: str, tokens: Sequence[str], code: str) -> bool:
    """Return whether a long text may be in a language: by the letters it has and has not, and by common words."""
    rules = pack(code).get("detect", "long", {})
    own = pack(code).get("detect", "letters", "")

    def above(letters: str, share: float) -> bool:
        return len(_among(letters).findall(lower)) > share * len(tokens)

    if any(above("".join(c for c in letters if c not in own) or " ", share) for letters, share in _OTHER_LETTERS):
        return False
    if "excludes" in rules and above(*rules["excludes"]):
        return False
    if any(above(many, share) and not _among(one).search(lower) for many, share, one in rules.get("needs", ())):
        return False
    if len(tokens) >= 2 * LONG_TEXT and "has" in rules and not _among(rules["has"]).search(lower):
        return False
    if "enough" in rules and above(*rules["enough"]):
        return True
    return _common(tokens, code) >= float(rules.get("least_common", 0)) * len(tokens)


def _script_of(lower: str, tokens: Sequence[str]) -> str:
    """Return the script that decides where several occur: that of the common words, else that of most letters."""
    found = {script: len(letters.findall(lower)) for script, (letters, _) in _scripts().items()}
    present = [script for script, count in found.items() if count]
    if len(present) == 1:
        return present[0]
    return max(present, key=lambda s: (max(_common(tokens, code) for code in _scripts()[s][1]), found[s]))


def detect(text: str, default: str = "en") -> str:
    """Return the ISO 639-1 code of a text's language.

    One of `LANGUAGES`; "und" where the letters, or in a long text the words, are of a language without a pack;
    `default` if nothing shows it.
    """
    lower = text[:LETTERS_READ].lower()
    tokens = _WORD.findall(lower)
    letters = sum(map(len, tokens))
    if not letters:
        return default
    if 2 * sum(len(ours.findall(lower)) for ours, _ in _scripts().values()) < letters:
        return UNDETERMINED
    if typed := transliterated(text):
        return typed
    codes = tuple(code for code in _scripts()[_script_of(lower, tokens)][1] if _shows(lower, code))
    if len(tokens) >= LONG_TEXT:
        others = sum(token in _OTHERS for token in tokens)
        codes = tuple(code for code in codes if _may_be(lower, tokens, code))
        if not codes or others > OTHERS_SHARE * len(tokens):
            return UNDETERMINED
    scores = {code: _score(lower, tokens, letters, code) for code in codes}
    if not scores:
        return default
    highest = max(scores.values())
    ranked = [code for code, score in scores.items() if score == highest]
    return default if default in ranked else ranked[0]  # names alone are of no language
