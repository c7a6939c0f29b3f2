"""What strangers wrote, made harmless to send: nothing in it can be tapped, called or obeyed."""

from __future__ import annotations

import re
import unicodedata

BREAK = "\u2060"  # word joiner: no width, no line break; Telegram links nothing across it
_KEPT_INVISIBLE = frozenset("\u200c\u200d\u2060")  # joiners that scripts and emoji need, and our own break

_SCHEME = re.compile(
    r"(?:data|file|ftps?|https?|javascript|mailto|sip|sms|tel|tg|ton|tonsite|vbscript|xmpp)(?=:)|(?=://)",
    re.IGNORECASE,
)
_HOST = re.compile(r"(?<=[\w-])\.(?=[^\W\d_]{2,})", re.IGNORECASE)
_ADDRESS = re.compile(r"\d{1,3}(?:\.\d{1,3}){3,}")
_MENTION = re.compile(r"[@＠](?=\w)")
_COMMAND = re.compile(r"(?<![\w/.])[/／](?=[a-zA-Z0-9_]{1,64})")
_HASHTAG = re.compile(r"(?<![\w&])[#＃$](?=[^\W\d_])")

_UNSAFE_STATEMENT = re.compile(
    r"[<>`\[\]{}|\\*~]|__|[@＠]\w|(?<![\w/.])[/／][^\W\d_]|[#＃]\w|\bwww\.|://|&(?:#\w+|[a-z]{2,8});"
    r"|\b(?:tg|mailto|javascript|data|tel|ton|sms|xmpp):\S|\d{1,3}(?:\.\d{1,3}){3}"
    r"|(?:[\w-]+\.)+(?:[^\W\d_]{2,24}|xn--\w+)(?!\w)",
    re.IGNORECASE,
)
_DOTTED = re.compile(r"\bEE\.\s?UU\b|\b(?:[^\W\d_]\.){2,}")
"""Abbreviations that look like the name of a host: EE.UU., U.S."""


class _Seen(dict[int, int | None]):
    """Which of the characters met so far are kept, as `str.translate` asks for it: a class because it asks so."""

    def __missing__(self, code: int) -> int | None:
        c = chr(code)
        unseen = unicodedata.category(c) in ("Cc", "Cf", "Co", "Cs", "Cn")
        self[code] = None if unseen and c not in "\n\t" and c not in _KEPT_INVISIBLE else code
        return self[code]


_SEEN = _Seen()


def visible(text: str) -> str:
    """Return `text` without control and invisible characters, but for line breaks and script joiners."""
    return text.translate(_SEEN)


def defang(text: str) -> str:
    """Return quoted text so that it reads the same and does nothing in Telegram.

    A word joiner (no width) goes where Telegram would see a link: before the colon of an active scheme, behind
    the dot of a host or address, the @ of a mention, the / of a command, the # of a tag. Invisible and control
    characters are taken out. For rendering only: the JSON contract carries quotes verbatim.
    """
    text = visible(text).replace(BREAK, "")
    text = _SCHEME.sub(lambda match: match[0] + BREAK, text)
    text = _ADDRESS.sub(lambda match: match[0].replace(".", "." + BREAK), text)
    for pattern in (_HOST, _MENTION, _COMMAND, _HASHTAG):
        text = pattern.sub(lambda match: match[0] + BREAK, text)
    return text


def is_plain(statement: str) -> bool:
    """Say whether a model's sentence is words alone: no link, mention, command, markup or hidden character."""
    if visible(statement) != statement or "\n" in statement or "\t" in statement:
        return False
    if unicodedata.normalize("NFKC", statement) != statement:
        statement += "\n" + unicodedata.normalize("NFKC", statement)
    return _UNSAFE_STATEMENT.search(_DOTTED.sub("", statement)) is None


_TO_MACHINES = re.compile(
    r"\b(?:"  # looked for once at each place, not once for each of what follows: four times as fast
    r"(?:ignore|disregard|forget|olvida|olvide|ignora|забудьте|забудь|игнорируй|игнорируйте)\s+(?:\w+\s+){0,3}"
    r"(?:instructions?|rules|prompts?|instrucciones|reglas|указани\w+|инструкци\w+|правила?)\b"
    r"|(?:нұсқау|ереже)\w*\s+(?:\w+\s+){0,2}ұмыт\w*"
    r"|system\s+(?:prompt|message)|системн\w+\s+(?:подсказк|промпт|сообщени)\w*|жүйелік\s+мәтін\w*"
    r"|mensaje\s+del\s+sistema"
    r"|AI\s+(?:systems?|assistants?|models?)\b|(?:для|помощник\w*|ассистент\w*)\s+ИИ\b|ЖИ\s+үшін\b|para\s+(?:la\s+)?IA\b"
    r"|(?:the|this)\s+(?:assistant|bot|chatbot)\s+(?:must|should|will)\b|(?:assistants?|bot|chatbot)\s*[:,]"
    r"|(?:помощник|ассистент|бот)\b\W*(?:обязан|должен|замени|отвечай)|көмекші\w*\s+(?:\w+\s+)*(?:керек|тиіс)\b"
    r"|el\s+(?:asistente|bot)\s+debe\b|(?:in|to)\s+(?:the|every|your)\s+(?:answer|summary|response)\b"
    r"|your\s+(?:answers?|responses?|repl(?:y|ies)|output)\b|(?:ваш|тво)\w{1,2}\s+ответ\w*|tus?\s+respuestas?\b"
    r"|жауабың(?:ыз)?\w*"
    r"|в\s+(?:\w+\s+){0,2}ответа\b|(?:en|a)\s+(?:la|cada|tu)\s+respuesta\b|(?:passage|отрывок\w*|pasaje)\s+P\d"
    r")|\A\W*(?:system|система|жүйе|sistema|assistant|human)\s*:",
    re.IGNORECASE,
)


def addresses_machines(sentence: str) -> bool:
    """Say whether a sentence of an article speaks to whatever reads it for others, rather than to a reader.

    A rough sieve for planted instructions in the four languages ("ignore previous instructions", "the bot must
    ..."): such a sentence is no news, so none is quoted and no statement may rest on it.
    """
    return _TO_MACHINES.search(visible(sentence)) is not None
