"""The figures of articles, read once each, and what the ledger makes of them."""

from collections.abc import Iterable, Sequence
from functools import lru_cache

from retrieval.domain import Article, Figure
from retrieval.figures.ledger import Reported, Series, TakenBack, ledger
from retrieval.figures.read import read_figures
from retrieval.figures.withdrawals import Withdrawal, read_withdrawals

_CACHED = 4_000  # articles, about 1 KB each

_Read = tuple[tuple[Figure, ...], tuple[Withdrawal, ...]]


@lru_cache(maxsize=_CACHED)
def _of(article: Article) -> _Read:
    return tuple(read_figures(article)), tuple(read_withdrawals(article))


def figures_of(article: Article) -> tuple[Figure, ...]:
    """Return the figures that an article reports, in the order of its text."""
    return _of(article)[0]


def withdrawals_of(article: Article) -> tuple[Withdrawal, ...]:
    """Return what an article takes back."""
    return _of(article)[1]


def series_of(articles: Iterable[Article]) -> list[Series]:
    """Return the figures of articles by what they count, each with how it stands."""
    read: Sequence[Article] = list(articles)
    reported = [Reported(figure, article) for article in read for figure in figures_of(article)]
    taken = [TakenBack(withdrawal, article) for article in read for withdrawal in withdrawals_of(article)]
    return ledger(reported, taken)
