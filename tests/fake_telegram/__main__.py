"""`python -m tests.fake_telegram --port N`: the server as a process of its own, until interrupted."""

from __future__ import annotations

import argparse
import signal
import threading

from tests.fake_telegram.limits import Rates
from tests.fake_telegram.server import TOKEN, TelegramServer


def main() -> None:
    """Serve until SIGINT or SIGTERM; prints the address and the token on one line when ready."""
    parser = argparse.ArgumentParser(prog="python -m tests.fake_telegram", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0: any free one")
    parser.add_argument("--token", default=TOKEN)
    parser.add_argument("--no-rates", action="store_true", help="refuse no message for its rate")
    given = parser.parse_args()
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with TelegramServer(port=given.port, token=given.token, rates=Rates(enforced=not given.no_rates)) as server:
        print(server.url, server.token, flush=True)
        stop.wait()


if __name__ == "__main__":
    main()
