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
    split = words.split()
    parts = [" ".join(split)]
    if len(parts[0]) > WHOLE_QUOTE and len(split) > 2 * EDGE_WORDS:
        parts = [" ".join(split[:EDGE_WORDS]), " ".join(split[-EDGE_WORDS:])]
    fragment = ",".join(quote(part, safe="").replace("-", "%2D") for part in parts)  # a bare hyphen has a meaning there
    page = url.partition(":~:")[0]  # a directive that the address came with would be read as well
    return page + ("" if "#" in page else "#") + ":~:text=" + fragment
