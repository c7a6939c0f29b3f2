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
from retrieval.figures.ledger import FigureStatus, Series
from retrieval.figures.standing import is_drawable, is_drawn

WIDTH, PANEL_HEIGHT, FRAME_HEIGHT, LEGEND_ROW = 5.4, 2.6, 0.85, 0.18  # inches
EVENT_BELOW = 0.3  # inches from the top to the line that names the event
DPI = 200  # 1080 pixels wide: a phone's width
MOST_PANELS = 3
MOST_SPEAKERS = 8  # as many colours as eyes can distinguish
LONGEST_NAME = 34  # characters of a speaker's name in the legend
LOG_FROM = 25  # ratio of the largest to the smallest value from which the scale is logarithmic
LONGEST_WORD = 14  # characters of a number in words ("dozens") that is shown as it was written
LABEL_SIZE, LETTER_WIDTH = 9, 0.64  # points; mean width of a bold letter as a share of it
DATE_TICKS = 5
MARK_SPREAD = 0.22  # days between the marks of speakers on one day

PAPER, INK, FAINT, GRID, GONE = "#fbfaf7", "#1c2430", "#5c6672", "#dcdad3", "#c0392b"
COLOURS = ("#0b6fa4", "#d1700b", "#2a8a4a", "#8e44ad", "#946b2d", "#c2185b", "#008b8b", "#5c6672")
MARKS = ("o", "s", "D", "^", "v", "P", "X", "h")


@dataclass(frozen=True, slots=True)
class Mark:
    """One value of one speaker on one day, as it is drawn."""

    figure: Figure
    day: date
    x: float  # the day's ordinal, shifted so that the marks of one day do not hide each other
    speaker: int  # index of the speaker's name, colour and sign
    withdrawn: bool
    wording: str

    @property
    def y(self) -> float:
        return next((bound for bound in (self.figure.low, self.figure.high) if bound is not None), 0.0)


def chart(series: Sequence[Series], language: str, texts: Mapping[str, str]) -> bytes:
    """Return a PNG of at most three series, 1080 pixels wide, on a light background (also in dark themes).

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
    figure = Picture(figsize=(WIDTH, height), dpi=DPI, facecolor=PAPER)
    FigureCanvasAgg(figure)
    panels = figure.subplots(len(drawn), 1, sharex=True, squeeze=False)[:, 0]
    marks = [_marks(s, speakers, names) for s in drawn]
    for panel, one, row in zip(panels, drawn, marks, strict=True):
        _draw(panel, row, language)
        title = (
            texts.get(f"group.{one.group}", one.group),
            place_name(one.place, language, one.places) if one.place else None,
            one.unit,
        )
        panel.set_title(" · ".join(part for part in title if part), loc="left", fontsize=10, color=FAINT, pad=8)
    _date_axis(panels[-1], [mark.day for row in marks for mark in row], language)
    figure.suptitle(texts["title"], x=0.03, ha="left", fontsize=13, fontweight="bold", color=INK)
    if texts.get("event"):
        figure.text(0.03, 1 - EVENT_BELOW / height, texts["event"], ha="left", va="top", fontsize=8, color=FAINT)
    _legend(figure, names, texts["withdrawn"] if any(m.withdrawn for row in marks for m in row) else "")
    figure.tight_layout(
        rect=(0, (LEGEND_ROW * legend_rows + 0.12) / height, 1, 1 - (0.25 if texts.get("event") else 0.1) / height),
        h_pad=1.2,
    )
    for panel, row in zip(panels, marks, strict=True):  # once the panels have their final size
        _label(panel, row, language)
    out = io.BytesIO()
    figure.savefig(out, format="png", facecolor=PAPER)
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
        mark = Mark(figure, day, x, speaker, gone, figure.wording.of(entry.article.text))
        seen.setdefault((day, figure.low, figure.high, speaker), mark)
    return list(seen.values())


# --- drawing ------------------------------------------------------------------------------------------


def _draw(panel: Any, marks: list[Mark], language: str) -> None:
    from matplotlib.ticker import MaxNLocator, NullLocator

    values = [bound for m in marks for bound in (m.figure.low, m.figure.high) if bound]
    top = max(values, default=1.0)
    panel.set_facecolor(PAPER)
    panel.grid(axis="y", color=GRID, linewidth=0.8)
    panel.tick_params(colors=FAINT, labelsize=8, length=0)
    panel.spines[["top", "right", "left"]].set_visible(False)
    panel.spines["bottom"].set_color(GRID)
    if values and all(m.y for m in marks) and top / min(values) >= LOG_FROM:
        panel.set_yscale("log")
        panel.yaxis.set_minor_locator(NullLocator())
        panel.set_ylim(min(values) / 2, top * 2.6)
    else:
        panel.set_ylim(0, top * 1.3)
        panel.yaxis.set_major_locator(MaxNLocator(nbins=4, integer=True))
    panel.yaxis.set_major_formatter(lambda value, _: format_decimal(value, locale=language))
    _draw_lines(panel, marks)
    for mark in marks:
        _draw_mark(panel, mark)


def _draw_lines(panel: Any, marks: list[Mark]) -> None:
    """Join the values of one named speaker over time; withdrawn ones by a dotted line."""
    for speaker in {m.speaker for m in marks if m.figure.speaker is not None}:
        row = sorted((m for m in marks if m.speaker == speaker), key=lambda m: m.x)
        for left, right in pairwise(row):
            style = ":" if left.withdrawn or right.withdrawn else "-"
            xs, ys = (left.x, right.x), (left.y, right.y)
            panel.plot(xs, ys, style, color=COLOURS[speaker], linewidth=1.2, alpha=0.55, zorder=2)


def _draw_mark(panel: Any, mark: Mark) -> None:
    colour, low, high = COLOURS[mark.speaker], mark.figure.low, mark.figure.high
    faded = 0.45 if mark.withdrawn else 1.0
    if low is None or high is None:
        arrow = {"arrowstyle": "<|-", "color": colour, "linewidth": 1.4, "alpha": faded}
        tip = (0, 13 if high is None else -13)
        panel.annotate("", xy=(mark.x, mark.y), xytext=tip, textcoords="offset points", arrowprops=arrow)
    elif low != high:
        panel.plot((mark.x, mark.x), (low, high), color=colour, linewidth=5, alpha=0.5 * faded, zorder=3)
    face = PAPER if mark.figure.approximate else colour
    style = {"color": colour, "markerfacecolor": face, "markersize": 7, "alpha": faded}
    panel.plot(mark.x, mark.y, MARKS[mark.speaker], **style, zorder=4)
    if mark.withdrawn:
        panel.plot(mark.x, mark.y, "x", color=GONE, markersize=12, markeredgewidth=2.2, zorder=5)


def _label(panel: Any, marks: list[Mark], language: str) -> None:
    """Write each value of a day once next to its mark, clear of other labels; withdrawn ones are struck out."""
    from matplotlib.transforms import Bbox

    scale = DPI / 72  # pixels a point

    def box(mark: Mark, offset: tuple[float, float], width: float, height: float) -> Any:
        x, y = panel.transData.transform((mark.x, mark.y))
        return Bbox.from_bounds(x + offset[0] * scale, y + offset[1] * scale, width * scale, height * scale)

    taken = [box(mark, (-6, -6), 12, 12) for mark in marks]
    for mark in {(m.day, m.figure.low, m.figure.high): m for m in reversed(marks)}.values():
        text = _written(mark, language)
        width = len(text) * LABEL_SIZE * LETTER_WIDTH
        xs, ys = (8, 8, -width / 2, -width / 2, -width - 8, -width - 8, 8, 8), (4, -12, 16, -24, 4, -12, 18, -26)
        boxes = [(way, box(mark, way, width, LABEL_SIZE)) for way in zip(xs, ys, strict=True)]
        free = [(way, one) for way, one in boxes if not any(one.overlaps(other) for other in taken)]
        inside = [(way, one) for way, one in free if one.x1 < panel.bbox.x1 + 20 and one.x0 > panel.bbox.x0]
        way, chosen = next(iter(inside or free or boxes))
        taken.append(chosen)
        struck = "".join(f"{letter}\u0336" for letter in text) if mark.withdrawn else text
        style = {"fontsize": LABEL_SIZE, "fontweight": "bold", "color": GONE if mark.withdrawn else INK, "zorder": 6}
        panel.annotate(struck, (mark.x, mark.y), xytext=way, textcoords="offset points", **style)


def _written(mark: Mark, language: str) -> str:
    figure = mark.figure
    low, high = (format_decimal(v, locale=language) if v is not None else "" for v in (figure.low, figure.high))
    if figure.low is None:
        return f"≤{high}"
    if figure.high is None:
        in_words = not any(c.isdigit() for c in mark.wording) and len(mark.wording) <= LONGEST_WORD
        return mark.wording.casefold() if in_words else f"≥{low}"
    about = "~" if figure.approximate else ""
    return f"{about}{low}" if low == high else f"{about}{low}–{high}"


def _date_axis(panel: Any, days: list[date], language: str) -> None:
    first, last = min(days), max(days)
    length = (last - first).days
    step = max(1, -(-(length or 1) // (DATE_TICKS - 1)))
    ticks = [first + timedelta(days=n) for n in range(0, length + 1, step)]
    panel.set_xticks([day.toordinal() for day in ticks], [month_day_text(day, language) for day in ticks])
    margin = max(0.5, length * 0.07)
    panel.set_xlim(first.toordinal() - margin, last.toordinal() + 2.2 * margin)


def _legend(figure: Any, names: list[str], withdrawn: str) -> None:
    """Draw the speakers' signs with their names, and the cross of withdrawn figures if it has one."""
    from matplotlib.lines import Line2D

    rows = [(MARKS[i], COLOURS[i], 6, name) for i, name in enumerate(names)]
    rows += [("x", GONE, 9, withdrawn)] if withdrawn else []
    handles = [
        Line2D([], [], marker=sign, color=colour, linestyle="", markersize=size, markeredgewidth=2.0, label=name)
        for sign, colour, size, name in rows
    ]
    layout = {"loc": "lower left", "ncols": 2, "handletextpad": 0.3, "columnspacing": 1.0, "borderaxespad": 0.6}
    figure.legend(handles=handles, fontsize=8, frameon=False, labelcolor=INK, **layout)
