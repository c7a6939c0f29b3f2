"""Make the endings by which an inflected name comes to its base form: `retrieval/language/packs/kk/base_forms.json`,
`retrieval/language/packs/ru/base_forms.json`.

Run: python -m training.base_forms [--write]. Without `--write` it prints how many words of the labelled texts come out
right, each fold by the endings of the others. Pairs of a word and its base form come from the names that
`training/data/figures/*.jsonl` label in texts (those of the exam left out), from the declined names of the `.toml`, and
from the names of the CLDR, declined by its cases.
"""

from __future__ import annotations

import argparse
import json
import re
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import takewhile

from retrieval.domain import Span
from retrieval.language.names.base_forms import LONGEST_ENDING, RULES, is_declined, rule_for, with_rule
from retrieval.language.names.places import named_places
from retrieval.language.packs import FOLDER, FULL_LANGUAGES
from training.figure_examples import DATA, UNKNOWN, labelled_rows, named
from training.figures import fold_of

LEAST_SEEN = 2  # words of an ending
LEAST_SHARE = 0.75  # of them that its rule brings to their base form
FOLDS = 5

Pair = tuple[str, str]  # a word as it stands, and its base form
Rules = dict[str, tuple[int, str]]


def pairs(language: str) -> Iterator[tuple[int, Pair]]:
    """Yield each word of a name with its base form, and the fold of its text; -1: of the lists."""
    for row in labelled_rows(wire=False):
        if row["language"] != language:
            continue
        spans = [Span(*match.span()) for match in re.finditer(r"\S+", row["text"])]
        names = {figure[name] for figure in row["figures"] for name in ("speaker", "place") if figure[name]}
        for name in names:
            found = named(row["text"], language, spans, name, 0)
            if found in (None, UNKNOWN):
                continue
            first, last = found
            if not is_declined(row["text"][: spans[first].start], language):
                continue
            surface = re.findall(r"[\w-]+", row["text"][spans[first].start : spans[last].end])
            base = re.findall(r"[\w-]+", name)
            if len(surface) == len(base):
                yield from ((fold_of(row["id"]), pair) for pair in zip(surface, base, strict=True))
    listed = tomllib.loads((DATA / f"{language}.toml").read_text(encoding="utf-8"))
    for entry in listed["places"]["names"]:  # base form, and the one after a preposition
        forms = [form.split() for form in entry.split("|")[:2]]
        yield from ((-1, pair) for pair in zip(forms[-1], forms[0], strict=True))
    for entry in listed["speakers"]["subjects"]:
        forms = [form.replace("@", "").split() for form in entry.split("|")]
        if len(forms) == 3 and forms[2]:
            yield from ((-1, pair) for pair in zip(forms[2], forms[0], strict=True))
    yield from ((-1, pair) for pair in declined(language))


def declined(language: str) -> Iterator[Pair]:
    """Yield the forms of the countries and cities that the CLDR names, by the `[cases]` of a language."""
    cases = tomllib.loads((DATA / f"{language}.toml").read_text(encoding="utf-8")).get("cases", {})
    for name in {name for _, name in named_places(language) if cases and name.isalpha()}:
        for ending, others in cases.items():
            last = next((one for one in ending.split(",") if name.endswith(one)), None)
            if last is not None:
                stem = name if "," in ending else name.removesuffix(last)
                yield stem + others[0], name
                break
        else:
            yield name, name


def _rule(word: str, base: str) -> tuple[int, str]:
    same = takewhile(lambda two: two[0] == two[1], zip(word.casefold(), base.casefold(), strict=False))
    kept = len(list(same))
    return len(word) - kept, base.casefold()[kept:]


def rules_of(known: Iterable[Pair]) -> Rules:
    """Return for endings the letters to cut and to add; the longest ending that a word has decides."""
    seen: defaultdict[str, Counter[tuple[int, str]]] = defaultdict(Counter)
    for word, base in set(known):
        low, rule = word.casefold(), _rule(word, base)
        for size in range(max(1, rule[0]), min(LONGEST_ENDING, len(low)) + 1):
            seen[low[-size:]][rule] += 1
    rules = {}
    for ending, counts in seen.items():
        (rule, count), total = counts.most_common(1)[0], sum(counts.values())
        if total >= LEAST_SEEN and count >= LEAST_SHARE * total:
            rules[ending] = rule
    return {e: rule for e, rule in sorted(rules.items()) if rule_for(e[1:], rules) != rule}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true")
    write = parser.parse_args().write
    for language in FULL_LANGUAGES:
        known = list(pairs(language))
        right = same = total = 0
        for fold in range(FOLDS):
            rules = rules_of(pair for at, pair in known if at != fold)
            for word, base in (pair for at, pair in known if at == fold):
                total += 1
                same += word.casefold() == base.casefold()
                right += with_rule(word, rule_for(word.casefold(), rules)).casefold() == base.casefold()
        print(f"{language}: {right} of {total} words right, {same} as they stand")
        if write and right > same:
            target = FOLDER / language / RULES
            content = rules_of(pair for _, pair in known)
            content |= {
                f"={word.casefold()}": _rule(word, base)
                for word, base in sorted({*declined(language), *(pair for at, pair in known if at < 0)})
                if with_rule(word.casefold(), rule_for(word.casefold(), content)) != base.casefold()
            }
            target.write_text(json.dumps(content, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
