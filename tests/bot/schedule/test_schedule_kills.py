"""The schedule's benchmark, cut short: exactly one brief a chat a local day, whatever kills the process."""

from pathlib import Path

import pytest

from benchmarks.schedule import simulate


@pytest.mark.parametrize("seed", [1, 2])
async def test_kills_jumps_and_outages_cost_no_brief_and_repeat_none_that_was_recorded(
    tmp_path: Path, seed: int
) -> None:
    found = await simulate(tmp_path, days=5, kills=20, seed=seed)
    assert found.kills >= 10
    assert found.expected > 60
    assert (found.missing, found.twice, found.unexpected) == (0, 0, 0)
    assert found.repeated <= found.kills
