"""`sitrep ingest` killed with SIGKILL at random points, over and over: nothing half, nothing twice, nothing lost.

python -m benchmarks.kill_ingest [--data DIR] [--kills N]. The articles are ours (tests/data/origins_*.jsonl). Each
round starts the ingest on what the kills before have left, kills it after a random time and looks at the database;
when a round gets to its end, what is in the library is compared with an ingest that nobody disturbed, and it is
begun anew.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Engine, text

from benchmarks.origins import SET
from retrieval.store.database import open_database, reading

KILLS = 200
ARTICLES = 40
BODY = 3  # copies of each text put end to end, so that a batch takes some seconds

UNSOUND = {
    "articles without a version": "SELECT id FROM articles WHERE id NOT IN (SELECT article_id FROM versions)",
    "articles without a sketch": "SELECT id FROM articles WHERE sketch IS NULL",
    "versions without a passage": "SELECT pk FROM versions WHERE pk NOT IN (SELECT version_pk FROM passages)",
    "articles in two versions": "SELECT article_id FROM versions GROUP BY article_id HAVING count(*) > 1",
    "passages twice": "SELECT version_pk FROM passages GROUP BY version_pk, start HAVING count(*) > 1",
    "passages without sentences": "SELECT id FROM passages WHERE id NOT IN (SELECT passage_id FROM sentences)",
    "passages not in the full text": "SELECT id FROM passages WHERE id NOT IN (SELECT rowid FROM passage_terms)",
    "passages that no index would follow": "SELECT id FROM passages WHERE id NOT IN (SELECT passage_id FROM changes)",
    "full text of no passage": "SELECT rowid FROM passage_terms WHERE rowid NOT IN (SELECT id FROM passages)",
    "the database's own check": "SELECT * FROM pragma_integrity_check WHERE integrity_check <> 'ok'",
    "rows that refer to nothing": "SELECT * FROM pragma_foreign_key_check",
}
"""What must find no row, whenever the process died. In the articles used here no text changes."""


@dataclass
class Outcome:
    kills: int = 0
    finished: int = 0  # rounds that got to their end
    in_work: int = 0  # kills that came while articles were being taken in, some batches stored
    faults: list[str] = field(default_factory=list)


def write_articles(path: Path, number: int, body: int = BODY) -> Path:
    """Write `number` articles of the labelled set as JSON Lines."""
    lines = [
        line for half in ("dev", "test") for line in (SET / f"origins_{half}.jsonl").read_text("utf-8").splitlines()
    ]
    rows = [json.loads(line) for line in lines[:: max(1, len(lines) // number)][:number]]
    for row in rows:
        row["text"] = "\n\n".join(f"{row['text']} ({part})" for part in range(body))
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    return path


def start(data: Path, articles: Path) -> subprocess.Popen[bytes]:
    """Start `sitrep ingest` on a data folder."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SITREP_")}
    return subprocess.Popen(
        [sys.executable, "-m", "bot.cli", "ingest", str(articles), "--json"],
        cwd=Path(__file__).parent.parent,
        env=kept | {"SITREP_DATA_DIR": str(data)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def unsound(engine: Engine) -> list[str]:
    """Return what is wrong in the database, a sentence each."""
    with reading(engine) as connection:
        found = {what: len(connection.execute(text(query)).all()) for what, query in UNSOUND.items()}
    return [f"{number} of: {what}" for what, number in found.items() if number]


def contents(engine: Engine) -> list[tuple[object, ...]]:
    """Return all that was taken in, apart from times and keys."""
    with reading(engine) as connection:
        rows = connection.execute(
            text(
                "SELECT v.article_id, v.number, v.content_hash, p.start, p.end, p.text_hash, s.start, s.end, "
                "s.text_hash "
                "FROM versions v JOIN passages p ON p.version_pk = v.pk JOIN sentences s ON s.passage_id = p.id "
                "ORDER BY 1, 2, 4, 7"
            )
        )
        return [tuple(row) for row in rows]


def undisturbed(data: Path, articles: Path) -> tuple[list[tuple[object, ...]], float]:
    """Return what an ingest that nobody kills leaves, and the seconds it takes with the model at hand."""
    if not (data / "models").exists():
        start(data, Path(os.devnull)).wait()  # converts the model
    began = time.perf_counter()
    start(data, articles).wait()
    seconds = time.perf_counter() - began
    engine = open_database("", data)
    held = contents(engine)
    engine.dispose()
    return held, seconds


def kill_once(data: Path, articles: Path, after: float, wanted: Sequence[tuple[object, ...]], outcome: Outcome) -> bool:
    """Start an ingest, kill it `after` seconds, and look; return whether it got to its end."""
    process = start(data, articles)
    try:
        process.wait(timeout=after)
        finished = True
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        finished = False
        outcome.kills += 1
    if not (data / "sitrep.db").exists():
        return False
    engine = open_database("", data)
    outcome.faults += unsound(engine)
    held = contents(engine)
    outcome.in_work += not finished and 0 < len(held) < len(wanted)
    if finished and held != wanted:
        outcome.faults.append(f"after a full run {len(held)} sentences were held, not {len(wanted)}")
    outcome.finished += finished
    engine.dispose()
    return finished


def run(folder: Path, articles: Path, kills: int, seed: int = 1) -> Outcome:
    """Kill an ingest `kills` times and return what was seen."""
    draw, outcome = random.Random(seed), Outcome()
    clean, data = folder / "clean", folder / "data"
    wanted, seconds = undisturbed(clean, articles)
    assert wanted, "the undisturbed ingest took nothing in"
    while outcome.kills < kills:
        if not data.exists():
            data.mkdir()
            shutil.copytree(clean / "models", data / "models")
        if kill_once(data, articles, draw.uniform(0, seconds * 1.1), wanted, outcome):
            shutil.rmtree(data)
    if data.exists():
        kill_once(data, articles, 60 + 20 * seconds, wanted, outcome)  # what the last kill left is completed
    return outcome


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="not needed: the articles are in tests/data")
    parser.add_argument("--kills", type=int, default=KILLS)
    wanted = parser.parse_args().kills
    with tempfile.TemporaryDirectory() as folder:
        articles = write_articles(Path(folder) / "articles.jsonl", ARTICLES)
        outcome = run(Path(folder), articles, wanted)
    print(f"killed at {outcome.kills} random points, {outcome.in_work} of them between batches and their last")
    print(f"runs that got to their end: {outcome.finished}, each held all and nothing twice unless listed")
    print(f"faults: {len(outcome.faults)}   (target: 0)")
    for fault in outcome.faults:
        print(f"  {fault}")


if __name__ == "__main__":
    main()
