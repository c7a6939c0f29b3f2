"""A summary asked for in plain words -> the briefing of the day, the period or the topic that the words name."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from functools import partial

from retrieval.answer.chat_model import ChatModel
from retrieval.briefing.brief import LONGEST, brief
from retrieval.briefing.topics import about, names_topic, sentences_about
from retrieval.domain import Answer, Article, Briefing, Intent, QuestionError, ShownQuote, Status
from retrieval.embedding import Embedder
from retrieval.language.doc import Text
from retrieval.question.question import Question
from retrieval.question.topic import Topic, asked_length, heading_of, topic_of
from retrieval.search.find import find
from retrieval.store.library import Library

LAST = timedelta(days=1)  # the period of a summary that names none
DAY = timedelta(days=1)
PASSAGES_ABOUT = 40  # whose articles a summary of a topic is made from, where no period is named
NEAREST = 0.6  # least score of such a passage, as a share of the best one's
NO_TOPIC = "brief_no_topic"  # the note of an empty briefing of a topic that no article is about
NEWEST_DAY = "brief_newest_day"  # the note of a briefing of the newest day, as there is nothing from the last one


def asked_briefing(
    library: Library,
    embedder: Embedder,
    question: Question,
    now: datetime,
    *,
    language: str,
    shown: Sequence[ShownQuote] | None = None,
    length: str = "standard",
    chat_model: ChatModel | None = None,
) -> Briefing:
    """Return the briefing that a question asks for; `now` (aware) is the moment it is asked for.

    Of the period that its words name; of a topic, from all that is found about it; else of what is new in the last 24
    hours to the reader, who was `shown` quotes before. `length` is of one that asks for no other. Where nothing was
    published in these hours, it is the briefing of the newest day with articles, and says so.
    Raises QuestionError.
    """
    topic, window = topic_of(question), question.window
    title, is_quoted = heading_of(question, topic)
    if window is not None and window.since and window.since > now:
        raise QuestionError("That period is yet to come.", key="future", written=window.span.of(question.text))
    as_of = question.as_of
    length = asked_length(question) or length
    until = min((window and window.until) or now, as_of or now)

    def composed(since: datetime, until: datetime, **options: object) -> Briefing:
        options = {"shown": (), "length": length, "as_of": as_of, "chat_model": chat_model} | options
        return brief(library, embedder, since, until, language=language, **options)  # type: ignore[arg-type]

    if window is not None and (window.since or window.until):
        since = window.since or until - LAST
        made = composed(since, until, topics=[topic.text] if topic.words else ())
        if not made.article_count and topic.names:
            made = composed(since, until, topics=topic.names)
        return replace(made, topic=title or None, topic_is_quoted=is_quoted)
    if topic.words:
        found = _articles_about(library, embedder, replace(question, as_of=as_of), topic)
        if not found:
            return replace(composed(until - LAST, until, among=()), notes=(NO_TOPIC,), newest_elsewhere=None)
        days = [article.published.at for article in found if article.published]
        end = min(max(days) + DAY, until)
        first = max(min(days), end - LONGEST + DAY)
        only = None if topic.names else partial(sentences_about, library, embedder, topic=topic.text)
        since = _midnight(first.astimezone(now.tzinfo))
        made = composed(since, end, among={article.id for article in found}, only=only)
        return replace(made, topic=title, topic_is_quoted=is_quoted)
    made = composed(until - LAST, until, shown=shown)
    if made.article_count or made.newest_elsewhere is None:
        return made
    first = _midnight(made.newest_elsewhere.at.astimezone(now.tzinfo))
    if first >= until:
        return made
    newest = composed(first, min(first + DAY, until))
    return replace(newest, notes=(*newest.notes, NEWEST_DAY))


def _articles_about(library: Library, embedder: Embedder, question: Question, topic: Topic) -> list[Article]:
    """Return the dated articles that are found about a topic; where it names something, those that name it."""
    hits = find(library, embedder, question, PASSAGES_ABOUT).hits
    if topic.names:
        names = Text(" ".join(topic.names), question.language)
        every = {hit.passage.article.id: hit.passage.article for hit in hits}
        found = [article for article in every.values() if names_topic(article, names)]
    else:
        near = {hit.passage.article.id: hit.passage.article for hit in hits if hit.score >= NEAREST * hits[0].score}
        found = about(library, embedder, list(near.values()), topic.text)
    return [article for article in found if article.published]


def _midnight(at: datetime) -> datetime:
    return datetime.combine(at.date(), time(), at.tzinfo)


def briefing_answer(made: Briefing, question: str, as_of: datetime, intent: Intent) -> Answer:
    """Return the lines of a briefing as the statements of an answer."""
    statements = [statement for line in made.lines for statement in line.statements]
    cited = {number for statement in statements for number in statement.citations}
    return Answer(
        question=question,
        language=made.language,
        status=Status.ANSWERED if statements else Status.ABSTAINED,
        as_of=as_of,
        engine=made.engine,
        statements=tuple(statements),
        citations=tuple(citation for citation in made.citations if citation.n in cited),
        newest_article_at=made.newest_article_at or made.newest_elsewhere,
        intent=intent,
        notes=made.notes,
    )
