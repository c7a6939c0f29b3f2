"""Whether nearness and words pick the same passages: where they differ, one of them was misled."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt


def agreement(cosines: Sequence[float], shares: Sequence[float], titles: Sequence[str], line: int) -> dict[str, float]:
    """Return how far cosines and words agree on the passages found, as numbers by name.

    One cosine, one share of the question's words and one title a passage; `line` is the passage of the best line.
    """
    by_cosine = sorted(range(len(cosines)), key=lambda passage: -cosines[passage])
    nearest = by_cosine[0]
    wordiest = max(by_cosine, key=lambda passage: shares[passage])
    return {
        "agree_passage": float(wordiest == nearest),
        "agree_title": float(titles[wordiest] == titles[nearest]),
        "agree_rank": float(by_cosine.index(wordiest)),
        "agree_line": float(by_cosine.index(line)),
        "agree_course": _correlation(cosines, shares),
        "words_differ": len(set(shares)) / len(shares),
    }


def _correlation(xs: Sequence[float], ys: Sequence[float]) -> float:
    """Return Pearson's correlation; 0 where one of the two never changes."""
    x_mean, y_mean = sum(xs) / len(xs), sum(ys) / len(ys)
    together = sum((x - x_mean) * (y - y_mean) for x, y in zip(xs, ys, strict=True))
    scales = sum((x - x_mean) ** 2 for x in xs) * sum((y - y_mean) ** 2 for y in ys)
    return together / sqrt(scales) if scales > 0 else 0.0
