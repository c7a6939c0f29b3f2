"""Names of months and weekdays as the news writes them, in English, Russian, Kazakh and Spanish."""

from __future__ import annotations

from collections.abc import Iterable

from retrieval.language.text import word_list as words

_MONTH_FORMS = (
    # One line a month; a form with a star takes the case endings of Kazakh.
    "january jan январь января январе январю январем янв қаңтар* қаң enero ene",
    "february feb февраль февраля феврале февралю февралем фев февр ақпан* ақп febrero",
    "march mar март марта марте марту мартом мар наурыз* нау marzo",
    "april apr апрель апреля апреле апрелю апрелем апр сәуір* сәу abril abr",
    "may май мая мае маю маем мамыр* мам mayo",
    "june jun июнь июня июне июню июнем июн маусым* мау junio",
    "july jul июль июля июле июлю июлем июл шілде* шіл julio",
    "august aug август августа августе августу августом авг тамыз* там agosto ago",
    "september sep sept сентябрь сентября сентябре сентябрю сентябрем сен сент қыркүйек* қыр septiembre setiembre set",
    "october oct октябрь октября октябре октябрю октябрем окт қазан* қаз octubre",
    "november nov ноябрь ноября ноябре ноябрю ноябрем ноя нояб қараша* қар noviembre",
    "december dec декабрь декабря декабре декабрю декабрем дек желтоқсан* жел diciembre dic",
)

_WEEKDAY_FORMS = (
    # No abbreviations: "sun", "sat" and "ср" are words; no bare "среда", which is an environment.
    "monday понедельник понедельника понедельнику дүйсенбі* lunes",
    "tuesday вторник вторника вторнику сейсенбі* martes",
    "wednesday среду среды сәрсенбі* miércoles miercoles",
    "thursday четверг четверга четвергу бейсенбі* jueves",
    "friday пятница пятницу пятницы пятнице жұма* viernes",
    "saturday суббота субботу субботы субботе сенбі* sábado sabado",
    "sunday воскресенье воскресенья воскресенью жексенбі* domingo",
)

KAZAKH_ENDINGS = words(
    "ның нің дың дің тың тің ны ні ды ді ты ті ға ге қа ке на не да де та те нда нде дан ден тан тен нан нен "
    "дағы дегі тағы тегі ндағы ндегі мен бен пен ы і сы сі ына іне ында інде ынан інен ындағы індегі"
)
"""The case endings that follow a Kazakh month or weekday ("қаңтарда", "бейсенбіде", "қаңтардан")."""


def _numbered(table: tuple[str, ...]) -> dict[str, int]:
    """Return every form, inflected ones included -> its line, from 1."""
    forms: dict[str, int] = {}
    for number, line in enumerate(table, start=1):
        for form in line.split():
            forms[form.rstrip("*")] = number
            if form.endswith("*"):
                forms.update({form[:-1] + ending: number for ending in KAZAKH_ENDINGS})
    return forms


MONTHS = _numbered(_MONTH_FORMS)
"""Lower-case form of a month's name -> 1–12."""

WEEKDAYS = {form: number - 1 for form, number in _numbered(_WEEKDAY_FORMS).items()}
"""Lower-case form of a weekday's name -> 0 (Monday) to 6 (Sunday), as `date.weekday()` counts."""


def any_name(names: Iterable[str]) -> str:
    """Return a regular expression of any of some names, whole to their end; their first letters are tried first.

    Twenty letters are sooner tried at each place than three hundred names.
    """
    begun: dict[str, list[str]] = {}
    for name in sorted(names, key=len, reverse=True):
        begun.setdefault(name[0], []).append(name[1:])
    return "(?:" + "|".join(f"{first}(?:{'|'.join(rests)})" for first, rests in begun.items()) + r")(?!\w)"


MONTH = any_name(MONTHS)
"""A regular expression (no groups; compile with IGNORECASE) of a month's name in any of the languages."""

DAY = r"(?:0?[1-9]|[12]\d|3[01])(?!\d)"
"""A regular expression of a day of the month."""
