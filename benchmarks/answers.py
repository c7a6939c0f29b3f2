"""Is the answer in what is shown, and first? Beside plain search and stock LangChain with Chroma on the same library.

python -m benchmarks.answers [--data DIR] [--sets a,b] [--detail] [--misses] [--save FILE] [--before FILE]. Our own sets
need no data; DIR adds `devlib/`, the stories of `reader/` that training leaves out, and a sample of `squad-es/`. Every
question goes through `retrieval.answer.ask.ask`, a follow-up after what the bot makes of it. A statement holds the
answer if one of its quotes, as shown with their context, does; `benchmarks/answer_sets.py` says what that is for each
set. The columns:

- first, any: of the answerable questions, those whose first statement, or any, holds it; a refusal is a miss
- share: of the statements shown for answerable questions, those that hold it
- abstain: answer or abstain, the mean of the answerable that were answered and the others that were refused; with
  `--detail`, of a kind that has only one of these, that share
- AUC: how well the probability of an answer tells those that hold the answer from those that do not, of all shown
- lines: of the first lines shown, those that are right: the quote holds the answer, and the line is what is known as
  the shortest answer, or part of it, or contains it, where that stands in the quote

Baselines show four texts and never refuse: the best passages of our own search, and LangChain's Chroma, with our
vectors, over pieces of 1,000 characters (it knows no past moment). Summaries and false premises without an answer count
in the line below the table of `devlib` only.
"""

import argparse
import json
import math
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.answer_sets import NAMES, AnswerSet, Asked, answer_sets, contains, folded
from retrieval.answer.ask import PASSAGES_FOUND, ask
from retrieval.domain import Answer, Status
from retrieval.embedding import Embedder, load_embedder
from retrieval.embedding.centred import name_of
from retrieval.embedding.langchain import LangchainEmbeddings
from retrieval.ingest.pipeline import ingest
from retrieval.question.follow_up import resolve
from retrieval.question.question import Question
from retrieval.reader.cross_encoder import load_reader
from retrieval.reader.reader import Reader
from retrieval.search.find import find
from retrieval.store import read
from retrieval.store.library import Library, open_library

MODEL = Path(__file__).parent / "out" / "model"
TOP = 4  # texts that a baseline shows
CHUNK = 1_000  # characters
PRODUCT, SEARCH, STOCK, BEFORE = "Sitrep", f"own search, top {TOP}", f"LangChain + Chroma, top {TOP}", "Sitrep before"

Shown = list[list[tuple[str, str]]]
"""What is shown one after the other, each as texts with the ids of their articles."""

Search = Callable[[Asked, str], Shown]
"""Called with a question and its text, returns what a baseline shows."""

Row = dict[str, float | None]
"""A figure a column, None where there is none."""


@dataclass(frozen=True)
class Case:
    """A question, its answer, and what the baselines show for it."""

    asked: Asked
    text: str  # as asked, a follow-up completed
    answer: Answer
    verbatim: int  # statements whose quotes are in the library, to the character
    baselines: dict[str, Shown]
    found_at: int | None  # the place among the passages found of the first that holds the answer, from 1

    @property
    def answered(self) -> bool:
        return self.answer.status is Status.ANSWERED

    @property
    def shown(self) -> Shown:
        cited = {citation.n: (citation.quote, citation.article.id) for citation in self.answer.citations}
        return [[cited[number] for number in statement.citations] for statement in self.answer.statements]

    @property
    def probability(self) -> float | None:
        given = [one.probability for one in self.answer.statements if one.probability is not None]
        return max(given, default=None)

    @property
    def first_line_is_right(self) -> bool | None:
        """Whether the first line is right; None where there is none."""
        line = self.answer.first_line
        if line is None:
            return None
        cited = self.answer.citations[line.citation - 1]
        quote = (cited.quote, cited.article.id)
        known = [span for span in self.asked.spans if folded(span) in folded(cited.quote)]
        said = any(contains(line.text, span) or contains(span, line.text) for span in known)
        return holds(self.asked, [quote]) and (said or not known)

    def shows_never(self, shown: Shown) -> bool:
        """Return whether one of the sentences that must not be shown is."""
        return any(gold.is_in(*quote) for texts in shown for quote in texts for gold in self.asked.never)

    @property
    def stage(self) -> str:
        """Where an answer that is not shown was lost."""
        if self.found_at is None:
            return "not found"
        return "not chosen" if self.answered else "refused"


def holds(asked: Asked, texts: Iterable[tuple[str, str]]) -> bool:
    """Return whether one of the texts that are shown together holds the answer."""
    return any(gold.is_in(*text) for text in texts for gold in asked.gold)


# --- asking -----------------------------------------------------------------------------------


def cases(of: AnswerSet, embedder: Embedder, reader: Reader, folder: Path) -> Iterator[Case]:
    """Take the articles of a set into a library and into a stock one in `folder`, and ask every question of both."""
    library = open_library(folder / "library", name_of(embedder))
    report = ingest(library, embedder, of.articles, clock=lambda: of.now)
    for one in report.rejected:
        print(f"{of.name}: {one.where} was not taken in: {one.reason}")
    baselines = {SEARCH: _own_search(of, library, embedder), STOCK: _stock(of, embedder, folder / "stock")}
    for asked in of.questions:
        text = resolve(asked.text, asked.previous, asked.as_of or of.now).question
        answer = ask(library, embedder, reader, text, as_of=asked.as_of, now=of.now)
        shown = {name: search(asked, text) for name, search in baselines.items()}
        places = (n for n, texts in enumerate(shown[SEARCH], start=1) if holds(asked, texts))
        shown[SEARCH] = shown[SEARCH][:TOP]
        verbatim = sum(is_verbatim(library, answer, number) for number in range(len(answer.statements)))
        yield Case(asked, text, answer, verbatim, shown, next(places, None))
    library.close()


def is_verbatim(library: Library, answer: Answer, number: int) -> bool:
    """Return whether a statement is in one of its quotes, and each of these in the stored version of its article."""
    statement = answer.statements[number]
    cited = [citation for citation in answer.citations if citation.n in statement.citations]
    stored = [read.article(library.engine, one.article.id, number=one.article.version) for one in cited]
    said = [" ".join(one.quote.split()) for one in cited]
    # From the figures ledger a statement may be a line of our own that the quotes beneath it support.
    return (
        bool(cited)
        and all(a is not None and a.text[c.start : c.end] == c.quote for c, a in zip(cited, stored, strict=True))
        and (bool(answer.figures) or any(" ".join(statement.text.split()) in quote for quote in said))
    )


def _own_search(of: AnswerSet, library: Library, embedder: Embedder) -> Search:
    """Return our own search; it yields as many passages as `ask` looks at, of which the first TOP are the baseline."""

    def search(asked: Asked, text: str) -> Shown:
        question = Question.read(text, now=of.now, as_of=asked.as_of)
        found = find(library, embedder, question, PASSAGES_FOUND)
        return [[(hit.passage.text, hit.passage.article.id)] for hit in found.hits]

    return search


def _stock(of: AnswerSet, embedder: Embedder, folder: Path) -> Search:
    """Return LangChain's Chroma over the articles in pieces, as its tutorial builds it, but with our vectors."""
    from langchain_chroma import Chroma
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    splitter = RecursiveCharacterTextSplitter(chunk_size=CHUNK)
    pieces = splitter.create_documents(
        [article.text for article in of.articles], [{"article": article.id} for article in of.articles]
    )
    store = Chroma.from_documents(pieces, LangchainEmbeddings(embedder), persist_directory=str(folder))

    def search(asked: Asked, text: str) -> Shown:
        return [[(one.page_content, one.metadata["article"])] for one in store.similarity_search(text, k=TOP)]

    return search


# --- figures ----------------------------------------------------------------------------------


def mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None


def auc(scored: Sequence[tuple[float, bool]]) -> float | None:
    """Return how often a right one scores above a wrong one, ties counting half; None where one kind is missing."""
    right = [score for score, is_right in scored if is_right]
    wrong = [score for score, is_right in scored if not is_right]
    return mean([(one > other) + (one == other) / 2 for one in right for other in wrong])


def shown_row(found: Sequence[tuple[Asked, Shown]]) -> Row:
    """Return the columns that what is shown decides alone."""
    held = [[holds(asked, texts) for texts in shown] for asked, shown in found if asked.answerable]
    return {
        "first": mean([any(one[:1]) for one in held]),
        "any": mean([any(one) for one in held]),
        "share": mean([float(each) for one in held for each in one]),
    }


def product_row(found: Sequence[Case]) -> Row:
    """Return every column of the product."""
    judged = [case for case in found if case.asked.answerable or case.asked.must_be_refused]
    rates = (
        mean([float(case.answered) for case in judged if case.asked.answerable]),
        mean([float(not case.answered) for case in judged if not case.asked.answerable]),
    )
    scored = [
        (case.probability, any(holds(case.asked, texts) for texts in case.shown))
        for case in judged
        if case.answered and case.probability is not None
    ]
    lines = [float(case.first_line_is_right) for case in judged if case.first_line_is_right is not None]
    return shown_row([(case.asked, case.shown) for case in found]) | {
        "abstain": mean([rate for rate in rates if rate is not None]),
        "AUC": auc(scored),
        "lines": mean(lines),
        "lines shown": float(len(lines)),
    }


def rows(found: Sequence[Case]) -> dict[str, Row]:
    """Return the figures of the product and of the baselines on the same questions."""
    names = found[0].baselines if found else ()
    return {PRODUCT: product_row(found)} | {
        name: shown_row([(case.asked, case.baselines[name]) for case in found]) for name in names
    }


def groups(found: Sequence[Case]) -> dict[str, list[Case]]:
    """Return the questions that stand alone and, apart, those that follow one up."""
    parts: dict[str, list[Case]] = {"": [], " follow-ups": []}
    for case in found:
        parts[" follow-ups" if case.asked.previous else ""].append(case)
    return {name: part for name, part in parts.items() if part}


# --- printing ---------------------------------------------------------------------------------

COLUMNS = ("first", "any", "share", "abstain", "AUC", "lines")


def print_row(name: str, row: Row) -> None:
    cells = [f"{_number(row.get(column)):>9}" for column in COLUMNS]
    shown = row.get("lines shown")
    print(f"{name:32}{''.join(cells)}{f' of {shown:.0f}' if shown else ''}")


def _number(value: float | None) -> str:
    return "-" if value is None or math.isnan(value) else f"{value:.3f}"


def print_head(name: str, found: Sequence[Case], judged_by: str) -> None:
    able, none = (sum(getattr(case.asked, kind) for case in found) for kind in ("answerable", "must_be_refused"))
    print(f"\n{name}: {able} answerable, {none} not; judged by {judged_by}")
    print(f"{'':32}" + "".join(f"{column:>9}" for column in COLUMNS))


def print_rest(found: Sequence[Case]) -> None:
    """Print what no column says: whether quotes are verbatim, where answers were lost, and what only `devlib` has."""
    stood, made = sum(case.verbatim for case in found), sum(len(case.answer.statements) for case in found)
    lost = Counter(case.stage for case in found if is_miss(case) and case.asked.answerable)
    print(f"statements whose quotes stand {stood}/{made}; answers lost: {dict(lost)}")
    if any(case.asked.never for case in found):
        print_devlib(found)


def print_devlib(found: Sequence[Case]) -> None:
    """Print counts for a library of several events: other events' sentences, false premises, summaries, languages."""
    able = [case for case in found if case.asked.answerable]
    none = [case for case in found if case.asked.must_be_refused]
    premises = [case for case in found if not case.asked.gold and not case.asked.must_be_refused]
    own = [
        any(case.answer.citations[number - 1].article.language == case.asked.language for number in statement.citations)
        for case in found
        for statement in case.answer.statements
    ]
    print(
        f"shown {sum(not is_miss(case) for case in able)}/{len(able)}, "
        f"first {sum(any(holds(case.asked, texts) for texts in case.shown[:1]) for case in able)}/{len(able)}, "
        f"refused {sum(not case.answered for case in none)}/{len(none)}, "
        f"false premise not fed {sum(not case.shows_never(case.shown) for case in premises)}/{len(premises)}, "
        f"first statement of another event or withdrawn {sum(case.shows_never(case.shown[:1]) for case in found)}, "
        f"summary recall {_number(mean(list(summary_recall(found))))}, own language {sum(own)}/{len(own)}"
    )


def summary_recall(found: Sequence[Case]) -> Iterator[float]:
    """Yield the share of the wanted sentences that the answer to each request for a summary shows."""
    for case in found:
        if case.asked.is_summary:
            quotes = [quote for texts in case.shown for quote in texts]
            got = sum(any(gold.is_in(*quote) for quote in quotes) for gold in case.asked.gold)
            yield got / len(case.asked.gold)


def is_miss(case: Case) -> bool:
    """Return whether an answer is not shown, or something is where only a refusal is right."""
    if case.asked.answerable:
        return not any(holds(case.asked, texts) for texts in case.shown)
    return case.asked.must_be_refused and case.answered


def print_detail(found: Sequence[Case]) -> None:
    for name, key in (("language", "language"), ("kind", "kind")):
        for value in sorted({getattr(case.asked, key) for case in found}):
            part = [case for case in found if getattr(case.asked, key) == value]
            print_row(f"  {name} {value} ({len(part)})"[:32], product_row(part))


def print_misses(found: Sequence[Case]) -> None:
    """Print each miss: the question, where it was lost, what answers it, and what was shown first or is nearest."""
    for case in found:
        if not is_miss(case):
            continue
        asked = case.asked
        why = f"{case.stage} (passage {case.found_at})" if asked.answerable else f"answered, {asked.kind}"
        print(f"\n{asked.id} {asked.language} {asked.kind}: {why}: {asked.text}")
        if case.text != asked.text:
            print(f"    asked as   {case.text}")
        for gold in asked.gold[:2]:
            print(f"    answer     [{gold.article}] {gold.sentence or ' | '.join(gold.strings)}")
        shown = case.shown[0] if case.shown else [(one.quote, one.article.id) for one in case.answer.nearest[:1]]
        likely = "" if case.probability is None else f" {case.probability:.2f}"
        for text, article in shown[:1]:
            print(f"    {'shown' if case.answered else 'nearest'}{likely:6}[{article}] {' '.join(text.split())}")


def print_set(of: AnswerSet, found: Sequence[Case], before: dict[str, Row], options: argparse.Namespace) -> Any:
    """Print the tables of a set, and return their rows by name."""
    tables: dict[str, dict[str, Row]] = {}
    for suffix, part in groups(found).items():
        name = of.name + suffix
        tables[name] = rows(part)
        print_head(name, part, of.judged_by)
        for row_name, row in tables[name].items():
            print_row(row_name, row)
            if row_name == PRODUCT and name in before:
                print_row(BEFORE, before[name])
        print_rest(part)
        if options.detail:
            print_detail(part)
        if options.misses:
            print_misses(part)
    return tables


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="folder of devlib, reader and squad-es; without it our own sets only")
    parser.add_argument("--sets", type=lambda text: text.split(","), default=NAMES, help=", ".join(NAMES))
    parser.add_argument("--detail", action="store_true", help="also by language and by kind of question")
    parser.add_argument("--misses", action="store_true", help="show each question that went wrong, and where")
    parser.add_argument("--save", type=Path, metavar="FILE", help="write the figures, to stand beside a later run")
    parser.add_argument("--before", type=Path, metavar="FILE", help="figures of an earlier run")
    parser.add_argument("--model", type=Path, default=MODEL, help="where the embedder is kept")
    options = parser.parse_args()
    if unknown := set(options.sets) - set(NAMES):
        parser.error(f"no such set: {', '.join(sorted(unknown))}")
    saved = json.loads(options.before.read_text(encoding="utf-8")) if options.before else {}
    before = {name: table[PRODUCT] for name, table in saved.items()}
    embedder, reader = load_embedder(options.model), Reader(load_reader(options.model))
    tables: dict[str, dict[str, Row]] = {}
    for of in answer_sets(options.data, options.sets):
        start = time.monotonic()
        with tempfile.TemporaryDirectory() as folder:
            found = list(cases(of, embedder, reader, Path(folder)))
        tables |= print_set(of, found, before, options)
        print(f"{time.monotonic() - start:.0f} s", flush=True)
    if options.save:
        options.save.write_text(json.dumps(tables, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
