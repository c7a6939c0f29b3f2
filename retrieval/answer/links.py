"""Links that open a page at the very words that are quoted (the web's text fragments, `#:~:text=`).

No Python library was found that writes them.
"""

from urllib.parse import quote, urlsplit

WHOLE_QUOTE = 120  # a longer quote, in characters, is given by its first and last words: browsers match a range
EDGE_WORDS = 5


def link_to_quote(url: str | None, words: str) -> str:
    """Return the address of `words` on the page at `url` (of the page, without any); empty where it has none."""
    if not url or urlsplit(url).scheme not in ("http", "https"):
        return ""
    if not words:
        return url
    return url + ("" if "#" in url else "#") + ":~:text=" + _fragment(" ".join(words.split()))


def _fragment(words: str) -> str:
    split = words.split(" ")
    if len(words) <= WHOLE_QUOTE or len(split) <= 2 * EDGE_WORDS:
        return _escaped(words)
    return f"{_escaped(' '.join(split[:EDGE_WORDS]))},{_escaped(' '.join(split[-EDGE_WORDS:]))}"


def _escaped(words: str) -> str:
    """Percent-encode; a hyphen and a comma mean something in a text fragment."""
    return quote(words, safe="").replace("-", "%2D")
