"""The ledger on the samples: from the command line, and as the answer to "how many"."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.bot.commands import Sitrep, sitrep

__all__ = ["sitrep"]


@pytest.fixture
def data(sample_data: Path) -> Path:
    return sample_data


def entries(ledger: dict[str, Any], group: str) -> list[dict[str, Any]]:
    return [e for s in ledger["series"] if s["group"] == group and s["place"] is None for e in s["entries"]]


def in_order(wanted: list[float], values: list[float]) -> bool:
    rest = iter(values)
    return all(any(value == one for one in rest) for value in wanted)


def test_the_ledger_tells_how_the_tolls_went_and_what_was_withdrawn(sitrep: Sitrep) -> None:
    ledger = json.loads(sitrep("figures", "--kind", "killed", "--json").stdout)
    total = entries(ledger, "total")
    assert in_order([24, 26, 164], [e["low"] for e in total])
    assert {e["status"] for e in total if e["low"] == 164} == {"withdrawn"}
    assert in_order([8, 13, 18, 16], [e["low"] for e in entries(ledger, "security")])
    for entry in total:
        citation = ledger["citations"][entry["citation"] - 1]
        assert entry["wording"] in citation["quote"]


def test_no_line_ends_in_a_space(sitrep: Sitrep) -> None:
    lines = sitrep("figures", "--kind", "killed").stdout.splitlines()
    assert [line for line in lines if line != line.rstrip()] == []


def test_as_of_the_tenth_nothing_is_known_of_the_withdrawal(sitrep: Sitrep) -> None:
    ledger = json.loads(sitrep("figures", "--kind", "killed", "--as-of", "2022-01-10", "--json").stdout)
    assert "withdrawn" not in {e["status"] for e in entries(ledger, "total")}


def test_a_chart_is_written_and_a_kind_there_is_not_is_one_sentence(sitrep: Sitrep, tmp_path: Path) -> None:
    sitrep("figures", "--kind", "killed", "--png", str(tmp_path / "chart.png"))
    assert (tmp_path / "chart.png").read_bytes().startswith(b"\x89PNG")
    wrong = sitrep("figures", "--kind", "sunk")
    assert wrong.returncode == 1
    assert wrong.stderr.strip().startswith("There is no kind of figure 'sunk'")


@pytest.mark.parametrize(
    "question",
    [
        "How many people have been killed?",
        "Сколько человек погибло?",
        "¿Cuántos muertos hay?",
        "Қанша адам қаза тапты?",
    ],
)
def test_how_many_leads_to_the_ledger_in_every_language(question: str, sitrep: Sitrep) -> None:
    answer = json.loads(sitrep("ask", question, "--json").stdout)
    assert answer["status"] == "answered"
    withdrawn = [c for c in answer["citations"] if c["withdrawn"]]
    assert withdrawn
    assert all("164" in c["quote"] for c in withdrawn)
