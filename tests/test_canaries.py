"""The watch over all logs of the suite finds what it looks for."""

import logging
from collections.abc import Iterator

import pytest
import structlog

from tests import canaries
from tests.bot.in_process import Telegram
from tests.fake_telegram.limits import Rates

SECRET = "Where did the zanzibarine lighthouse keeper go?"


@pytest.fixture
def watch() -> Iterator[canaries.Watch]:
    """A watch beside the suite's own, which must not see what these tests log."""
    log, watch = logging.getLogger("a-test-of-logs"), canaries.Watch()
    log.addHandler(watch)
    log.propagate = False
    yield watch
    log.removeHandler(watch)


def write(text: str) -> None:
    telegram = Telegram(rates=Rates(enforced=False))
    telegram.loop.close()
    telegram.private_message(77, text)


def test_a_question_in_a_traceback_is_found(watch: canaries.Watch) -> None:
    write(SECRET)
    try:
        raise ValueError(SECRET)
    except ValueError:
        logging.getLogger("a-test-of-logs").exception("it failed")
    assert watch.found() == [SECRET]


def test_the_argument_of_a_command_and_a_name_in_a_structured_line_are_found(watch: canaries.Watch) -> None:
    write(f"/watch {SECRET[:-1]} now?")
    structlog.get_logger("a-test-of-logs").error("a line", text=f"{SECRET[:-1]} now?", name="Person 77")
    assert watch.found() == ["Person 77", f"{SECRET[:-1]} now?"]


def test_what_is_no_secret_is_not_found(watch: canaries.Watch) -> None:
    write("/help")
    logging.getLogger("a-test-of-logs").warning("see /help")
    assert watch.found() == []
