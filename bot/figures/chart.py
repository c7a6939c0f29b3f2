"""Draw series of figures as a PNG for a phone: reported values over time, one mark style a speaker."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from babel.numbers import format_decimal

from bot.locales import month_day_text
from retrieval.figures.keys import speaker_key
from retrieval.figures.ledger import Entry, FigureStatus, Series

WIDTH, PANEL_HEIGHT, FRAME_HEIGHT, LEGEND_ROW = 5.4, 2.6, 0.7, 0.18  # inches
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

    day: date
    shift: float  # days, so that the marks of one day do not hide each other
    low: float | None
    high: float | None
    approximate: bool
    withdrawn: bool
    speaker: int  # index of the speaker's name and colour
    anonymous: bool  # no speaker is named, so such marks are not joined by a line
    wording: str

    @property
    def value(self) -> float:
        bound = self.low if self.low is not None else self.high
        return bound if bound is not None else 0.0


def chart(series: Sequence[Series], language: str, texts: Mapping[str, str]) -> bytes:
    """Return a PNG of at most three series, 1080 pixels wide, on a light background (also in dark themes).

    `texts` are the frame texts in `language`: "title"; "withdrawn"; "unnamed" (no speaker named);
    "others"; and for each group its name, under "group.total" and so on. A missing group is shown by its key.
    Raises ValueError where no series has a number.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    drawn = [s for s in series if any(_has_number(e) for e in s.entries)][:MOST_PANELS]
    if not drawn:
        raise ValueError("there is no number to draw")
    speakers = _speakers(drawn, texts)
    names = list(dict.fromkeys(speakers.values()))
    legend_rows = -(-min(len(names) + 1, MOST_SPEAKERS + 1) // 2)
    height = FRAME_HEIGHT + PANEL_HEIGHT * len(drawn) + LEGEND_ROW * legend_rows
    figure = Figure(figsize=(WIDTH, height), dpi=DPI, facecolor=PAPER)
    FigureCanvasAgg(figure)
    panels = figure.subplots(len(drawn), 1, sharex=True, squeeze=False)[:, 0]
    marks = [_marks(s, speakers, names) for s in drawn]
    days = sorted({m.day for row in marks for m in row})
    for panel, one, row in zip(panels, drawn, marks, strict=True):
        _draw(panel, row, language)
        _name(panel, _panel_name(one, texts))
    _date_axis(panels[-1], days, language)
    figure.suptitle(texts["title"], x=0.03, ha="left", fontsize=13, fontweight="bold", color=INK)
    _legend(figure, names, any(m.withdrawn for row in marks for m in row), texts)
    figure.tight_layout(rect=(0, (LEGEND_ROW * legend_rows + 0.12) / height, 1, 1 - 0.1 / height), h_pad=1.2)
    for panel, row in zip(panels, marks, strict=True):  # once the panels have their final size
        _label(panel, row, language)
    out = io.BytesIO()
    figure.savefig(out, format="png", facecolor=PAPER)
    return out.getvalue()


# --- marks ------------------------------------------------------------------------------------


def _has_number(entry: Entry) -> bool:
    dated = entry.article.published is not None
    return dated and (entry.figure.low is not None or entry.figure.high is not None)


def _speakers(series: Sequence[Series], texts: Mapping[str, str]) -> dict[str | None, str]:
    """Return speaker key -> name in the legend; speakers beyond the last colour share one name."""
    found: dict[str | None, str] = {}
    for entry in (e for s in series for e in s.entries if _has_number(e)):
        key = speaker_key(entry.figure.speaker)
        if key not in found:
            has_colour = len(found) < MOST_SPEAKERS - 1
            name = _short(entry.figure.speaker) if entry.figure.speaker else texts["unnamed"]
            found[key] = name if has_colour else texts["others"]
    return found


def _short(name: str) -> str:
    name = name[:1].upper() + name[1:]
    return name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1].rstrip() + "…"


def _marks(series: Series, speakers: Mapping[str | None, str], names: list[str]) -> list[Mark]:
    seen: dict[tuple[object, ...], Mark] = {}
    for entry in filter(_has_number, series.entries):
        figure, published = entry.figure, entry.article.published
        assert published is not None
        speaker = names.index(speakers[speaker_key(figure.speaker)])
        day = published.at.date()
        key = (day, figure.low, figure.high, speaker)
        others = len({k[3] for k in seen if k[0] == day} - {speaker})
        gone = entry.status is FigureStatus.WITHDRAWN
        mark = Mark(
            day=day,
            shift=others * MARK_SPREAD,
            low=figure.low,
            high=figure.high,
            approximate=figure.approximate,
            withdrawn=gone,
            speaker=speaker,
            anonymous=figure.speaker is None,
            wording=figure.wording.of(entry.article.text),
        )
        seen.setdefault(key, mark)
    return list(seen.values())


def _panel_name(series: Series, texts: Mapping[str, str]) -> str:
    group = texts.get(f"group.{series.group}", series.group)
    parts = [group, series.place, series.unit]
    return " · ".join(part for part in parts if part)


# --- drawing ------------------------------------------------------------------------------------------


def _draw(panel: Any, marks: list[Mark], language: str) -> None:
    from matplotlib.ticker import MaxNLocator, NullLocator

    values = [v for m in marks for v in (m.low, m.high) if v]
    zeros = any(m.value == 0 for m in marks)
    logarithmic = bool(values) and not zeros and max(values) / min(values) >= LOG_FROM
    panel.set_facecolor(PAPER)
    panel.grid(axis="y", color=GRID, linewidth=0.8)
    panel.tick_params(colors=FAINT, labelsize=8, length=0)
    for side in ("top", "right", "left"):
        panel.spines[side].set_visible(False)
    panel.spines["bottom"].set_color(GRID)
    top = max(values, default=1.0)
    if logarithmic:
        panel.set_yscale("log")
        panel.yaxis.set_minor_locator(NullLocator())
        panel.set_ylim(min(values) / 2, top * 2.6)
    else:
        panel.set_ylim(0, top * 1.3)
        panel.yaxis.set_major_locator(MaxNLocator(nbins=4, integer=True))
    panel.yaxis.set_major_formatter(lambda value, _: format_decimal(value, locale=language))
    _draw_lines(panel, marks)
    for mark in marks:
        _draw_mark(panel, mark, top)


def _position(mark: Mark) -> float:
    return mark.day.toordinal() + mark.shift


def _draw_lines(panel: Any, marks: list[Mark]) -> None:
    """Join the values of one speaker over time; withdrawn ones by a dotted line."""
    for speaker in {m.speaker for m in marks if not m.anonymous}:
        row = sorted((m for m in marks if m.speaker == speaker), key=_position)
        for left, right in pairwise(row):
            style = ":" if left.withdrawn or right.withdrawn else "-"
            xs, ys = (_position(left), _position(right)), (left.value, right.value)
            panel.plot(xs, ys, style, color=COLOURS[speaker], linewidth=1.2, alpha=0.55, zorder=2)


def _draw_mark(panel: Any, mark: Mark, top: float) -> None:
    x, colour = _position(mark), COLOURS[mark.speaker]
    faded = 0.45 if mark.withdrawn else 1.0
    if mark.low is not None and mark.high is not None and mark.low != mark.high:
        panel.plot((x, x), (mark.low, mark.high), color=colour, linewidth=5, alpha=0.5 * faded, zorder=3)
    elif mark.high is None or mark.low is None:
        points = (0, 13) if mark.high is None else (0, -13)
        arrow = {"arrowstyle": "<|-", "color": colour, "linewidth": 1.4, "alpha": faded}
        panel.annotate("", xy=(x, mark.value), xytext=points, textcoords="offset points", arrowprops=arrow)
    face = PAPER if mark.approximate else colour
    panel.plot(
        x, mark.value, MARKS[mark.speaker], color=colour, markerfacecolor=face, markersize=7, alpha=faded, zorder=4
    )
    if mark.withdrawn:
        panel.plot(x, mark.value, "x", color=GONE, markersize=12, markeredgewidth=2.2, zorder=5)


def _label(panel: Any, marks: list[Mark], language: str) -> None:
    """Write each value of a day once beside its mark, clear of other labels; withdrawn ones are struck out."""
    from matplotlib.transforms import Bbox

    scale = DPI / 72  # pixels a point
    taken = [_box(Bbox, panel.transData.transform((_position(m), m.value)), (-6, -6), (12, 12), scale) for m in marks]
    for mark in {(m.day, m.low, m.high): m for m in reversed(marks)}.values():
        text = _written(mark, language)
        at = panel.transData.transform((_position(mark), mark.value))
        width = len(text) * LABEL_SIZE * LETTER_WIDTH
        places: tuple[tuple[float, float], ...]
        places = (
            (8, 4),
            (8, -12),
            (-width / 2, 16),
            (-width / 2, -24),
            (-width - 8, 4),
            (-width - 8, -12),
            (8, 18),
            (8, -26),
        )
        boxes = [(place, _box(Bbox, at, place, (width, LABEL_SIZE), scale)) for place in places]
        free = [(place, box) for place, box in boxes if not any(box.overlaps(other) for other in taken)]
        inside = [(place, box) for place, box in free if box.x1 < panel.bbox.x1 + 20 and box.x0 > panel.bbox.x0]
        place, box = next(iter(inside or free or boxes))
        taken.append(box)
        struck = "".join(f"{letter}\u0336" for letter in text) if mark.withdrawn else text
        panel.annotate(
            struck,
            (_position(mark), mark.value),
            xytext=place,
            textcoords="offset points",
            fontsize=LABEL_SIZE,
            fontweight="bold",
            color=GONE if mark.withdrawn else INK,
            zorder=6,
        )


def _box(kind: Any, at: Any, offset: tuple[float, float], size: tuple[float, float], scale: float) -> Any:
    """Return a box in pixels: `offset` points from the pixel `at`, `size` points wide and high."""
    x, y = at[0] + offset[0] * scale, at[1] + offset[1] * scale
    return kind.from_bounds(x, y, size[0] * scale, size[1] * scale)


def _written(mark: Mark, language: str) -> str:
    low, high = (format_decimal(v, locale=language) if v is not None else "" for v in (mark.low, mark.high))
    if mark.low is None:
        return f"≤{high}"
    if mark.high is None:
        in_words = not any(c.isdigit() for c in mark.wording) and len(mark.wording) <= LONGEST_WORD
        return mark.wording.casefold() if in_words else f"≥{low}"
    about = "~" if mark.approximate else ""
    return f"{about}{low}" if mark.low == mark.high else f"{about}{low}–{high}"


def _name(panel: Any, name: str) -> None:
    panel.set_title(name, loc="left", fontsize=10, color=FAINT, pad=8)


def _date_axis(panel: Any, days: list[date], language: str) -> None:
    first, last = days[0], days[-1]
    step = max(1, -(-((last - first).days or 1) // (DATE_TICKS - 1)))
    ticks = [first + timedelta(days=n) for n in range(0, (last - first).days + 1, step)]
    panel.set_xticks([day.toordinal() for day in ticks])
    panel.set_xticklabels([month_day_text(day, language) for day in ticks])
    margin = max(0.5, (last - first).days * 0.07)
    panel.set_xlim(first.toordinal() - margin, last.toordinal() + 2.2 * margin)


def _legend(figure: Any, names: list[str], withdrawn: bool, texts: Mapping[str, str]) -> None:
    from matplotlib.lines import Line2D

    def entry(mark: str, colour: str, size: float) -> Any:
        return Line2D([], [], marker=mark, color=colour, linestyle="", markersize=size, markeredgewidth=2.0)

    handles = [entry(MARKS[i], COLOURS[i], 6) for i in range(len(names))]
    labels = list(names)
    if withdrawn:
        handles.append(entry("x", GONE, 9))
        labels.append(texts["withdrawn"])
    figure.legend(
        handles,
        labels,
        loc="lower left",
        ncols=2,
        fontsize=8,
        frameon=False,
        labelcolor=INK,
        handletextpad=0.3,
        columnspacing=1.0,
        borderaxespad=0.6,
    )
