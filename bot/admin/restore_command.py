"""`sitrep restore`: the library from a copy that `sitrep backup` made."""

from pathlib import Path

from bot.admin import rebuild_command as rebuild
from bot.settings import read_settings
from retrieval.store.backup import database_file, restore


def run(source: Path) -> None:
    """Put the copy in the library's place, and make the index again. Raises StoreError, BusyError."""
    settings = read_settings()
    database = database_file(settings.database_url, settings.data_dir)
    kept = restore(source, database, settings.data_dir, settings.now())
    print(f"The library was restored from {source}." + (f" What was there is kept as {kept}." if kept else ""))
    rebuild.run()
