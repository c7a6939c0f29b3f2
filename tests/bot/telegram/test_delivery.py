"""The delivery benchmark, cut short: the bot as a process, from subscriptions to a strict Telegram's chats."""

from benchmarks.delivery import run
from retrieval.embedding import Embedder
from tests.conftest import MODELS


def test_sixty_briefs_arrive_once_each_within_the_limits_while_questions_are_answered(embedder: Embedder) -> None:
    found = run(chats=60, before=0.0, models=MODELS)
    assert (found.sent, found.lost, found.twice, found.violations) == (60, 0, 0, 0)
    assert found.seconds < 20.0
    assert found.answers_during or found.answers_before
