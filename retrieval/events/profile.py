"""What events are compared by: the mean subject of their articles, the names in them, and their days."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from importlib.resources import as_file, files

import numpy as np

from retrieval.language.doc import Doc
from retrieval.language.names.names import lookup_key, name_key
from retrieval.language.packs import LANGUAGES, locale_of
from retrieval.language.words import is_stopword, words

CENTRAL, NAMED, UNSURE = 1.0, 0.6, 0.3
"""The weights of a name that an article is about, of one that it names, and of a word that only begins sentences."""

MOST_NAMES = 600
"""Names kept of an event; those in fewest of its articles are dropped."""


@dataclass(frozen=True, slots=True)
class Profile:
    """An event, or one article, as it is compared with others."""

    articles: int
    vector: np.ndarray  # the sum of its articles' unit vectors, (dimensions,) float32; empty: they have none
    names: Mapping[str, float]  # key of a name -> how many of the articles have it
    first: date | None = None  # the days of its oldest and newest article; None: all are undated
    last: date | None = None

    def joined(self, other: Profile) -> Profile:
        """Return the profile of both together."""
        names = Counter(self.names)
        names.update(other.names)
        days = [day for day in (self.first, self.last, other.first, other.last) if day is not None]
        return Profile(
            self.articles + other.articles,
            self.vector + other.vector,
            _commonest(names),
            min(days, default=None),
            max(days, default=None),
        )


NOTHING = Profile(0, np.zeros(0, np.float32), {})


def together(parts: Sequence[Profile]) -> Profile:
    """Return the profile of one or more parts together."""
    whole = parts[0]
    for part in parts[1:]:
        whole = whole.joined(part)
    return whole


def _commonest(names: Mapping[str, float]) -> Mapping[str, float]:
    if len(names) <= MOST_NAMES:
        return dict(names)
    return dict(sorted(names.items(), key=lambda pair: (-pair[1], pair[0]))[:MOST_NAMES])


def article_profile(
    vectors: np.ndarray, lengths: Sequence[int], names: Mapping[str, float], language: str, day: date | None
) -> Profile:
    """Return the profile of an article.

    `vectors` (passages, dimensions) are those of its passages, `lengths` their characters, `names` its `article_names`,
    `day` that of its publication.
    """
    mean = np.average(vectors.astype(np.float32), axis=0, weights=np.maximum(lengths, 1))
    mean = mean / max(float(np.linalg.norm(mean)), 1e-9)
    usual = news_means().get(language, news_means()["und"])
    own = mean - usual if usual.shape == mean.shape else mean  # another embedding model's means are not known
    unit = own / max(float(np.linalg.norm(own)), 1e-9)
    return Profile(1, np.asarray(unit, dtype=np.float32), dict(names), day, day)


@lru_cache(maxsize=1)
def news_means() -> dict[str, np.ndarray]:
    """Return each language's mean vector of a news article, `und` that of all; `training.events` makes them."""
    with as_file(files(__package__).joinpath("news_means.npz")) as path, np.load(path) as stored:
        return {language: stored[language].astype(np.float32) for language in stored.files}


# --- names --------------------------------------------------------------------------------------------


def article_names(doc: Doc, title: str) -> dict[str, float]:
    """Return the keys of the names in an article, which agree between languages, each with its weight (0 to 1).

    A name in the title or the dateline, or that comes again, is CENTRAL. A word that begins a sentence may be none, and
    is left out where the article has it in small letters too. The countries that places are in are names as well, under
    their codes.
    """
    written: Counter[str] = Counter()
    inside: set[str] = set()
    small: set[str] = set()
    countries: dict[str, str] = {}
    for sentence in doc.sentences:
        for at, word in enumerate(sentence.words):
            key = lookup_key(word.text)
            if not word.text[0].isupper():
                small.add(key)
            elif not is_stopword(word.text, doc.language):
                written[key] += 1
                inside |= {key} if at else set()
                countries |= _country(word.text)
    heading = {lookup_key(word.text): _country(word.text) for word in words(title) if word.text[0].isupper()}
    dateline = {lookup_key(word.text) for word in words((doc.dateline.place or "") if doc.dateline else "")}
    found: dict[str, float] = {}
    for key in sorted(written.keys() | heading.keys()):
        if not key or (key in small and key not in inside | dateline):
            continue
        sure = key in inside | dateline
        central = written[key] > 1 or key in heading or key in dateline
        found[key] = (CENTRAL if central else NAMED) if sure else UNSURE
        if country := (countries | heading.get(key, {})).get(key):
            found[country] = CENTRAL
    return found


def _country(word: str) -> dict[str, str]:
    """Return the code of the country that a place is in, by the key of the place; nothing for another word."""
    code = _countries().get(name_key(word))
    return {lookup_key(word): code} if code else {}


@cache
def _countries() -> Mapping[str, str]:
    """Map the `name_key` of each country and large city whose name is one word to the country's code: "@KZ".

    By `lookup_key`, which has no vowels, Thursday would be Turkey and a Gobierno Gaborone.
    """
    from babel.core import get_global

    territories: Mapping[str, str] = get_global("zone_territories")
    found: dict[str, str] = {}
    for locale in filter(None, map(locale_of, LANGUAGES)):
        named = [(str(name), code) for code, name in locale.territories.items() if code.isalpha()]
        for zone in map(str, locale.time_zones):
            city = str(locale.time_zones[zone].get("city", "")) or zone.rpartition("/")[2]
            named.append((city, territories.get(zone, "")))
        for name, code in named:
            if code and name.isalpha() and (key := name_key(name)):
                found.setdefault(key, f"@{code}")
    return found
