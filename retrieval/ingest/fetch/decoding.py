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
# As browsers read them (https://encoding.spec.whatwg.org/#names-and-labels).
READ_AS = {
    **dict.fromkeys(("iso-8859-1", "latin-1", "latin1", "us-ascii", "ascii"), "cp1252"),
    **dict.fromkeys(("gb2312", "gbk"), "gb18030"),
    "iso-8859-9": "cp1254",
}
# Python's other codecs (punycode, utf-7, unicode_escape) are not for pages.
_KNOWN = re.compile(
    r"utf-?(8|16|16-?le|16-?be)|(windows|cp)-?(125\d|866|874)|iso-?8859-?\d+|latin-?1|(us-)?ascii"
    r"|koi8-?[ru]|ibm866|x?-?mac-?cyrillic|gb(2312|k|18030)|big5(-hkscs)?|shift[_-]jis|euc-(jp|kr)"
    r"|ptcp154|kz-?1048"
)
_CHARSET = re.compile(rb"""charset\s*=\s*["']?\s*([\w.:-]{1,40})""", re.IGNORECASE)


def decode(data: bytes, content_type: str | None = None) -> str:
    """Return the text of `data`, by its byte order mark, the header, its own declaration, else a guess.

    Never raises: undecodable bytes become U+FFFD. Valid UTF-8 is read as UTF-8, whatever it declares.
    """
    for mark, encoding in BOMS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, "replace")
    declared = declared_encoding(data, content_type)
    if declared.startswith("utf-16"):
        return data.decode(declared, "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        text = data.decode(declared, "replace")
    if declared == "utf-8" and text.count("\ufffd") > WRONG_SHARE * len(text):
        from charset_normalizer import from_bytes

        guess = from_bytes(data[:SAMPLE_BYTES]).best()
        if guess and _KNOWN.fullmatch(guess.encoding.replace("_", "-")):
            return data.decode(guess.encoding, "replace")
    return text


def declared_encoding(data: bytes, content_type: str | None) -> str:
    """Return the encoding that the header or else the page names, "utf-8" where neither names a known one."""
    header = _CHARSET.search((content_type or "").encode("ascii", "ignore"))
    for match in (header, _CHARSET.search(data[:META_BYTES])):
        label = match[1].decode("ascii").lower() if match else ""
        if _KNOWN.fullmatch(label):
            name = READ_AS.get(label, label)
            try:
                return codecs.lookup(name).name
            except LookupError:
                continue
    return "utf-8"
