"""`deploy/compose.yaml` as the tests read it: its values filled in, and its places and names moved to this machine."""

import re
from collections.abc import Mapping
from typing import Any

import yaml

from tests.conftest import ROOT

FOLDER = ROOT / "deploy"
VARIABLE = re.compile(r"\$\{([A-Z_]+)(?::([-?])([^}]*))?\}")


def read_compose(**variables: str) -> dict[str, Any]:
    """Return the file as Compose reads it with these variables. Raises KeyError for one that must be set."""

    def value(found: re.Match[str]) -> str:
        name, kind, default = found.groups()
        return variables.get(name, default) if kind == "-" else variables[name]

    filled = VARIABLE.sub(value, (FOLDER / "compose.yaml").read_text(encoding="utf-8"))
    loaded: dict[str, Any] = yaml.safe_load(filled)
    return loaded


def moved(value: Any, places: Mapping[str, object]) -> str:
    """Return a value with each of the keys in `places` replaced."""
    text = str(value)
    for there, here in places.items():
        text = text.replace(there, str(here))
    return text


def read_only(*writable: object) -> tuple[str, ...]:
    """Return what runs a command with a root that is read-only but for some folders; needs the right to mount."""
    bind = 'while [ "$1" != -- ]; do mount --bind "$1" "$1" || exit; shift; done; shift'
    script = f'{bind}; mount -o remount,bind,ro / && exec "$@"'
    return ("unshare", "--mount", "--propagation", "private", "sh", "-c", script, "sh", *map(str, writable), "--")
