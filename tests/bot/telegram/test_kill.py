"""The benchmark of kills, cut short: the bot as a process, killed while people write."""

from benchmarks.kill import run
from tests.conftest import MODELS


def test_a_bot_that_is_killed_loses_no_question_and_repeats_only_what_it_could_not_record() -> None:
    found = run(kills=2, updates=30, a_second=10.0, models=MODELS)
    assert (found.kills, found.lost, found.failed, found.violations) == (2, 0, [], 0)
    assert found.twice <= found.unrecorded
