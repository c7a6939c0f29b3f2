"""Time zones of places, by their names or coordinates, offline.

The names of cities are GeoNames' (geonames.org, CC BY 4.0): of cities of 100,000 people and more in the countries of
our languages (of 30,000 in Kazakhstan, of 200,000 elsewhere), all names in Latin and Cyrillic letters, one zone a
line. Of two cities of one name, the larger one is meant. `python -m training.cities` makes the file.
"""

import gzip
import re
import unicodedata
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING
from zoneinfo import available_timezones

if TYPE_CHECKING:
    from timezonefinder import TimezoneFinder

NEAREST_SHOWN = 3

LEAST_LIKENESS = 0.76
"""Least `difflib` ratio (0 to 1) of a suggested name to the written one."""

LONGEST_NAME = 60
"""Characters; anything longer names no place."""

_OFFSET = re.compile(r"(?:utc|gmt)?\s*([+-]|\u2212)\s*(\d{1,2})(?::?00)?", re.IGNORECASE)


def zone_of(text: str) -> str | None:
    """Return the IANA zone that a name means: a zone's own name, a city in any of our languages, or "UTC+5"."""
    written = text.strip()
    if len(written) > LONGEST_NAME:
        return None
    offset = _OFFSET.fullmatch(written)
    if offset:
        west = -int(offset[2]) if offset[1] == "+" else int(offset[2])  # the signs of these zones are reversed
        name = f"Etc/GMT{west:+d}" if west else "UTC"
        return name if name in available_timezones() else None
    return _zones().get(folded(written)) or _cities().get(folded(written))


def nearest(text: str) -> list[tuple[str, str]]:
    """Return the names most like an unknown one, as (name, zone), best first; of each zone one name."""
    from difflib import get_close_matches

    written = folded(text[:LONGEST_NAME])
    known = _zones() | _cities()
    alike = [name for name in known if name[:1] == written[:1] or name[1:2] == written[1:2]]
    found: dict[str, str] = {}
    for name in get_close_matches(written, alike, n=NEAREST_SHOWN * 4, cutoff=LEAST_LIKENESS):
        found.setdefault(known[name], name.title())
    return [(name, zone) for zone, name in found.items()][:NEAREST_SHOWN]


def zone_at(latitude: float, longitude: float) -> str | None:
    """Return the zone at a place on earth, if it has one."""
    zone = _finder().timezone_at(lat=latitude, lng=longitude)
    return str(zone) if zone else None


def folded(name: str) -> str:
    """Return a name without case, accents and punctuation, as names are compared."""
    letters = unicodedata.normalize("NFKD", name.casefold())
    return " ".join(re.sub(r"[^\w]+|_", " ", "".join(c for c in letters if not unicodedata.combining(c))).split())


@lru_cache(maxsize=1)
def _zones() -> dict[str, str]:
    """Return all zones, by their folded names, and by the city at the end of them."""
    names = sorted(name for name in available_timezones() if not name.startswith(("posix/", "right/", "SystemV/")))
    last = {folded(name.rpartition("/")[2]): name for name in names if "/" in name and not name.startswith("Etc/")}
    return last | {folded(name): name for name in names}


@lru_cache(maxsize=1)
def _cities() -> dict[str, str]:
    packed = files("bot").joinpath("cities.tsv.gz").read_bytes()
    cities: dict[str, str] = {}
    for line in gzip.decompress(packed).decode().splitlines():
        zone, _, names = line.partition("\t")
        cities.update(dict.fromkeys(names.split("|"), zone))
    return cities


@lru_cache(maxsize=1)
def _finder() -> "TimezoneFinder":
    from timezonefinder import TimezoneFinder

    return TimezoneFinder()
