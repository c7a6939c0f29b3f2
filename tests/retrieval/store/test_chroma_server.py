"""Chroma as a server of its own: searched like the embedded one, and no question waits for it when it fails."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from retrieval.store import library as library_module
from retrieval.store.database import open_database
from retrieval.store.library import CHROMA, SCAN, Library
from retrieval.store.write import store
from tests.chroma import chroma_server
from tests.retrieval.store.test_chroma import MODEL, a_vector, prepared, ready, wait_until


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[str, "subprocess.Popen[bytes]"]]:
    with chroma_server(tmp_path / "server") as started:
        yield started


@pytest.fixture
def served(tmp_path: Path, server: tuple[str, "subprocess.Popen[bytes]"]) -> Iterator[Library]:
    library = Library(tmp_path, open_database("", tmp_path), MODEL, server[0])
    store(library.engine, [prepared(f"a{n}", f"text {n}") for n in range(120)])
    library.own_index()
    wait_until(lambda: ready(library), 60)
    yield library
    library.close()


def test_a_server_answers_as_the_scan_does(served: Library) -> None:
    found = served.nearest(a_vector(served), 5).passages
    assert [id_ for id_, _ in found] == [id_ for id_, _ in served.snapshot().nearest(a_vector(served), 5)]
    assert served.searches == {CHROMA: 1}


def test_a_rebuild_leaves_the_collections_of_other_libraries_on_the_server(
    served: Library, server: tuple[str, "subprocess.Popen[bytes]"], tmp_path: Path
) -> None:
    other = Library(tmp_path / "other", open_database("", tmp_path / "other"), MODEL, server[0])
    store(other.engine, [prepared("b1", "another library")])
    index = other.chroma_index()
    index.open()
    index.rebuild()
    index.close()
    assert served.index is not None
    assert served.index.count() == 120
    assert len(served.index._connected("").list_collections()) == 2  # of the other library, only the newest is left


def test_a_rebuild_that_dies_leaves_the_collection_that_was_there_and_no_litter(
    served: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = served.index
    assert index is not None
    served._stop.set()  # no sync comes in between
    made = index.location
    monkeypatch.setattr(index, "_add", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        index.rebuild()
    assert len(index._connected("").list_collections()) == 2
    index.close()
    again = served.chroma_index()
    again.open()
    assert (again.location, again.count(), len(again._connected("").list_collections())) == (made, 120, 1)
    again.close()


def test_a_connection_that_breaks_in_passing_is_tried_again(served: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    assert served.index is not None and served.index._store is not None
    search, broken = served.index._store.similarity_search_by_vector_with_relevance_scores, [1, 1]

    def breaking(*given: Any) -> Any:
        if broken:
            broken.pop()
            raise httpx.RemoteProtocolError("Server disconnected without sending a response.")
        return search(*given)

    monkeypatch.setattr(served.index._store, "similarity_search_by_vector_with_relevance_scores", breaking)
    assert len(served.nearest(a_vector(served), 5).passages) == 5
    assert served.searches == {CHROMA: 1}
    broken += [1] * 9
    assert len(served.nearest(a_vector(served), 5).passages) == 5
    assert (served.searches, len(broken)) == ({CHROMA: 1, SCAN: 1}, 6)


def test_a_server_that_hangs_holds_a_question_up_for_seconds_at_most(
    served: Library, server: tuple[str, "subprocess.Popen[bytes]"]
) -> None:
    server[1].send_signal(signal.SIGSTOP)
    os.waitid(os.P_PID, server[1].pid, os.WSTOPPED)  # the signal is on its way until the last thread stands
    started = time.monotonic()
    assert len(served.nearest(a_vector(served), 5).passages) == 5
    assert time.monotonic() - started < 4
    server[1].send_signal(signal.SIGCONT)
    assert served.searches == {SCAN: 1}
    wait_until(lambda: ready(served), 60)


def test_a_server_that_is_gone_leaves_the_scan(served: Library, server: tuple[str, "subprocess.Popen[bytes]"]) -> None:
    server[1].kill()
    server[1].wait()
    assert len(served.nearest(a_vector(served), 5).passages) == 5
    assert served.searches == {SCAN: 1}


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP])
def test_a_server_that_is_gone_or_hangs_is_noticed_unasked_by_the_owner_and_by_others(
    how: signal.Signals,
    served: Library,
    server: tuple[str, "subprocess.Popen[bytes]"],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(library_module, "SYNC_EVERY", 0.2)
    wait_until(served.index_works_for_owner, 20)
    server[1].send_signal(how)
    wait_until(lambda: not served.index_works() and not served.index_works_for_owner(), 20)
    server[1].kill()  # so that nothing waits for it at the end
