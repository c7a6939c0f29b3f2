"""`sitrep backup`, `sitrep restore` and `sitrep rebuild`: copies of the library, and its index."""

from pathlib import Path

from bot.resources import Resources
from bot.settings import read_settings
from retrieval.domain import BusyError
from retrieval.store.backup import back_up, back_up_server, database_file, restore_server
from retrieval.store.backup import restore as restore_database

MEGABYTE = 1_000_000


def backup(target: Path) -> None:
    """Write a consistent copy to `target`, also while the bot runs. Raises StoreError."""
    settings = read_settings()
    folder, database = settings.data_dir, database_file(settings.database_url, settings.data_dir)
    if database is None:
        size = back_up_server(settings.database_url, folder, target)
    else:
        size = back_up(database, folder, target)
    print(f"The library was copied to {target} ({size / MEGABYTE:.1f} MB).")


def restore(source: Path) -> None:
    """Replace the library by a copy, and rebuild the index. Raises StoreError, and BusyError while the bot runs."""
    settings = read_settings()
    folder, database = settings.data_dir, database_file(settings.database_url, settings.data_dir)
    if database is None:
        kept = restore_server(source, settings.database_url, folder, settings.now())
    else:
        kept = restore_database(source, database, folder, settings.now())
    print(f"The library was restored from {source}." + (f" What was there is kept as {kept}." if kept else ""))
    rebuild()


def rebuild() -> None:
    """Rebuild the index from the stored embeddings. Raises BusyError while the bot runs."""
    with Resources(read_settings()) as resources:
        index = resources.library.chroma_index()
        try:
            index.claim()
        except BusyError as exc:
            raise BusyError("The bot owns the index and rebuilds it by itself; stop it to do so by hand.") from exc
        resources.library.tidy()
        print(f"The index was made again from {index.rebuild()} stored embeddings.")
        index.close()
