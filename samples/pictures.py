"""Pictures for the README, light and dark: a chat in English and in Russian, and a chart.

`python samples/pictures.py FOLDER`.

The bot itself answers over the samples; what it would send to Telegram is drawn. Only the phone is ours.
"""

import asyncio
import io
import json
import re
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import matplotlib
from PIL import Image, ImageDraw, ImageFont
from pydantic import SecretStr
from telegram.request import RequestData

from bot.app import build
from bot.figures.render import picture, sheet
from bot.resources import Resources
from bot.settings import read_settings
from bot.telegram.richtext import Run
from bot.telegram.terminal import TERMINAL_CHAT, TERMINAL_TOKEN, TerminalRequest, converse
from retrieval.domain import FigureKind
from retrieval.ingest.files import from_path
from retrieval.ingest.pipeline import ingest

SAMPLES = Path(__file__).parent / "articles.jsonl"

ASKED = {
    "en": ("When was Karim Massimov detained?", "Who became prime minister?"),
    "ru": ("Когда начнётся вывод контингента ОДКБ?", "Кто возглавил Совет безопасности?"),
}
"""What is asked in the picture of each language."""

CHARTED = "en"
"""The language of the chart."""

SCALE = 2  # pixels a point
WIDTH, MARGIN, PADDING, LINE, SIZE = 420, 12, 10, 19, 14  # in points
RADIUS, BUTTON = 12, 30


@dataclass(frozen=True)
class Colours:
    """Of one look of the chat."""

    page: str
    theirs: str  # the bubble of the bot
    own: str  # of the person who asks
    text: str
    faint: str
    link: str
    button: str


LOOKS = {
    "light": Colours("#d9e4ec", "#ffffff", "#e3fbd0", "#101418", "#6c7883", "#2678b6", "#c2d3df"),
    "dark": Colours("#0e1621", "#182533", "#2b5278", "#f2f5f7", "#7f91a4", "#6ab3f3", "#22303f"),
}


@dataclass(frozen=True)
class Bubble:
    """A message, and the words on the buttons under it, row by row."""

    text: Sequence[Run]
    own: bool = False
    buttons: Sequence[Sequence[str]] = ()


class Recorder(TerminalRequest):
    """Telegram's place, as in `sitrep chat`, that keeps what is sent; a class because python-telegram-bot needs one."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[dict[str, Any]] = []

    async def do_request(
        self, url: str, method: str, request_data: RequestData | None = None, *timeouts: Any, **named: Any
    ) -> tuple[int, bytes]:
        """Keep a message, and do what the terminal does."""
        if url.endswith("/sendMessage") and request_data is not None:
            self.sent.append(request_data.parameters)
        return await super().do_request(url, method, request_data, *timeouts, **named)


class _Markup(HTMLParser):
    """Telegram's HTML as styled text."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.found: list[Run] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        self.open.remove(tag)

    def handle_data(self, data: str) -> None:
        within = (tag in self.open for tag in ("b", "i", "s", "blockquote"))
        self.found.append(Run(data, *within, href="#" if "a" in self.open else ""))


def conversation(folder: Path, asked: Sequence[str]) -> list[Bubble]:
    """Return the messages of a chat over the samples in which these questions are asked."""
    settings = read_settings().model_copy(
        update={"data_dir": folder, "telegram_token": SecretStr(TERMINAL_TOKEN), "admins": frozenset({TERMINAL_CHAT})}
    )
    bubbles: list[Bubble] = []
    with Resources(settings) as resources, redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        ingest(resources.library, resources.embedder, from_path(SAMPLES, settings.zone), clock=settings.now)
        for question in asked:
            recorder = Recorder()
            sys.stdin = io.StringIO(f"{question}\n\n")
            asyncio.run(converse(build(resources, recorder), recorder))
            bubbles.append(Bubble([Run(question)], own=True))
            bubbles.extend(map(_bubble, recorder.sent))
    return bubbles


def chart(folder: Path, *, dark: bool) -> bytes:
    """Return the chart of those killed, as a PNG, from the library of a conversation."""
    with Resources(read_settings().model_copy(update={"data_dir": folder})) as resources:
        killed = sheet(resources.library, FigureKind.KILLED, None, citing=False)
        return picture(killed, CHARTED, dark=dark)


def _bubble(sent: dict[str, Any]) -> Bubble:
    markup = _Markup()
    markup.feed(str(sent["text"]))
    keyboard = sent.get("reply_markup", {})
    rows = (json.loads(keyboard) if isinstance(keyboard, str) else keyboard).get("inline_keyboard", [])
    return Bubble(markup.found, buttons=[[button["text"] for button in row] for row in rows])


def _font(style: Run, size: int = SIZE) -> ImageFont.FreeTypeFont:
    cut = "-Bold" * style.bold + ("-Oblique" if style.italic and not style.bold else "")
    if style.bold and style.italic:
        cut = "-BoldOblique"
    fonts = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    return ImageFont.truetype(fonts / f"DejaVuSans{cut}.ttf", size * SCALE)


def _lines(text: Sequence[Run], width: float) -> Iterator[list[Run]]:
    """Yield the lines of a text that is broken at spaces to a width in pixels."""
    line: list[Run] = []
    used = 0.0
    for run in text:
        for number, part in enumerate(run.text.split("\n")):
            if number:
                yield line
                line, used = [], 0.0
            for word in re.findall(r"[^ ]* |[^ ]+", part):
                long = _font(run).getlength(word)
                if line and used + _font(run).getlength(word.rstrip()) > width:
                    yield line
                    line, used = [], 0.0
                line.append(replace(run, text=word))
                used += long
    yield line


def draw(bubbles: Sequence[Bubble], look: Colours) -> Image.Image:
    """Return the picture of a chat."""
    inner = (WIDTH - 4 * MARGIN - 2 * PADDING) * SCALE
    laid = [(bubble, list(_lines(bubble.text, inner))) for bubble in bubbles]
    height = MARGIN + sum(
        len(lines) * LINE + 2 * PADDING + MARGIN + len(bubble.buttons) * (BUTTON + 4) for bubble, lines in laid
    )
    image = Image.new("RGB", (WIDTH * SCALE, height * SCALE), look.page)
    pen = ImageDraw.Draw(image)
    top = MARGIN
    for bubble, lines in laid:
        wide = max(sum(_font(word).getlength(word.text) for word in line) for line in lines) / SCALE + 2 * PADDING
        if bubble.buttons:
            wide = WIDTH - 4 * MARGIN
        left = WIDTH - MARGIN - wide if bubble.own else MARGIN
        tall = len(lines) * LINE + 2 * PADDING
        _box(pen, left, top, wide, tall, look.own if bubble.own else look.theirs)
        for number, line in enumerate(lines):
            _write(pen, line, left + PADDING, top + PADDING + number * LINE, look)
        top += tall + 4
        for row in bubble.buttons:
            each = (wide - 4 * (len(row) - 1)) / len(row)
            for number, words in enumerate(row):
                at = left + number * (each + 4)
                _box(pen, at, top, each, BUTTON, look.button)
                middle = ((at + each / 2) * SCALE, (top + BUTTON / 2) * SCALE)
                pen.text(middle, words, look.text, _font(Run(words), SIZE - 1), anchor="mm")
            top += BUTTON + 4
        top += MARGIN - 4
    return image


def _box(pen: ImageDraw.ImageDraw, left: float, top: float, wide: float, tall: float, colour: str) -> None:
    corners = (left * SCALE, top * SCALE, (left + wide) * SCALE, (top + tall) * SCALE)
    pen.rounded_rectangle(corners, RADIUS * SCALE, fill=colour)


def _write(pen: ImageDraw.ImageDraw, line: Sequence[Run], left: float, top: float, look: Colours) -> None:
    if line and line[0].quoted:
        pen.line([((left - 5) * SCALE, top * SCALE), ((left - 5) * SCALE, (top + LINE) * SCALE)], look.link, 2 * SCALE)
    at = left * SCALE
    for word in line:
        font = _font(word)
        pen.text((at, top * SCALE), word.text, look.link if word.href else look.text, font)
        long = font.getlength(word.text)
        if word.struck:
            pen.line([(at, (top + LINE / 2) * SCALE), (at + long, (top + LINE / 2) * SCALE)], look.text, SCALE)
        at += long


def main() -> None:
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for language, asked in ASKED.items():
        with tempfile.TemporaryDirectory() as data:
            bubbles = conversation(Path(data), asked)
            charts = {name: chart(Path(data), dark=name == "dark") for name in LOOKS} if language == CHARTED else {}
        for name, look in LOOKS.items():
            draw(bubbles, look).quantize(64).save(folder / f"chat-{language}-{name}.png", optimize=True)
        for name, drawn in charts.items():
            (folder / f"chart-{name}.png").write_bytes(drawn)


if __name__ == "__main__":
    main()
