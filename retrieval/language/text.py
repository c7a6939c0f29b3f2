"""Article text made plain once, before any offset into it exists."""

import re
import unicodedata
from collections.abc import Callable

MOST_MARKS = 8  # combining marks kept on one letter; ordering longer runs takes time in the square of their length

_KEPT_UNSEEN = frozenset("\u200c\u200d\u2060")  # joiners that scripts and emoji need, and our own break

_NEWLINE = re.compile(r"\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")

# What no reader sees: control and format characters (Unicode categories Cc, Cf: zero-width, bidirectional and
# tag characters, soft hyphens), variation selectors, lone surrogates (Cs) and noncharacters.
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f\xad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2"
    "\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ud800-\udfff\ufdd0-\ufdef\ufe00-\ufe0f\ufeff"
    "\ufff9-\ufffb\ufffe\uffff\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_SPACES = re.compile(r"[^\S\n]+")  # no-break, thin and ideographic spaces among them
_LINE_ENDS = re.compile(r" ?\n ?")
_BLANK_LINES = re.compile(r"\n{3,}")
_MARKS = re.compile(rf"[^\w\s\x00-\x7f]{{{MOST_MARKS + 1},}}")


def _fewer_marks(run: re.Match[str]) -> str:
    kept: list[str] = []
    marks = 0
    for character in run[0]:
        marks = marks + 1 if unicodedata.combining(character) else 0
        if marks <= MOST_MARKS:
            kept.append(character)
    return "".join(kept)


def clean(text: str) -> str:
    """Return text as it is stored: its visible characters, in one form; cleaning it again changes nothing.

    Unicode NFC; lines end in one newline, with at most one blank line in a row; every other run of white
    space, no-break spaces included, becomes one space; what is unseen or not text is removed.
    """
    seen = _UNSEEN.sub("", _NEWLINE.sub("\n", text))
    composed = unicodedata.normalize("NFC", _MARKS.sub(_fewer_marks, seen))
    spaced = _SPACES.sub(" ", _MARKS.sub(_fewer_marks, composed))
    return _BLANK_LINES.sub("\n\n", _LINE_ENDS.sub("\n", spaced)).strip()


class Characters(dict[int, str]):
    """A table for `str.translate` that maps each character on its first use."""

    def __init__(self, become: Callable[[str], str]) -> None:
        super().__init__()
        self._become = become

    def __missing__(self, code: int) -> str:
        self[code] = self._become(chr(code))
        return self[code]


def _seen(c: str) -> str:
    unseen = unicodedata.category(c) in ("Cc", "Cf", "Co", "Cs", "Cn")
    return "" if unseen and c not in "\n\t" and c not in _KEPT_UNSEEN else c


_SEEN = Characters(_seen)


def visible(text: str) -> str:
    """Return `text` without control and invisible characters, but for line breaks and script joiners."""
    return text if text.isprintable() else text.translate(_SEEN)  # mostly nothing has to be removed
