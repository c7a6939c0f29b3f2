"""Phrases that stand on pages of news and belong to no article, in English, Russian, Kazakh and Spanish."""

from __future__ import annotations

import re

LONGEST_FURNITURE = 250  # characters; longer lines are prose, whatever they begin with

# "Read more: ..." and its like: a pointer to another page, when a colon or the end of the line follows.
POINTERS = (
    r"read (?:more|also|next|on)",
    r"see (?:also|more)",
    r"more (?:on this(?: story)?|from .{1,30}|stories|to read)",
    r"more",
    r"related(?: (?:stories|articles|coverage|content|links|topics))?",
    r"(?:also|recommended|you may also like|don't miss|watch|listen|editor's picks?|most read|up next)",
    r"(?:читайте|смотрите|слушайте|см\.?) (?:также|ещ[её]|далее|нас)",
    r"(?:(?:материалы |ещ[её] )?по теме|похожие (?:новости|материалы)|другие новости|главное сегодня)",
    r"(?:тағы|сондай-ақ|осы тақырыпта|тақырып бойынша) ?(?:оқыңыз(?:дар)?|қараңыз(?:дар)?)?",
    r"(?:оқи отырыңыз|оқыңыз|ұқсас жаңалықтар|басқа жаңалықтар)",
    r"(?:lea|lee|leer|vea|ve|ver|mira) (?:también|más)",
    r"(?:(?:te|le) (?:puede|podría) interesar|noticias? relacionadas?)",
    r"más (?:información|noticias|sobre .{1,30})",
)

# Lines that are nothing but this.
WHOLE = (
    r"(?:\d+ )?(?:comments?|комментари(?:и|й|ев|я)|пікір(?:лер)?|comentarios?)",
    r"(?:share(?: this| it| on .{1,20})?|поделиться(?: .{1,30})?|бөлісу|compartir(?: .{1,30})?)",
    r"(?:advertisement|ad|реклама|жарнама|publicidad|anuncio|sponsored(?: content)?)",
    r"(?:print|email|save|loading\W*|photos?|videos?)",
    r"(?:updated?|published|posted|last (?:updated|modified)|обновлено|опубликовано|жаңартылды|жарияланды"
    r"|actualizado|publicado)\b[^.!?]{0,10}[\d:.,/ \w]{3,40}\.?",
    r"(?:copy|copied|скопировать|копировать|көшіру|copiar)(?: .{1,20})?",
    r"[\W_]+",
)

# Lines that begin so.
BEGINNINGS = (
    r"(?:please )?(?:click|tap|press) (?:here|below|on the link)\b",
    r"(?:please )?(?:sign up|subscribe|register)\b.{0,80}"
    r"\b(?:newsletters?|channel|now|today|here|inbox|alerts?|emails?|free)\b",
    r"(?:get|download) (?:the |our )?.{0,40}\b(?:app|newsletter|unlimited access|inbox)\b",
    r"get access to\b",
    r"(?:please )?(?:follow|like|join|find) (?:us|me|him|her|them|the author|.{1,40}) on "
    r"(?:twitter|x|facebook|instagram|telegram|whatsapp|youtube|tiktok|linkedin)\b",
    r"e-?mail .{1,40} at \S+@\S+",
    r"(?:reach|contact) (?:the )?(?:reporters?|writers?|authors?|editors?)\b.{0,40}\b(?:at|on|via)\b",
    r"(?:like|enjoyed|love) this (?:story|article|post)\b",
    r"(?:tell us what you|what do you) think\b",
    r"share this (?:story|article|post|page)\b",
    r"(?:reporting|writing|additional reporting|editing|compiled) by [A-ZА-ЯЁӘІҢҒҮҰҚӨҺ\w]",
    r"(?:our standards:|all rights reserved|copyright\b|©|\(c\) )",
    r"(?:this (?:site|website|page) uses|we use|by continuing).{0,60}\b(?:cookies?|privacy)\b",
    r"(?:source|sources): .{1,60}$",
    r"(?:подпис(?:ывайтесь|аться|ывайся|ка)|следите за|читайте нас|присоединяйтесь)\b.{0,90}"
    r"\b(?:telegram|телеграм\w*|канал\w*|новост\w+|рассылк\w+|instagram|facebook|youtube|whatsapp|соцсет\w+|нас|нами)\b",
    r"(?:нашли|заметили|если вы (?:нашли|заметили|обнаружили)) (?:ошибку|опечатку|неточность)\b",
    r"(?:при (?:использовании|перепечатке|копировании) материалов|все права защищены|источник: .{1,60}$)",
    r"(?:(?:telegram|біздің|бізге|арнамызға|парақшамызға|жаңалықтар).{0,60})\b(?:жазылыңыз(?:дар)?|тіркеліңіз(?:дер)?)\b",
    r"(?:қате тапсаңыз|барлық құқықтар|материалды (?:пайдалан|көшір)|дереккөз: .{1,60}$)",
    r"(?:s[ií]gu?enos|síganos|suscr[ií]b(?:ete|ase)|únete|únase|regístrate)\b",
    r"(?:haga|haz) clic\b",
    r"(?:todos los derechos reservados|con información de .{1,40}$|fuente: .{1,60}$)",
)

_POINTER = re.compile(rf"(?:[-–—•*►▶>\[(]\s*)?(?:{'|'.join(POINTERS)})\s*(?::|[]).…>»]*$|[-–—|] )", re.I)
_WHOLE = re.compile(rf"(?:{'|'.join(WHOLE)})", re.I)
_BEGINNING = re.compile(rf"[\W_]*(?:{'|'.join(BEGINNINGS)})", re.I)
_SHARED = re.compile(r"\bcontributed to this (?:report|story|article)\.?$", re.I)


def is_furniture(line: str) -> bool:
    """Say whether a line of a page is a pointer, a button, a notice or a call to subscribe, not prose."""
    line = line.strip()
    if len(line) > LONGEST_FURNITURE:
        return False
    return bool(_WHOLE.fullmatch(line) or _POINTER.match(line) or _BEGINNING.match(line) or _SHARED.search(line))
