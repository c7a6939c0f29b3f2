"""What is taken off cosines by language: the sums kept are those of the passages there are, now and in the past."""

import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.domain import Article, Moment, Span
from retrieval.store.database import open_database
from retrieval.store.library import Library
from retrieval.store.vectors.languages import NO_SUMS, LanguageSums
from retrieval.store.vectors.snapshot import Snapshot
from retrieval.store.write import Prepared, PreparedPassage, remove, store, text_hash

DIMENSIONS = 8
FIRST = datetime(2026, 1, 1, tzinfo=UTC)
QUERY = np.linspace(-1, 1, DIMENSIONS).astype(np.float32)


def prepared(id_: str, language: str, day: int) -> Prepared:
    """Return an article of one passage that was published on a day, with a vector of its own."""
    text = f"{id_} in {language} on day {day}"
    vector = np.random.default_rng(list(text.encode())).normal(size=DIMENSIONS)
    whole = Span(0, len(text))
    at = FIRST + timedelta(days=day)
    article = Article(id_, f"https://{id_}.example/", id_, text, language, Moment(at), fetched_at=at)
    passage = PreparedPassage(whole, (whole,), text, "")
    return Prepared(article, (passage,), "random", vectors={text_hash(text): vector / np.linalg.norm(vector)})


def counted(snapshot: Snapshot) -> LanguageSums:
    """Return the sums over the snapshot's current passages, added up anew."""
    ids = snapshot.sample(len(snapshot.ids))
    vectors, labels = snapshot.of(ids), snapshot.labels(ids)
    rows = np.array([vectors[label.id] for label in labels]).reshape(-1, DIMENSIONS)
    return NO_SUMS.changed(rows, [label.language for label in labels], np.ones(len(labels)))


def by_language(sums: LanguageSums) -> dict[str, list[float]]:
    """Return what there is of each language that has passages: their number, and the sum of their vectors."""
    found = zip(sums.languages, sums.counts.tolist(), sums.sums.tolist(), strict=True)
    return {language: [count, *np.round(total, 5)] for language, count, total in found if count}


STEPS = st.lists(st.tuples(st.integers(0, 4), st.sampled_from(["en", "ru", "kk", "gone"]), st.booleans()), max_size=12)


@settings(max_examples=20, deadline=None)
@given(STEPS)
def test_the_sums_kept_are_those_of_the_current_passages(steps: Sequence[tuple[int, str, bool]]) -> None:
    with tempfile.TemporaryDirectory() as name:
        library = Library(Path(name), open_database("", Path(name)), "random")
        for day, (article, language, read) in enumerate(steps):
            if language == "gone":
                remove(library.engine, f"a{article}")
            else:
                store(library.engine, [prepared(f"a{article}", language, day)])
            if read:
                library.snapshot()
        kept = library.snapshot()
        assert by_language(kept.sums) == by_language(counted(kept))
        library.close()


def test_a_question_about_the_past_is_calibrated_by_what_was_known_then(tmp_path: Path) -> None:
    library = Library(tmp_path, open_database("", tmp_path), "random")
    known = [prepared(f"a{n}", ("en", "ru", "es")[n % 3], n) for n in range(30)]
    store(library.engine, known)
    then = library.snapshot().similar(QUERY, 5)
    store(library.engine, [prepared(f"a{n}", "ru", 40) for n in range(0, 30, 2)])
    store(library.engine, [prepared(f"b{n}", "kk", 41) for n in range(20)])
    now = library.snapshot().similar(QUERY, 5)
    past = library.snapshot().similar(QUERY, 5, as_of=FIRST + timedelta(days=35))
    assert [id_ for id_, _ in past.passages] == [id_ for id_, _ in then.passages] != [id_ for id_, _ in now.passages]
    assert all(abs(past.offsets[language] - offset) < 1e-5 for language, offset in then.offsets.items())
    library.close()


def test_what_is_taken_off_is_the_mean_cosine_where_there_are_many_passages() -> None:
    vectors = np.random.default_rng(1).normal(0.3, 0.1, size=(4_000, DIMENSIONS))
    sums = NO_SUMS.changed(vectors, ["en", "ru"] * 2_000, np.ones(4_000))
    assert abs(sums.offsets(QUERY)["ru"] - float((vectors[1::2] @ QUERY).mean())) < 0.002


def test_of_a_few_passages_little_is_taken_off() -> None:
    lone = NO_SUMS.changed(QUERY[None, :], ["kk"], np.ones(1))
    assert 0 < lone.offsets(QUERY)["kk"] < 0.2 * float(QUERY @ QUERY)


def test_a_levelled_question_is_as_near_to_every_language() -> None:
    chance = np.random.default_rng(2)
    apart = chance.normal(size=(3, DIMENSIONS))
    vectors = chance.normal(0, 0.1, size=(3_000, DIMENSIONS)) + np.repeat(apart, 1_000, axis=0)
    sums = NO_SUMS.changed(vectors, ["en"] * 1_000 + ["ru"] * 1_000 + ["kk"] * 1_000, np.ones(3_000))
    near = sums.sums @ sums.levelled(QUERY) / 1_000
    assert np.ptp(sums.sums @ QUERY / 1_000) > 0.5
    assert np.ptp(near) < 0.05


def test_an_empty_library_takes_nothing_off() -> None:
    assert NO_SUMS.offsets(QUERY) == {}
    assert np.array_equal(NO_SUMS.levelled(QUERY), QUERY)
