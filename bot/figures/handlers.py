"""Telegram callbacks about figures: the ledger as text, and one kind of one event as a picture."""

import structlog
from telegram.ext import CallbackQueryHandler, CommandHandler

from bot.figures.render import kind_named, picture, sheet, sheet_message
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
    await _show(context, FigureKind(kind), int(event))


async def _show(context: Context, kind: FigureKind | None, event: int | None) -> None:
    library, as_of = context.resources.library, context.memory.as_of
    found = await context.run_in(Pool.CHARTS, sheet, library, kind, as_of, citing=True, event=event)
    if kind is not None:
        # Where nothing can be drawn or Telegram refuses the picture, the rows follow all the same.
        try:
            png = await context.run_in(Pool.CHARTS, picture, found, context.language)
        except ValueError:
            log.debug("there is nothing to draw")
        except Exception as exc:  # whatever the drawing library meets, the rows follow
            log.error("a chart could not be drawn", error=type(exc).__name__)
        else:
            await context.send_photo(png, f"{kind.value}.png")
    await context.send(sheet_message(found, context.language))


def register(application: BotApplication) -> None:
    """Add these handlers to the application."""
    application.add_handler(CommandHandler("figures", figures))
    application.add_handler(CallbackQueryHandler(figures_of_event, pattern=r"^fig:[a-z]+:\d+$"))
