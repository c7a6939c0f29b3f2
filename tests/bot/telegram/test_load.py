"""The benchmark of load, cut short: the bot as a process, among strangers, a flood and one chart after the other."""

from benchmarks.load import run
from tests.conftest import MODELS


def test_readers_are_answered_while_strangers_flood_the_bot() -> None:
    found = run(seconds=4.0, models=MODELS, around=2.0)
    assert (found.unanswered, found.violations) == (0, 0)
    assert found.flood + found.charts < 40
    assert found.stored < 100
    assert found.refused
