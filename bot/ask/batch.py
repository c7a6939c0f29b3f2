"""Questions from a JSON Lines file, one answer a line."""

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from retrieval.domain import QuestionError, SitrepError


def answer_lines(path: Path, answer: Callable[[dict[str, Any]], dict[str, Any]]) -> bool:
    """Print what `answer` makes of each line of `path`; return whether all of them could be answered.

    A line that cannot be is printed as {"id", "error"}, and the rest goes on.
    """
    well = True
    for number, line in enumerate(_lines(path), start=1):
        record: dict[str, Any] = {"id": str(number)}
        try:
            record = _record(line, number)
            result = answer(record)
        except SitrepError as exc:
            well, result = False, {"id": record["id"], "error": str(exc)}
        print(json.dumps(result, ensure_ascii=False), flush=True)
    return well


def _lines(path: Path) -> Iterator[str]:
    try:
        text = sys.stdin.read() if str(path) == "-" else path.read_text(encoding="utf-8-sig", errors="replace")
    except OSError as exc:
        raise QuestionError(f"The questions in {path} cannot be read: {exc.strerror or exc}.") from exc
    return (line for line in text.split("\n") if line.strip())


def _record(line: str, number: int) -> dict[str, Any]:
    try:
        record = json.loads(line)
    except (json.JSONDecodeError, RecursionError) as exc:
        raise QuestionError(f"Line {number} is not JSON.") from exc
    if not isinstance(record, dict) or not isinstance(record.get("question", record.get("query")), str):
        raise QuestionError(f'Line {number} has no "question".')
    given = record.get("id")
    return record | {
        "id": str(number) if given is None else given,
        "question": record.get("question", record.get("query")),
    }
