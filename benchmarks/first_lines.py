"""First lines that answer in a word: how many of those shown are right, on questions whose answers are known.

python -m benchmarks.first_lines --data DIR [--keep DIR], where DIR holds `xquad/` and `kazqad/`. It asks the questions
of the same libraries as `benchmarks.retrieval`, so `--keep` may name the same folder. A first line is right where one
of it and an answer of the data set contains the other, word for word. The rules were chosen on odd questions, the even
ones are the test.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.retrieval import NOW, filled, kazqad, xquad
from retrieval.answer.ask import ask
from retrieval.domain import Status
from retrieval.embedding import Embedder, load_embedder
from retrieval.language.doc import Text
from retrieval.language.kinds import Kind
from retrieval.language.packs import FULL_LANGUAGES
from retrieval.language.words import stem, words
from retrieval.question.short_answer import asked_alone
from retrieval.reader.cross_encoder import load_reader
from retrieval.reader.reader import Reader
from retrieval.store.library import Library

TARGET = 0.85
KINDS = (Kind.DATE, Kind.NUMBER, Kind.PERSON, Kind.PLACE)
ARTICLES = frozenset(("the", "a", "an", "el", "la", "los", "las", "un", "una"))


@dataclass(frozen=True)
class Asked:
    """A question with a number of its own, and its answers by the language they are written in."""

    number: int
    text: str
    language: str
    answers: dict[str, list[str]]


@dataclass(frozen=True)
class Led:
    """What became of a question that asks for one of the kinds."""

    kind: Kind
    language: str
    is_dev: bool
    shown: bool
    right: bool
    exact: bool


def of_xquad(data: Path) -> list[Asked]:
    """Return the questions in three languages; an answer in any of them counts where the quote is in it."""
    read = {c: json.loads((data / "xquad" / f"xquad.{c}.json").read_text("utf-8")) for c in ("en", "es", "ru")}
    rows = {
        code: [row for article in one["data"] for paragraph in article["paragraphs"] for row in paragraph["qas"]]
        for code, one in read.items()
    }
    answers: dict[str, dict[str, list[str]]] = defaultdict(dict)
    for code, asked in rows.items():
        for row in asked:
            answers[row["id"]][code] = [answer["text"] for answer in row["answers"]]
    return [
        Asked(number, row["question"], code, answers[row["id"]])
        for code, asked in rows.items()
        for number, row in enumerate(asked, start=1)
    ]


def of_kazqad(data: Path) -> list[Asked]:
    answers: dict[str, list[str]] = defaultdict(list)
    for line in next((data / "kazqad").glob("*.jsonl")).read_text("utf-8").splitlines():
        row = json.loads(line)
        answers[row["question"]] += row["answers"]["text"]
    return [Asked(number, text, "kk", {"kk": found}) for number, (text, found) in enumerate(answers.items(), start=1)]


def led(library: Library, embedder: Embedder, reader: Reader, questions: Sequence[Asked]) -> Iterator[Led]:
    """Ask each question that asks for one of the kinds, and judge its first line where there is an answer."""
    for one in questions:
        kind = asked_alone(Text(one.text, one.language))
        if kind not in KINDS:
            continue
        answer = ask(library, embedder, reader, one.text, now=NOW)
        if answer.status is not Status.ANSWERED or answer.figures:
            continue
        right = exact = False
        if answer.first_line is not None:
            spoken = answer.citations[answer.first_line.citation - 1].article.language
            told = _stems(answer.first_line.text, spoken)
            known = [_stems(text, spoken) for text in one.answers.get(spoken, ())]
            right, exact = any(_within(told, gold) for gold in known), told in known
        yield Led(kind, one.language, one.number % 2 == 1, answer.first_line is not None, right, exact)


def _stems(text: str, language: str) -> list[str]:
    return [stem(word.text, language) for word in words(text) if word.text.casefold() not in ARTICLES]


def _within(one: list[str], other: list[str]) -> bool:
    short, long = sorted((one, other), key=len)
    starts = range(len(long) - len(short) + 1)
    return bool(short) and any(long[at : at + len(short)] == short for at in starts)


def report(found: Sequence[Led]) -> None:
    """Print, by kind and language: questions answered, first lines shown, and the right share of these by halves."""
    print(f"{'':12}{'answered':>10}{'shown':>8}{f'right, target {TARGET}':>24}{'odd':>14}{'even':>14}{'exact':>8}")
    for kind in KINDS:
        for language in FULL_LANGUAGES:
            _print_row(f"{kind} {language}", [one for one in found if (one.kind, one.language) == (kind, language)])
    _print_row("all", found)


def _print_row(name: str, cases: Sequence[Led]) -> None:
    shown = [case for case in cases if case.shown]
    halves = [[case for case in shown if case.is_dev is dev] for dev in (True, False)]
    shares = "".join(f"{_share(half):>14}" for half in halves)
    exact = sum(case.exact for case in shown) / len(shown) if shown else float("nan")
    print(f"{name:12}{len(cases):10}{len(shown):8}{_share(shown):>24}{shares}{exact:8.2f}")


def _share(shown: Sequence[Led]) -> str:
    right = sum(case.right for case in shown)
    return f"{right / len(shown):.3f} ({right}/{len(shown)})" if shown else "-"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--keep", type=Path, help="folder for the libraries and the model")
    options = parser.parse_args()
    found: list[Led] = []
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.keep or Path(scratch)
        embedder, reader = load_embedder(folder / "model"), Reader(load_reader(folder / "model"))
        for name, articles, questions in (("xquad", xquad, of_xquad), ("kazqad", kazqad, of_kazqad)):
            library = filled(folder / name, embedder, articles(options.data)[0])
            found += led(library, embedder, reader, questions(options.data))
            library.close()
    report(found)


if __name__ == "__main__":
    main()
