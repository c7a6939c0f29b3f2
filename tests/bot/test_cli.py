"""The command line is the contract: shapes, exit codes, one sentence on stderr."""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.bot.commands import Sitrep, sitrep
from tests.conftest import ROOT, SAMPLES

__all__ = ["sitrep"]

ASK = {
    "id",
    "question",
    "language",
    "status",
    "intent",
    "as_of",
    "newest_article_at",
    "engine",
    "first_line",
    "statements",
    "citations",
    "nearest",
    "conflicting",
    "figures",
    "events",
    "other_events",
    "period",
}
CITATION = {
    "n", "article_id", "url", "title", "publisher", "published_at", "speaker", "language", "quote", "start", "end",
    "answer_start", "answer_end", "link", "translation", "origin_copies", "withdrawn", "modified_at", "forwarded_from",
    "backing",
}  # fmt: skip
RESULT = {"article_id", "passage_id", "url", "start", "end", "text", "score", "published_at", "publisher"}
HEAVY = "chromadb langchain langchain_core sqlalchemy numpy onnxruntime matplotlib trafilatura telegram"
TEXTS = {record["id"]: record["text"] for record in map(json.loads, SAMPLES.read_text(encoding="utf-8").splitlines())}


@pytest.fixture
def data(sample_data: Path) -> Path:
    return sample_data


def process(data: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SITREP_")}
    return subprocess.run(
        [sys.executable, "-m", "bot.cli", *words],
        cwd=ROOT,
        env=kept | {"SITREP_DATA_DIR": str(data)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def failed_in_one_sentence(done: "subprocess.CompletedProcess[str]", code: int = 1) -> str:
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    return done.stderr.strip().splitlines()[-1]


def test_help_answers_without_loading_heavy_libraries() -> None:
    heavy = set(HEAVY.split())
    code = f"import sys, bot.cli; print(sorted(m for m in {heavy!r} if m in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
    start = time.monotonic()
    assert "ingest" in process(Path("unused"), "--help").stdout
    assert time.monotonic() - start < 10  # well under a second on an idle machine; tests run on busy ones


def test_ask_json_has_exactly_the_contracts_shape(sitrep: Sitrep) -> None:
    answer = json.loads(sitrep("ask", "Кто возглавил Совет безопасности?", "--json").stdout)
    assert set(answer) == ASK
    assert answer["status"] == "answered"
    for citation in answer["citations"]:
        assert set(citation) == CITATION
        assert TEXTS[citation["article_id"]][citation["start"] : citation["end"]] == citation["quote"]
        assert citation["link"].startswith(citation["url"] + "#:~:text=")
    for statement in answer["statements"]:
        assert set(statement) == {"text", "citations", "probability"}
        assert statement["citations"]


def test_what_answers_in_a_word_is_the_first_line(sitrep: Sitrep) -> None:
    question = "When was Karim Massimov detained?"
    answer = json.loads(sitrep("ask", question, "--json").stdout)
    assert answer["first_line"] == {"text": "6 January", "citation": 1}
    assert "6 January" in answer["citations"][0]["quote"]
    assert sitrep("ask", question).stdout.startswith("6 January (6 Jan 2022) [1] · according to KNB, 8 Jan 2022\n")


def test_what_competes_with_an_answer_stands_below_it_with_numbers_that_go_on(sitrep: Sitrep) -> None:
    question = "What did the Interior Ministry say about police killed and people detained?"
    answer, competing = sitrep("ask", question).stdout.split("Conflicting figures:")
    assert "contradicted by" in competing
    listed = max(int(number) for number in re.findall(r"^\[(\d+)\]", answer, re.MULTILINE))
    assert int(re.findall(r"^\[(\d+)\]", competing, re.MULTILINE)[0]) == listed + 1


def test_disputed_numbers_around_the_sentence_that_answers_are_not_listed(sitrep: Sitrep) -> None:
    answer = sitrep("ask", "What reason did Pashinyan give for sending peacekeepers?").stdout
    assert "8 officers dead" in answer
    assert "Conflicting figures" not in answer


def test_batch_answers_a_line_each_and_keeps_the_ids(sitrep: Sitrep) -> None:
    lines = [
        {"id": "q-1", "question": "How many people were killed?", "as_of": "2022-01-06T18:00:00+06:00"},
        {"id": 7, "question": "Who won the football match?", "lang": "es"},
        {"id": "bad", "question": "   "},
        {"id": "bad2", "question": "How?", "as_of": "the day after"},
    ]
    done = sitrep("ask", "--batch", "-", stdin="\n".join(map(json.dumps, lines)) + "\nnot json\n")
    first, second, *bad = [json.loads(line) for line in done.stdout.splitlines()]
    assert (first["id"], second["id"]) == ("q-1", 7)
    assert first["as_of"] == "2022-01-06T18:00:00+06:00"
    assert (second["language"], second["status"]) == ("es", "abstained")
    assert second["nearest"]
    assert [set(line) for line in bad] == [{"id", "error"}] * 3
    assert done.returncode == 1


def test_a_batch_goes_on_after_half_a_surrogate_pair(sitrep: Sitrep) -> None:
    lines = [{"id": "\ud83d", "question": "Why \ud83d?"}, {"id": "b", "question": "How many people were killed?"}]
    for command in ("ask", "search"):
        done = sitrep(command, "--batch", "-", stdin="\n".join(map(json.dumps, lines)) + "\n")
        assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == ["\ud83d", "b"]


def test_a_question_with_a_stray_byte_is_answered_in_json_that_can_be_read(sitrep: Sitrep) -> None:
    for command, key in (("ask", "question"), ("search", "query")):
        assert json.loads(sitrep(command, "Why \udcff?", "--json").stdout)[key].startswith("Why")
    assert "As of" in sitrep("ask", "Why \udcff?").stdout


def test_search_json_has_exactly_the_contracts_shape(sitrep: Sitrep) -> None:
    found = json.loads(sitrep("search", "arrests in Almaty", "-k", "5", "--json").stdout)
    assert set(found) == {"id", "query", "results"}
    assert len(found["results"]) == 5
    for result in found["results"]:
        assert set(result) == RESULT
        assert TEXTS[result["article_id"]][result["start"] : result["end"]] == result["text"]


def test_ingest_counts_and_says_why(tmp_path: Path, sample_data: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "models").symlink_to(sample_data / "models")
    (tmp_path / "bad.json").write_text("{", encoding="utf-8")
    done = process(tmp_path / "data", "ingest", str(SAMPLES), str(tmp_path / "bad.json"), "--json")
    report = json.loads(done.stdout)
    assert (report["added"], report["rejected"], done.returncode) == (len(TEXTS), 1, 0)
    assert report["rejections"] == [{"source": str(tmp_path / "bad.json"), "reason": "The file is not JSON."}]
    again = json.loads(process(tmp_path / "data", "ingest", str(SAMPLES), "--json").stdout)
    assert (again["added"], again["updated"], again["duplicate"]) == (0, 0, len(TEXTS))


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["ask", ""], "There is no question"),
        (["ask", "How many?", "--as-of", "2099-01-01"], "is in the future"),
        (["ask", "How many?", "--lang", "tlh"], "There is no language"),
        (["ask", "--batch", "/nowhere.jsonl"], "cannot be read"),
        (["ingest", "/nowhere.txt"], "There is no such file"),
    ],
)
def test_what_cannot_be_done_is_exit_code_one_and_one_sentence(words: list[str], told: str, sitrep: Sitrep) -> None:
    done = sitrep(*words)
    assert done.returncode == 1
    assert told in done.stderr + done.stdout
    assert "Traceback" not in done.stderr


def test_bad_usage_is_exit_code_two(sitrep: Sitrep) -> None:
    assert sitrep("ask", "--no-such-option").returncode == 2


def test_a_data_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    told = failed_in_one_sentence(process(tmp_path / "file" / "data", "ingest", str(SAMPLES)))
    assert str(tmp_path) in told
    assert "cannot be written" in told


def test_doctor_finds_a_healthy_library_healthy(sample_data: Path) -> None:
    assert process(sample_data, "rebuild").returncode == 0
    done = process(sample_data, "doctor", "--json")
    found = json.loads(done.stdout)
    assert found["index"]["ok"], found
    assert "recall@10 1.000" in found["index"]["says"]


def test_chat_answers_in_the_terminal_and_opens_passages(sitrep: Sitrep) -> None:
    done = sitrep("chat", stdin="/start\nКто возглавил Совет безопасности?\n#1\n\n")
    assert done.returncode == 0, done.stderr
    assert "exact quote" in done.stdout
    assert "Токаев объявил" in done.stdout
    assert "#1 [1]" in done.stdout
    assert done.stdout.count("возглавляет Совет безопасности") >= 2


def test_chat_asks_a_question_that_it_offers_and_keeps_the_chart(sitrep: Sitrep) -> None:
    done = sitrep("chat", stdin="/start\n#1\n/figures detained\n\n")
    assert done.returncode == 0, done.stderr
    assert "#1 How many people were killed?" in done.stdout
    assert "Killed: about 160" in done.stdout
    [chart] = map(Path, re.findall(r"(?m)^/.+\.png$", done.stdout))
    assert chart.read_bytes().startswith(b"\x89PNG")
    shutil.rmtree(chart.parent)
