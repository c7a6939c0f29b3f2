"""Sentence boundaries, languages and days: how right, beside sentencex, pySBD and lingua, and how fast.

python -m benchmarks.language --data DIR, where DIR contains `xquad/` and `kazqad/`. Boundaries are scored on
`tests/retrieval/language/sentence_cases.txt`, cut by hand; the rules were written with it in view. The section
"fresh" was cut after they were done, and scored .857 en, 1 ru, 1 kk, .957 es at first; its cases "Rs. 450",
"Col. (ret.) Banda", "Mon. May 9" were then added to the rules. The section "golden" has a case for each of pySBD's
golden rules, and scored .687 en, .941 es, 1 ru, 1 kk at first. pySBD is compared where it is installed (`pip install
--target FOLDER pysbd`, PYTHONPATH=FOLDER: its wheel brings a package `benchmarks` of its own, which must be deleted).
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from retrieval.domain import Moment
from retrieval.language.days.dates import event_days
from retrieval.language.detect import detect
from retrieval.language.doc import Text
from retrieval.language.packs import FULL_LANGUAGES
from retrieval.language.sentences import sentences
from retrieval.question.window import time_window

CASES = Path(__file__).parent.parent / "tests" / "retrieval" / "language" / "sentence_cases.txt"
FRESH = CASES.with_name("sentence_cases_fresh.txt")
GOLDEN = Path(__file__).parent.parent / "tests" / "data" / "sentence_golden.txt"
NOW = datetime(2022, 1, 8, 12, tzinfo=UTC)
WITHOUT_KAZAKH_KEYS = str.maketrans("әғқңөұүһіӘҒҚҢӨҰҮҺІ", "агкноууниАГКНОУУНИ")
WITHOUT_SPANISH_KEYS = str.maketrans("áéíóúüñ", "aeiouun", "¿¡")

Cutter = Callable[[str, str], Sequence[str]]


def cases(path: Path) -> Iterator[tuple[str, str]]:
    """Yield language and case of each line cut by hand."""
    language = ""
    for line in path.read_text("utf-8").splitlines():
        if line[:1] == "[" and line[3:] == "]":
            language = line[1:3]
        elif line and not line.startswith("#"):
            yield language, line.replace("\\n", "\n")


def boundaries(parts: Sequence[str]) -> set[int]:
    """Return after how many visible characters a part ends, the last one aside."""
    ends: set[int] = set()
    length = 0
    for part in parts:
        length += len("".join(part.split()))
        ends.add(length)
    return ends - {length}


def boundary_scores(found: Sequence[tuple[str, str]], language: str, cut: Cutter) -> tuple[float, float]:
    """Return F1 over boundaries, and the share of cases cut entirely as by hand."""
    right = wrong = whole = total = 0
    for case in (case for own, case in found if own == language):
        expected = boundaries(case.replace(" | ", "‖").split("‖"))
        given = boundaries(cut(case.replace(" | ", " ").replace("‖", ""), language))
        right += 2 * len(expected & given)
        wrong += len(expected ^ given)
        whole += expected == given
        total += 1
    return right / (right + wrong), whole / total


def cut_by_us(text: str, language: str) -> list[str]:
    return [span.of(text) for span in sentences(text, language)]


def cut_by_sentencex(text: str, language: str) -> list[str]:
    import sentencex

    return [part for part in sentencex.segment(language, text) if part.strip()]


def cutter_of_pysbd() -> Cutter | None:
    """Return pySBD's cutter, or None where it is not installed."""
    try:
        from pysbd import Segmenter
    except ImportError:
        return None
    segmenter = cache(lambda language: Segmenter(language=language, clean=False))
    return lambda text, language: [part for part in segmenter(language).segment(text) if part.strip()]


def questions(data: Path) -> dict[str, list[str]]:
    found = {"kk": []}
    for language in ("en", "es", "ru"):
        articles = json.loads((data / "xquad" / f"xquad.{language}.json").read_text("utf-8"))["data"]
        found[language] = [q["question"] for a in articles for p in a["paragraphs"] for q in p["qas"]]
    for path in sorted((data / "kazqad").glob("*.jsonl")):
        found["kk"] += [json.loads(line)["question"] for line in path.read_text("utf-8").splitlines()]
    return found


def detect_by_lingua() -> Callable[[str], str]:
    from lingua import IsoCode639_1, LanguageDetectorBuilder

    codes = [getattr(IsoCode639_1, code.upper()) for code in FULL_LANGUAGES]
    detector = LanguageDetectorBuilder.from_iso_codes_639_1(*codes).build()

    def found(text: str) -> str:
        language = detector.detect_language_of(text)
        return language.iso_code_639_1.name.lower() if language else ""

    return found


def accuracy(texts: Sequence[str], language: str, detector: Callable[[str], str]) -> tuple[float, float]:
    """Return the share told right, and the microseconds a text took."""
    start = time.perf_counter()
    right = sum(detector(text) == language for text in texts)
    return right / len(texts), (time.perf_counter() - start) / len(texts) * 1e6


def print_boundaries() -> None:
    cutters = {"ours": cut_by_us, "sentencex": cut_by_sentencex}
    if pysbd := cutter_of_pysbd():
        cutters["pysbd"] = pysbd
    print(f"{'boundaries: F1, whole':24}" + "".join(f"{name:>16}" for name in cutters))
    for name, path in (("hand-cut", CASES), ("fresh", FRESH), ("golden", GOLDEN)):
        found = list(cases(path))
        for language in dict.fromkeys(own for own, _ in found):
            scores = [boundary_scores(found, language, cut) for cut in cutters.values()]
            shown = "".join(f"{f1:10.3f}{whole:6.2f}" for f1, whole in scores)
            print(f"{name + ' ' + language:24}{shown}")


def print_detection(asked: dict[str, list[str]]) -> None:
    plain = {
        "kk": [text.translate(WITHOUT_KAZAKH_KEYS) for text in asked["kk"]],
        "es": [text.translate(WITHOUT_SPANISH_KEYS) for text in asked["es"]],
    }
    lingua = detect_by_lingua()
    lingua("load")
    print(f"\n{'language of questions':24}{'right':>8}{'µs':>8}{'lingua':>14}{'µs':>8}")
    for name, sets in (("as written", asked), ("plain letters", plain)):
        for language, texts in sets.items():
            ours, theirs = accuracy(texts, language, detect), accuracy(texts[::5], language, lingua)
            print(f"{name + ' ' + language:24}{ours[0]:8.3f}{ours[1]:8.0f}{theirs[0]:14.3f}{theirs[1]:8.0f}")


def print_speed(asked: dict[str, list[str]]) -> None:
    texts = [(language, text) for language in FULL_LANGUAGES for text in asked[language][:400]]
    published = Moment(NOW)
    jobs: dict[str, Callable[[str, str], object]] = {
        "time_window": lambda text, language: time_window(Text(text, language), NOW),
        "event_days": lambda text, language: event_days(text, language, published),
        "sentences": sentences,
    }
    print(f"\n{'speed':24}{'µs each':>8}{'target':>14}")
    for name, job in jobs.items():
        start = time.perf_counter()
        for language, text in texts:
            job(text, language)
        target = {"time_window": "500", "event_days": "50"}.get(name, "–")
        print(f"{name:24}{(time.perf_counter() - start) / len(texts) * 1e6:8.0f}{target:>14}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    asked = questions(parser.parse_args().data)
    print_boundaries()
    print_detection(asked)
    print_speed(asked)


if __name__ == "__main__":
    main()
