"""The file of settings, `.env`: reading what is set there, and writing it whole or not at all."""

import os
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path

from dotenv import dotenv_values

from retrieval.domain import StoreError


def read_env(path: Path) -> dict[str, str]:
    """Return what the file sets, by name; nothing where there is no file. Raises StoreError."""
    try:
        return {name: value for name, value in dotenv_values(path, interpolate=False).items() if value}
    except (OSError, UnicodeDecodeError) as exc:
        raise StoreError(f"{path} cannot be read: {exc}.") from exc


def write_env(path: Path, values: Mapping[str, str]) -> None:
    """Set `values` in the file, readable by its owner alone; its other lines and comments stay. Raises StoreError.

    The new file takes the place of the old one at once, so that no moment leaves half of it.
    """
    path = path.resolve()
    try:
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".env-")  # 0600
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as out:
                out.write(merged(text, values))
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink()
            raise
    except (OSError, UnicodeDecodeError) as exc:
        raise StoreError(f"{path} cannot be written: {exc}.") from exc


def merged(text: str, values: Mapping[str, str]) -> str:
    """Return the text of a file with `values` in the lines that set them, and the others at its end."""
    left = dict(values)
    lines = []
    for line in text.splitlines():
        found = re.match(r"\s*(?:export\s+)?(\w+)\s*=", line)
        name = found[1] if found else ""
        if name not in values:
            lines.append(line)
        elif name in left:  # a name that is set again further down would undo it
            lines.append(f"{name}={left.pop(name)}")
    return "".join(f"{line}\n" for line in [*lines, *(f"{name}={value}" for name, value in left.items())])
