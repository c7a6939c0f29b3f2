"""Texts put together from the words and patterns of `training/data/figures/*.toml`, every figure of them labelled.

A pattern is a sentence with slots; after "=>" stands what differs from a plain total of kind 1 and group 1, for each
number ("2:k2,part,g2") and for the zero ("Z:g2"). `training.figures` learns from them what real texts are too few for.
"""

from __future__ import annotations

import random
import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent / "data" / "figures"
LANGUAGES = tuple(sorted(path.stem for path in ROOT.glob("*.toml")))
KINDS = ("killed", "injured", "detained", "missing", "hospitalised", "deployed", "displaced")
KIND_WEIGHTS = (5, 4, 4, 3, 3, 2, 3)  # as often as in news, roughly
TOTAL_SHARE = 0.4  # of numbers whose noun names no group
SECURITY_SHARE = 0.8  # of people deployed
UNNAMED_SHARE = 0.2  # of texts with a clause of hearsay in place of a speaker
DIGITS_SHARE = 0.5
TWO_SHARE = 0.25  # of texts that go on with another event
NAMES = ("speaker", "place")
FAMILIES = {
    "plain": 6, "increase": 4, "part": 5, "zero": 2, "denied": 2, "corrected": 3, "feared": 2, "planned": 2,
    "history": 1, "rival": 3, "one": 2, "noise": 4,
}  # fmt: skip
STATUSES = ("denied", "corrected", "correction", "withdrawn", "feared", "planned")
SCOPES = ("whole", "part", "increase", "previous", "history")
SLOT = re.compile(r"\{([^{}]*)\}")


@dataclass(slots=True)
class MadeText:
    """A text and its figures; each has `start` and `type`, and spans of speaker and place, offsets in `text`."""

    id: str
    language: str
    text: str
    figures: list[dict[str, Any]] = field(default_factory=list)


class Maker:
    """Makes texts of one language; a class because it keeps its words and its chance."""

    def __init__(self, language: str, seed: int) -> None:
        self.language = language
        self.words = tomllib.loads((ROOT / f"{language}.toml").read_text(encoding="utf-8"))
        self.rng = random.Random(f"{language} {seed}")

    def make(self, number: int) -> MadeText:
        """Return a text."""
        rng = self.rng
        family = rng.choices(list(FAMILIES), list(FAMILIES.values()))[0]
        pattern, _, spec = rng.choice(self.words["patterns"][family]).partition(" => ")
        kinds = [rng.choices(KINDS, KIND_WEIGHTS)[0]]
        kinds.append(rng.choice([kind for kind in KINDS if kind != kinds[0]]))
        named = {n: set(fields.split(",")) for n, fields in (part.split(":") for part in spec.split())}
        planned = next((k for fields in named.values() for k in fields if k in KINDS), None)
        if planned:
            kinds[0] = planned
            if kinds[1] == planned:
                kinds[1] = "injured" if planned == "killed" else "killed"
        self.kinds, self.groups = kinds, self._groups(kinds)
        self.noun: dict[str, str] = {}
        self.said = rng.sample(self.words["speakers"]["subjects"], 2)
        self.where = rng.sample(self.words["places"]["names"], 2)
        self.value: list[tuple[str, int, int]] = []
        self.out, self.spans = "", {}
        self._fill(pattern)
        text = MadeText(f"made-{self.language}-{number}", self.language, self.out)
        text.figures = [self._figure(name, start, end, named.get(name, set())) for name, start, end in self.value]
        if family == "one":
            text.figures += [self._figure("x", *self.spans["x"], set())] if "x" in self.spans else []
        return text

    def _groups(self, kinds: list[str]) -> list[str]:
        names = [name for name in self.words["groups"] if name != "total"]
        groups = self.rng.sample(names, 3)
        if self.rng.random() < TOTAL_SHARE:
            groups[0] = "total"
        if kinds[0] == "deployed" and self.rng.random() < SECURITY_SHARE:
            groups = ["security", *(name for name in groups if name != "security")][:3]
        return groups

    def _figure(self, name: str, start: int, end: int, fields: set[str]) -> dict[str, Any]:
        kind = next((k for k in fields if k in KINDS), self.kinds["k2" in fields])
        group = self.groups[2 if "g3" in fields else 1 if "g2" in fields else 0]
        plain = {"1": 0, "2": 1, "3": 2}  # groups by the number they stand at
        if "total" in fields or "total0" in fields:
            group = "total"
        elif "k2" in fields and name in plain and f"g{name}" in self.spans:
            group = self.groups[plain[name]]
        type_ = {"Z": "zero", "x": "one"}.get(name, "number")
        status = next((s for s in STATUSES if s in fields), "stated")
        scope = next((s for s in SCOPES if s in fields), "total")
        speaker = None if "nos" in fields else self.spans.get("S2" if "s2" in fields else "S")
        place = None if "nop" in fields else self.spans.get("P2" if "p2" in fields else "P")
        return {
            "start": start, "end": end, "type": type_, "kind": kind, "group": group, "scope": scope, "status": status,
            "speaker": speaker, "place": place,
        }  # fmt: skip

    def _fill(self, pattern: str) -> None:
        at = 0
        for match in SLOT.finditer(pattern):
            self.out += pattern[at : match.start()]
            self._slot(match.group(1))
            at = match.end()
        self.out += pattern[at:]

    def _put(self, text: str, name: str = "", *, capital: bool = False) -> None:
        if not text:  # an empty day: no two spaces
            self.out = self.out.rstrip(" ")
            return
        if capital or (not self.out.strip() and text[0].islower()) or self.out.endswith((". ", "? ")):
            text = text[0].upper() + text[1:]
        start = len(self.out)
        mark = text.find("@")
        self.out += text.replace("@", "")
        if name and name not in self.spans:
            self.spans[name] = (start + max(mark, 0), len(self.out))

    def _slot(self, slot: str) -> None:
        rng, words = self.rng, self.words
        name, _, form = slot.partition(".")
        if name.startswith("Z:"):
            start = len(self.out)
            self._put(name[2:])
            self.value.append(("Z", start, len(self.out)))
        elif re.fullmatch(r"N\d", name) or name == "_":
            self._number(name)
        elif name in ("g1", "g2", "g3", "h2", "h3", "y2", "x1", "X1"):
            self._noun(name, form)
        elif name in ("in", "In"):
            pattern = rng.choice(words["places"]["in"])
            opening = pattern[0].upper() + pattern[1:] if name == "In" else pattern
            self._nested(opening, "P", self.where[0])
        elif name in ("P", "P2"):
            self._place(name, form, self.where[name == "P2"])
        elif name == "by":
            if rng.random() < UNNAMED_SHARE:
                self._put(rng.choice(words["speakers"]["nobody"]))
                return
            able = [one for one in words["speakers"]["according"] if self._speaker_form(self.said[0], one)]
            self._nested(rng.choice(able), "S", self.said[0])
        elif name in ("S", "S2"):
            self._put(self._speaker(self.said[name == "S2"], form), name)
        elif name in ("D", "E", "A", "said", "nobody"):
            source = {"D": words["places"]["days"], "E": words["places"]["events"], "A": words["places"]["actors"]}
            speakers = words["speakers"]
            self._put(rng.choice(source.get(name) or speakers[name]))
        else:
            self._word(name)

    def _word(self, name: str) -> None:
        """Put a word of what happened: {v1}, {w1}, {u2}, {v2}, {a1}, {n1}, {m2}, {t1}, {T1}, {U2}."""
        letter = name[0]
        kind = self.kinds[letter in "umU"]
        listed = self.words[kind]
        if letter in "vuw":
            plural, _, single = self.rng.choice(listed["predicates"]).partition("|")
            self._put(single if letter == "w" else plural)
        elif letter == "a":
            self._put(self.rng.choice(listed["active"]))
        elif letter in "nm":
            self._put(self.rng.choice(listed["noun"]))
        else:
            self._put(self.rng.choice(listed["toll"]), capital=letter in "TU" and self.out.endswith("\n"))

    def _nested(self, pattern: str, name: str, value: str) -> None:
        before, _, rest = pattern.partition("{")
        slot, _, after = rest.partition("}")
        if before:
            self._put(before)
        form = slot.partition(".")[2]
        if name == "S":
            self._put(self._speaker(value, form), name)
        else:
            self._place(name, form, value)
        self.out += after

    def _speaker_form(self, subject: str, clause: str) -> bool:
        forms = subject.split("|")
        slot = SLOT.search(clause)
        form = slot.group(1).partition(".")[2] if slot else ""
        return len(forms) == 1 or bool(forms[{"": 0, "of": 1, "in": 2}[form]])

    def _speaker(self, subject: str, form: str) -> str:
        forms = subject.split("|")
        return forms[{"": 0, "of": 1, "in": 2}[form]] or forms[0] if len(forms) > 1 else forms[0]

    def _place(self, name: str, form: str, value: str) -> None:
        forms = value.split("|")
        order = {"": 0, "in": 1, "at": 2, "of": 3}
        text = forms[order[form]] if len(forms) > order[form] else forms[-1] if form else forms[0]
        self._put(text, name)

    def _noun(self, name: str, form: str) -> None:
        plural, _, single = self.rng.choice(self.words["groups"][self.groups[int(name[1]) - 1]]).partition("|")
        text = single if name[0] in "xXy" else plural
        if name[0] == "y":
            text = re.sub(r"^(?:an?|un[ao]?|el|la|бір)\s", "", text)
        if form == "acc":
            text += "ды" if text[-1] in "дмнрлйуоаяыұуi" else "ні" if text[-1] in "іие" else "ты"
        if form == "of":
            text += "ның"
        start = len(self.out)
        self._put(text, capital=name[0] == "X" and not self.out)
        self.spans["x" if name[0] in "xX" else name] = (start, len(self.out))

    def _number(self, name: str) -> None:
        rng = self.rng
        low, high = rng.choice(((2, 30), (5, 99), (100, 999), (1000, 60000)))
        text = (
            str(rng.randint(low, high)) if rng.random() < DIGITS_SHARE else rng.choice(self.words["places"]["numbers"])
        )
        start = len(self.out)
        self._put(text)
        if name != "_":
            self.value.append((name[1], start, len(self.out)))


def made_texts(count: int, seed: int = 0) -> list[MadeText]:
    """Return `count` texts, as many of each language; the same for the same seed."""
    makers = [Maker(language, seed) for language in LANGUAGES]
    return [_text(makers[number % len(makers)], number) for number in range(count)]


def _text(maker: Maker, number: int) -> MadeText:
    text = maker.make(number)
    if maker.rng.random() < TWO_SHARE:
        second, by = maker.make(number), len(text.text) + 1
        text.text += " " + second.text
        for figure in second.figures:
            moved = {name: (pair[0] + by, pair[1] + by) if (pair := figure[name]) else None for name in NAMES}
            text.figures.append(figure | moved | {"start": figure["start"] + by, "end": figure["end"] + by})
    return text
