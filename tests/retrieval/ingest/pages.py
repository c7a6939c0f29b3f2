"""Pages that the tests read, written for them."""

import json

PARAGRAPHS = (
    "Almaty's city hall stood empty on Wednesday after a night of fire, and soldiers closed the square.",
    "The mayor's office said that eleven buses had been burnt, and asked people to stay at home.",
    "A baker on Tole Bi street, Aigul S., said she had sold bread through a hole in her shutter since dawn.",
    "Mobile internet has been down for two days, so most of what is known comes by telephone.",
    "The interior ministry gave no number of the injured; two hospitals counted one hundred and four.",
)
HEADLINE = "Soldiers close the square in Almaty"


def page(*, head: str = "", title: str = HEADLINE, before: str = "", body: str | None = None, after: str = "") -> bytes:
    """Return a page of news: a menu, a headline, `before`, the body, `after`, and a footer."""
    text = body if body is not None else "".join(f"<p>{p}</p>" for p in PARAGRAPHS)
    return f"""<!doctype html><html lang="en"><head><meta charset="utf-8">
    <title>{title} - The Steppe</title>{head}</head><body>
    <nav><ul><li><a href="/">Home</a></li><li><a href="/world">World</a></li></ul></nav>
    <article><h1>{title}</h1>{before}<div class="text">{text}</div>{after}</article>
    <footer><p>All rights reserved</p></footer></body></html>""".encode()


def statement(**fields: object) -> str:
    """Return a JSON-LD script that states a news article with `fields`."""
    node = {"@context": "https://schema.org", "@type": "NewsArticle", **fields}
    return f'<script type="application/ld+json">{json.dumps(node)}</script>'
