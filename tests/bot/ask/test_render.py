"""What an answer says of its moment and of the age of its newest article."""

from datetime import UTC, datetime

import pytest

from bot.ask.render import answer_text
from retrieval.domain import Answer, Moment, Status

AS_OF = datetime(2022, 1, 6, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("newest", "age"),
    [
        (Moment(datetime(2022, 1, 3, 12, tzinfo=UTC)), "(3 days ago)"),
        (Moment(datetime(2022, 1, 6, 0, tzinfo=UTC), day_only=True), "(today)"),
        (Moment(datetime(2022, 1, 7, 0, tzinfo=UTC), day_only=True), "(today)"),  # it began further east
        (Moment(datetime(2026, 1, 6, 12, tzinfo=UTC)), "(in 4 years)"),
        (Moment(datetime(2026, 1, 6, 0, tzinfo=UTC), day_only=True), "(in 4 years)"),
    ],
)
def test_the_newest_article_is_said_to_be_as_old_as_it_is_and_one_dated_ahead_to_be_so(
    newest: Moment, age: str
) -> None:
    answer = Answer(
        id="",
        question="?",
        language="en",
        status=Status.ABSTAINED,
        as_of=AS_OF,
        engine="extractive",
        newest_article_at=newest,
    )
    assert age in answer_text(answer)
