"""A model's provider that fails, floods or costs too much is not asked; the built-in reader answers at once."""

import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from retrieval.model_calls import AT_ONCE, FAILURES, FIRST_PAUSE, LONGEST_PAUSE, CallRefusedError, ModelCalls


class Times:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.day = datetime(2022, 1, 6, 12, tzinfo=UTC)

    def clock(self) -> float:
        return self.seconds

    def now(self) -> datetime:
        return self.day


@pytest.fixture
def times() -> Times:
    return Times()


def fail(calls: ModelCalls, error: Exception | None = None) -> None:
    with pytest.raises(type(error or TimeoutError())), calls.admitted():
        raise error or TimeoutError


def refused(calls: ModelCalls) -> str:
    with pytest.raises(CallRefusedError) as caught, calls.admitted():
        pass
    return caught.value.key


def test_a_provider_that_fails_again_and_again_is_left_alone_and_then_tried_by_one_call(times: Times) -> None:
    calls = ModelCalls(clock=times.clock)
    for _ in range(FAILURES):
        fail(calls)
    assert (calls.open, refused(calls)) == (False, "model_timeout")
    times.seconds += FIRST_PAUSE
    with calls.admitted():
        assert refused(calls) == "model_timeout"  # while the one call is under way
    assert calls.open
    with calls.admitted():
        pass


def test_the_pause_grows_but_never_beyond_what_recovery_allows(times: Times) -> None:
    calls = ModelCalls(clock=times.clock)
    for _ in range(FAILURES):
        fail(calls)
    for _ in range(8):
        times.seconds += LONGEST_PAUSE
        fail(calls)
    assert refused(calls) == "model_timeout"
    times.seconds += LONGEST_PAUSE
    with calls.admitted():
        pass
    assert calls.open


def test_an_answer_that_cannot_be_read_is_no_reason_to_leave_a_provider_alone(times: Times) -> None:
    calls = ModelCalls(clock=times.clock)
    for _ in range(3 * FAILURES):
        fail(calls, ValueError("no JSON"))
    assert calls.open


def test_only_a_few_calls_are_under_way_at_a_time() -> None:
    calls, done = ModelCalls(), threading.Event()

    def hang() -> None:
        with calls.admitted():
            done.wait(10)

    threads = [threading.Thread(target=hang) for _ in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    while calls.calls_today < AT_ONCE:
        time.sleep(0.01)
    assert refused(calls) == "model_rate_limited"
    done.set()
    for thread in threads:
        thread.join()
    with calls.admitted():
        pass


def test_a_day_has_so_many_calls_whatever_is_restarted_and_the_next_day_has_its_own(
    times: Times, tmp_path: Path
) -> None:
    file = tmp_path / "model-usage.json"
    for _ in range(2):
        with ModelCalls(calls_a_day=2, file=file, now=times.now).admitted():
            pass
    calls = ModelCalls(calls_a_day=2, file=file, now=times.now)
    assert refused(calls) == "model_ceiling"
    times.day += timedelta(days=1)
    with calls.admitted():
        pass


def test_a_day_has_so_many_tokens_counted_by_length_where_the_provider_names_none(times: Times) -> None:
    calls = ModelCalls(tokens_a_day=100, now=times.now)
    with calls.admitted(30) as usage:
        usage.tokens = 50
    with calls.admitted(150):
        pass
    assert calls.tokens_today == 100
    assert refused(calls) == "model_ceiling"


@pytest.mark.parametrize("text", ["", "{", '{"day": 7}', "[]"])
def test_a_damaged_file_of_counts_is_begun_again(text: str, tmp_path: Path) -> None:
    file = tmp_path / "model-usage.json"
    file.write_text(text)
    assert ModelCalls(file=file).calls_today == 0
