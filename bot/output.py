"""What the commands print and write."""

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from retrieval.domain import QuestionError, SitrepError, StoreError

Record = dict[str, Any]


def print_json(record: object) -> None:
    """Print one JSON object on a line."""
    print(json.dumps(record, ensure_ascii=False), flush=True)


def write(path: Path, content: str | bytes) -> None:
    """Write a file, text as UTF-8. Raises StoreError."""
    try:
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    except OSError as exc:
        raise StoreError(f"{path} cannot be written: {exc.strerror or exc}.") from exc


def answer_lines(path: Path, answer: Callable[[Record], Record]) -> None:
    """Print what `answer` returns for each line of a JSON Lines file (`-`: stdin).

    A line that cannot be answered is printed as {"id", "error"}; the rest goes on, and the exit code is 1.
    Raises QuestionError where the file cannot be read.
    """
    failed = False
    for number, line in enumerate(_lines(path), start=1):
        record: Record = {"id": str(number)}
        try:
            record = _record(line, number)
            result = answer(record)
        except SitrepError as exc:
            failed, result = True, {"id": record["id"], "error": str(exc)}
        print_json(result)
    if failed:
        sys.exit(1)


def _lines(path: Path) -> Iterator[str]:
    try:
        text = sys.stdin.read() if str(path) == "-" else path.read_text(encoding="utf-8-sig", errors="replace")
    except OSError as exc:
        raise QuestionError(f"The questions in {path} cannot be read: {exc.strerror or exc}.") from exc
    return (line for line in text.split("\n") if line.strip())


def _record(line: str, number: int) -> Record:
    """Return a line's record, its `id` and `question` filled in. Raises QuestionError."""
    try:
        record = json.loads(line)
    except (json.JSONDecodeError, RecursionError) as exc:
        raise QuestionError(f"Line {number} is not JSON.") from exc
    question = record.get("question", record.get("query")) if isinstance(record, dict) else None
    if not isinstance(question, str):
        raise QuestionError(f'Line {number} has no "question".')
    id_ = record.get("id")
    return {**record, "id": str(number) if id_ is None else id_, "question": question}


def text_of(record: Record, name: str, default: str) -> str:
    """Return an option of a line, or the one given for all. Raises QuestionError for one that is not a text."""
    value = record.get(name) or default
    if not isinstance(value, str):
        raise QuestionError(f'Its "{name}" is not a text.')
    return value
