"""A passage as a vector store keeps it: its text, and metadata from which it can be cited."""

from retrieval.domain import Passage


def metadata_of(passage: Passage) -> dict[str, str | int]:
    """Return a passage's metadata; what is not known is left out, because Chroma refuses None.

    `start` and `end` are offsets into the article's text; `published_at` is ISO 8601, a day where only that is known.
    """
    article = passage.article
    known: dict[str, str | int | None] = {
        "passage_id": passage.id,
        "article_id": article.id,
        "version": article.version,
        "start": passage.start,
        "end": passage.end,
        "language": article.language,
        "title": article.title,
        "url": article.url,
        "publisher": article.publisher,
        "author": article.author,
        "published_at": article.published.isoformat() if article.published else None,
        "origin": article.origin,
    }
    return {name: value for name, value in known.items() if value is not None}
