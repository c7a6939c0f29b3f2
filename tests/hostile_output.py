"""Messages made of what strangers write, and what Telegram and a second parser make of them."""

import json
import random
from datetime import UTC, datetime
from pathlib import Path

import lxml.html

from bot.ask.render import answer_messages, speakers_message
from bot.brief.render import brief_messages, story_message, timeline_messages
from bot.schedule.render import watches_message
from bot.telegram.richtext import Message
from retrieval.answer.harmless import defang
from retrieval.domain import (
    Answer,
    Article,
    Briefing,
    BriefingLine,
    Change,
    Citation,
    FirstLine,
    Moment,
    Span,
    Statement,
    Status,
    Story,
    Timeline,
    TimelineDay,
)
from retrieval.store.chats.watches import Watch
from tests.fake_telegram.errors import ApiError
from tests.fake_telegram.markup import check_reply_markup
from tests.fake_telegram.text import formatted
from tests.hostile_articles import our_own

NOW = datetime(2022, 1, 7, 12, tzinfo=UTC)
LANGUAGES = ("en", "ru", "kk", "es")
MOST = 4096  # UTF-16 code units
HOST = "https://source.example/"
TAGS = {"a", "b", "i", "s", "u", "blockquote", "code"}
TAPPED = {"url", "email", "mention", "hashtag"}  # what Telegram would make clickable; commands are in our own texts too
SCRAPS = [
    *"""<b>|</b>|<a href='tg://resolve?domain=x'>|</a>|<!--|&#x3c;b&#62;|&lt;script&gt;|&amp;|]]>|@durov|/start|/stop@x_bot
#tag|$BTC|tg://user?id=1|https://evil.example/x?y=<z>|evil.com|mailto:a@b.co|a@b.co|t.me/joinchat/AAAA|127.0.0.1:8080/x
+1 212 555 0100|javascript:alert(1)|＠durov|＃тег|／cmd|```|__x__|*x*|[x](http://evil.example)|http://xn--80ak6aa92e.com/
EE. UU.|U.S.|№ 5|—|😀|🇰🇿|ﷺ|Ⅷ|Twelve people were killed.|Погибли 26 человек, сообщило МВД.
Алматыда 103 адам ұсталды.|Murieron 16 agentes.""".replace("\n", "|").split("|"),
    *("\u202e", "\u200b", "\u2066", "\ufeff", "\u0000", "\r\n", "\n\n", "\t", "e\u0301", "👩\u200d👩\u200d👧"),
]


def read_attacks(folder: Path | None = None) -> list[str]:
    """Return our own attacks, and the naughty strings of `blns/blns.json` in a folder of data."""
    naughty: list[str] = json.loads((folder / "blns" / "blns.json").read_text(encoding="utf-8")) if folder else []
    return [attack.text for attack in our_own()] + [text for text in naughty if text.strip()]


class Replies:
    """Draws replies whose every text a stranger wrote; a class because they share the draw and the attacks."""

    def __init__(self, seed: int, attacks: list[str]) -> None:
        self._rng, self._attacks = random.Random(seed), attacks

    def text(self, most: int) -> str:
        """Return up to `most` scraps and attacks in a row, often glued together."""
        rng = self._rng
        pieces = [rng.choice(SCRAPS if rng.random() < 0.8 else self._attacks) for _ in range(rng.randint(1, most))]
        return "".join(piece + rng.choice(["", " ", " ", "."]) for piece in pieces)

    def messages(self) -> list[Message]:
        """Return the messages of one reply: an answer or a refusal, its speakers, a brief, a timeline, watches."""
        rng, language = self._rng, self._rng.choice(LANGUAGES)
        articles = [self._article(number, language) for number in range(rng.randint(1, 5))]
        cited = tuple(self._citation(number, one) for number, one in enumerate(articles, start=1))
        said = tuple(Statement(one.answer_text, (one.n,), 0.9) for one in cited)
        first = FirstLine(cited[0].answer_text[:60], 1) if rng.random() < 0.5 else None
        answer = Answer(self.text(4), language, Status.ANSWERED, NOW, "reader", said, cited, first)
        refusal = Answer(self.text(4), language, Status.ABSTAINED, NOW, "reader", nearest=cited)
        day, topic, count = NOW.replace(day=6), self.text(3), len(articles)
        pairs = zip(cited, said, strict=True)
        lines = tuple(BriefingLine(Story(one.article.id, (one.article,), 1), Change.NEW, (say,)) for one, say in pairs)
        brief = Briefing(day, NOW, language, lines, cited, count, count, Moment(NOW), topic=topic)
        timeline = Timeline((TimelineDay(NOW.date(), said),), cited)
        watched = [Watch(n, 1, self.text(5)[:200], 0) for n in range(4)]
        made = (
            answer_messages(answer, key=7, length=3, heading=defang(self.text(3))),
            answer_messages(refusal),
            [speakers_message(answer, language), watches_message(watched, language)],
            [*brief_messages(brief), story_message(brief)],
            timeline_messages(timeline, language),
        )
        return rng.choice(made)

    def _article(self, number: int, language: str) -> Article:
        return Article(
            id=f"a{number}",
            url=f"{HOST}{number}" if self._rng.random() < 0.8 else None,
            title=self.text(6),
            text=self.text(30) or ".",
            language=language,
            published=Moment(NOW.replace(day=self._rng.randint(1, 7))) if self._rng.random() < 0.8 else None,
            publisher=self.text(3) if self._rng.random() < 0.7 else None,
            author=self.text(2),
            forwarded_from=self.text(2) if self._rng.random() < 0.3 else None,
        )

    def _citation(self, number: int, article: Article) -> Citation:
        rng = self._rng
        start = rng.randrange(len(article.text))
        end = rng.randint(start + 1, min(len(article.text), start + 700))
        inner = rng.randint(start, end - 1)
        return Citation(
            number,
            article,
            start,
            end,
            passage_id=number,
            speaker=self.text(2) if rng.random() < 0.4 else None,
            withdrawn=rng.random() < 0.2,
            translation=self.text(6) if rng.random() < 0.2 else None,
            answer=Span(inner, rng.randint(inner + 1, end)),
        )


def faults(message: Message) -> list[str]:
    """Return what Telegram would refuse or make clickable, and what a second parser (lxml) reads otherwise."""
    keyboard = [[{"text": button.label, "callback_data": button.data} for button in row] for row in message.buttons]
    try:
        check_reply_markup({"inline_keyboard": keyboard})
        text, entities = formatted(message.html, parse_mode="HTML", entities=None, most=MOST)
        plain, found = formatted(message.plain, parse_mode=None, entities=None, most=MOST)
    except ApiError as exc:
        return [f"refused: {exc}"]
    tree = lxml.html.fragment_fromstring(message.html, create_parent="div")
    links = [entity["url"] for entity in entities if entity["type"] == "text_link"]
    return [
        *(f"link: {link}" for link in links if not link.startswith(HOST)),
        *(f"clickable: {entity['type']}" for entity in (*entities, *found) if entity["type"] in TAPPED),
        *(f"tag: {one.tag}" for one in tree.iterdescendants() if one.tag not in TAGS),
        *(["the second parser reads another text"] if tree.text_content().split() != text.split() else []),
        *(["the plain text is another one"] if plain.split() != text.split() else []),
    ]
