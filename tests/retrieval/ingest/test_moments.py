"""`moment_of`: dates as people and machines write them."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from retrieval.domain import Moment
from retrieval.ingest.parse.moments import ImpossibleDateError, moment_of, possible_moment_of

ALMATY = timezone(timedelta(hours=6))
NOW = datetime(2022, 2, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2022-01-06T09:00:00Z", "2022-01-06T09:00:00+00:00"),
        ("2022-01-06T09:00:00.1234567Z", "2022-01-06T09:00:00+00:00"),
        ("2022-01-06T09:00+06", "2022-01-06T09:00:00+06:00"),
        ("2022-01-06 09:00:00 +0600", "2022-01-06T09:00:00+06:00"),
        ("2022-01-06T09:00:00 +06:00", "2022-01-06T09:00:00+06:00"),
        ("2022-01-06T09:00:00+06:00[Asia/Almaty]", "2022-01-06T09:00:00+06:00"),
        ("20220106T090000Z", "2022-01-06T09:00:00+00:00"),
        ("2022-W01-4", "2022-01-06"),
        ("Thu, 06 Jan 2022 09:00:00 +0600", "2022-01-06T09:00:00+06:00"),
        ("Thu, 06 Jan 22 09:00:00 GMT", "2022-01-06T09:00:00+00:00"),
        ("Thu 06 Jan 2022 09:00:00 GMT", "2022-01-06T09:00:00+00:00"),
        ("Thu, 06 Jan 2022 24:00:00 GMT", "2022-01-07T00:00:00+00:00"),
        ("Thu, 06 Jan 2022 01:00:00 MSK", "2022-01-06T01:00:00+03:00"),
        ("Thu, 06 Jan 2022 01:00:00 EST", "2022-01-06T01:00:00-05:00"),
        ("Thu, 06 Jan 2022 01:00:00 ALMT", "2022-01-06T01:00:00+06:00"),
        ("Thu, 06 Jan 2022 09:00:00 GMT+6", "2022-01-06T09:00:00+06:00"),
        ("Чт, 06 янв 2022 09:00:00 +0600", "2022-01-06T09:00:00+06:00"),
        ("Jue, 06 Ene 2022 09:00:00 +0000", "2022-01-06T09:00:00+00:00"),
        ("Thu, 16 Sept 2021 15:53:56 +0300", "2021-09-16T15:53:56+03:00"),
        ("Thu Jan 06 2022 09:00:00 GMT+0600 (East Kazakhstan Time)", "2022-01-06T09:00:00+06:00"),
        ("Thu Jan 06 09:00:00 UTC 2022", "2022-01-06T09:00:00+00:00"),
        ("Jan. 6, 2022, 9:00 p.m. EST", "2022-01-06T21:00:00-05:00"),
        ("6 января 2022, 09:00 мск", "2022-01-06T09:00:00+03:00"),
        ("6 January 2022 18:05 (UTC+6)", "2022-01-06T18:05:00+06:00"),
        ("1641438000", "2022-01-06T03:00:00+00:00"),
        ("1641438000000", "2022-01-06T03:00:00+00:00"),
        (1641438000, "2022-01-06T03:00:00+00:00"),
        (1641438000000.0, "2022-01-06T03:00:00+00:00"),
        ("/Date(1641438000000)/", "2022-01-06T03:00:00+00:00"),
        ("6 января 2022", "2022-01-06"),
        ("2022 жылғы 6 қаңтар", "2022-01-06"),
        ("6 de enero de 2022", "2022-01-06"),
        ("06.01.2022", "2022-01-06"),
        ("06.01.22", "2022-01-06"),
        ("2022/1/6", "2022-01-06"),
        ("13/01/2022", "2022-01-13"),
        ("January 6, 2022", "2022-01-06"),
        ("6th January 2022", "2022-01-06"),
    ],
)
def test_a_date_is_read_as_people_and_machines_write_it(written: str | float, moment: str) -> None:
    read = moment_of(written, ALMATY, NOW)
    assert read is not None
    assert read.isoformat() == moment


@pytest.mark.parametrize(
    "written",
    [
        "2022-01-06T18:30:00",
        "6 January 2022 - 18:30",
        "06.01.2022 18:30",
        "6 қаңтар 2022, 18:30",
        "Jan 6, 2022 6:30 pm",
    ],
)
def test_a_time_without_a_zone_is_a_day_unless_it_is_local(written: str) -> None:
    assert moment_of(written, ALMATY, NOW) == Moment(datetime(2022, 1, 6, tzinfo=ALMATY), day_only=True)
    assert moment_of(written, ALMATY, NOW, local=True) == Moment(datetime(2022, 1, 6, 18, 30, tzinfo=ALMATY))


@pytest.mark.parametrize(
    "written", [None, "", "soon", "null", "2022-01", "January 2022", "вчера", "06/01/2022", "١٤٠٠/١٠/١٦"]
)
def test_what_says_no_day_is_no_moment(written: str | None) -> None:
    assert moment_of(written, ALMATY, NOW) is None


@pytest.mark.parametrize(
    "written",
    [
        "0001-01-01T00:00:00+06:00",
        "0000-00-00 00:00:00",
        "1970-01-01T00:00:00Z",
        "9999-12-31T23:59:59-06:00",
        "2099-01-01",
        "2022-02-30",
        "2022-01-06T25:00:00Z",
        "2022-02-01T02:00:00Z",
        0,
        7,
        1e300,
        float("nan"),
        float("inf"),
    ],
)
def test_a_moment_that_cannot_be_is_refused(written: str | float) -> None:
    with pytest.raises(ImpossibleDateError):
        moment_of(written, ALMATY, NOW)
    with time_machine.travel(NOW):
        assert possible_moment_of(written, ALMATY) is None


def test_a_file_may_be_dated_ahead() -> None:
    ahead = moment_of("2023-05-06", ALMATY, NOW, ahead=timedelta(days=3653))
    assert ahead == Moment(datetime(2023, 5, 6, tzinfo=ALMATY), day_only=True)


@given(st.integers(200_000, 1_640_000_000))
def test_each_machine_form_of_a_time_gives_that_time(seconds: int) -> None:
    at = datetime.fromtimestamp(seconds, ALMATY)
    forms = [
        at.isoformat(),
        at.strftime("%Y-%m-%d %H:%M:%S %z"),
        at.strftime("%Y%m%dT%H%M%S%z"),
        at.strftime("%a, %d %b %Y %H:%M:%S %z"),
        at.strftime("%a %b %d %Y %H:%M:%S GMT%z (East Kazakhstan Time)"),
        at.strftime("%d.%m.%Y, %H:%M:%S UTC%z"),
        at.timestamp(),
    ]
    for form in forms:
        assert moment_of(form, UTC, NOW) == Moment(at), form


@given(st.text() | st.floats() | st.integers())
def test_no_text_and_no_number_breaks_it(written: str | float) -> None:
    try:
        read = moment_of(written, ALMATY, NOW)
    except ImpossibleDateError as error:
        assert str(error).endswith(".")
    else:
        assert read is None or read.at.tzinfo is not None
