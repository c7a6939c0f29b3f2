"""A bigger cross-encoder on a server: it orders, and where it fails the built-in reader's order stands."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from retrieval.domain import ModelError
from retrieval.reader.reader import Reader
from retrieval.reader.reranker import Reranker, reranker
from tests.retrieval.reader.test_reader import OTHER, QUESTION, STORY, Reads, reads

__all__ = ["reads"]  # a fixture


class Server:
    """What it was asked, and how it replies: each score by the number of letters, in the style of TEI or the others."""

    def __init__(self) -> None:
        self.address = ""
        self.asked: list[dict[str, Any]] = []
        self.keys: list[str | None] = []
        self.reply: Any = None  # in place of scores
        self.plain = False  # a list, as TEI replies
        self.wait = threading.Event()
        self.wait.set()

    def scores(self, asked: dict[str, Any]) -> Any:
        if self.reply is not None:
            return self.reply
        name = "score" if self.plain else "relevance_score"
        rows = [{"index": place, name: -len(text)} for place, text in enumerate(asked["documents"])]
        return rows[::-1] if self.plain else {"results": rows[::-1]}


@pytest.fixture
def server() -> Iterator[Server]:
    state = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            state.asked.append(asked)
            state.keys.append(self.headers["Authorization"])
            state.wait.wait(5)
            content = json.dumps(state.scores(asked)).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *args: object) -> None:
            """Print nothing."""

    running = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=running.serve_forever, daemon=True).start()
    state.address = f"http://127.0.0.1:{running.server_port}/rerank"
    yield state
    state.wait.set()
    running.shutdown()


def at(server: Server, tail: str = "", **options: Any) -> Reranker:
    return reranker(server.address + tail, Path(), **options)


@pytest.mark.parametrize("plain", [True, False])
def test_scores_come_back_in_the_order_of_the_texts(server: Server, plain: bool) -> None:
    server.plain = plain
    assert at(server).scores("q", ["long", "a", "longest"]) == [-4, -1, -7]


def test_the_model_and_the_key_are_sent(server: Server) -> None:
    at(server, "#big", api_key="secret").scores("q", ["a"])
    assert server.asked[0]["model"] == "big"
    assert server.keys == ["Bearer secret"]


@pytest.mark.parametrize("reply", [{"results": []}, {"error": "busy"}, [{"index": 0}], "no", 7])
def test_a_reply_without_a_score_for_each_text_is_an_error(server: Server, reply: Any) -> None:
    server.reply = reply
    with pytest.raises(ModelError):
        at(server).scores("q", ["a", "b"])


def test_a_server_that_takes_too_long_is_an_error(server: Server) -> None:
    server.wait.clear()
    with pytest.raises(ModelError):
        at(server, seconds=0.2).scores("q", ["a"])


def test_an_address_where_nothing_listens_is_an_error() -> None:
    with pytest.raises(ModelError):
        reranker("http://127.0.0.1:1/rerank", Path()).scores("q", ["a"])


def test_its_order_is_that_of_the_answer(server: Server, reads: Reads) -> None:
    bigger = Reader(reads.reader.scorer, at(server))
    asked, built_in, sentences = reads.of(QUESTION, [STORY, OTHER], bigger)
    choice = built_in.choose(asked, sentences, most=3)
    assert server.asked[0]["query"] == QUESTION
    texts = {one.number: one.text for one in sentences}
    assert texts[choice.groups[0].numbers[0]] == min(server.asked[0]["documents"], key=len)


def test_where_it_fails_the_answer_is_that_of_the_built_in_reader(server: Server, reads: Reads) -> None:
    server.reply = {"error": "busy"}
    asked, built_in, sentences = reads.of(QUESTION, [STORY, OTHER])
    failing = Reader(reads.reader.scorer, at(server)).over(built_in.passages)
    assert failing.choose(asked, sentences, most=3) == built_in.choose(asked, sentences, most=3)
