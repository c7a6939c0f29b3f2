"""Exports of Telegram Desktop, read a message at a time."""

import io
import json
import tracemalloc
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.domain import Moment
from retrieval.ingest.channels import export
from retrieval.ingest.channels.export import _Json, first_chat, is_export
from retrieval.ingest.files import from_path
from retrieval.ingest.submission import Rejection, Submission

AT = datetime(2022, 1, 6, 9, tzinfo=UTC)
WORDS = "The northern bridge of Borov was closed to lorries."


def message(number: int, text: Any = WORDS, **fields: Any) -> dict[str, Any]:
    dated = {"date": "2022-01-06T15:00:00", "date_unixtime": str(int(AT.timestamp()))}
    return {"id": number, "type": "message", **dated, "from": "Dala", "from_id": "channel1", "text": text, **fields}


def chat(*messages: dict[str, Any], kind: str = "public_channel", **fields: Any) -> dict[str, Any]:
    return {"name": "Dala", "type": kind, "id": 1234567, **fields, "messages": list(messages)}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "result.json"


def taken(file: Path, content: Any, **how: Any) -> list[Submission | Rejection]:
    file.write_text(content if isinstance(content, str) else json.dumps(content, ensure_ascii=False), encoding="utf-8")
    return list(from_path(file, ZoneInfo("Asia/Almaty"), **how))


def posts(file: Path, content: Any, **how: Any) -> list[Submission]:
    return [one for one in taken(file, content, **how) if isinstance(one, Submission)]


def test_each_message_is_a_post_with_its_address_time_and_signature(file: Path) -> None:
    edited = {"edited": "2022-01-06T16:00:00", "edited_unixtime": str(int(AT.timestamp()) + 3600)}
    [one] = posts(file, chat(message(12, author="A. Editor", **edited)))
    assert (one.text, one.publisher, one.author) == (WORDS, "Dala", "A. Editor")
    assert (one.url, one.published) == ("https://t.me/c/1234567/12", Moment(AT))
    assert one.modified == Moment(AT.replace(hour=10))


def test_a_channel_that_is_followed_gives_public_addresses(file: Path) -> None:
    [one] = posts(file, chat(message(12)), names={"Dala": "dala"})
    assert one.url == "https://t.me/dala/12"


def test_a_time_without_a_zone_is_in_the_configured_one(file: Path) -> None:
    written = message(12)
    del written["date_unixtime"]
    [one] = posts(file, chat(written))
    assert one.published == Moment(AT)


def test_text_in_parts_forwards_and_polls_are_read(file: Path) -> None:
    parts = ["See ", {"type": "link", "text": "https://e.example/a"}, {"type": "bold", "text": " before noon."}]
    poll = {"question": "Is the bridge open?", "answers": [{"text": "Yes, on foot"}, {"text": "No"}]}
    first, second = posts(file, chat(message(12, parts, forwarded_from="Harbour"), message(13, "", poll=poll)))
    assert (first.text, first.forwarded_from) == ("See https://e.example/a before noon.", "Harbour")
    assert second.text == "Is the bridge open?\nYes, on foot\nNo"


def test_an_album_is_one_post(file: Path) -> None:
    album = [message(12, "", photo="1.jpg"), message(13, WORDS, photo="2.jpg"), message(14, "", photo="3.jpg")]
    [one] = posts(file, chat(*album))
    assert (one.url, one.text) == ("https://t.me/c/1234567/12", WORDS)


def test_what_has_no_words_and_what_is_no_message_is_left_out(file: Path) -> None:
    service = {"id": 3, "type": "service", "action": "pin_message", "text": ""}
    odd = [None, 7, message(4, None), message(True), message(5, "🔥"), message(6, "", media_type="video_file")]
    assert taken(file, chat(service, *odd, message(12)))[0].where == "https://t.me/c/1234567/12"  # type: ignore[list-item]


@pytest.mark.parametrize("kind", ["personal_chat", "private_group", "private_supergroup", "saved_messages", "bot_chat"])
def test_a_private_chat_is_taken_in_only_where_that_is_confirmed(file: Path, kind: str) -> None:
    [refused] = taken(file, chat(message(12), kind=kind))
    assert isinstance(refused, Rejection)
    assert refused.error.key == "private_chat"
    assert first_chat(file) is not None
    [one] = posts(file, chat(message(12, **{"from": "Aigul S."}), kind=kind), private=True)
    assert one.author == "Aigul S."


def test_an_export_of_all_chats_gives_each(file: Path) -> None:
    content = {
        "about": "Here is the data you requested.",
        "personal_information": {"user_id": 1},
        "chats": {"about": "...", "list": [chat(message(1), kind="personal_chat"), chat(message(2)), chat(message(3))]},
        "left_chats": {"list": [chat(message(4))]},
    }
    refused, *rest = taken(file, content)
    assert isinstance(refused, Rejection)
    assert [str(one.where).rpartition("/")[2] for one in rest] == ["2", "3", "4"]


def test_what_stands_before_a_break_is_read(file: Path) -> None:
    whole = json.dumps(chat(*map(message, range(1, 4))))
    first, second, broken = taken(file, whole[: whole.index('"id": 3') - 1])
    assert isinstance(first, Submission)
    assert isinstance(second, Submission)
    assert isinstance(broken, Rejection)
    assert broken.error.key == "export_broken"


def test_json_that_is_no_export_is_read_as_articles(file: Path) -> None:
    file.write_text(json.dumps({"text": WORDS, "messages": []}))
    assert not is_export(file)
    [one] = from_path(file, UTC)
    assert isinstance(one, Submission)


def test_a_large_export_is_never_in_memory_at_once(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "PIECE", 10_000)
    written = json.dumps(chat(*(message(number, WORDS * 20) for number in range(1, 2_001))))
    assert len(written) > 2_000_000
    assert len(posts(file, written)) == 2_000
    tracemalloc.start()
    try:
        count = sum(isinstance(one, Submission) for one in from_path(file, UTC))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert count == 2_000
    assert peak < 500_000


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(st.lists(VALUES), st.integers(1, 7))
@settings(max_examples=30, deadline=None)
def test_values_are_the_same_in_pieces_of_any_size(values: list[Any], piece: int) -> None:
    text = json.dumps(values, indent=1)

    class Pieces(io.StringIO):
        def read(self, size: int | None = -1, /) -> str:
            return super().read(piece)

    assert list(_Json(Pieces(text)).elements()) == values
    assert export.PIECE > 7
