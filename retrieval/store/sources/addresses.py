"""The address of an article, and the key that all spellings of it share: `web_address`, `address_key`.

`https://www.example.org/a/?utm_source=x#top` and `http://m.example.org:80/a/amp` are one article.
"""

import re
from contextlib import suppress
from urllib.parse import SplitResult, parse_qsl, quote, unquote_to_bytes, urlencode, urlsplit

LONGEST = 2_048
"""Characters; no page has a longer address."""

_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_BARE = re.compile(r"(?:[\w-]+\.)+[^\W\d_]{2,}(?::\d+)?(?:[/?#]\S*)?", re.IGNORECASE)
_UNSEEN = re.compile(r"[\0-\x20\x7f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
_TWIN_HOST = re.compile(r"(?:www\d?|m|mobile|wap|touch|pda|amp)\.(?=[^.]+\.)")
_TWIN_LABEL = re.compile(r"(?<=\w)\.m\.(?=[^.]+\.)")  # en.m.wikipedia.org
_AMP_CACHE = re.compile(r"/(?:amp|[acivw])/(?:s/)?(?=[^/]+\.[^/]+)")
_AMP_HOSTS = re.compile(r"(?:www\.)?google\.[a-z.]{2,6}$|.*\.(?:cdn\.ampproject\.org|bing-amp\.com)$")
_AMP_PATH = re.compile(r"^/amp(?=/.)|(?<=.)/amp/?$|\.amp(?=\.html?$|$)|(?<=.)/amp(?=\.html?$)", re.IGNORECASE)
_INDEX = re.compile(r"/(?:index|default)\.(?:html?|php\d?|aspx?|jsp)$", re.IGNORECASE)
_SESSION = re.compile(r";jsessionid=[^/]*", re.IGNORECASE)
_VIEW = re.compile(r"amp|_amp|m|mobile|isamp|output(?:type)?|view|print|embed|single|rss|share", re.IGNORECASE)
_VIEWS = frozenset(("", "1", "true", "yes", "amp", "mobile", "m", "print", "rss", "y"))
# Parameters that say where a reader came from, beside those that courlan knows (lists of AdGuard and ClearURLs).
_CAME_FROM = re.compile(
    r"utm_\w+|_openstat|ftag|cmp|cmpid|icid|ocid|ncid|ito|smid|smtyp|spm|soc_\w+|sr_share|guccounter|guce_\w+|trk\w*"
    r"|__twitter_impression|_branch_match_id|_hs\w+|hs\w*tracking|mkt_tok|ref_\w+|pk_\w+|zanpid|epik|[a-z]*clid"
    r"|[a-z]*braid|(?:tg_)?rhash|phpsessid|jsessionid|amp_\w+|usqp|fb_\w+|action_\w+_ids|feature|nr_email_referer",
    re.IGNORECASE,
)
TELEGRAM_HOSTS = frozenset(("t.me", "telegram.me", "telegram.dog"))


def web_address(written: str | None) -> str | None:
    """Return an http(s) address as it is stored and linked to; None for anything else (`tg://`, a path, words)."""
    plain = _UNSEEN.sub("", (written or "").strip().replace(" ", "%20"))
    if not _SCHEME.match(plain) and _BARE.fullmatch(plain):
        plain = f"https://{plain}"
    return plain if len(plain) <= LONGEST and _split(plain) else None


def address_key(url: str | None) -> str | None:
    """Return a key that is the same for all spellings of an article's address; None if it is no http(s) address.

    Scheme, `www`, default port, host case, trailing slash, escapes, fragment, the order of parameters and those that
    say where a reader came from make no difference; nor do AMP and mobile twins, nor the preview of a Telegram post.
    A fragment that is the page's path in an application ("#!/a/7") stays.
    """
    parts = _split(url or "")
    if parts is None:
        return None
    host = parts.hostname or ""
    if _AMP_HOSTS.match(host) and (cached := _AMP_CACHE.match(parts.path)):
        return address_key(f"https://{parts.path[cached.end() :]}?{parts.query}")
    where = _telegram(parts.path) if host in TELEGRAM_HOSTS else _path(parts.path)
    pairs = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if not _is_incidental(*pair)]
    port = "" if parts.port in (None, 80, 443) else f":{parts.port}"
    query = f"?{urlencode(sorted(pairs))}" if pairs and host not in TELEGRAM_HOSTS else ""
    route = f"#{parts.fragment}" if parts.fragment.startswith(("!", "/")) else ""
    return f"{host_of(url)}{port}{where}{query}{route}"


def host_of(url: str | None) -> str:
    """Return the host of an address, without `www` and the like, the same for its AMP and mobile twins; "" without."""
    parts = _split(url or "")
    host = (parts.hostname or "").rstrip(".") if parts else ""
    if host in TELEGRAM_HOSTS:
        return "t.me"
    with suppress(UnicodeError):
        host = host.encode("idna").decode() if not host.isascii() else host
    while (shorter := _TWIN_LABEL.sub(".", _TWIN_HOST.sub("", host, count=1))) != host:
        host = shorter
    return host


def plainer(one: str | None, other: str | None) -> str | None:
    """Return the better of two spellings of an address to link to: https, no twin of it, nothing incidental."""
    known = [url for url in (one, other) if url]
    return min(known, key=lambda url: (not url.startswith("https:"), len(url)), default=None)


def without_incidentals(url: str) -> str:
    """Return an address without its fragment and the parameters that only say where a reader came from."""
    parts = urlsplit(url)
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    kept = [pair for pair in pairs if not _is_incidental(*pair)]
    query = parts.query if len(kept) == len(pairs) else urlencode(kept)
    return parts._replace(query=query, fragment="").geturl()


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url.strip())
        # A user name in it could pose as another host: https://example.org@elsewhere.example/
        fit = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0 and "@" not in parts.netloc
    except ValueError:
        return None
    return parts if fit else None


def _telegram(path: str) -> str:
    """Return the path of a channel or post: `/s/NAME/7` is its preview, and names have no case."""
    names = [part for part in path.split("/") if part]
    names = names[1:] if names[:1] == ["s"] and len(names) > 1 else names
    return "".join(f"/{name}" for name in ([names[0].lower(), *names[1:]] if names else []))


def _path(path: str) -> str:
    plain = _SESSION.sub("", re.sub("/{2,}", "/", path))
    plain = _INDEX.sub("/", _AMP_PATH.sub("", plain) or plain)
    # Each part is escaped in one way; a slash in a part stays escaped.
    parts = (quote(unquote_to_bytes(part), safe="~!$&'()*+,;=:@") for part in plain.split("/"))
    return "/".join(parts).rstrip("/")


def _is_incidental(name: str, value: str) -> bool:
    """Return whether a parameter only says where a reader came from or how the page is to be shown."""
    from courlan.clean import TRACKERS_RE

    if _CAME_FROM.fullmatch(name) or (_VIEW.fullmatch(name) and value.lower() in _VIEWS):
        return True
    if name.lower() in ("from", "src"):  # "rss", "telegram"; but "2022-01-06" too
        return not any(map(str.isdecimal, value))
    # courlan's names ("cid", "ref", "source") are those of articles too where the value is a number.
    return TRACKERS_RE.search(name.lower()) is not None and not value.isdecimal()
