"""Render a chat's subscriptions and settings as messages with the buttons that change them."""

from collections.abc import Sequence
from datetime import datetime, time
from zoneinfo import ZoneInfo

from babel.dates import get_day_names

from bot.locales import LOCALES, month_day_text, native_name, say, step_text
from bot.schedule.due import read_quiet
from bot.telegram.richtext import Block, Button, Message, Run, in_rows, message
from retrieval.answer.harmless import defang
from retrieval.store.chats.chats import Chat
from retrieval.store.chats.subscriptions import EVERY_DAY, Length, Subscription
from retrieval.store.chats.watches import Watch

STEPS = (-60, -15, 15, 60)
"""Minutes by which the buttons move the time of a brief."""

BUTTON_CHARACTERS = 40
"""Characters of a watch's text that its button shows."""


def settings_message(held: Sequence[Subscription], chat: Chat, language: str) -> Message:
    """Return a chat's settings, with a button for each."""
    lines = [subscription_line(s, language) for s in held] or [say("sub_none", language)]
    blocks: list[Block] = [
        (Run(say("settings_title", language), bold=True),),
        (Run("\n".join(lines)),),
        (Run(f"{say('settings_quiet', language)}: {quiet_text(chat, language)}"),),
        (Run(f"{say('settings_language', language)}: {native_name(language)}"),),
    ]
    rows: list[tuple[Button, ...]] = [(Button(f"{s.at:%H:%M} {s.zone}", f"set:s:{s.slot}"),) for s in held]
    rows.append((Button(say("settings_quiet", language), "set:q"), Button(say("settings_language", language), "set:l")))
    return message(blocks, rows)


def subscription_message(held: Subscription, language: str) -> Message:
    """Return one subscription with the buttons that change its hour, weekdays, length and topics, or end it."""
    slot = held.slot
    days = tuple(
        Button(("✓" if day in held.weekdays else "·") + name, f"set:d:{slot}:{day}")
        for day, name in enumerate(weekday_names(language))
    )
    lengths = tuple(
        Button(("✓ " if length is held.length else "") + say(f"length_{length}", language), f"set:n:{slot}:{length}")
        for length in Length
    )
    rows = [
        tuple(Button(step_text(minutes, language), f"set:h:{slot}:{minutes}") for minutes in STEPS),
        days,
        lengths,
        (Button(say("settings_topics", language), f"set:t:{slot}"),),
        (Button(say("settings_stop", language), f"set:x:{slot}"), Button(say("back_button", language), "set:m")),
    ]
    return message([(Run(subscription_line(held, language)),)], rows)


def topics_message(held: Subscription, language: str) -> Message:
    """Return how to choose the topics of a brief, with a button that takes them all."""
    blocks: list[Block] = [
        (Run(subscription_line(held, language)),),
        (Run(say("topics_how", language, at=f"{held.at:%H:%M}")),),
    ]
    rows = [
        (Button(say("topics_all", language), f"set:a:{held.slot}"),),
        (Button(say("back_button", language), f"set:s:{held.slot}"),),
    ]
    return message(blocks, rows)


def quiet_message(chat: Chat, language: str) -> Message:
    """Return the quiet hours with the buttons that move their ends or turn them off."""
    blocks: list[Block] = [
        (Run(f"{say('settings_quiet', language)}: {quiet_text(chat, language)}", bold=True),),
        (Run(say("quiet_what", language)),),
    ]
    rows = [
        tuple(
            Button(say(f"quiet_{end}", language, step=step_text(60 * hours, language)), f"set:q:{end}:{hours:+}")
            for hours in (-1, 1)
        )
        for end in ("from", "to")
    ]
    rows.append((Button(say("quiet_off", language), "set:q:off"), Button(say("back_button", language), "set:m")))
    return message(blocks, rows)


def language_message(language: str) -> Message:
    """Return the languages to choose from."""
    buttons = [Button(("✓ " if code == language else "") + native_name(code), f"set:l:{code}") for code in LOCALES]
    back = (Button(say("back_button", language), "set:m"),)
    return message([(Run(say("language_which", language)),)], [*in_rows(buttons, 2), back])


def watches_message(held: Sequence[Watch], language: str) -> Message:
    """Return the topics that a chat watches, each with a button that stops it."""
    if not held:
        return message([(Run(say("watch_none", language)),)], [])
    lines = [f"{number}. {defang(watch.text)}" for number, watch in enumerate(held, start=1)]
    blocks: list[Block] = [(Run(say("watch_list", language), bold=True),), *((Run(line),) for line in lines)]
    rows = [
        (Button(f"✕ {number}. {watch.text[:BUTTON_CHARACTERS]}", f"watch:x:{watch.id}"),)
        for number, watch in enumerate(held, start=1)
    ]
    return message(blocks, rows)


def subscription_line(held: Subscription, language: str) -> str:
    """Return a subscription in one line: time, days, zone, length and topics."""
    parts = [f"{held.at:%H:%M}", weekdays_text(held.weekdays, language), held.zone]
    parts.append(say(f"length_{held.length}", language))
    if held.topics:
        parts.append(", ".join(defang(topic) for topic in held.topics))
    return " · ".join(parts)


def weekday_names(language: str) -> list[str]:
    """Return the short names of the weekdays, from Monday on."""
    names = get_day_names("abbreviated", "stand-alone", locale=language)
    return [str(names[day]) for day in range(7)]


def weekdays_text(weekdays: frozenset[int], language: str) -> str:
    """Return chosen weekdays in words."""
    if weekdays == EVERY_DAY:
        return say("every_day", language)
    return " ".join(name for day, name in enumerate(weekday_names(language)) if day in weekdays)


def quiet_text(chat: Chat, language: str) -> str:
    """Return the quiet hours of a chat in words."""
    return chat.quiet.replace("-", "–") if chat.quiet else say("quiet_none", language)


def moved_quiet(chat: Chat, end: str, hours: int) -> str:
    """Return quiet hours, as stored, with one end moved by `hours`; 22:00-07:00 where there were none."""
    start, stop = read_quiet(chat.quiet) or (time(22), time(7))
    if chat.quiet:
        start = time((start.hour + hours * (end == "from")) % 24)
        stop = time((stop.hour + hours * (end == "to")) % 24)
    return f"{start:%H:%M}-{stop:%H:%M}"


def next_text(at: datetime, zone: str, language: str) -> str:
    """Return when the next brief comes, in the subscription's own zone."""
    local = at.astimezone(ZoneInfo(zone))
    return f"{month_day_text(local.date(), language)}, {local:%H:%M}"
