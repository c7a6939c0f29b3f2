"""Make `retrieval/question/rarity.json`: how rare the commonest stems of a language are in passages.

`python -m training.rarity --data DIR`, where DIR holds `xquad/` (the SQuAD paragraphs in English, Spanish and Russian,
CC BY-SA 4.0), `nomiracl/dev.jsonl` (passages in the same languages, CC BY-SA) and `kazqad/` (Kazakh contexts). Rarity
is -log of the share of passages that contain a stem; numbers are not listed. The same data give the same file.
"""

from __future__ import annotations

import argparse
import json
import math
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

from retrieval.language.words import stems
from training.sets import ROOT, lines

LISTED = ROOT / "retrieval" / "question" / "rarity.json"
MOST_STEMS = 2_500  # a language
LEAST_PASSAGES = 4  # that contain a stem


def passages(data: Path) -> Iterator[tuple[str, str]]:
    """Yield the language and the text of each passage."""
    for language in ("en", "es", "ru"):
        for article in json.loads((data / "xquad" / f"xquad.{language}.json").read_text(encoding="utf-8"))["data"]:
            yield from ((language, paragraph["context"]) for paragraph in article["paragraphs"])
    for row in lines(data / "nomiracl" / "dev.jsonl"):
        yield from ((row["lang"], passage) for passage in row["passages"])
    for path in sorted((data / "kazqad").glob("*.jsonl")):
        yield from (("kk", row["context"]) for row in lines(path))


def rarities(data: Path) -> dict[str, dict[str, float]]:
    """Return the rarity of the commonest stems, to one decimal, by language; commonest first, then by the alphabet."""
    texts: dict[str, set[str]] = defaultdict(set)
    for language, text in passages(data):
        texts[language].add(text)
    listed = {}
    for language, found in texts.items():
        counts = Counter(stem for text in found for stem in set(stems(text, language)) if not stem[0].isdigit())
        common = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:MOST_STEMS]
        listed[language] = {
            stem: round(-math.log(count / len(found)), 1) for stem, count in common if count >= LEAST_PASSAGES
        }
    return listed


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    listed = rarities(parser.parse_args().data)
    LISTED.write_text(json.dumps(listed, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")
    print(f"wrote {LISTED.relative_to(ROOT)}:", ", ".join(f"{code} {len(found)}" for code, found in listed.items()))


if __name__ == "__main__":
    main()
