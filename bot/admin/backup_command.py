"""`sitrep backup`: a consistent copy of the library, also while the bot runs."""

from pathlib import Path

from bot.settings import read_settings
from retrieval.store.backup import back_up, database_file

MEGABYTE = 1_000_000


def run(target: Path) -> None:
    """Write a copy to `target`. Raises StoreError."""
    settings = read_settings()
    database = database_file(settings.database_url, settings.data_dir)
    size = back_up(database, settings.data_dir, target)
    print(f"The library was copied to {target} ({size / MEGABYTE:.1f} MB).")
