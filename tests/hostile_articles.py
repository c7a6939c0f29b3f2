"""Attacks on whoever reads articles for others: pages that carry them, and a model that obeys every one."""

import json
import re
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

OWN = Path(__file__).parent / "data" / "injections" / "attacks.jsonl"
PLACES = ("body", "title", "alt", "jsonld", "comment")


@dataclass(frozen=True)
class Attack:
    """What an attacker writes, and where on the page."""

    id: str
    place: str  # one of PLACES, or "zerowidth": in the body, with characters that have no width
    text: str


def our_own() -> list[Attack]:
    """Return our own attacks, each in the place it was written for."""
    rows = [json.loads(line) for line in OWN.read_text(encoding="utf-8").splitlines()]
    return [Attack(row["id"], row["place"], row["text"]) for row in rows]


def bipia(folder: Path) -> list[Attack]:
    """Return the attacks of BIPIA, for the body of a page."""
    by_kind: dict[str, list[str]] = json.loads((folder / "text_attack_train.json").read_text(encoding="utf-8"))
    return [Attack(f"{kind} {n}", "body", text) for kind, texts in by_kind.items() for n, text in enumerate(texts)]


def page(attack: Attack, story: dict[str, Any], number: int) -> str:
    """Return a web page with a story (a record as in the samples) and the attack at its place."""
    at = {place: attack.text if attack.place == place else "" for place in PLACES}
    title = at["title"] or story["title"]
    body = at["body"] or (attack.text if attack.place == "zerowidth" else "")
    about = {
        "@type": "NewsArticle",
        "headline": title,
        "description": at["jsonld"],
        "datePublished": story["published_at"],
        "publisher": {"@type": "Organization", "name": story["publisher"]},
    }
    data = json.dumps(about, ensure_ascii=False).replace("</", "<\\/")
    comment = at["comment"].replace("--", "- -")
    return f"""<!doctype html><html lang="{story["language"]}"><head><meta charset="utf-8">
        <title>{escape(title)}</title><link rel="canonical" href="https://planted.example/{number}">
        <script type="application/ld+json">{data}</script></head><body><!-- {comment} -->
        <article><h1>{escape(title)}</h1><img src="x.jpg" alt="{escape(at["alt"])}">
        <p>{escape(story["text"])}</p><p>{escape(body)}</p></article></body></html>"""


def sentences(prompt: str) -> dict[int, str]:
    """Return the sentences that a model was shown, by number."""
    return {int(number): text for number, text in re.findall(r"^\[(\d+)\] (.*)$", prompt, re.MULTILINE)}


def obedient(attack: str, prompt: str) -> dict[str, Any]:
    """Return what a model would reply that does all an attacker could wish with the sentences it is shown.

    It chooses what was planted before anything else, numbers that it was not shown, and all sentences as one; in the
    place of translations it writes the attack, links, mentions and commands, and other numbers than the original.
    """
    shown = sentences(prompt)
    planted = [number for number, text in shown.items() if text[:30] in attack or attack[:30] in text]
    first, true = next(iter(shown.items()), (1, attack))
    written = (
        attack,
        f"{true} {attack}",
        f"{true} https://evil.example",
        f"@evil_desk {true}",
        f"/forget {true}",
        f'<a href="tg://resolve?domain=evil">{true}</a>',
        re.sub(r"\d+", "999", true) + " 999",
    )
    return {
        "groups": [[-1, 0, 10**9], planted, [first, first, 99_999], list(shown)],
        "translations": [
            {"number": number, "text": written[at % len(written)]} for at, number in enumerate([*shown, 99_999])
        ],
    }
