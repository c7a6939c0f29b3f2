"""Messages of hostile content: does Telegram take them all, and is nothing in them clickable that is not ours?

`python -m benchmarks.output [--data DIR] [--messages N]`. Answers, refusals, briefs, timelines and lists are made of
articles, names, topics and translations that are our planted attacks, the naughty strings of `blns/` in DIR, and scraps
of markup, links, mentions and invisible characters glued together at random. Each message is read by the strict
Telegram of the tests (markup, lengths, entities, keyboards; what it would make clickable by itself) and by lxml, which
must read the same text out of it.
"""

import argparse
from collections import Counter
from pathlib import Path

from tests.hostile_output import Replies, faults, read_attacks


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--messages", type=int, default=10_000)
    options = parser.parse_args()
    replies, read, found = Replies(7, read_attacks(options.data)), 0, Counter[str]()
    while read < options.messages:
        for message in replies.messages():
            read += 1
            found.update(faults(message))
    print(f"{read} messages, {found.total()} faults (target 0)")
    for fault, times in found.most_common():
        print(f"  {times} {fault}")


if __name__ == "__main__":
    main()
