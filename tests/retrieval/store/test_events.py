"""Events in the library: stored with their articles, stable as it grows, and found again after a merger."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import text, update

from retrieval.domain import Moment
from retrieval.embedding import Embedder
from retrieval.ingest.pipeline import ingest
from retrieval.ingest.submission import Submission
from retrieval.store.events import complete, event_named, headings
from retrieval.store.library import Library
from retrieval.store.read import article
from retrieval.store.schema import articles
from retrieval.store.write import remove

DAM = (
    "USTREL, Karvelia, April 2 - Part of the Karzhin dam on the river Tolma gave way before dawn, sending a wave of "
    "water into the town of Ustrel. Three people are known to have died, the district hospital in Ustrel said.",
    "Число погибших при прорыве Каржинской плотины выросло до семи. В Устреле и Домнике под водой сотни домов, "
    "губернатор Ирина Вальк приказала вывезти жителей Домника.",
    "Las autoridades de Karvelia elevaron a 16 los muertos por la rotura de la presa de Karzhin. En Ustrel y en Domnik "
    "siguen buscando a decenas de desaparecidos, dijo la gobernadora Irina Valk.",
)
FERRY = (
    "Twenty-four people died in the sinking of the ferry Virgen de Otura off Garzal island in Costa Lumbra, the navy "
    "said. The ferry of Naviera Garzal carried 211 people, said Transport Minister Tomás Ibarrola."
)


def submission(id_: str, text_: str, day: int, language: str = "en") -> Submission:
    return Submission(
        id=id_,
        title="",
        text=text_,
        published=Moment(datetime(2024, 4, day, tzinfo=UTC), day_only=True),
        language=language,
    )


def dam() -> list[Submission]:
    return [submission(f"dam-{at}", one, at + 2, "en ru es".split()[at]) for at, one in enumerate(DAM)]


def event_of(library: Library, id_: str) -> int | None:
    found = article(library.engine, id_)
    assert found is not None
    return found.event


@pytest.fixture
def two_events(library: Library, embedder: Embedder) -> Library:
    ingest(library, embedder, [*dam(), submission("ferry", FERRY, 3)])
    return library


def test_articles_in_three_languages_are_one_event_and_another_is_another(two_events: Library) -> None:
    own = {event_of(two_events, f"dam-{at}") for at in range(3)}
    assert len(own) == 1
    assert event_of(two_events, "ferry") not in own


def test_an_event_keeps_its_id_as_the_library_grows(two_events: Library, embedder: Embedder) -> None:
    before = event_of(two_events, "dam-0")
    ingest(two_events, embedder, [submission("dam-3", DAM[0].replace("Three", "Nine"), 6)])
    assert event_of(two_events, "dam-0") == event_of(two_events, "dam-3") == before


def test_a_new_version_stays_in_its_event(two_events: Library, embedder: Embedder) -> None:
    before = event_of(two_events, "dam-0")
    ingest(two_events, embedder, [submission("dam-0", f"{DAM[0]} The bridge at Ustrel is closed.", 2)])
    assert event_of(two_events, "dam-0") == before
    assert before is not None
    assert headings(two_events.engine, [before])[before].articles == 3


def test_an_article_that_is_deleted_leaves_its_event(two_events: Library) -> None:
    event = event_of(two_events, "ferry")
    assert event is not None
    remove(two_events.engine, "ferry")
    assert event_named(two_events.engine, event) is None


def test_a_library_of_before_events_is_put_into_them(two_events: Library) -> None:
    with two_events.engine.begin() as connection:
        connection.execute(update(articles).values(event=None))
        for table in ("events", "event_profiles"):
            connection.execute(text(f"DELETE FROM {table}"))
    assert complete(two_events.engine, two_events.model) == 4
    assert event_of(two_events, "dam-0") == event_of(two_events, "dam-1") != event_of(two_events, "ferry")


def test_the_id_of_an_event_that_became_part_of_another_leads_to_it(two_events: Library) -> None:
    kept, gone = event_of(two_events, "dam-0"), event_of(two_events, "ferry")
    assert kept is not None
    assert gone is not None
    with two_events.engine.begin() as connection:
        connection.execute(text("UPDATE events SET merged_into = :kept WHERE id = :gone"), {"kept": kept, "gone": gone})
    assert event_named(two_events.engine, gone) == kept
