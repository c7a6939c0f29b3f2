"""`chroma run` as a process of its own on the loopback."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SERVE = "from chromadb.cli.cli import app; app()"


def free_port() -> int:
    """Return a port of the loopback on which nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


@contextmanager
def chroma_server(folder: Path) -> Iterator[tuple[str, "subprocess.Popen[bytes]"]]:
    """Start a server that keeps its data in a folder; give its URL for SITREP_CHROMA_URL, and its process."""
    port = free_port()
    place = ["--path", str(folder), "--host", "127.0.0.1", "--port", str(port)]
    process = subprocess.Popen(
        [sys.executable, "-c", SERVE, "run", *place], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield f"http://127.0.0.1:{port}", process
    finally:
        process.kill()
        process.wait()
