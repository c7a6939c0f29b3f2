"""What other sources say that cannot be true together with a quote: shown as a conflict, and nothing else is."""

from datetime import UTC, datetime

import pytest

from retrieval.answer.ask import ask
from retrieval.answer.rivals import contradicts
from retrieval.domain import Moment
from retrieval.embedding import Embedder
from retrieval.ingest.pipeline import ingest
from retrieval.ingest.submission import Submission
from retrieval.language.doc import Text
from retrieval.reader.reader import Reader
from retrieval.store.library import Library

DAY = Moment(datetime(2022, 1, 6, tzinfo=UTC), day_only=True)


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("en", "The airport in Almaty is closed to all flights.", "The airport in Almaty is open to all flights."),
        ("en", "The president did order troops to fire.", "The president did not order troops to fire."),
        ("ru", "Аэропорт Алматы закрыт для всех рейсов.", "Аэропорт Алматы открыт для всех рейсов."),
        ("es", "El aeropuerto de Almaty está cerrado.", "El aeropuerto de Almaty no está cerrado."),
        ("en", "Parliament will vote on the bill on 14 January.", "Parliament will vote on the bill on 17 January."),
        ("en", "About 1,400 dockers joined the strike.", "About 600 dockers joined the strike."),
    ],
)
def test_yes_against_no_and_other_days_and_numbers_are_conflicts(language: str, one: str, other: str) -> None:
    assert contradicts(Text(one, language, DAY), Text(other, language, DAY), 0.9)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The airport in Almaty is closed.", "The airport in Almaty is closed to all flights until Friday."),
        ("Tokayev spoke by phone with Putin.", "Tokayev spoke by phone with Michel."),
        ("Protesters stormed city hall in Almaty.", "Protesters stormed city hall in Taraz."),
        ("The government resigned on Wednesday.", "Petrol now costs 120 tenge a litre in Aktau."),
    ],
)
def test_what_can_both_be_true_is_no_conflict(one: str, other: str) -> None:
    assert not contradicts(Text(one, "en", DAY), Text(other, "en", DAY), 0.9)


def test_a_quote_comes_with_what_another_source_says_against_it(
    library: Library, embedder: Embedder, reader: Reader
) -> None:
    airport = "Almaty International Airport is {} to passengers on Thursday, the transport ministry of Kazakhstan said."
    texts = {
        "one": f"{airport.format('closed')} Soldiers guard the Almaty terminal, and trains to Nur-Sultan run as usual.",
        "two": f"{airport.format('open')} A reporter in Almaty counted nine departures, two to Istanbul, and saw "
        "taxis waiting in a long line before the terminal of Almaty, whose windows had been repaired overnight.",
    }
    ingest(
        library,
        embedder,
        [
            Submission(id=id_, title="Almaty airport", text=text, publisher=id_, published=DAY)
            for id_, text in texts.items()
        ],
    )
    answer = ask(library, embedder, reader, "Is the airport in Almaty closed?", now=datetime(2022, 1, 7, tzinfo=UTC))
    assert answer.statements
    shown = {statement.text for statement in (*answer.statements, *answer.conflicting)}
    assert any("closed" in text for text in shown)
    assert any("open" in text for text in shown)
