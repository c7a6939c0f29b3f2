"""When a brief is due: by the local calendar, across clock changes, wrong clocks and downtime."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.schedule.due import Slot, done_after_change, due, due_of_chat, first_done, instant, is_quiet, read_quiet
from retrieval.store.chats.subscriptions import Subscription

ALMATY = "Asia/Almaty"
KYIV = "Europe/Kyiv"
ZONES = (ALMATY, KYIV, "America/New_York", "Australia/Lord_Howe", "Africa/Cairo", "Asia/Kathmandu", "UTC")


def subscription(at: str = "08:00", zone: str = ALMATY, slot: int = 1, **fields: object) -> Subscription:
    return Subscription(7, slot, time.fromisoformat(at), zone, **fields)  # type: ignore[arg-type]


def local(text: str, zone: str = ALMATY) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


def days_briefed(held: Subscription, looks: list[datetime]) -> list[date]:
    """Look at these moments, in turn, and return the local days that were briefed."""
    done, days = held.last_day, []
    for now in looks:
        found = due(held, done, now)
        if found:
            days.append(found.day)
            done = found.day
    return days


def test_a_brief_is_due_from_its_local_hour_on_and_not_before() -> None:
    held = subscription(last_day=date(2022, 1, 5))
    assert due(held, held.last_day, local("2022-01-06T07:59:59")) is None
    expected = Slot(date(2022, 1, 6), datetime(2022, 1, 6, 2, tzinfo=UTC))
    assert due(held, held.last_day, local("2022-01-06T08:00")) == expected


def test_a_day_that_is_done_is_not_due_again() -> None:
    held = subscription(last_day=date(2022, 1, 6))
    assert due(held, held.last_day, local("2022-01-06T23:59")) is None


def test_five_missed_days_make_one_brief() -> None:
    looks = [local("2022-01-10T09:00") + timedelta(minutes=n) for n in range(60)]
    assert days_briefed(subscription(last_day=date(2022, 1, 5)), looks) == [date(2022, 1, 10)]


@pytest.mark.parametrize(
    ("zone", "at", "day", "comes"),
    [
        (KYIV, "03:30", "2026-03-29", "2026-03-29T01:30+00:00"),  # 03:30 is skipped: it comes at 04:30
        (KYIV, "03:30", "2026-10-25", "2026-10-25T00:30+00:00"),  # 03:30 comes twice: the first one
        ("America/New_York", "02:30", "2026-03-08", "2026-03-08T07:30+00:00"),
        ("Africa/Cairo", "00:30", "2026-04-24", "2026-04-23T22:30+00:00"),  # midnight itself is skipped
    ],
)
def test_an_hour_that_the_clocks_skip_or_repeat_comes_once(zone: str, at: str, day: str, comes: str) -> None:
    assert instant(date.fromisoformat(day), time.fromisoformat(at), zone) == datetime.fromisoformat(comes)


@given(
    zone=st.sampled_from(ZONES),
    minutes=st.integers(0, 24 * 60 - 1),
    begin=st.integers(0, 700),
    steps=st.lists(st.integers(5, 600), min_size=50, max_size=200),
)
def test_every_local_day_is_briefed_once_however_irregular_the_looks(
    zone: str, minutes: int, begin: int, steps: list[int]
) -> None:
    at = time(minutes // 60, minutes % 60)
    now = datetime(2025, 1, 1, tzinfo=UTC) + timedelta(days=begin)
    held = subscription(at.isoformat("minutes"), zone, last_day=first_done(at, zone, now))
    looks = [now := now + timedelta(minutes=step) for step in steps]
    days = days_briefed(held, looks)
    gaps = {b - a for a, b in pairwise(days)}
    assert gaps <= {timedelta(days=1)}
    assert held.last_day is not None
    assert not days or days[0] == held.last_day + timedelta(days=1)


@given(
    jumps=st.lists(st.integers(-120, 120), min_size=20, max_size=120),
    zone=st.sampled_from(ZONES),
    minutes=st.integers(0, 24 * 60 - 1),
)
def test_a_clock_that_jumps_two_hours_either_way_neither_repeats_nor_skips_a_day(
    jumps: list[int], zone: str, minutes: int
) -> None:
    at = time(minutes // 60, minutes % 60)
    true = datetime(2026, 3, 20, 12, tzinfo=UTC)
    held = subscription(at.isoformat("minutes"), zone, last_day=first_done(at, zone, true))
    looks = [true + timedelta(hours=3 * n, minutes=jump) for n, jump in enumerate(jumps)]
    days = days_briefed(held, looks)
    assert {b - a for a, b in pairwise(days)} <= {timedelta(days=1)}


def test_a_clock_that_was_years_ahead_does_not_silence_the_briefs() -> None:
    held = subscription(last_day=date(2031, 5, 1))
    found = due(held, held.last_day, local("2022-01-06T09:00"))
    assert found is not None
    assert found.day == date(2022, 1, 6)


def test_only_chosen_weekdays_are_briefed() -> None:
    held = subscription(weekdays=frozenset({0, 4}), last_day=date(2022, 1, 2))
    looks = [local("2022-01-03T00:00") + timedelta(hours=n) for n in range(24 * 14)]
    assert [day.weekday() for day in days_briefed(held, looks)] == [0, 4, 0, 4]


def test_a_weekly_brief_missed_a_week_ago_is_due_until_the_next_one_comes() -> None:
    weekly = subscription("20:00", weekdays=frozenset({0}), last_day=date(2021, 12, 27))
    found = due(weekly, weekly.last_day, local("2022-01-10T19:59"))  # a Monday, a minute before its own hour
    assert found is not None
    assert found.day == date(2022, 1, 3)


def test_who_subscribes_after_the_hour_is_briefed_from_the_next_day_on() -> None:
    assert first_done(time(8), ALMATY, local("2022-01-06T08:00")) == date(2022, 1, 6)
    assert first_done(time(8), ALMATY, local("2022-01-06T07:59")) == date(2022, 1, 5)


def test_a_later_hour_chosen_today_still_comes_today() -> None:
    held = subscription(last_day=date(2022, 1, 6))
    assert done_after_change(held, time(20), ALMATY, local("2022-01-06T09:00")) == date(2022, 1, 5)


def test_an_hour_moved_into_the_past_brings_todays_brief_at_once_if_it_had_not_come() -> None:
    held = subscription("20:00", last_day=date(2022, 1, 5))
    assert done_after_change(held, time(8), ALMATY, local("2022-01-06T12:00")) == date(2022, 1, 5)


@pytest.mark.parametrize(
    ("quiet", "clock", "expected"),
    [
        ("22:00-07:00", "23:00", True),
        ("22:00-07:00", "06:59", True),
        ("22:00-07:00", "07:00", False),
        ("13:00-15:00", "14:00", True),
        ("13:00-15:00", "15:00", False),
        (None, "03:00", False),
        ("07:00-07:00", "07:00", False),
    ],
)
def test_quiet_hours_may_go_over_midnight(quiet: str | None, clock: str, expected: bool) -> None:
    assert is_quiet(read_quiet(quiet), local(f"2022-01-06T{clock}"), ALMATY) is expected


def test_a_missed_brief_waits_for_the_end_of_the_quiet_hours_and_one_on_time_does_not() -> None:
    quiet = read_quiet("22:00-07:00")
    held = subscription("23:00", last_day=date(2022, 1, 5))
    assert due_of_chat([held], quiet, local("2022-01-06T23:01"))
    assert not due_of_chat([held], quiet, local("2022-01-07T03:00"))
    assert [brief.slot.day for brief in due_of_chat([held], quiet, local("2022-01-07T07:00"))] == [date(2022, 1, 6)]


def test_hours_missed_on_one_day_are_made_up_for_by_one_brief_since_the_last_one() -> None:
    until = local("2022-01-05T20:00")
    morning = subscription("08:00", slot=1, last_day=date(2022, 1, 5))
    evening = subscription("20:00", slot=2, last_day=date(2022, 1, 5), briefed_until=until)
    (brief,) = due_of_chat([morning, evening], None, local("2022-01-06T21:00"))
    assert brief.subscription is evening
    assert brief.done == ((1, date(2022, 1, 6)), (2, date(2022, 1, 6)))
    assert brief.since == until


@pytest.mark.parametrize("order", [(1, 2), (2, 1)])
def test_of_two_subscriptions_at_one_instant_the_later_made_is_sent_whatever_their_order(
    order: tuple[int, int],
) -> None:
    alike = [subscription(slot=slot, last_day=date(2022, 1, 5)) for slot in order]
    (brief,) = due_of_chat(alike, None, local("2022-01-06T08:00"))
    assert brief.subscription.slot == 2


def test_a_brief_is_on_time_for_half_an_hour_of_quiet_hours_and_no_longer() -> None:
    quiet = read_quiet("22:00-07:00")
    held = subscription("23:00", last_day=date(2022, 1, 5))
    assert due_of_chat([held], quiet, local("2022-01-06T23:30"))
    assert not due_of_chat([held], quiet, local("2022-01-06T23:31"))


def test_briefs_on_different_topics_do_not_stand_in_for_each_other() -> None:
    fuel = subscription(slot=1, last_day=date(2022, 1, 5), topics=("fuel",))
    courts = subscription(slot=2, last_day=date(2022, 1, 5), topics=("courts",))
    assert len(due_of_chat([fuel, courts], None, local("2022-01-06T21:00"))) == 2


def test_the_first_brief_looks_back_a_day_and_never_from_the_future() -> None:
    now = local("2022-01-06T08:00")
    ahead = subscription(last_day=date(2022, 1, 5), briefed_until=now + timedelta(hours=2))
    (brief,) = due_of_chat([ahead], None, now)
    assert brief.since == now - timedelta(days=1)
