"""A text parsed once: what its parts are, and that each is computed once."""

from datetime import UTC, date, datetime

from retrieval.domain import Article, Moment, Span
from retrieval.language.doc import Doc

TEXT = (
    "ALMATY, Jan 6 (Reuters) - Police detained 2,000 people on Wednesday, the Interior Ministry said. "
    "“The situation is under control.\n\n"
    "At least 26 protesters were killed.”"
)


def article() -> Doc:
    published = Moment(datetime(2022, 1, 6, 12, tzinfo=UTC))
    return Doc.of(Article("a", None, "Title", TEXT, "en", published))


def test_sentences_are_spans_of_the_text() -> None:
    doc = article()
    assert [sentence.span.of(TEXT) for sentence in doc.sentences] == [sentence.text for sentence in doc.sentences]
    assert len(doc.sentences) == 3


def test_a_sentence_gives_the_speaker_its_text_names() -> None:
    assert article().sentences[0].speaker == "Interior Ministry"


def test_a_speaker_named_in_a_neighbouring_sentence_has_no_place_in_this_one() -> None:
    second = article().sentences[1]
    assert second.speaker_of(Span(0, 5)) == ("Interior Ministry", None)


def test_days_count_from_the_publication() -> None:
    days = [day for _, day in article().sentences[0].event_days]
    assert days == [date(2022, 1, 6), date(2022, 1, 5)]


def test_each_part_is_computed_once() -> None:
    doc = article()
    assert doc.sentences is doc.sentences
    assert doc.sentences[0].attributions is doc.sentences[0].attributions
