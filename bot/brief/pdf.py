"""Set styled text on A4 pages as a PDF whose text can be searched and copied, in Latin and Cyrillic letters."""

import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Literal

from bot.telegram.richtext import Run

WIDTH, HEIGHT, MARGIN, FOOT = 8.27, 11.69, 0.9, 0.5  # inches
POINTS = 72  # an inch
LEADING = 1.42  # height of a line as a multiple of the size of its letters
FOOT_SIZE = 7.5
MEASURED = 100  # size at which letters are measured
INK, FAINT, LINK, BAR = "#1c2430", "#5c6672", "#0b4f8a", "#b9b6ae"
TRUETYPE = 42
"""The kind of font in which letters stay letters: as drawings, which are the default, they can be neither searched nor
copied."""

_WORDS = re.compile(r"\n|[^\S\n]*\S+|[^\S\n]+\Z")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Runs in one size, in points, with the space above them; an indent in inches, with a bar beside a quotation."""

    runs: tuple[Run, ...]
    size: float = 10
    above: float = 4
    indent: float = 0
    bar: bool = False
    faint: bool = False
    keep: bool = False  # on the page of what follows it


@dataclass(frozen=True, slots=True)
class _Piece:
    """A stretch of one style in a line, at `left` inches from the margin."""

    run: Run
    left: float
    width: float


def pdf(title: str, paragraphs: Sequence[Paragraph]) -> bytes:
    """Return the paragraphs as a PDF; `title` and the number of the page are at the foot of each."""
    from matplotlib import rcParams
    from matplotlib.backends.backend_pdf import PdfPages
    from matplotlib.figure import Figure

    rcParams["pdf.fonttype"] = TRUETYPE
    rcParams["axes.unicode_minus"] = False
    found, out = _pages(paragraphs), io.BytesIO()
    with PdfPages(out, metadata={"Title": title, "Creator": "Sitrep"}) as file:
        for number, page in enumerate(found, start=1):
            figure = Figure(figsize=(WIDTH, HEIGHT))
            for paragraph, line, top in page:
                _draw(figure, paragraph, line, top)
            foot = Paragraph((), FOOT_SIZE, faint=True)
            words = Run(f"{title} · {number}/{len(found)}")
            _draw(figure, foot, [_Piece(words, 0, 0)], HEIGHT - FOOT)
            file.savefig(figure)
    return out.getvalue()


Placed = tuple[Paragraph, list[_Piece], float]
"""A line of a paragraph, and how many inches below the top of its page it stands."""


def _pages(paragraphs: Sequence[Paragraph]) -> list[list[Placed]]:
    """Return the lines of each page."""
    pages: list[list[Placed]] = [[]]
    top, bottom = MARGIN, HEIGHT - MARGIN
    for at, paragraph in enumerate(paragraphs):
        step = paragraph.size * LEADING / POINTS
        lines = _lines(paragraph)
        after = paragraphs[at + 1] if paragraph.keep and at + 1 < len(paragraphs) else None
        needed = step * min(len(lines), 2) + (2 * after.size * LEADING / POINTS if after else 0)
        top += paragraph.above / POINTS
        if top + needed > bottom and pages[-1]:
            pages.append([])
            top = MARGIN
        for line in lines:
            if top + step > bottom:
                pages.append([])
                top = MARGIN
            top += step
            pages[-1].append((paragraph, line, top))
    return pages


def _lines(paragraph: Paragraph) -> list[list[_Piece]]:
    """Return the paragraph broken into lines that are no wider than the page."""
    room = WIDTH - 2 * MARGIN - paragraph.indent
    lines: list[list[_Piece]] = [[]]
    left = 0.0
    for run in paragraph.runs:
        for word in (part for found in _WORDS.findall(run.text) for part in _cut(found, run, paragraph.size, room)):
            fits = left + _width(word, run, paragraph.size) <= room
            if word == "\n" or (not fits and lines[-1]):
                lines.append([])
                left = 0.0
            text = word if fits else word.lstrip()
            if word == "\n":
                continue
            last = lines[-1][-1] if lines[-1] else None
            if last is not None and replace(last.run, text="") == replace(run, text=""):
                both = replace(run, text=last.run.text + text)
                lines[-1][-1] = _Piece(both, last.left, _width(both.text, run, paragraph.size))
            else:
                lines[-1].append(_Piece(replace(run, text=text), left, _width(text, run, paragraph.size)))
            left = lines[-1][-1].left + lines[-1][-1].width
    return lines


def _cut(word: str, run: Run, size: float, room: float) -> Iterator[str]:
    """Yield a word in parts that each fit in a line: an address may not."""
    while word and _width(word, run, size) > room:
        most = next(n for n in range(len(word), 0, -1) if n == 1 or _width(word[:n], run, size) <= room)
        yield word[:most]
        word = word[most:]
    yield word


def _width(text: str, run: Run, size: float) -> float:
    """Return the width of a text in inches."""
    return sum(_advance(letter, run.bold, run.italic) for letter in text) * size / POINTS


@lru_cache(maxsize=4096)
def _advance(letter: str, bold: bool, italic: bool) -> float:
    """Return how far a letter moves the next one, as a multiple of its size."""
    from matplotlib.textpath import text_to_path

    font = _font(Run("", bold=bold, italic=italic), MEASURED)
    return float(text_to_path.get_text_width_height_descent(letter, font, ismath=False)[0]) / MEASURED


def _font(run: Run, size: float) -> Any:
    from matplotlib.font_manager import FontProperties

    style: Literal["italic", "normal"] = "italic" if run.italic else "normal"
    weight = "bold" if run.bold else "normal"
    return FontProperties(family="DejaVu Sans", style=style, weight=weight, size=size)


def _draw(figure: Any, paragraph: Paragraph, line: Sequence[_Piece], top: float) -> None:
    from matplotlib.lines import Line2D

    def rule(x: tuple[float, float], y: tuple[float, float], colour: str, width: float) -> None:
        across = [one / WIDTH for one in x]
        figure.add_artist(Line2D(across, [1 - one / HEIGHT for one in y], color=colour, linewidth=width))

    begin, size = MARGIN + paragraph.indent, paragraph.size
    for piece in line:
        run, left = piece.run, begin + piece.left
        web = run.href if run.href.startswith(("http://", "https://")) else None
        colour = LINK if web else FAINT if paragraph.faint else INK
        figure.text(
            left / WIDTH,
            1 - top / HEIGHT,
            run.text,
            fontproperties=_font(run, size),
            color=colour,
            url=web,
            parse_math=False,
            va="baseline",
        )
        if run.struck:
            middle = top - 0.3 * size / POINTS
            rule((left, left + piece.width), (middle, middle), colour, 0.8)
    if paragraph.bar:
        beside = begin - 0.1
        rule((beside, beside), (top - size / POINTS, top + (LEADING - 1) * size / POINTS), BAR, 1.5)
