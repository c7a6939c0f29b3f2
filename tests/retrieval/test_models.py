"""A model is named by one string; what is wrong with the string, the key or the server is said in a sentence."""

import asyncio
import time
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from retrieval import models
from retrieval.domain import ModelError
from retrieval.models import awaited, chat_model, embedding_model, probe
from tests import fake_provider

ADDRESS = {"openai": "/v1", "anthropic": "", "ollama": ""}


@pytest.fixture
def provider() -> Iterator[fake_provider.Provider]:
    with fake_provider.running() as running:
        yield running


@pytest.mark.parametrize("name", ADDRESS)
def test_each_provider_answers_through_its_own_protocol(provider: fake_provider.Provider, name: str) -> None:
    provider.says("Fine.")
    model = chat_model(f"{name}:some-model", api_key="k-123", base_url=provider.url + ADDRESS[name])
    assert model.invoke("How are you?").text == "Fine."
    assert provider.asked[0]["model"] == "some-model"


def test_a_server_of_ones_own_needs_no_key(provider: fake_provider.Provider) -> None:
    provider.says("Fine.")
    assert chat_model("openai:llama:8b", base_url=f"{provider.url}/v1").invoke("Hello").text == "Fine."
    assert provider.asked[0]["model"] == "llama:8b"


@pytest.mark.parametrize("spec", ["", "gpt-5", "nobody:x", "openai:", ":x", "OPENAI:x", "openai x"])
def test_a_name_nobody_knows_is_refused_in_one_sentence(spec: str) -> None:
    with pytest.raises(ModelError, match=r"write provider:model, with a provider of openai, anthropic, ollama\.$"):
        chat_model(spec, api_key="k")


@pytest.mark.parametrize(("spec", "key"), [("openai:m", "OPENAI_API_KEY"), ("anthropic:m", "ANTHROPIC_API_KEY")])
def test_a_missing_key_is_named(spec: str, key: str) -> None:
    with pytest.raises(ModelError, match=key):
        chat_model(spec)


@pytest.mark.parametrize("name", ADDRESS)
def test_nothing_is_retried(provider: fake_provider.Provider, name: str) -> None:
    provider.fails(status=429)
    model = chat_model(f"{name}:m", api_key="k", base_url=provider.url + ADDRESS[name])
    with pytest.raises(Exception, match=r"429|secret internals"):
        model.invoke("Hello")
    assert len(provider.asked) == 1


@pytest.mark.parametrize("name", ADDRESS)
def test_a_model_that_answers_is_found_to_answer(provider: fake_provider.Provider, name: str) -> None:
    provider.fails(text="ready", wait=0.2)
    assert asyncio.run(probe(f"{name}:m", api_key="k", base_url=provider.url + ADDRESS[name])) >= 0.2


@pytest.mark.parametrize("name", ADDRESS)
@pytest.mark.parametrize(
    ("failure", "told"),
    [
        ({"status": 401}, "refused its key"),
        ({"status": 404}, "is not known to its provider"),
        ({"status": 500}, "cannot be reached"),
        ({"wait": 5.0}, "did not answer in time"),
    ],
)
def test_what_is_wrong_with_a_model_is_said_in_a_sentence(
    provider: fake_provider.Provider, name: str, failure: dict[str, Any], told: str
) -> None:
    provider.fails(**failure)
    with pytest.raises(ModelError, match=rf"^The language model {name}:m {told}[^.]*\.$"):
        asyncio.run(probe(f"{name}:m", api_key="k", base_url=provider.url + ADDRESS[name], seconds=1.5))


def test_a_call_is_given_up_when_its_time_is_up() -> None:
    began = time.monotonic()
    with pytest.raises(TimeoutError):
        asyncio.run(awaited(asyncio.sleep(60), 0.1))
    assert time.monotonic() - began < 5


@pytest.mark.parametrize(("name", "path"), [("openai", "/v1"), ("ollama", "")])
def test_vectors_of_a_provider_are_unit_rows(
    provider: fake_provider.Provider, tmp_path: Path, name: str, path: str
) -> None:
    embedder = embedding_model(f"{name}:vectors", tmp_path, base_url=provider.url + path)
    rows = embedder.embed_passages(["one", "three"])
    assert rows.shape == (2, embedder.dimensions) == (2, fake_provider.DIMENSIONS)
    assert np.allclose(np.linalg.norm(rows, axis=1), 1)
    assert embedder.embed_query("one").shape == (fake_provider.DIMENSIONS,)
    assert embedder.name == f"{name}:vectors"


def test_an_embedding_server_that_fails_is_a_model_error(provider: fake_provider.Provider, tmp_path: Path) -> None:
    provider.fails(status=500)
    embedder = embedding_model("openai:vectors", tmp_path, base_url=f"{provider.url}/v1")
    with pytest.raises(ModelError, match="failed on a question"):
        embedder.embed_query("one")


@pytest.mark.parametrize(("name", "path"), [("openai", "/v1"), ("ollama", "")])
def test_vectors_without_end_are_given_up_and_take_little_memory(
    provider: fake_provider.Provider, tmp_path: Path, name: str, path: str
) -> None:
    embedder = embedding_model(f"{name}:vectors", tmp_path, base_url=provider.url + path)
    provider.fails(raw=b"[" * 50 * 2**20)
    tracemalloc.start()
    with pytest.raises(ModelError, match="failed on a question"):
        embedder.embed_query("one")
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 150 * 2**20  # 50 of them are the fake provider's own


@pytest.mark.parametrize(("name", "path"), [("openai", "/v1"), ("ollama", "")])
@pytest.mark.parametrize("how", [{"wait": 60.0}, {"drip": 0.1, "raw": b" " * 1000}])
def test_a_question_waits_for_its_vector_for_seconds_only(
    provider: fake_provider.Provider,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    path: str,
    how: dict[str, Any],
) -> None:
    monkeypatch.setattr(models, "EMBED_QUESTION_SECONDS", 0.5)
    embedder = embedding_model(f"{name}:vectors", tmp_path, base_url=provider.url + path)
    provider.fails(**how)
    began = time.monotonic()
    with pytest.raises(ModelError, match="failed on a question"):
        embedder.embed_query("one")
    assert time.monotonic() - began < 5


def test_many_texts_are_sent_in_batches(provider: fake_provider.Provider, tmp_path: Path) -> None:
    embedder = embedding_model("ollama:vectors", tmp_path, base_url=provider.url)
    assert len(embedder.embed_passages(["text"] * 150)) == 150
    assert [len(asked["input"]) for asked in provider.asked] == [64, 64, 22]


def test_a_provider_without_embeddings_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="openai, ollama"):
        embedding_model("anthropic:m", tmp_path, api_key="k")


def test_no_spec_means_the_embedder_that_works_alone(tmp_path: Path) -> None:
    assert embedding_model("", tmp_path).dimensions == 384
