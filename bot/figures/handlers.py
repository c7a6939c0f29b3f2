"""Telegram callbacks about figures: the ledger as text, and one kind of one event as a picture."""

from functools import partial

import structlog
from telegram.ext import CallbackQueryHandler, CommandHandler

from bot.figures.render import Sheet, chart_button, charted, kind_named, picture, sheet, sheet_message
from bot.telegram.context import BotApplication, Context
from bot.telegram.guards import admitted
from bot.telegram.updates.pools import Pool
from retrieval.domain import FigureKind

log = structlog.get_logger("sitrep.figures")


@admitted
async def figures(context: Context) -> None:
    """Show the ledger; of one kind, with its chart: `/figures killed`, of one event `/figures killed 3`."""
    words = context.argument.split()
    event = int(words.pop()) if words and words[-1].isdecimal() else None
    await _show(context, kind_named(" ".join(words)) if words else None, event)


@admitted
async def figures_of_event(context: Context) -> None:
    """Show the figures of the event whose button was pressed."""
    kind, event = context.button
    await context.acknowledge()
    await _show(context, kind_named(kind), int(event))


async def _show(context: Context, kind: FigureKind | None, event: int | None) -> None:
    library, as_of = context.resources.library, context.memory.as_of
    found = await context.run_in(Pool.CHARTS, sheet, library, kind, as_of, citing=True, event=event)
    if kind is not None:
        # Where nothing can be drawn or Telegram refuses the picture, the rows follow all the same.
        try:
            await _draw(context, found)
        except ValueError:
            log.debug("there is nothing to draw")
        except Exception as exc:  # whatever the drawing library meets, the rows follow
            log.error("a chart could not be drawn", error=type(exc).__name__)
    await context.send(sheet_message(found, context.language))


async def _draw(context: Context, found: Sheet) -> None:
    """Send the chart of some figures, as the chat likes it. Raises ValueError where there is no number."""
    dark = context.memory.dark
    png = await context.run_in(Pool.CHARTS, partial(picture, found, context.language, dark=dark))
    button = chart_button(found, context.language, dark=dark)
    await context.send_photo(png, f"{charted(found)[0].kind.value}.png", [[button]])


@admitted
async def redraw(context: Context) -> None:
    """The button under a chart: the same on a dark or a light background, and so the charts that follow."""
    kind, event, background = context.button
    await context.acknowledge()
    context.memory.dark = background == "dark"
    make = partial(sheet, event=int(event) if event else None, citing=False)
    found = await context.run_in(Pool.CHARTS, make, context.resources.library, kind_named(kind), context.memory.as_of)
    if charted(found):
        await _draw(context, found)
    else:
        await context.reply("no_figures")


def register(application: BotApplication) -> None:
    """Add these handlers to the application."""
    application.add_handler(CommandHandler("figures", figures))
    application.add_handler(CallbackQueryHandler(figures_of_event, pattern=r"^fig:[a-z]+:\d+$"))
    application.add_handler(CallbackQueryHandler(redraw, pattern=r"^chart:[a-z]+:\d*:(?:dark|light)$"))
