"""The words of attribution of each language, from its pack."""

import re
from dataclasses import dataclass
from functools import cache

from retrieval.language.packs import all_words, any_of, any_regex, or_first

CALENDAR = re.compile(rf"(?:{any_regex('speakers', 'calendar')})\w*", re.IGNORECASE)
"""Months and days open with a capital in English, and are nobody's name there."""

SAID_CLAUSE = re.compile(rf"(?:{any_regex('speakers', 'said_clause')})$")
"""The end of a verb that closes what is said, where the verb of saying comes last."""

POSSESSIVE = re.compile(r"(?<=\w)[’']s?$")


@dataclass(frozen=True, slots=True)
class SpeakerWords:
    """One language's words of attribution, compiled."""

    language: str
    verbs: re.Pattern[str]  # group "verb"; adverbs and auxiliaries before it are part of the match
    adverb: re.Pattern[str]
    before: re.Pattern[str]
    after: re.Pattern[str]
    figures: re.Pattern[str]
    role: re.Pattern[str]
    modifier: re.Pattern[str]
    joints: frozenset[str]
    places: re.Pattern[str]
    pronoun_before: re.Pattern[str]
    pronoun_after: re.Pattern[str]
    pronoun_phrase: re.Pattern[str]  # "по её словам"
    addressee: re.Pattern[str]  # "a la prensa", between a verb of saying and whoever speaks
    drops_pronoun: bool  # a verb of saying may stand with nobody: "agregó"
    no_source: re.Pattern[str]  # what is no speaker after "according to": "preliminary data"
    media: re.Pattern[str]
    turns: re.Pattern[str]
    not_names: re.Pattern[str]
    genitive: re.Pattern[str] | None
    passive: re.Pattern[str]  # what before a verb of saying shows that nobody is named: "were reported"
    free_order: bool  # the verb may come before whoever speaks, with no comma between
    verb_last: bool

    determiners = all_words("speakers", "determiners")
    person = re.compile(rf"\b(?:{any_regex('speakers', 'people')})", re.IGNORECASE)

    def belongs(self, word: str, *, first: bool) -> bool:
        """Return whether a word may be part of a speaker's name; `first` words have a capital anyway."""
        word = POSSESSIVE.sub("", word)
        low = word.casefold()
        if self.verb_last and SAID_CLAUSE.search(low):
            return False
        if low in self.joints or self.role.fullmatch(word) or self.modifier.fullmatch(word):
            return True
        if not word[0].isupper() or CALENDAR.fullmatch(word):
            return False
        return not (self.not_names.fullmatch(word) or self.pronoun_before.fullmatch(word) or self.verbs.fullmatch(word))

    def trims(self, word: str) -> bool:
        """Return whether a word cannot begin or end a speaker's name."""
        low = word.casefold()
        return (low in self.joints or low in self.determiners) and not self.role.fullmatch(word)

    def heads(self, word: str) -> bool:
        """Return whether a word can be what a speaker's name is about: an office, or a proper name."""
        word = POSSESSIVE.sub("", word)
        if self.role.fullmatch(word):
            return True
        return word[0].isupper() and word.casefold() not in self.determiners and not self.modifier.fullmatch(word)

    def is_object(self, word: str) -> bool:
        """Return whether a Kazakh word's ending says that it does not speak: `Алматыда`, `адамды`."""
        return (
            self.genitive is not None
            and re.search(r"(?:[дт][ае]н?|[ғгқк][ае]|[ндт][ыі])$", word.casefold()) is not None
        )


def _whole(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-]){pattern}(?![\w-])", re.IGNORECASE)


@cache
def speaker_words(language: str) -> SpeakerWords:
    """Return the words of attribution of `language`; English ones if its pack has none."""
    raw = or_first(language, "speakers")
    adverbs = any_of(raw["adverbs"])
    return SpeakerWords(
        language=language,
        verbs=_whole(rf"(?:{adverbs},?\s+)*(?P<verb>{any_of(raw['verbs'])})"),
        adverb=re.compile(adverbs, re.IGNORECASE),
        before=_whole(any_of(raw["before"])),
        after=_whole(rf"(?:{any_of(raw.get('latest', []))}\s+)?{any_of(raw['after'])}"),
        figures=_whole(any_of(raw["figures"])),
        role=re.compile(any_of(raw["roles"]), re.IGNORECASE),
        modifier=re.compile(any_of(raw["modifiers"]), re.IGNORECASE),
        joints=frozenset(raw["joints"]),
        places=re.compile(any_of(raw["places"]), re.IGNORECASE),
        pronoun_before=re.compile(rf"(?<!\w)({any_of(raw['pronouns'])})\s*$", re.IGNORECASE),
        pronoun_after=re.compile(rf"\s+{any_of(raw['pronouns'])}(?!\w)", re.IGNORECASE),
        pronoun_phrase=_whole(any_of(raw["pronoun_phrases"])),
        addressee=re.compile(rf"\s+{any_of(raw['addressees'])}(?!\w)", re.IGNORECASE),
        drops_pronoun=raw.get("drops_pronoun", False),
        no_source=_whole(any_of(raw["no_source"])),
        media=_whole(any_of(raw["media"])),
        turns=re.compile("|".join(raw["turns"]), re.IGNORECASE),
        not_names=re.compile(any_of(raw["not_names"]), re.IGNORECASE),
        genitive=re.compile(raw["genitive"] + "$") if "genitive" in raw else None,
        passive=re.compile(rf"(?<!\w){any_of(raw.get('passive', []))}\s*$", re.IGNORECASE),
        free_order=raw["free_order"],
        verb_last="genitive" in raw,
    )
