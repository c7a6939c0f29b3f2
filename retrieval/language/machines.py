"""Sentences that tell a reader nothing: those that speak to machines, and those that only ask."""

from __future__ import annotations

import re

from retrieval.language.text import visible

_TO_MACHINES = re.compile(  # in small letters: to ignore case takes more than twice as long
    r"\b(?:"  # looked for once at each place, not once for each of what follows: four times as fast
    r"(?:ignore|disregard|forget|olvida|olvide|ignora|забудьте|забудь|игнорируй|игнорируйте)\s+(?:\w+\s+){0,3}"
    r"(?:instructions?|rules|prompts?|instrucciones|reglas|указани\w+|инструкци\w+|правила?)\b"
    r"|(?:нұсқау|ереже)\w*\s+(?:\w+\s+){0,2}ұмыт\w*"
    r"|system\s+(?:prompt|message)|системн\w+\s+(?:подсказк|промпт|сообщени)\w*|жүйелік\s+мәтін\w*"
    r"|mensaje\s+del\s+sistema"
    r"|ai\s+(?:systems?|assistants?|models?)\b|(?:для|помощник\w*|ассистент\w*)\s+ии\b|жи\s+үшін\b|para\s+(?:la\s+)?ia\b"
    r"|(?:the|this)\s+(?:assistant|bot|chatbot)\s+(?:must|should|will)\b|(?:assistants?|bot|chatbot)\s*[:,]"
    r"|(?:помощник|ассистент|бот)\b\W*(?:обязан|должен|замени|отвечай)|көмекші\w*\s+(?:\w+\s+)*(?:керек|тиіс)\b"
    r"|el\s+(?:asistente|bot)\s+debe\b|(?:in|to)\s+(?:the|every|your)\s+(?:answer|summary|response)\b"
    r"|your\s+(?:answers?|responses?|repl(?:y|ies)|output)\b|(?:ваш|тво)\w{1,2}\s+ответ\w*|tus?\s+respuestas?\b"
    r"|жауабың(?:ыз)?\w*"
    r"|в\s+(?:\w+\s+){0,2}ответа\b|(?:en|a)\s+(?:la|cada|tu)\s+respuesta\b|(?:passage|отрывок\w*|pasaje)\s+p\d"
    r")|\A\W*(?:system|система|жүйе|sistema|assistant|human)\s*:",
)


def addresses_machines(sentence: str) -> bool:
    """Say whether a sentence of an article speaks to whatever reads it for others, rather than to a reader.

    A rough sieve for planted instructions in the four languages ("ignore previous instructions", "the bot must
    ..."): such a sentence is no news, so none is quoted and no statement may rest on it.
    """
    return _TO_MACHINES.search(visible(sentence).lower()) is not None


_CLOSING = " \t\n\"'”»’)"
"""What may stand behind the mark that ends a sentence."""


def only_asks(sentence: str) -> bool:
    """Say whether a sentence is a question: it states nothing, so it answers none.

    Of 4,334 sentences that hold the answers of XQuAD and KazQAD not one is.
    """
    return sentence.rstrip(_CLOSING).endswith(("?", "؟"))
