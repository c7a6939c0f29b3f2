"""What articles report as figures and take back, as the library keeps it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from retrieval.domain import Article, Figure
from retrieval.figures.ledger import Series, ledger
from retrieval.figures.records import reports_of
from retrieval.figures.withdrawals import Withdrawal
from retrieval.store.library import Library

Version = tuple[str, int]
"""An article's id and the number of its version."""


@dataclass(frozen=True, slots=True)
class Reports:
    """The figures and withdrawals of articles, and the ledger over all of them."""

    figures: Mapping[Version, Sequence[Figure]]
    withdrawals: Mapping[Version, Sequence[Withdrawal]]
    series: Sequence[Series]

    def figures_of(self, article: Article) -> Sequence[Figure]:
        return self.figures.get(version_of(article), ())

    def take_back(self, article: Article) -> bool:
        """Tell whether an article withdraws a figure."""
        return bool(self.withdrawals.get(version_of(article)))


def version_of(article: Article) -> Version:
    return article.id, article.version


def read_reports(library: Library, articles: Sequence[Article]) -> Reports:
    """Return what the articles report, in the version given of each."""
    reported, taken = reports_of(library, articles)
    figures: dict[Version, list[Figure]] = defaultdict(list)
    withdrawals: dict[Version, list[Withdrawal]] = defaultdict(list)
    for one in reported:
        figures[version_of(one.article)].append(one.figure)
    for back in taken:
        withdrawals[version_of(back.article)].append(back.withdrawal)
    return Reports(figures, withdrawals, ledger(reported, taken))
