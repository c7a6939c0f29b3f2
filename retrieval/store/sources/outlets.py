"""Who publishes an article, and how many independent voices some articles are: one for each outlet and each text."""

from collections.abc import Iterable

from retrieval.domain import Article
from retrieval.language.words import fold
from retrieval.store.sources.addresses import host_of
from retrieval.store.sources.backing import label_of


def outlet(publisher: str | None, url: str | None) -> str:
    """Return the key of an article's outlet: its publisher's name, else its host; "" if neither is known."""
    return " ".join(map(fold, publisher.split())) if publisher else host_of(url)


def outlet_of(article: Article) -> str:
    """Return the key of an article's outlet; of a forwarded post that of whose words it repeats."""
    return outlet(article.forwarded_from or article.publisher, article.url)


def voice_of(article: Article) -> str:
    """Return the key of who speaks through an article's outlet: its owner where a state or an alliance has several."""
    label = label_of(article.publisher, article.url)
    return f"owner:{label.owner}" if label and label.owner else outlet_of(article)


def independent(articles: Iterable[Article]) -> int:
    """Return how many independent voices articles are.

    Copies of one text are one, whoever publishes them; so is all that one outlet publishes, and all outlets of one
    state. A text is that of the outlet that had it first.
    """
    first: dict[str, Article] = {}
    for article in articles:
        other = first.setdefault(article.origin_id, article)
        if article.known_at and other.known_at and article.known_at < other.known_at:
            first[article.origin_id] = article
    return len({voice_of(article) or origin for origin, article in first.items()})


def published_by(articles: Iterable[Article]) -> int:
    """Return how many publishers articles are from; a text of which nobody knows the publisher has one of its own."""
    return len({outlet_of(article) or article.origin_id for article in articles})
