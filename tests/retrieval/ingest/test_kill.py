"""`sitrep ingest` killed with SIGKILL: nothing half, nothing twice, nothing lost. The benchmark, cut short."""

import shutil
from pathlib import Path

import pytest

from benchmarks.kill_ingest import Outcome, kill_once, run, undisturbed, write_articles
from retrieval.embedding import Embedder
from tests.bot.running import running
from tests.conftest import MODELS
from tests.fake_telegram.server import TelegramServer

ARTICLES = 12
WHOLE = 120.0  # seconds, after which an ingest of this size has ended on any machine


@pytest.fixture
def articles(tmp_path: Path, embedder: Embedder) -> Path:
    """Articles to take in, and beside them a data folder that has the model already."""
    shutil.copytree(MODELS, tmp_path / "clean" / "models")
    return write_articles(tmp_path / "articles.jsonl", ARTICLES)


def test_kills_at_random_points_leave_nothing_half_twice_or_lost(tmp_path: Path, articles: Path) -> None:
    seen = run(tmp_path, articles, kills=4)
    assert seen.faults == []
    assert seen.finished > 0


def test_kills_while_the_bot_is_up_leave_nothing_half_and_the_bot_running(
    tmp_path: Path, articles: Path, telegram_server: TelegramServer
) -> None:
    wanted, seconds = undisturbed(tmp_path / "clean", articles)
    data, seen = tmp_path / "data", Outcome()
    data.mkdir()
    shutil.copytree(tmp_path / "clean" / "models", data / "models")
    with running(telegram_server, data) as bot:
        for part in (0.6, 0.9):
            kill_once(data, articles, part * seconds, wanted, seen)
        assert kill_once(data, articles, WHOLE, wanted, seen)
        assert bot.process.poll() is None
    assert seen.faults == []
