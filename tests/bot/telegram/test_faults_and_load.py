"""The benchmarks of faults and of load, cut short: the bot as a process. How fast it is they measure, not these."""

from pathlib import Path

import pytest

from benchmarks import faults, load

pytestmark = pytest.mark.timeout(900)  # seconds; a bot that starts on a busy machine takes a while


def test_after_a_fault_of_telegram_the_answer_comes_and_the_bot_goes_on(
    sample_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(faults, "QUIET", 0.5)
    rows, alive = faults.measure(1, ["sendMessage reset", "a group moves", "403"], samples=sample_data)
    assert alive
    assert {name: (len(row.answers), len(row.recoveries), row.failed) for name, row in rows.items()} == dict.fromkeys(
        ("Telegram: sendMessage reset", "Telegram: 403 of another chat", "Telegram: a group moves"), (1, 1, 0)
    )


def test_under_a_flood_readers_are_answered_and_strangers_leave_nothing(sample_data: Path) -> None:
    found = load.run(3.0, 40.0, 1.0, samples=sample_data)
    assert (found.unanswered, found.violations) == (0, 0)
    assert found.cached
    assert found.answers
    assert found.stored < found.updates  # with those of the warm-up
