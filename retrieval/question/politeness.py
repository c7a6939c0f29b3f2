"""A question without its greetings, thanks and polite forms of asking: "Hi, could you tell me who ..." -> "who ..."."""

from retrieval.language.packs import pattern

OPENS = r"\W*(?:{})\b[\s,.!:;—–-]*"
CLOSES = r"[\s,.;—–-]*(?<!\w)(?:{})(?P<marks>[\s?!.]*)\Z"


def without_politeness(text: str, language: str) -> str:
    """Return a question without what greets, thanks or asks politely; the whole text where nothing else is in it."""
    opens, closes = pattern(language, "questions", "opens", OPENS), pattern(language, "questions", "closes", CLOSES)
    rest = text
    while (match := opens.match(rest)) and match.end() < len(rest):
        rest = rest[match.end() :]
    if match := closes.search(rest):
        rest = rest[: match.start()]
        rest += match["marks"].strip() if rest[-1:].isalnum() else ""
    return rest if any(letter.isalnum() for letter in rest) else text
