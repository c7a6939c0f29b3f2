"""Names of months and weekdays as the news writes them, in English, Russian, Kazakh and Spanish."""

from __future__ import annotations

_MONTH_FORMS: tuple[str, ...] = (
    # One line a month; a star stands for any case ending, a full form is inflected by none.
    "january jan|январь января январе январю январем янв|қаңтар* қаң|enero ene",
    "february feb|февраль февраля феврале февралю февралем фев февр|ақпан* ақп|febrero feb",
    "march mar|март марта марте марту мартом мар|наурыз* нау|marzo mar",
    "april apr|апрель апреля апреле апрелю апрелем апр|сәуір* сәу|abril abr",
    "may|май мая мае маю маем|мамыр* мам|mayo may",
    "june jun|июнь июня июне июню июнем июн|маусым* мау|junio jun",
    "july jul|июль июля июле июлю июлем июл|шілде* шіл|julio jul",
    "august aug|август августа августе августу августом авг|тамыз* там|agosto ago",
    "september sep sept|сентябрь сентября сентябре сентябрю сентябрем сен сент|қыркүйек* қыр|"
    "septiembre setiembre sep sept set",
    "october oct|октябрь октября октябре октябрю октябрем окт|қазан* қаз|octubre oct",
    "november nov|ноябрь ноября ноябре ноябрю ноябрем ноя нояб|қараша* қар|noviembre nov",
    "december dec|декабрь декабря декабре декабрю декабрем дек|желтоқсан* жел|diciembre dic",
)

_WEEKDAY_FORMS: tuple[str, ...] = (
    "monday mon|понедельник понедельника понедельнике понедельнику пн|дүйсенбі*|lunes",
    "tuesday tue tues|вторник вторника вторнике вторнику вт|сейсенбі*|martes",
    "wednesday wed|среда среду среды среде ср|сәрсенбі*|miércoles miercoles",
    "thursday thu thur thurs|четверг четверга четверге четвергу чт|бейсенбі*|jueves",
    "friday fri|пятница пятницу пятницы пятнице пт|жұма* жұма|viernes",
    "saturday sat|суббота субботу субботы субботе сб|сенбі*|sábado sabado",
    "sunday sun|воскресенье воскресенья воскресенью вс|жексенбі*|domingo",
)

KAZAKH_ENDING = (
    r"(?:(?:н|д|т)(?:ың|ің|ы|і|а|е|ан|ен)|ға|ге|қа|ке|нда|нде|ндағы|ндегі|дағы|дегі|тағы|тегі|ның|нің|"
    r"дан|ден|тан|тен|да|де|та|те|ы|і|сы|сі|ына|іне|ында|інде|ының|інің|ынан|інен|ынша|інше)?"
)
"""The case endings that follow a Kazakh month or weekday ("қаңтарда", "бейсенбіде", "қаңтардан")."""


def _forms(table: tuple[str, ...]) -> tuple[dict[str, int], tuple[str, ...]]:
    """Return exact form -> index from 1, and the stems that take Kazakh endings."""
    exact: dict[str, int] = {}
    stems: list[str] = []
    for number, line in enumerate(table, start=1):
        for form in line.replace("|", " ").split():
            exact[form.rstrip("*")] = number
            if form.endswith("*"):
                stems.append(form[:-1])
    return exact, tuple(stems)


_MONTHS, _MONTH_STEMS = _forms(_MONTH_FORMS)
_WEEKDAYS, _WEEKDAY_STEMS = _forms(_WEEKDAY_FORMS)


def _pattern(exact: dict[str, int], stems: tuple[str, ...]) -> str:
    plain = sorted((form for form in exact if form not in stems), key=len, reverse=True)
    inflected = sorted(stems, key=len, reverse=True)
    return f"(?:(?:{'|'.join(inflected)}){KAZAKH_ENDING}|(?:{'|'.join(plain)}))(?!\\w)"


MONTH = _pattern(_MONTHS, _MONTH_STEMS)
"""A regular expression (no groups; compile with IGNORECASE) of a month's name in any of the languages."""

WEEKDAY = _pattern(_WEEKDAYS, _WEEKDAY_STEMS)
"""A regular expression (no groups; compile with IGNORECASE) of a weekday's name in any of the languages."""


def _number(word: str, exact: dict[str, int], stems: tuple[str, ...]) -> int:
    word = word.lower().replace("ё", "е")
    if word in exact:
        return exact[word]
    return exact[max((stem for stem in stems if word.startswith(stem)), key=len)]


def month_number(word: str) -> int:
    """Return 1–12 for a word that `MONTH` matched."""
    return _number(word, _MONTHS, _MONTH_STEMS)


def weekday_number(word: str) -> int:
    """Return 0 (Monday) to 6 (Sunday), as `date.weekday()` does, for a word that `WEEKDAY` matched."""
    return _number(word, _WEEKDAYS, _WEEKDAY_STEMS) - 1


DAY = r"(?:0?[1-9]|[12]\d|3[01])(?!\d)"
"""A regular expression of a day of the month."""
