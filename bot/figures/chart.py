"""Draw series of figures as a PNG for a phone: reported values over time, one mark style a speaker."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from babel.numbers import format_decimal

from bot.locales import month_day_text
from retrieval.domain import Figure
from retrieval.figures.keys import office_of, place_name, speaker_key
from retrieval.figures.ledger import GROWING, FigureStatus, Series
from retrieval.figures.standing import is_drawable, is_drawn

WIDTH, PANEL_HEIGHT, FRAME_HEIGHT, LEGEND_ROW = 5.4, 2.4, 1.05, 0.18  # inches
TITLE_BELOW, EVENT_BELOW, PANELS_BELOW = 0.12, 0.38, 0.6  # inches from the top to what is written there
DPI = 200  # 1080 pixels wide: a phone's width
MOST_PANELS = 3
MOST_SPEAKERS = 8  # as many colours as eyes can distinguish
LONGEST_NAME = 34  # characters of a speaker's name in the legend
LOG_FROM = 25  # ratio of the largest to the smallest value from which the scale is logarithmic
LONGEST_WORD = 14  # characters of a number in words ("dozens") that is shown as it was written
LABEL_SIZE, LETTER_WIDTH = 9, 0.64  # points; mean width of a bold letter as a share of it
DATE_TICKS = 5
MARK_SPREAD = 0.22  # days between the marks of speakers on one day
MOST_LABELS = 12  # values written beside their marks, in all panels together
BOUND_WIDTH, BOUND_LENGTH = 18, 24  # points: the line at the value of "at least", and the arrow that leaves it

MARKS = ("o", "s", "D", "^", "v", "P", "X", "h")


@dataclass(frozen=True, slots=True)
class Theme:
    """The colours of a picture; `speakers` has one for each."""

    paper: str
    ink: str
    faint: str
    grid: str
    gone: str  # of what was withdrawn
    speakers: tuple[str, ...]


LIGHT = Theme(
    paper="#fbfaf7",
    ink="#1c2430",
    faint="#5c6672",
    grid="#dcdad3",
    gone="#c0392b",
    speakers=("#0b6fa4", "#d1700b", "#2a8a4a", "#8e44ad", "#946b2d", "#c2185b", "#008b8b", "#5c6672"),
)
DARK = Theme(
    paper="#17212b",
    ink="#eef2f6",
    faint="#a3b1bf",
    grid="#2c3a47",
    gone="#ff7a6b",
    speakers=("#5cb8ea", "#f5a34a", "#63cf86", "#c990e6", "#d3ae72", "#f27aa8", "#4fd0d0", "#a9b4bf"),
)


@dataclass(frozen=True, slots=True)
class Mark:
    """One value of one speaker on one day, as it is drawn."""

    figure: Figure
    day: date
    x: float  # the day's ordinal, shifted so that the marks of one day do not hide each other
    speaker: int  # index of the speaker's name, colour and sign
    withdrawn: bool
    wording: str
    language: str  # of the wording

    @property
    def y(self) -> float:
        return next((bound for bound in (self.figure.low, self.figure.high) if bound is not None), 0.0)

    @property
    def is_bound(self) -> bool:
        """Whether only a least or a most is reported: "dozens", "at least 13"."""
        return self.figure.low is None or self.figure.high is None


def chart(series: Sequence[Series], language: str, texts: Mapping[str, str], theme: Theme = LIGHT) -> bytes:
    """Return a PNG of at most three series, 1080 pixels wide.

    All are of one event and one kind. `texts` are the frame texts in `language`: "title" and "event", which say so;
    "withdrawn"; "unnamed" (no speaker named);
    "others"; and for each group its name, under "group.total" and so on. A missing group is shown by its key.
    Raises ValueError if no series has a number.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure as Picture

    drawn = [s for s in series if is_drawable(s)][:MOST_PANELS]
    if not drawn:
        raise ValueError("there is no number to draw")
    speakers = _speakers(drawn, texts)
    names = list(dict.fromkeys(speakers.values()))
    legend_rows = -(-min(len(names) + 1, MOST_SPEAKERS + 1) // 2)
    height = FRAME_HEIGHT + PANEL_HEIGHT * len(drawn) + LEGEND_ROW * legend_rows
    figure = Picture(figsize=(WIDTH, height), dpi=DPI, facecolor=theme.paper)
    FigureCanvasAgg(figure)
    panels = figure.subplots(len(drawn), 1, sharex=True, squeeze=False)[:, 0]
    marks = [_marks(s, speakers, names) for s in drawn]
    for panel, one, row in zip(panels, drawn, marks, strict=True):
        _draw(panel, row, language, theme, growing=one.kind in GROWING)
        title = (
            texts.get(f"good.{one.good}", one.good),
            None if one.group == "total" and (one.place or one.unit) else texts.get(f"group.{one.group}", one.group),
            place_name(one.place, language, one.places) if one.place else None,
            one.unit,
        )
        panel.set_title(" · ".join(part for part in title if part), loc="left", fontsize=10, color=theme.faint, pad=8)
    _date_axis(panels[-1], [mark.day for row in marks for mark in row], language)
    bold = {"ha": "left", "va": "top", "fontsize": 13, "fontweight": "bold", "color": theme.ink}
    figure.text(0.03, 1 - TITLE_BELOW / height, texts["title"], bold)
    if texts.get("event"):
        below = 1 - EVENT_BELOW / height
        figure.text(0.03, below, texts["event"], ha="left", va="top", fontsize=8, color=theme.faint)
    _legend(figure, names, texts["withdrawn"] if any(m.withdrawn for row in marks for m in row) else "", theme)
    top = PANELS_BELOW if texts.get("event") else EVENT_BELOW
    figure.tight_layout(rect=(0, (LEGEND_ROW * legend_rows + 0.12) / height, 1, 1 - top / height), h_pad=1.2)
    for panel, row, few in zip(panels, marks, labelled(marks), strict=True):  # once the panels have their final size
        _label(panel, row, few, language, theme)
    out = io.BytesIO()
    figure.savefig(out, format="png", facecolor=theme.paper)
    return out.getvalue()


# --- marks ------------------------------------------------------------------------------------


def _speakers(series: Sequence[Series], texts: Mapping[str, str]) -> dict[str | None, str]:
    """Return speaker key -> name in the legend; speakers beyond the last colour share one name."""
    found: dict[str | None, str] = {}
    for entry in (e for s in series for e in s.entries if is_drawn(e)):
        key, name = speaker_key(entry.figure.speaker), entry.figure.speaker or ""
        name = texts.get(f"office.{office_of(name)}", name)
        short = name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1].rstrip() + "…"
        own = short[:1].upper() + short[1:] or texts["unnamed"]
        found.setdefault(key, own if len(found) < MOST_SPEAKERS - 1 else texts["others"])
    return found


def _marks(series: Series, speakers: Mapping[str | None, str], names: list[str]) -> list[Mark]:
    seen: dict[tuple[object, ...], Mark] = {}
    for entry in filter(is_drawn, series.entries):
        figure, published = entry.figure, entry.article.published
        if published is None:
            continue
        day, speaker = published.at.date(), names.index(speakers[speaker_key(figure.speaker)])
        x = day.toordinal() + MARK_SPREAD * len({m.speaker for m in seen.values() if m.day == day} - {speaker})
        gone = entry.status is FigureStatus.WITHDRAWN
        mark = Mark(figure, day, x, speaker, gone, figure.wording.of(entry.article.text), entry.article.language)
        seen.setdefault((day, figure.low, figure.high, speaker), mark)
    return list(seen.values())


# --- drawing ------------------------------------------------------------------------------------------


def _draw(panel: Any, marks: list[Mark], language: str, theme: Theme, *, growing: bool) -> None:
    from matplotlib.ticker import MaxNLocator, NullLocator

    values = [bound for m in marks for bound in (m.figure.low, m.figure.high) if bound]
    top = max(values, default=1.0)
    panel.set_facecolor(theme.paper)
    panel.set_axisbelow(True)
    panel.grid(axis="y", color=theme.grid, linewidth=0.8)
    panel.tick_params(colors=theme.faint, labelsize=8, length=0)
    panel.spines[["top", "right", "left"]].set_visible(False)
    panel.spines["bottom"].set_color(theme.grid)
    if values and all(m.y for m in marks) and top / min(values) >= LOG_FROM:
        panel.set_yscale("log")
        panel.yaxis.set_minor_locator(NullLocator())
        panel.set_ylim(min(values) / 2, top * 2.6)
    else:
        panel.set_ylim(0, top * 1.3)
        panel.yaxis.set_major_locator(MaxNLocator(nbins=4, integer=True))
    panel.yaxis.set_major_formatter(lambda value, _: format_decimal(value, locale=language))
    for left, right in joined(marks, growing=growing):
        style = ":" if left.withdrawn or right.withdrawn else "-"
        xs, ys, colour = (left.x, right.x), (left.y, right.y), theme.speakers[left.speaker]
        panel.plot(xs, ys, style, color=colour, linewidth=1.2, alpha=0.55, zorder=2)
    for mark in marks:
        _draw_mark(panel, mark, theme)


def joined(marks: Sequence[Mark], *, growing: bool) -> list[tuple[Mark, Mark]]:
    """Return the marks to join by a line: the numbers that one named speaker gave on one day and on the next.

    A bound is no number, and is left out: from 26 to "dozens" nothing fell. A count that only grows is not joined to a
    lower one either.
    """
    found = []
    for speaker in {m.speaker for m in marks if m.figure.speaker is not None}:
        row = sorted((m for m in marks if m.speaker == speaker and not m.is_bound), key=lambda m: (m.day, m.y))
        for left, right in pairwise(row):
            if left.day != right.day and not (growing and right.y < left.y):
                found.append((left, right))
    return found


def _draw_mark(panel: Any, mark: Mark, theme: Theme) -> None:
    """Draw a sign at a number, a bar over a range, and a line that an arrow leaves at a bound."""
    colour, low, high = theme.speakers[mark.speaker], mark.figure.low, mark.figure.high
    faded = 0.45 if mark.withdrawn else 1.0
    if mark.is_bound:
        panel.plot(mark.x, mark.y, "_", color=colour, markersize=BOUND_WIDTH, markeredgewidth=1.8, alpha=faded)
        arrow = {"arrowstyle": "<|-", "color": colour, "linewidth": 1.4, "alpha": faded, "shrinkA": 0, "shrinkB": 0}
        tip = (0, BOUND_LENGTH if high is None else -BOUND_LENGTH)
        panel.annotate("", xy=(mark.x, mark.y), xytext=tip, textcoords="offset points", arrowprops=arrow)
    elif low != high:
        panel.plot((mark.x, mark.x), (low, high), color=colour, linewidth=5, alpha=0.5 * faded, zorder=3)
    face = theme.paper if mark.figure.approximate else colour
    style = {"color": colour, "markerfacecolor": face, "markersize": 5 if mark.is_bound else 7, "alpha": faded}
    panel.plot(mark.x, mark.y, MARKS[mark.speaker], **style, zorder=4)
    if mark.withdrawn:
        panel.plot(mark.x, mark.y, "x", color=theme.gone, markersize=12, markeredgewidth=2.2, zorder=5)


def labelled(panels: Sequence[Sequence[Mark]]) -> list[list[Mark]]:
    """Return the marks of each panel whose values are written: each value once, where it comes first.

    Of too many the newest are, of each panel alike, and what was withdrawn gives way to what was not.
    """
    ranked = []
    for n, marks in enumerate(panels):
        firsts = {(m.figure.low, m.figure.high): m for m in sorted(marks, key=lambda m: -m.x)}.values()
        wanted = sorted(firsts, key=lambda m: (m.withdrawn, -m.x))
        ranked += [(rank, n, mark) for rank, mark in enumerate(wanted)]
    chosen = sorted(ranked, key=lambda one: one[:2])[:MOST_LABELS]
    return [[mark for _, own, mark in chosen if own == n] for n in range(len(panels))]


def _label(panel: Any, marks: Sequence[Mark], labelled: Sequence[Mark], language: str, theme: Theme) -> None:
    """Write values next to their marks, clear of other labels and marks; withdrawn ones are struck out."""
    from matplotlib.transforms import Bbox

    scale = DPI / 72  # pixels a point

    def box(mark: Mark, offset: tuple[float, float], width: float, height: float) -> Any:
        x, y = panel.transData.transform((mark.x, mark.y))
        return Bbox.from_bounds(x + offset[0] * scale, y + offset[1] * scale, width * scale, height * scale)

    taken = [box(mark, (-6, -6), 12, 12) for mark in marks]
    taken += [
        box(mark, (-4, 0 if mark.figure.high is None else -BOUND_LENGTH), 8, BOUND_LENGTH)
        for mark in marks
        if mark.is_bound
    ]
    for mark in labelled:
        text = _written(mark, language)
        width = len(text) * LABEL_SIZE * LETTER_WIDTH
        xs, ys = (8, 8, -width / 2, -width / 2, -width - 8, -width - 8, 8, 8), (4, -12, 16, -24, 4, -12, 18, -26)
        boxes = [(way, box(mark, way, width, LABEL_SIZE)) for way in zip(xs, ys, strict=True)]
        free = [(way, one) for way, one in boxes if not any(one.overlaps(other) for other in taken)]
        edge = panel.bbox
        inside = [(w, b) for w, b in free if b.x1 < edge.x1 + 20 and b.x0 > edge.x0 and b.y0 > edge.y0]
        if not (inside or free):
            continue  # on top of another it would say neither
        way, chosen = next(iter(inside or free))
        taken.append(chosen)
        struck = "".join(f"{letter}\u0336" for letter in text) if mark.withdrawn else text
        style = {
            "fontsize": LABEL_SIZE,
            "fontweight": "bold",
            "color": theme.gone if mark.withdrawn else theme.ink,
            "zorder": 6,
        }
        panel.annotate(struck, (mark.x, mark.y), xytext=way, textcoords="offset points", **style)


def _written(mark: Mark, language: str) -> str:
    figure = mark.figure
    low, high = (format_decimal(v, locale=language) if v is not None else "" for v in (figure.low, figure.high))
    if figure.low is None:
        return f"≤{high}"
    if figure.high is None:
        in_words = mark.language == language and not any(c.isdigit() for c in mark.wording)
        in_words = in_words and len(mark.wording) <= LONGEST_WORD
        return mark.wording.casefold() if in_words else f"≥{low}"
    about = "~" if figure.approximate else ""
    return f"{about}{low}" if low == high else f"{about}{low}–{high}"


def _date_axis(panel: Any, days: list[date], language: str) -> None:
    first, last = min(days), max(days)
    length = (last - first).days
    step = max(1, -(-(length or 1) // (DATE_TICKS - 1)))
    ticks = [first + timedelta(days=n) for n in range(0, length + 1, step)]
    shown = [month_day_text(day, language) for day in ticks]
    for n, day in enumerate(ticks):
        if n == 0 or day.year != ticks[n - 1].year:
            shown[n] += f"\n{day.year}"
    panel.set_xticks([day.toordinal() for day in ticks], shown)
    margin = max(0.5, length * 0.07)
    panel.set_xlim(first.toordinal() - margin, last.toordinal() + 2.2 * margin)


def _legend(figure: Any, names: list[str], withdrawn: str, theme: Theme) -> None:
    """Draw the speakers' signs with their names, and the cross of withdrawn figures if it has one."""
    from matplotlib.lines import Line2D

    rows = [(MARKS[i], theme.speakers[i], 6, name) for i, name in enumerate(names)]
    rows += [("x", theme.gone, 9, withdrawn)] if withdrawn else []
    handles = [
        Line2D([], [], marker=sign, color=colour, linestyle="", markersize=size, markeredgewidth=2.0, label=name)
        for sign, colour, size, name in rows
    ]
    layout = {"loc": "lower left", "ncols": 2, "handletextpad": 0.3, "columnspacing": 1.0, "borderaxespad": 0.6}
    figure.legend(handles=handles, fontsize=8, frameon=False, labelcolor=theme.ink, **layout)
