"""Bytes of a page to text, in the declared encoding or, if that is wrong, in a guessed one."""

import codecs
import re

META_BYTES = 4096  # a page must declare its encoding in its first 1024 bytes; many are late
SAMPLE_BYTES = 64_000  # enough to distinguish encodings
WRONG_SHARE = 0.01  # a text with a larger share of undecodable characters is in another encoding

BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# As browsers read them (https://encoding.spec.whatwg.org/#names-and-labels), by Python's names.
READ_AS = {
    **dict.fromkeys(("iso-8859-1", "latin-1", "latin1", "us-ascii", "ascii"), "cp1252"),
    **dict.fromkeys(("gb2312", "gbk"), "gb18030"),
    **dict.fromkeys(("x-mac-cyrillic", "mac-cyrillic", "maccyrillic", "x-mac-ukrainian"), "mac_cyrillic"),
    **dict.fromkeys(("866", "ibm866", "csibm866", "cp-866", "dos-866"), "cp866"),
    "iso-8859-9": "cp1254",
    "kz-1048": "kz1048",
}
# Python's other codecs (punycode, utf-7, unicode_escape) are not for pages.
_KNOWN = re.compile(
    r"utf-?(8|16|16-?le|16-?be)|(windows|cp)-?(125\d|866|874)|iso-?8859-?\d+|latin-?1|(us-)?ascii"
    r"|koi8-?[ru]|(cs)?ibm866|866|dos-866|x?-?mac-?(cyrillic|ukrainian)|gb(2312|k|18030)|big5(-hkscs)?|shift[_-]jis"
    r"|euc-(jp|kr)|ptcp154|kz-?1048|strk1048-2002|rk1048"
)
GUESSED = (
    *("cp1251", "kz1048", "koi8_r", "koi8_u", "cp866", "mac_cyrillic", "iso8859_5", "ptcp154"),
    *("cp1252", "cp1250", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "iso8859_2"),
    *("gb18030", "big5", "shift_jis", "euc_jp", "euc_kr"),
)
"""The encodings that pages are in whose own declaration is missing or wrong."""
DOUBLED = ("cp1251", "cp1252")  # in which UTF-8 was read, before it was written as UTF-8 again
FEWEST_ODD = 6  # words, or signs, from which on a text shows whether it was read in the wrong encoding
FEWEST_SWAPPED = 2  # words of one small letter and capitals: KOI8 and another Cyrillic encoding swap the two
FEWEST_REPLACED = 3  # undecodable characters that are no accident
FEWEST_DOUBLED = 4  # characters that are UTF-8 read in another encoding: "Ã©Ã±"
ODD_SHARE = 0.3  # of the words outside ASCII, or of the letters
_CHARSET = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([\w.:-]{1,40})""", re.IGNORECASE)
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]+")
_SPLIT = re.compile(r"([^\x00-\x7f]+)")
_WORD = re.compile(r"[^\W\d_]{3,}")
# Words as no language writes them: a capital inside, two alphabets, or accented Latin letters alone.
_ODD_WORD = re.compile(
    r"[^\W\d_]*(?:[а-яёa-zà-ÿ][А-ЯЁÀ-Þ]|[A-Za-z][а-яёА-ЯЁ]|[а-яёА-ЯЁ][A-Za-zÀ-ÿ])[^\W\d_]*|[À-ÿŠšŽžŸƒ]{3,}"
)
_SWAPPED = re.compile(r"\b[а-яё][А-ЯЁ]{2,}\b")
# Signs of the code pages beside letters outside ASCII, as in a text read in the wrong one; common signs are left out.
_SIGNS = "[\\x80-\\x9f¡¢¤¥¦¨ª¬¯±²³´µ¶¸¹º¼½¾¿†‡ˆ‰ƒ‚ˉ\\u2500-\\u259f∙√≈≤≥÷]"
_LETTER = r"[^\W\d_\x00-\x7f]"
_ODD_SIGN = re.compile(
    rf"(?<={_LETTER}){_SIGNS}|{_SIGNS}(?={_LETTER})|(?<={_LETTER})[®©§«»°·£]+(?={_LETTER})|(?<=[®©§£]){_SIGNS}"
)


def decode(data: bytes, content_type: str | None = None) -> str:
    """Return the text of `data`, by its byte order mark, the header, its own declaration, else a guess.

    Never raises: undecodable bytes become U+FFFD. Valid UTF-8 is read as UTF-8, whatever it declares, once or twice
    encoded; a declaration that gives no words is not believed.
    """
    for mark, encoding in BOMS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, "replace")
    declared = declared_encoding(data, content_type)
    if declared.startswith("utf-16"):
        return data.decode(declared, "replace")
    try:
        return undoubled(data.decode("utf-8"))
    except UnicodeDecodeError:
        text = data.decode(declared, "replace")
    if not is_garbled(text):
        return text
    guess = guessed(data)
    return text if guess is None else data.decode(guess, "replace")


def guessed(data: bytes) -> str | None:
    """Return the encoding in which bytes are words of a language, as charset-normalizer sees it; None if in none."""
    from charset_normalizer import from_bytes

    beyond = b" ".join(_RUN.findall(data[:SAMPLE_BYTES]))  # markup says nothing
    best = from_bytes(beyond, cp_isolation=list(GUESSED)).best()
    if best is None:
        return None
    # These two give the same small letters but one: charset-normalizer cannot tell them apart in a short text.
    near = ("cp1251", "mac_cyrillic") if best.encoding in ("cp1251", "mac_cyrillic") else (best.encoding,)
    encoding = min(near, key=lambda one: sum(_oddities(beyond.decode(one, "replace"))))
    return None if is_garbled(beyond.decode(encoding, "replace")) else encoding


_RUN = re.compile(rb"[^<>{}=;/]*[\x80-\xff][^<>{}=;/]*")


def undoubled(text: str) -> str:
    """Return a text whose UTF-8 was read in another encoding, before it was encoded again, as it was meant."""
    runs = _BEYOND_ASCII.findall(text[:SAMPLE_BYTES])
    for encoding in DOUBLED:
        read = [_read_again(run, encoding) for run in runs]
        right = sum(len(run) for run, meant in zip(runs, read, strict=True) if meant is not None)
        if right >= FEWEST_DOUBLED and right > (1 - ODD_SHARE) * sum(map(len, runs)):
            return "".join(
                part if part.isascii() else _read_again(part, encoding) or part for part in _SPLIT.split(text)
            )
    return text


def _read_again(run: str, encoding: str) -> str | None:
    """Return the UTF-8 that a run of characters was read from in `encoding`; None if it was not."""
    try:
        # Bytes that an encoding has no letter for were read as the control characters of their number.
        data = b"".join(
            bytes([ord(one)]) if "\x80" <= one <= "\x9f" or one == "\xa0" else one.encode(encoding) for one in run
        )
        return data.decode("utf-8")
    except UnicodeError:
        return None


def is_garbled(text: str) -> bool:
    """Return whether a text was read in the wrong encoding: its words and signs are as no language has them."""
    sample = text[:SAMPLE_BYTES]
    words, signs, replaced = _oddities(sample)
    letters = sum(not one.isascii() and one.isalpha() for one in sample)
    known = sum(not word.isascii() for word in _WORD.findall(sample))
    swapped = len(_SWAPPED.findall(sample))
    return (
        (swapped >= FEWEST_SWAPPED and 2 * sum(one.isupper() and not one.isascii() for one in sample) > letters)
        or (words >= FEWEST_ODD and words > ODD_SHARE * known)
        or (signs >= FEWEST_ODD and signs > ODD_SHARE * (letters + signs))
        or replaced > WRONG_SHARE * len(sample)
        or (replaced >= FEWEST_REPLACED and replaced > ODD_SHARE * (letters + replaced))
    )


def _oddities(text: str) -> tuple[int, int, int]:
    """Return how many words and signs of a text show that it was read in the wrong encoding, and its U+FFFD."""
    words = (word for word in _WORD.findall(text) if not word.isascii())
    odd = sum(_ODD_WORD.fullmatch(word) is not None for word in words)
    return odd, len(_ODD_SIGN.findall(text)), text.count("\ufffd")


def declared_encoding(data: bytes, content_type: str | None) -> str:
    """Return the encoding that the header or else the page names, "utf-8" where neither names a known one."""
    header = _CHARSET.search((content_type or "").encode("ascii", "ignore"))
    for match in (header, _CHARSET.search(data[:META_BYTES])):
        label = match[1].decode("ascii").lower() if match else ""
        if _KNOWN.fullmatch(label.replace("_", "-")):
            name = READ_AS.get(label.replace("_", "-"), label)
            try:
                return codecs.lookup(name).name
            except LookupError:
                continue
    return "utf-8"
