"""Answers without a language model to our questions on the samples and on a second unrest: quotes, gold, refusals.

`python -m benchmarks.answers [--model FOLDER] [--wrong]`. Questions with odd numbers are those that weights were chosen
by; the even ones are the test. An answerable question that was refused counts as one whose gold was not cited.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from retrieval.answer.ask import ask
from retrieval.domain import Answer, Status
from retrieval.embedding import Embedder, load_embedder
from retrieval.language.packs import FULL_LANGUAGES
from retrieval.store import read
from retrieval.store.library import Library
from training.sets import CORPORA, Corpus, is_odd, lines, taken_in

ROOT = Path(__file__).parent.parent
QUOTES_TARGET, CITED_TARGET, ABSTENTION_TARGET = 1.0, 0.90, 0.85


@dataclass(frozen=True)
class Asked:
    """A question, what it should have got, and what it got."""

    id: str
    language: str
    answerable: bool
    gold: frozenset[str]
    answer: Answer
    stand: int  # statements whose quotes are in the library, to the character

    @property
    def answered(self) -> bool:
        return self.answer.status is Status.ANSWERED

    @property
    def cites_gold(self) -> bool:
        return any(citation.article.id in self.gold for citation in self.answer.citations)

    @property
    def cites_gold_first(self) -> bool:
        return bool(self.answer.citations) and self.answer.citations[0].article.id in self.gold

    @property
    def leads(self) -> bool:
        return self.answer.first_line is not None

    @property
    def lead_stands(self) -> bool:
        lead = self.answer.first_line
        return lead is None or lead.text in self.answer.citations[lead.citation - 1].quote

    @property
    def is_dev(self) -> bool:
        return is_odd(self.id)


def asked(corpus: Corpus, library: Library, embedder: Embedder) -> Iterator[Asked]:
    """Ask every question on a corpus."""
    for row in lines(corpus.questions):
        answer = ask(library, embedder, row["question"], now=corpus.asked_at)
        stand = sum(stands(library, answer, number) for number in range(len(answer.statements)))
        yield Asked(row["id"], row["language"], row["answerable"], frozenset(row["gold"]), answer, stand)


def stands(library: Library, answer: Answer, number: int) -> bool:
    """Say whether a statement is one of its quotes, and each of these is in the stored version of its article."""
    statement = answer.statements[number]
    cited = [citation for citation in answer.citations if citation.n in statement.citations]
    stored = [read.article(library.engine, c.article.id, number=c.article.version) for c in cited]
    verbatim = [a is not None and a.text[c.start : c.end] == c.quote for c, a in zip(cited, stored, strict=True)]
    said = {" ".join(citation.quote.split()) for citation in cited}
    # From the figures ledger a statement may be a line of our own that the quotes beneath it bear out.
    return bool(cited) and all(verbatim) and (bool(answer.figures) or " ".join(statement.text.split()) in said)


def balanced_accuracy(cases: Sequence[Asked]) -> float:
    answerable = [case.answered for case in cases if case.answerable]
    others = [not case.answered for case in cases if not case.answerable]
    return (mean(answerable) + mean(others)) / 2


def mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else float("nan")


def of_answerable(measure: Callable[[Asked], bool]) -> Callable[[Sequence[Asked]], float]:
    return lambda cases: mean([measure(case) for case in cases if case.answerable])


def of_answered(measure: Callable[[Asked], bool]) -> Callable[[Sequence[Asked]], float]:
    return lambda cases: mean([measure(case) for case in cases if case.answerable and case.answered])


def verified(cases: Sequence[Asked]) -> float:
    return sum(case.stand for case in cases) / max(1, sum(len(case.answer.statements) for case in cases))


def citations_per_statement(cases: Sequence[Asked]) -> float:
    return mean([len(statement.citations) for case in cases for statement in case.answer.statements])


MEASURES: tuple[tuple[str, Callable[[Sequence[Asked]], float], float | None], ...] = (
    ("statements whose quotes stand", verified, QUOTES_TARGET),
    ("leads that stand in their quote", lambda cases: mean([case.lead_stands for case in cases]), QUOTES_TARGET),
    ("answerable: answered in a word first", of_answerable(lambda case: case.leads), None),
    ("answerable: a gold article is cited", of_answerable(lambda case: case.cites_gold), CITED_TARGET),
    ("answerable: it is cited first", of_answerable(lambda case: case.cites_gold_first), None),
    ("  of those answered: cited", of_answered(lambda case: case.cites_gold), None),
    ("  of those answered: first", of_answered(lambda case: case.cites_gold_first), None),
    ("citations a statement", citations_per_statement, None),
    ("balanced accuracy (always answering: .5)", balanced_accuracy, ABSTENTION_TARGET),
)


def report(cases: Sequence[Asked]) -> None:
    """Print every measure beside its target, for all questions, both halves and each language."""
    parts = {
        "all": list(cases),
        "dev": [case for case in cases if case.is_dev],
        "test": [case for case in cases if not case.is_dev],
        **{language: [case for case in cases if case.language == language] for language in FULL_LANGUAGES},
    }
    print(f"{'':42}{'target':>8}" + "".join(f"{name:>8}" for name in parts))
    counts = [(len(part), sum(case.answerable for case in part)) for part in parts.values()]
    print(f"{'questions / answerable':50}" + "".join(f"{f'{all_}/{able}':>8}" for all_, able in counts))
    for name, measure, target in MEASURES:
        aim = "-" if target is None else f"{target:.2f}"
        print(f"{name:42}{aim:>8}" + "".join(f"{measure(part):8.3f}" for part in parts.values()))


def show_wrong(cases: Sequence[Asked]) -> None:
    """Print each question that was refused or answered wrongly, by what went wrong."""
    kinds: Counter[str] = Counter()
    for case in cases:
        if case.answerable and not case.answered:
            kind = "refused"
        elif case.answerable and not case.cites_gold:
            kind = "gold not cited"
        elif not case.answerable and case.answered:
            kind = "answered in spite of itself"
        else:
            continue
        kinds[kind] += 1
        print(f"{case.id} {case.language} {kind}: {case.answer.question}  gold {sorted(case.gold)}")
        for statement in case.answer.statements[:1]:
            print(f"    {statement.text}")
    print(dict(kinds))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="not needed: samples and questions are our own")
    parser.add_argument(
        "--model", type=Path, default=ROOT / "benchmarks" / "out" / "model", help="where the embedder is kept"
    )
    parser.add_argument("--wrong", action="store_true", help="show each question that went wrong")
    options = parser.parse_args()
    embedder = load_embedder(options.model)
    for corpus in CORPORA:
        with taken_in(corpus, embedder) as library:
            cases = list(asked(corpus, library, embedder))
        print(f"\n{corpus.name}")
        report(cases)
        if options.wrong:
            show_wrong(cases)


if __name__ == "__main__":
    main()
