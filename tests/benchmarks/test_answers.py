"""The measure of answers: the rule by which a text holds one, the arithmetic on cases made by hand, and a short run."""

import json
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from benchmarks import answers
from benchmarks.answer_sets import AnswerSet, Asked, Gold, event_library, own_set, squad_es, unseen_stories
from benchmarks.answers import PRODUCT, SEARCH, STOCK, Case, Shown, auc, cases, product_row, rows
from retrieval.domain import Answer, Article, Citation, FirstLine, Statement, Status
from retrieval.embedding import Embedder
from retrieval.reader.reader import Reader
from tests.conftest import MODELS
from training.sets import CORPORA

NOW = datetime(2027, 4, 3, tzinfo=UTC)
TEXT = "The bridge at Tolm is shut. Engineer Ada Rusk closed it on Monday. Rain is expected."
CLOSED = "Engineer Ada Rusk closed it on Monday."
WHO = Asked("q1", "Who closed the bridge?", "en", "who", (Gold("a", CLOSED),), spans=("Ada Rusk",))
UNKNOWN = Asked("q2", "What did the bridge cost?", "en", "not said")


def answered(asked: Asked, *quotes: str, line: str | None = None, probability: float | None = 0.9) -> Case:
    """Return a case whose statements are those quotes out of TEXT, one each."""
    article = Article("a", None, "Bridge shut", TEXT, "en")
    citations = tuple(
        Citation(n, article, TEXT.index(quote), TEXT.index(quote) + len(quote)) for n, quote in enumerate(quotes, 1)
    )
    answer = Answer(
        question=asked.text,
        language="en",
        status=Status.ANSWERED if quotes else Status.ABSTAINED,
        as_of=NOW,
        engine="reader",
        statements=tuple(Statement(quote, (n,), probability) for n, quote in enumerate(quotes, 1)),
        citations=citations,
        first_line=FirstLine(line, 1) if line else None,
    )
    return Case(asked, asked.text, answer, len(quotes), {SEARCH: [[(TEXT, "a")]]}, 1)


def test_a_text_holds_a_sentence_that_it_contains_or_is_a_long_part_of() -> None:
    gold = Gold("a", "El número de víctimas\u00a0subió a 14, dijo la policía.")
    assert gold.is_in("Llueve. el NUMERO de victimas subió a 14,\ndijo la policía. Fin.", "copy")
    assert gold.is_in("El número de víctimas subió a 14", "a")
    assert not gold.is_in("de víctimas subió a 14", "a")  # 22 characters
    assert not gold.is_in("El número de heridos subió a 14, dijo la policía.", "a")


def test_a_text_holds_a_string_in_whole_words_of_the_right_article_only() -> None:
    gold = Gold("a", strings=("14", "catorce"))
    assert gold.is_in("Murieron 14.", "a")
    assert not gold.is_in("Murieron 140.", "a")
    assert not gold.is_in("Murieron 14.", "b")


def test_where_only_articles_are_named_any_text_of_one_holds_the_answer() -> None:
    assert Gold("a").is_in("Rain is expected.", "a")
    assert not Gold("a").is_in(CLOSED, "b")


def test_what_is_shown_is_counted_by_question_and_by_statement() -> None:
    found = [
        answered(WHO, CLOSED, "Rain is expected."),
        answered(WHO, "The bridge at Tolm is shut.", f"The bridge at Tolm is shut. {CLOSED}", "Rain is expected."),
        answered(WHO, "Rain is expected."),
        answered(WHO),
        answered(UNKNOWN, CLOSED),
        answered(UNKNOWN),
    ]
    row = product_row(found)
    assert (row["first"], row["any"], row["share"]) == (1 / 4, 2 / 4, 2 / 6)
    assert row["abstain"] == (3 / 4 + 1 / 2) / 2
    assert rows(found)[SEARCH] == {"first": 1.0, "any": 1.0, "share": 1.0}


def test_the_probability_is_judged_by_what_is_shown() -> None:
    assert auc([(0.9, True), (0.5, True), (0.5, False), (0.2, False)]) == (1 + 1 + 0.5 + 1) / 4
    assert auc([(0.9, True)]) is None
    found = [
        answered(WHO, CLOSED, probability=0.8),
        answered(UNKNOWN, CLOSED, probability=0.3),
        answered(WHO, "Rain is expected.", probability=0.9),
        answered(WHO, "Rain is expected.", probability=None),  # the ledger gives none
        answered(WHO),
    ]
    assert product_row(found)["AUC"] == 0.5


def test_a_first_line_is_right_if_its_quote_answers_and_it_is_the_known_answer() -> None:
    assert answered(WHO, CLOSED, line="Engineer Ada Rusk").first_line_is_right
    assert answered(WHO, CLOSED, line="Rusk").first_line_is_right
    assert not answered(WHO, CLOSED, line="Monday").first_line_is_right
    assert not answered(WHO, "The bridge at Tolm is shut.", line="Tolm").first_line_is_right
    assert not answered(UNKNOWN, CLOSED, line="Monday").first_line_is_right
    elsewhere = replace(WHO, spans=("Ада Раск",))  # known in another language than the quote's
    assert answered(elsewhere, CLOSED, line="Ada Rusk").first_line_is_right
    assert answered(WHO, CLOSED).first_line_is_right is None


def test_summaries_and_false_premises_stand_apart() -> None:
    summary = replace(WHO, kind="summary", gold=(Gold("a", CLOSED), Gold("a", "Rain is expected.")))
    premise = replace(UNKNOWN, kind="false premise", never=(Gold("a", "The bridge at Tolm is shut."),))
    found = [answered(summary, CLOSED), answered(premise, CLOSED), answered(WHO, CLOSED), answered(UNKNOWN)]
    assert list(answers.summary_recall(found)) == [0.5]
    row = product_row(found)
    assert (row["any"], row["abstain"]) == (1.0, 1.0)
    assert not found[1].shows_never(found[1].shown)
    assert answered(premise, "The bridge at Tolm is shut.").shows_never([[("The bridge at Tolm is shut.", "a")]])


@pytest.mark.parametrize(
    ("found_at", "quotes", "stage"),
    [(None, (), "not found"), (9, (), "refused"), (1, ("Rain is expected.",), "not chosen")],
)
def test_a_miss_says_where_the_answer_was_lost(found_at: int | None, quotes: tuple[str, ...], stage: str) -> None:
    case = replace(answered(WHO, *quotes), found_at=found_at)
    assert answers.is_miss(case)
    assert case.stage == stage


# --- the sets ---------------------------------------------------------------------------------

STORY = {
    "id": "en1-006",
    "language": "en",
    "publisher": "Tolm Post",
    "published_at": "2027-04-01T10:00:00+02:00",
    "title": "Bridge shut",
    "sentences": ["The bridge at Tolm is shut.", CLOSED, "Rain is expected."],
    "paragraphs": [[0, 1], [2]],
}


def write_lines(path: Path, *rows_: object) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join(json.dumps(row) for row in rows_), encoding="utf-8")


def test_only_stories_that_training_leaves_out_are_asked(tmp_path: Path) -> None:
    asked = [
        {"q": "Who closed it?", "lang": "en", "kind": "who", "answers": [1], "span": "Ada Rusk"},
        {"q": "What did it cost?", "lang": "en", "answers": [], "why": "not said"},
    ]
    write_lines(tmp_path / "en1.jsonl", *(STORY | {"id": f"en1-{n:03}", "questions": asked} for n in (5, 6, 7)))
    found = unseen_stories(tmp_path)
    assert [article.id for article in found.articles] == ["en1-006"]
    assert found.articles[0].text == f"The bridge at Tolm is shut. {CLOSED}\n\nRain is expected."
    assert [(one.gold, one.answerable, one.must_be_refused) for one in found.questions] == [
        ((Gold("en1-006", CLOSED),), True, False),
        ((), False, True),
    ]
    assert found.now == datetime(2027, 4, 2, 8, tzinfo=UTC)


def test_a_library_of_events_names_what_must_not_be_shown(tmp_path: Path) -> None:
    write_lines(tmp_path / "stories.jsonl", STORY)
    row = {"id": "d1", "q": "and who?", "lang": "en", "kind": "follow-up", "as_of": "2027-04-01T12:00:00+02:00"}
    write_lines(
        tmp_path / "questions.jsonl",
        row | {"gold": [["en1-006", 1]], "must_not": [["en1-006", 2]], "span": None, "previous": "Is it shut?"},
    )
    (one,) = event_library(tmp_path).questions
    assert one.gold == (Gold("en1-006", CLOSED),)
    assert one.never == (Gold("en1-006", "Rain is expected."),)
    assert (one.previous, one.as_of) == ("Is it shut?", datetime(2027, 4, 1, 10, tzinfo=UTC))


def test_a_paragraph_is_an_article_and_its_strings_the_answer(tmp_path: Path) -> None:
    qas = [
        {"id": "1", "question": "¿Quién?", "is_impossible": False, "answers": [{"text": "Ada"}, {"text": ""}]},
        {"id": "2", "question": "¿Cuándo?", "is_impossible": False, "answers": [{"text": ""}]},
        {"id": "3", "question": "¿Cuánto?", "is_impossible": True, "answers": []},
    ]
    paragraph = {"context": "Ada cerró el puente.", "qas": qas}
    write_lines(tmp_path / "dev.json", {"data": [{"title": "Puente", "paragraphs": [paragraph]}]})
    found = squad_es(tmp_path)
    assert [(one.id, one.gold) for one in found.questions] == [("1", (Gold("es-0", strings=("Ada",)),)), ("3", ())]


# --- a short run ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def short() -> AnswerSet:
    (whole,) = (own_set(corpus) for corpus in CORPORA if corpus.name == "ostria")
    able = [one for one in whole.questions if one.answerable][:4]
    none = [one for one in whole.questions if one.must_be_refused][:2]
    return replace(whole, questions=(*able, *none))


def test_a_set_is_asked_of_the_product_and_of_both_baselines(
    short: AnswerSet, embedder: Embedder, reader: Reader, tmp_path: Path
) -> None:
    found = list(cases(short, embedder, reader, tmp_path))
    assert [case.asked.id for case in found] == [one.id for one in short.questions]
    for case in found:
        assert case.verbatim == len(case.answer.statements)
        assert len(case.baselines[SEARCH]) == len(case.baselines[STOCK]) == answers.TOP
        assert all(shows_passage(short, case.baselines[name]) for name in (SEARCH, STOCK))
    able = [case for case in found if case.asked.answerable]
    assert all(case.found_at for case in able)
    table = rows(found)
    assert list(table) == [PRODUCT, SEARCH, STOCK]
    assert table[PRODUCT]["any"] == sum(not answers.is_miss(case) for case in able) / len(able)


def shows_passage(of: AnswerSet, shown: Shown) -> bool:
    texts = {article.id: " ".join(article.text.split()) for article in of.articles}
    return all(" ".join(text.split()) in texts[article] for parts in shown for text, article in parts)


def test_a_saved_run_stands_beside_the_next_one(
    short: AnswerSet,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(answers, "answer_sets", lambda data, names: [short])
    saved = tmp_path / "before.json"
    monkeypatch.setattr(sys, "argv", ["answers", "--model", str(MODELS), "--save", str(saved)])
    answers.main()
    table = json.loads(saved.read_text(encoding="utf-8"))
    table["ostria"][PRODUCT]["any"] = 0.123
    saved.write_text(json.dumps(table), encoding="utf-8")
    monkeypatch.setattr(
        sys, "argv", ["answers", "--model", str(MODELS), "--before", str(saved), "--detail", "--misses"]
    )
    capsys.readouterr()
    answers.main()
    printed = capsys.readouterr().out.splitlines()
    (before,) = (line for line in printed if line.startswith(answers.BEFORE))
    assert "0.123" in before
    assert any(line.startswith("  kind answerable (4)") for line in printed)


def test_a_set_that_there_is_none_of_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["answers", "--sets", "ostria,nowhere"])
    with pytest.raises(SystemExit):
        answers.main()
    assert "no such set: nowhere" in capsys.readouterr().err
