"""A statement passes only where its quotes bear it out: value, unit, name, place, date, speaker and negation."""

import json
from pathlib import Path

import pytest

from retrieval.answer.verify import verify

DATA = Path(__file__).parents[2] / "data" / "tampered"
ROWS = [json.loads(line) for path in sorted(DATA.glob("*.jsonl")) for line in path.read_text("utf-8").splitlines()]


def passes(row: dict) -> bool:
    return verify(row["statement"], row["quotes"], row["language"], row["quote_languages"]).ok


def test_at_most_one_tampered_statement_in_a_hundred_passes() -> None:
    tampered = [row for row in ROWS if not row["stands"]]
    assert len(tampered) >= 200
    assert sum(map(passes, tampered)) <= 0.01 * len(tampered)


def test_at_most_one_true_statement_in_twenty_is_refused() -> None:
    true = [row for row in ROWS if row["stands"]]
    assert sum(not passes(row) for row in true) <= 0.05 * len(true)


@pytest.mark.parametrize("row", [r for r in ROWS if r["stands"]][::9], ids=lambda r: r["id"])
def test_a_sentence_bears_itself_out(row: dict) -> None:
    quote, spoken = row["quotes"][0], row["quote_languages"][0]
    assert verify(quote, [quote], spoken, [spoken])


KILLED = "Dozens of protesters were killed by police overnight in Almaty."


@pytest.mark.parametrize(
    "statement",
    [
        "Hundreds of protesters were killed by police overnight in Almaty.",
        "At least 164 protesters were killed by police overnight in Almaty.",
        "No protesters were killed by police overnight in Almaty.",
        "Dozens of protesters were killed by police overnight in Astana.",
        "Dozens of police were killed overnight in Almaty.",
    ],
)
def test_what_loose_matching_lets_through_is_refused(statement: str) -> None:
    assert verify(KILLED, [KILLED], "en", ["en"])
    assert not verify(statement, [KILLED], "en", ["en"])


def test_a_statement_without_quotes_does_not_stand() -> None:
    assert verify("Police left the square.", [], "en", []).reason == "nothing"


def test_an_unrelated_quote_bears_nothing_out() -> None:
    assert not verify("Everyone should leave town tonight.", ["Schools reopened on Monday."], "en", ["en"])
    assert not verify("Everyone should leave town tonight.", ["Школы открылись в понедельник."], "en", ["ru"])


def test_two_quotes_together_bear_out_what_neither_does_alone() -> None:
    quotes = ["Police said 12 officers were hurt.", "Hospitals in Oruro treated 40 protesters."]
    statement = "Police said 12 officers were hurt, and hospitals in Oruro treated 40 protesters."
    assert verify(statement, quotes, "en", ["en", "en"])
    assert not verify(statement, quotes[:1], "en", ["en"])


def test_a_doubt_may_not_be_left_out() -> None:
    quote = "The army allegedly opened fire in Oruro."
    assert verify("The army allegedly opened fire in Oruro.", [quote], "en", ["en"])
    assert verify("The army opened fire in Oruro.", [quote], "en", ["en"]).reason == "negation"


def test_a_speaker_named_outside_the_quote_counts_when_given() -> None:
    statement, quote = "The Health Ministry said 12 people were hurt.", "12 people were hurt."
    assert not verify(statement, [quote], "en", ["en"])
    assert verify(statement, [quote], "en", ["en"], speakers=["the Health Ministry"])


def test_the_verdict_says_what_does_not_stand() -> None:
    verdict = verify("Police left on 7 May.", ["Police left on 6 May."], "en", ["en"])
    assert (verdict.ok, verdict.reason) == (False, "date")
