"""The text of the article on a page, without furniture: menus, buttons, notices, calls to subscribe.

trafilatura finds the article. These rules, the same for all sites, correct its result: its strict and its usual
reading are compared; paragraphs with the same markup as the found ones are added; the headline, lines that are only
a link, and furniture are removed; and a body that the publisher states itself (JSON-LD) decides about the remaining
lines. Measured by `benchmarks/extraction.py`.
"""

import html
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from retrieval.ingest.parse.moments import possible_moment_of
from retrieval.language.packs import any_regex

STRICT_SHARE = 0.6  # the strict reading is taken unless it has less than this share of the usual one
SHAPE_SHARE = 0.5  # more paragraphs of one shape are added if it has at least this share of the found text
LINK_SHARE = 0.9  # a block with this share of its letters inside links is a link, not a paragraph
STATED_SHARE = 0.9  # a stated body decides about the lines if it covers at least this share of them
STATED_ALIKE = 0.5  # a stated body is of the same article if it covers more than this share of the lines
STATED_EXCESS = 1.6  # a stated body of the same article that is this many times longer replaces the lines
PROSE_WORDS = 6  # an added paragraph has at least so many words, ends as a sentence does,
PROSE_LINKS = 0.5  # and has less than this share of its letters inside links
CAPTION_SHARE = 0.7  # a line with more than this share of its words in captions is one; so is a gallery's text
MARGIN = 40  # characters; the narrowest column that a text is broken at
HEADLINE_LINES = 4  # a headline is removed from so many first lines
SALES_LINES = 4  # at either end of a text, some of which may sell the rest
LONGEST_BLOCK = 20_000  # characters; a longer "paragraph" is a container
BLOCK_TAGS = ("p", "li", "h1", "h2", "h3", "h4", "h5", "h6", "div", "blockquote", "td", "dd", "section")
NOT_PROSE = frozenset(["script", "style", "noscript", "template", "svg", "select", "button"])

LONGEST_FURNITURE = 250  # characters; longer lines are prose, whatever they begin with
SOFT_HYPHEN = "\xad"

_POINTER = re.compile(
    rf"(?:[-–—•*►▶>\[(]\s*)?(?:{any_regex('pages', 'pointers')})\s*(?::|[]).…>»]*$|[-–—|] )", re.IGNORECASE
)
_WHOLE = re.compile(rf"(?:{any_regex('pages', 'whole')}|[\W_]+)", re.IGNORECASE)
_BEGINNING = re.compile(rf"[\W_]*(?:{any_regex('pages', 'beginnings')})", re.IGNORECASE)
_CONSENT = re.compile(rf"\W*(?:{any_regex('pages', 'consent')})", re.IGNORECASE)
_SALES = re.compile(rf"\b(?:{any_regex('pages', 'sales')})", re.IGNORECASE)
_NAMED = r"[^()\[\]]{0,80}[)\]]?\s*$"
_CREDIT = re.compile(
    rf"\s*[(\[]?\s*\b(?:{any_regex('pages', 'credits')})\s*(?::|/|©|\bby\b){_NAMED}|\s*[(\[]?\s*©{_NAMED}",
    re.IGNORECASE,
)
_SHARED = re.compile(r"\bcontributed to this (?:report|story|article)\.?$", re.IGNORECASE)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_WORD = re.compile(r"\w+")
_LINE_END = re.compile(r"[.!?…:;|][\"'”’»)\]]*$")
_SENTENCE_END = re.compile(r"[.!?…][\"'”’»)\]]*$")


@dataclass(frozen=True, slots=True)
class Block:
    """A block of text on the page."""

    key: str  # its words; see `key_of`
    text: str
    order: int  # its number on the page
    shape: tuple[str, ...]  # tags and classes of it and the three around it: the same for paragraphs of one body
    region: int  # the <article> or <main> around it, from 1; 0: none
    link_share: float


def key_of(text: str) -> str:
    """Return the words of `text`, lower case, one space between: equal for equal paragraphs."""
    return " ".join(_WORD.findall(text.replace(SOFT_HYPHEN, "").lower()))


def article_text(tree: Any, titles: tuple[str, ...] = (), stated: str | None = None) -> str:
    """Return the article on a page, one paragraph a line, or "" if it has none.

    `tree` is an lxml HTML tree, left as it was; `titles` are the headlines the page gives itself;
    `stated` is the body its JSON-LD gives, if any.
    """
    blocks = list(blocks_of(tree))
    lines = without_captions(with_missing(found_lines(tree), blocks), captions_of(tree))
    links = {block.key for block in blocks if block.link_share >= LINK_SHARE}
    links -= {block.key for block in blocks if block.link_share < LINK_SHARE}
    headlines = links | {key_of(title) for title in titles if title}
    lines = [
        line
        for number, line in enumerate(lines)
        if key_of(line) not in (headlines if number < HEADLINE_LINES else links)
        and not is_furniture(line)
        and not (number < HEADLINE_LINES and possible_moment_of(line))
    ]
    return "\n".join(settled_by(stated, without_sales(lines)))


def found_lines(tree: Any) -> list[str]:
    """Return the lines that trafilatura finds, strictly if that is not much less than usually."""
    import trafilatura

    usual = trafilatura.extract(tree, include_comments=False) or ""
    strict = trafilatura.extract(tree, include_comments=False, favor_precision=True) or ""
    chosen = strict if len(strict) > STRICT_SHARE * len(usual) else usual
    whole: list[str] = []
    for line in (line.strip() for line in chosen.split("\n") if line.strip()):
        # Lines broken at a margin are joined: long, not the end of a sentence, before a small letter.
        if whole and len(whole[-1]) >= MARGIN and line[0].islower() and not _LINE_END.search(whole[-1]):
            whole[-1] += " " + line
        else:
            whole.append(line)
    return whole


# --- the page's own blocks --------------------------------------------------------------------


def blocks_of(tree: Any) -> Iterator[Block]:
    """Yield the innermost blocks of text of a page, in reading order."""
    regions = {region: n for n, region in enumerate(tree.iter("article", "main"), start=1)}
    for order, element in enumerate(tree.iter(*BLOCK_TAGS)):
        if next(element.iterdescendants(*BLOCK_TAGS), None) is not None:
            continue
        text = " ".join(visible_text(element).split())
        if not text or len(text) > LONGEST_BLOCK:
            continue
        region = regions.get(next(element.iterancestors("article", "main"), None), 0)
        linked = sum(len(" ".join(visible_text(a).split())) for a in element.iter("a"))
        around = [element, *element.iterancestors()][:4]
        shape = tuple(f"{one.tag}.{one.get('class', '')}" for one in around)
        yield Block(key_of(text), text, order, shape, region, linked / len(text))


def visible_text(element: Any) -> str:
    """Return the text inside an element that a reader would see."""
    if not isinstance(element.tag, str) or element.tag in NOT_PROSE:
        return ""
    if element.tag == "br":
        return "\n"
    if element.get("hidden") is not None or _HIDDEN.search(element.get("style") or ""):
        return ""
    return (element.text or "") + "".join(visible_text(child) + (child.tail or "") for child in element)


def plain_text(markup: str) -> str:
    """Return a fragment of HTML, or plain text, as its paragraphs without furniture, one a line."""
    if "<" not in markup:
        return html.unescape(markup).strip()
    from lxml import etree
    from lxml.html import fragment_fromstring

    try:
        tree = fragment_fromstring(markup.replace("\0", ""), create_parent="div")
    except (etree.ParserError, ValueError):
        return ""
    for block in tree.iter(*BLOCK_TAGS):
        block.tail = "\n" + (block.tail or "")
        block.text = "\n" + (block.text or "")
    lines = (" ".join(line.split()) for line in visible_text(tree).split("\n"))
    return "\n".join(line for line in lines if line and not is_furniture(line))


def captions_of(tree: Any) -> list[str]:
    """Return the captions of the pictures on a page that are no paragraphs of its text too."""
    found = (" ".join(visible_text(caption).split()) for caption in tree.iter("figcaption"))
    outside = (p for p in tree.iter("p") if next(p.iterancestors("figure"), None) is None)
    paragraphs = {key_of(visible_text(paragraph)) for paragraph in outside}
    return [caption for caption in found if caption and key_of(caption) not in paragraphs]


# --- lines --------------------------------------------------------------------------------------


def without_captions(lines: list[str], captions: list[str]) -> list[str]:
    """Return lines without the captions among them; of a gallery, which has little else, they alone."""
    if not captions:
        return lines
    known = set().union(*map(four_words, captions))
    rest, within = [], 0
    for line in lines:
        grams = four_words(line)
        if grams and len(grams & known) > CAPTION_SHARE * len(grams):
            within += len(line)
        else:
            rest.append(line)
    if within > CAPTION_SHARE * sum(map(len, lines)):
        plain = (_CREDIT.sub("", caption) for caption in captions)
        return list(dict.fromkeys(caption for caption in plain if caption))
    return rest


def with_missing(lines: list[str], blocks: list[Block]) -> list[str]:
    """Return `lines` with the paragraphs that were left out though they have the shape of most lines, in order."""
    found = {key_of(line) for line in lines}
    body = [block for block in blocks if block.key in found and block.shape[0].startswith("p.")]
    weights: Counter[tuple[tuple[str, ...], int]] = Counter()
    for block in body:
        weights[block.shape, block.region] += len(block.text)
    if not weights:
        return lines
    (shape, region), weight = weights.most_common(1)[0]
    if weight < SHAPE_SHARE * sum(map(len, lines)):
        return lines
    alike = [b for b in blocks if b.shape == shape and b.region == region]
    known = set().union(*map(four_words, lines))
    missing = []
    for block in alike:
        grams = four_words(block.key)
        is_known = block.key in found or len(grams & known) > len(grams) / 2  # whole or cut into several lines
        if is_prose(block) and not is_known:
            missing.append(block)
    return in_order(lines, blocks, missing) if missing else lines


def is_prose(block: Block) -> bool:
    words = block.key.count(" ") + 1
    return words >= PROSE_WORDS and block.link_share < PROSE_LINKS and bool(_SENTENCE_END.search(block.text))


def in_order(lines: list[str], blocks: list[Block], missing: list[Block]) -> list[str]:
    """Return the lines with each missing block after the last line before it in the page."""
    place: dict[str, int] = {}
    for block in blocks:
        place.setdefault(block.key, block.order)
    keyed: list[tuple[int, str]] = []
    last = -1
    for line in lines:
        last = max(last, place.get(key_of(line), last))
        keyed.append((last, line))
    keyed += [(block.order, block.text) for block in missing]
    return [line for _, line in sorted(keyed, key=lambda pair: pair[0])]


def is_furniture(line: str) -> bool:
    """Return whether a line of a page is a pointer, a button, a notice or a call to subscribe, not prose."""
    line = line.strip()
    if len(line) > LONGEST_FURNITURE:
        return False
    found = _WHOLE.fullmatch(line) or _POINTER.match(line) or _BEGINNING.match(line) or _SHARED.search(line)
    return bool(found or _CONSENT.match(line))


def without_sales(lines: list[str]) -> list[str]:
    """Return lines without those at either end that sell the rest, or ask to log in for it."""
    last = len(lines) - SALES_LINES
    return [
        line
        for number, line in enumerate(lines)
        if SALES_LINES <= number < last or len(line) > LONGEST_FURNITURE or not _SALES.search(line)
    ]


def settled_by(stated: str | None, lines: list[str]) -> list[str]:
    """Return the lines that belong to the article, by the body that the publisher states.

    A stated body that is much longer than the lines, and contains most of them, replaces them (pages that hide or load
    their text). If it covers nearly all of them, lines with no four words in a row from it are furniture.
    """
    if not stated:
        return lines
    own = four_words(stated)
    found = [four_words(line) for line in lines]
    everything = set().union(*found)
    share = len(everything & own) / len(everything) if everything else 1.0
    run_together = len(lines) == 1 and "\n" in stated and share >= STATED_SHARE
    if run_together or (len(own) > STATED_EXCESS * len(everything) and share > STATED_ALIKE):
        return [line.strip() for line in stated.split("\n") if line.strip()]
    if share < STATED_SHARE:
        return lines
    return [line for line, grams in zip(lines, found, strict=True) if not grams or grams & own]


def four_words(text: str) -> set[tuple[str, ...]]:
    words = key_of(text).split()
    return set(zip(words, words[1:], words[2:], words[3:], strict=False))
