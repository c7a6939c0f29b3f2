"""`sitrep rebuild`: the index again, from truth."""

from bot.resources import Resources
from bot.settings import read_settings
from retrieval.domain import BusyError


def run() -> None:
    """Make the index again from the stored embeddings. Raises BusyError while the bot runs."""
    resources = Resources(read_settings())
    try:
        index = resources.library.chroma_index()
        try:
            index.claim()
        except BusyError as exc:
            raise BusyError("The bot owns the index and rebuilds it by itself; stop it to do so by hand.") from exc
        print(f"The index was made again from {index.rebuild()} stored embeddings.")
        index.close()
    finally:
        resources.close()
