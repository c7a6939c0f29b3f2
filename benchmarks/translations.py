"""How often a machine translation is shown that should be, and how often one that should not.

`python -m benchmarks.translations --data DIR`, where DIR holds `sib200/`: 802 sentences in English, Russian, Kazakh and
Spanish. Each is held against its human translation into every other language, which should be shown; and against that
with one digit changed, or one name exchanged for another sentence's, which should not.
"""

from __future__ import annotations

import argparse
import csv
import itertools
import random
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from retrieval.answer.translation import faithful, names
from retrieval.language.doc import Text

FILES = {"en": "eng_Latn", "ru": "rus_Cyrl", "kk": "kaz_Cyrl", "es": "spa_Latn"}
PARTS = ("train", "dev")
ALIKE = 3  # letters: names that begin with as many alike may be spellings of one
SEED = 1


def sentences(folder: Path, language: str) -> dict[str, str]:
    """Return the sentences of a language by their ids."""
    found: dict[str, str] = {}
    for part in PARTS:
        with (folder / f"{FILES[language]}.{part}.tsv").open(encoding="utf-8") as file:
            rows = list(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE))[1:]
        found |= {id_: text.strip('"').replace('""', '"') for id_, _, text in rows}
    return found


def tampered(translation: str, language: str, others: list[str], chance: random.Random) -> Iterator[tuple[str, str]]:
    """Yield a kind of change and the changed translation, where there is something to change."""
    if digits := list(re.finditer(r"\d", translation)):
        digit = chance.choice(digits)
        other = str((int(digit[0]) + chance.randint(1, 8)) % 10)
        yield "digit", translation[: digit.start()] + other + translation[digit.end() :]
    if named := list(names(Text(translation, language))):
        one, other = chance.choice(named), chance.choice(others)
        if one[:ALIKE] != other[:ALIKE]:
            yield "name", translation.replace(one, other)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    folder = parser.parse_args().data / "sib200"
    chance = random.Random(SEED)
    texts = {language: sentences(folder, language) for language in FILES}
    known = {
        language: [n for text in texts[language].values() for n in names(Text(text, language))] for language in FILES
    }
    counts: Counter[str] = Counter()
    print(f"{'':8}{'true ones refused':>20}")
    for spoken, language in itertools.permutations(FILES, 2):
        shown = 0
        for id_, original in texts[spoken].items():
            translation = texts[language][id_]
            if not faithful(Text(translation, language), Text(original, spoken)):
                continue
            shown += 1
            for kind, changed in tampered(translation, language, known[language], chance):
                counts[f"{kind} changed"] += 1
                counts[f"{kind} accepted"] += faithful(Text(changed, language), Text(original, spoken))
        counts["true"] += len(texts[spoken])
        counts["shown"] += shown
        print(f"{spoken} > {language:3}{1 - shown / len(texts[spoken]):20.3f}", flush=True)
    print(f"in all {1 - counts['shown'] / counts['true']:21.3f} of {counts['true']}")
    for kind in ("digit", "name"):
        accepted, changed = counts[f"{kind} accepted"], counts[f"{kind} changed"]
        print(f"a {kind} changed: {accepted} of {changed} accepted ({accepted / changed:.3f})")


if __name__ == "__main__":
    main()
