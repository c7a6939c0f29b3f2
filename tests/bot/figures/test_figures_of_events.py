"""Four unrests in one library: each one's figures apart, and "how many" answered from the one that is meant."""

import json
from collections.abc import Iterator
from datetime import UTC
from pathlib import Path
from typing import Any

import pytest

from retrieval.embedding import Embedder
from retrieval.embedding.centred import name_of
from retrieval.ingest.files import from_path
from retrieval.ingest.pipeline import ingest
from retrieval.store.library import open_library
from tests.bot.commands import Sitrep, sitrep
from tests.conftest import MODELS, ROOT, SAMPLES

__all__ = ["sitrep"]

UNRESTS = [SAMPLES, *(ROOT / "tests" / "data" / name / "articles.jsonl" for name in ("velmora", "taravor", "ostria"))]


@pytest.fixture(scope="module")
def four_unrests(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("four")
    (folder / "models").symlink_to(MODELS)
    library = open_library(folder, name_of(embedder))
    for path in UNRESTS:
        ingest(library, embedder, from_path(path, UTC))
    library.close()
    yield folder


@pytest.fixture
def data(four_unrests: Path) -> Path:
    return four_unrests


def killed(sitrep: Sitrep, *more: str) -> dict[str, Any]:
    ledger: dict[str, Any] = json.loads(sitrep("figures", "--kind", "killed", "--json", *more).stdout)
    return ledger


def prefixes(ledger: dict[str, Any], event: int) -> set[str]:
    """Return the sets that the articles cited for an event are from, by their ids."""
    cited = {
        number
        for series in ledger["series"]
        if series["event"] == event
        for entry in series["entries"]
        for number in (entry["citation"], entry["by"])
        if number is not None
    }
    return {ledger["citations"][number - 1]["article_id"][:2] for number in cited}


def test_no_event_has_figures_of_another_unrest(sitrep: Sitrep) -> None:
    ledger = killed(sitrep)
    found = [prefixes(ledger, event["id"]) for event in ledger["events"]]
    assert all(len(one) == 1 for one in found)
    assert set().union(*found) == {"kz", "ve", "ta", "os"}


def test_one_event_is_selected_by_its_number(sitrep: Sitrep) -> None:
    event = killed(sitrep)["events"][0]["id"]
    selected = killed(sitrep, "--event", str(event))
    assert {series["event"] for series in selected["series"]} == {event}


def test_an_event_there_is_not_is_one_sentence(sitrep: Sitrep) -> None:
    wrong = sitrep("figures", "--kind", "killed", "--event", "999999")
    assert (wrong.returncode, wrong.stdout) == (1, "")
    assert wrong.stderr.strip() == "There is no event 999999."


def test_the_first_line_of_an_event_says_what_stands_now(sitrep: Sitrep) -> None:
    text = sitrep("figures", "--kind", "killed", "--lang", "en").stdout
    heading, summary = text.split("\n\n")[:2]
    assert "2 Jan – 13 Jan 2022" in heading
    assert summary.startswith("Killed: about 160 (government, 11 Jan). 164 (Health Ministry, 9 Jan) was withdrawn on")
    assert "Security forces among them: 16–18, disputed." in summary


def test_a_corrected_toll_and_another_speakers_stand_disputed_without_places_where_nobody_died(
    sitrep: Sitrep,
) -> None:
    text = sitrep("figures", "--kind", "killed", "--lang", "en").stdout
    assert "\nKilled: 6–8, disputed. Workers among them: 5. plaza del Reloj: 2.\n" in text


@pytest.mark.parametrize(
    "question",
    [
        "How many dead in Velmora?",
        "Сколько погибших в Велморе?",
        "Велморада қанша адам қаза тапты?",
        "¿Cuántos muertos hay en Velmora?",
    ],
)
def test_an_answer_opens_with_the_toll_that_stands(question: str, sitrep: Sitrep) -> None:
    answer = json.loads(sitrep("ask", question, "--json").stdout)
    assert answer["statements"][0]["text"].startswith("Нақты сан — алты")


@pytest.mark.parametrize(
    ("question", "articles"),
    [
        ("How many people were killed in Velmora?", "ve"),
        ("Сколько человек погибло в Казахстане?", "kz"),
        ("¿Cuántos muertos hay en Taravor?", "ta"),
        ("Острияда қанша адам қаза тапты?", "os"),
        ("How many people were killed in Ostria?", "os"),
        ("Сколько погибших в Велморе?", "ve"),
    ],
)
def test_how_many_is_answered_from_the_event_that_is_meant(question: str, articles: str, sitrep: Sitrep) -> None:
    answer = json.loads(sitrep("ask", question, "--json").stdout)
    assert answer["status"] == "answered"
    assert {citation["article_id"][:2] for citation in answer["citations"]} == {articles}


TOLD = {
    "kz": (
        ("How many people were killed in Almaty?", "en"),
        ("How many people died in the January unrest in Kazakhstan?", "en"),
        ("Сколько человек погибло в Алматы?", "ru"),
        ("¿Cuántos muertos hubo en Almaty?", "es"),
        ("¿Cuántas personas murieron en Kazajistán en enero?", "es"),
        ("Алматыда қанша адам қаза тапты?", "kk"),
    ),
    "ve": (
        ("How many people were killed in Tolm?", "en"),
        ("Сколько погибших в Толме?", "ru"),
        ("¿Cuántos muertos hubo en Tolm?", "es"),
        ("Толмда қанша адам қаза тапты?", "kk"),
    ),
    "ta": (
        ("How many people died in Taravor during the protests?", "en"),
        ("Сколько человек погибло в Тараворе во время протестов?", "ru"),
        ("¿Cuántos muertos dejaron las protestas en Taravor?", "es"),
        ("Таравордағы наразылықта қанша адам өлді?", "kk"),
    ),
    "os": (
        ("How many dead in Harvek?", "en"),
        ("Сколько людей погибло при пожаре в офисе «Энерво»?", "ru"),
        ("¿Cuántos muertos hubo en Harvek?", "es"),
        ("Харвекте қанша адам қаза тапты?", "kk"),
    ),
}


def test_a_place_in_a_question_says_which_event_is_meant(sitrep: Sitrep, tmp_path: Path) -> None:
    asked = [(name, text, language) for name, those in TOLD.items() for text, language in those]
    rows = [{"id": str(n), "question": text, "lang": language} for n, (_, text, language) in enumerate(asked)]
    batch = tmp_path / "questions.jsonl"
    batch.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    answers = [json.loads(line) for line in sitrep("ask", "--batch", str(batch), "--json").stdout.splitlines()]
    cited = {one["question"]: {c["article_id"][:2] for c in one["citations"]} for one in answers}
    assert cited == {text: {name} for name, text, _ in asked}


def test_what_was_withdrawn_is_no_statement(sitrep: Sitrep) -> None:
    answer = json.loads(sitrep("ask", "How many people were killed in Kazakhstan?", "--json").stdout)
    gone = {citation["n"] for citation in answer["citations"] if citation["withdrawn"]}
    assert gone
    assert answer["statements"][0]["citations"][0] not in gone
