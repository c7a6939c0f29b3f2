"""The text of an article, out of a page's furniture.

trafilatura finds the article. The rest is done here by rules for all pages, never by site: its strict and its usual
reading are compared; paragraphs with the same markup as the found ones are added; the headline, lines that are only
a link, and phrases of furniture are removed; and where the publisher states the body itself (JSON-LD), that body
decides about the remaining lines. Measured by `benchmarks/extraction.py`.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from retrieval.ingest.parse.furniture import is_furniture

STRICT_SHARE = 0.6  # the strict reading is taken unless it has less than this share of the usual one
SHAPE_SHARE = 0.5  # share of the found text that must stand in one shape before more of it is taken back
LINK_SHARE = 0.9  # a block with this share of its letters inside links is a link, not a paragraph
STATED_SHARE = 0.9  # a stated body is believed about a page where it covers this share of what was found
STATED_ALIKE = 0.5  # a stated body is of the same article where it covers this share of what was found
STATED_EXCESS = 1.6  # a stated body this many times longer than what was found replaces it
PROSE_WORDS = 6  # a paragraph that is taken back has at least so many words, and ends as a sentence does
PROSE_LINKS = 0.5  # and less than this share of its letters inside links
MARGIN = 40  # characters; the narrowest column that a text is broken at
HEADLINE_LINES = 4  # the headline and its like are looked for in so many first lines
LONGEST_BLOCK = 20_000  # characters; a longer "paragraph" is a container
BLOCK_TAGS = ("p", "li", "h1", "h2", "h3", "h4", "h5", "h6", "div", "blockquote", "td", "dd", "section")
NOT_PROSE = frozenset(["script", "style", "noscript", "template", "svg", "select", "button"])

SOFT_HYPHEN = "\xad"

_WORD = re.compile(r"\w+")
_LINE_END = re.compile(r"[.!?…:;|][\"'”’»)\]]*$")
_SENTENCE_END = re.compile(r"[.!?…][\"'”’»)\]]*$")


@dataclass(frozen=True, slots=True)
class Block:
    """A block of text on the page: its words as a key, its place, shape and links."""

    key: str
    text: str
    order: int
    shape: tuple[str, ...]
    region: int  # the <article> or <main> around it, from 1; 0: none
    link_share: float


def key_of(text: str) -> str:
    """Return the words of `text`, lower case, one space between: equal for equal paragraphs."""
    return " ".join(_WORD.findall(text.replace(SOFT_HYPHEN, "").lower()))


def article_text(tree: Any, titles: tuple[str, ...] = (), stated: str | None = None) -> str:
    """Return the article on a page, one paragraph a line, or "" where there is none.

    `tree` is an lxml HTML tree, left as it was; `titles` are the headlines the page gives itself;
    `stated` is the body its JSON-LD gives, if any.
    """
    blocks = list(blocks_of(tree))
    lines = take_back(found_lines(tree), blocks)
    lines = without_furniture(lines, blocks, titles)
    return "\n".join(settled_by(stated, lines))


def found_lines(tree: Any) -> list[str]:
    """Return the lines that trafilatura finds, strictly if that is not much less than usually."""
    import trafilatura

    usual = trafilatura.extract(tree, include_comments=False) or ""
    strict = trafilatura.extract(tree, include_comments=False, favor_precision=True) or ""
    chosen = strict if len(strict) > STRICT_SHARE * len(usual) else usual
    return unwrapped([line.strip() for line in chosen.split("\n") if line.strip()])


def unwrapped(lines: list[str]) -> list[str]:
    """Join lines that were broken at a margin: long, not ending a sentence, before a small letter."""
    whole: list[str] = []
    for line in lines:
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
        if any(True for _ in element.iterdescendants(*BLOCK_TAGS)):
            continue
        text = " ".join(visible(element).split())
        if not text or len(text) > LONGEST_BLOCK:
            continue
        region = regions.get(next(element.iterancestors("article", "main"), None), 0)
        linked = sum(len(" ".join(visible(a).split())) for a in element.iter("a"))
        yield Block(key_of(text), text, order, shape_of(element), region, linked / len(text))


def visible(element: Any) -> str:
    """Return the text inside an element that a reader would see."""
    if not isinstance(element.tag, str) or element.tag in NOT_PROSE:
        return ""
    if element.tag == "br":
        return "\n"
    return (element.text or "") + "".join(visible(child) + (child.tail or "") for child in element)


def shape_of(element: Any) -> tuple[str, ...]:
    """Return the tags and classes of a block and the three around it: alike for paragraphs of one body."""
    chain = [element, *element.iterancestors()][:4]
    return tuple(f"{node.tag}.{node.get('class', '')}" for node in chain)


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
    lines = (" ".join(line.split()) for line in visible(tree).split("\n"))
    return "\n".join(line for line in lines if line and not is_furniture(line))


# --- lines --------------------------------------------------------------------------------------


def take_back(lines: list[str], blocks: list[Block]) -> list[str]:
    """Return `lines` with the paragraphs that stand as most of them do but were left out, in their places."""
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
    missing = [b for b in alike if is_prose(b) and not is_known(b, found, known)]
    return in_order(lines, blocks, missing)


def is_prose(block: Block) -> bool:
    words = block.key.count(" ") + 1
    return words >= PROSE_WORDS and block.link_share < PROSE_LINKS and bool(_SENTENCE_END.search(block.text))


def is_known(block: Block, found: set[str], known: set[tuple[str, ...]]) -> bool:
    """Return whether a block is among the lines, whole or cut into several."""
    grams = four_words(block.key)
    return block.key in found or len(grams & known) > len(grams) / 2


def in_order(lines: list[str], blocks: list[Block], missing: list[Block]) -> list[str]:
    """Return the lines with each missing block after the last line before it in the page."""
    if not missing:
        return lines
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


def without_furniture(lines: list[str], blocks: list[Block], titles: tuple[str, ...]) -> list[str]:
    links = {block.key for block in blocks if block.link_share >= LINK_SHARE}
    links -= {block.key for block in blocks if block.link_share < LINK_SHARE}
    headlines = {key_of(title) for title in titles if title}
    kept = []
    for number, line in enumerate(lines):
        key = key_of(line)
        if (number < HEADLINE_LINES and key in headlines) or key in links or is_furniture(line):
            continue
        kept.append(line)
    return kept


def settled_by(stated: str | None, lines: list[str]) -> list[str]:
    """Return the lines that belong to the article, by the body that the publisher states.

    A stated body much longer than the lines, with most of them in it, replaces them (pages that hide or load their
    text). Where it covers nearly all of them, lines with no four words in a row from it are furniture.
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
