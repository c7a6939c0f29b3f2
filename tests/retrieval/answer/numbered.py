"""Numbered sentences without a library, and the question they are for."""

from datetime import UTC, datetime

import numpy as np

from retrieval.domain import Article, Passage
from retrieval.language.sentences import sentences
from retrieval.question.question import Question
from retrieval.reader.choice import NumberedSentence

NOW = datetime(2022, 1, 20, tzinfo=UTC)


def numbered(*articles: Article) -> list[NumberedSentence]:
    """Return the sentences of articles, each article one passage, numbered from 1."""
    found: list[NumberedSentence] = []
    for number, article in enumerate(articles, start=1):
        passage = Passage(number, article, 0, len(article.text))
        spans = sentences(article.text, article.language)
        for at, span in enumerate(spans):
            before, after = spans[at - 1] if at else None, spans[at + 1] if at + 1 < len(spans) else None
            found.append(NumberedSentence(len(found) + 1, passage, span, np.zeros(1), before=before, after=after))
    return found


def question(text: str, answer_language: str = "en") -> Question:
    return Question.read(text, now=NOW, answer_language=answer_language)
