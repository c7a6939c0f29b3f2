"""Abbreviations that end in a full stop, and words that begin sentences, by language."""

from __future__ import annotations


def words(text: str) -> frozenset[str]:
    """Return the words of a list that is written as one text."""
    return frozenset(text.split())


NEVER_END: dict[str, frozenset[str]] = {
    # What they stand before belongs to them, whatever it begins with: titles, streets, "vs.", "e.g.".
    "en": words(
        "mr mrs ms ret dr prof gen col lt maj capt sgt cpl pvt sen rep gov pres rev hon st ft mt adm brig "
        "cmdr cmdt supt insp det messrs mx vs cf viz approx e.g i.e al-h ave"
    ),
    "es": words(
        "ntra ntro sr sra srta srs sres sras dr dra dres d dª dña lic ing arq gral gnral cnel cdte tte cap "
        "cmdte mons fr pbro excmo excma ilmo ilma prof profa av avda pza c ud uds vd vds pág págs pag "
        "núm núms num art arts cfr tel tfno aprox sto sta vol ej p.ej vs gob pdte sgto cbo hno hna "
        "rvdo"
    ),
    "cyrillic": words(
        "им ул пр просп пер пл пос дер р-н тов гр г-н г-жа акад проф доц инж ген полк подп лейт кап т.е "
        "т.к т.н т.ч напр см ср рис табл ст п пп гл стр тт кн изд ред тел ок о.и.о и.о врио зам пред "
        "мл пгт мкр бул наб ш.а мыс қар т.а т.ж көш қ дж св а п.п чл"
    ),
}

MAY_END: dict[str, frozenset[str]] = {
    # Followed by a capital letter they close a sentence if it begins like one, or has gone on for a while.
    "en": words(
        "u.s u.n u.k u.a.e e.u d.c a.m p.m inc corp ltd co jr sr bros est b.c a.d u.s.a ph.d m.d etc "
        "al jan feb mar apr jun jul aug sep sept oct nov dec mon tue tues wed thu thur thurs fri sat "
        "sun"
    ),
    "es": words(
        "ee.uu uu rr.hh ff.aa cc.oo jj.oo a.m p.m s.a s.l a.c d.c etc cía ca ltda jr h hs hrs km kg "
        "dpto dep ene feb mar abr may jun jul ago sep sept set oct nov dic m"
    ),
    "cyrillic": words(
        "г гг ж жж в вв ғ ғғ обл ауд др б.э.э с.ш д янв фев февр "
        "мар апр авг сен сент окт ноя нояб дек қаң ақп нау сәу мам мау шіл там қыр қаз жел пн вт чт "
        "пт сб вс"
    ),
}

UNITS: dict[str, frozenset[str]] = {
    # After a number: a capital letter begins a sentence, a further number does not.
    "en": words("mln bln km kg ft min hr hrs sec pct"),
    "es": words("mill km kg ha min seg"),
    "cyrillic": words(
        "тыс млн млрд трлн чел км кг руб тг тнг долл коп га мин сек см м л т ч шт экз куб кв кв.м мың сағ ц мг адам"
    ),
}

BEFORE_NUMBER: dict[str, frozenset[str]] = {
    # Abbreviations only before a number: "No. 5", "Jan. 6", "art. 5".
    "en": words("no nos rs re sh ksh ush tk art arts sec sect ch fig figs p pp vol par para"),
    "es": words("no nos nº n cap fig figs p pp pp inc párr apdo"),
    "cyrillic": words("вып рис разд абз с б т бап л к кв корп стр под д м"),
}

STARTERS: dict[str, frozenset[str]] = {
    # Words that, with a capital letter after an abbreviation or an initial, begin a new sentence.
    "en": words(
        "The A An In On At He She It They We You I This That These Those There But And However "
        "Meanwhile Police Officials Authorities Protesters Residents Witnesses Demonstrators Earlier "
        "Later After Before When While Since According As If For From By With His Her Its Their Our "
        "My No Not Some Many Most More All Both Several Hundreds Thousands Dozens Scores Also Since "
        "Still Then Now What Who Why How Where Local State Internet Troops Soldiers Security Two "
        "Three Four Five One At Last Nearly About Around Under Over During Despite"
    ),
    "es": words(
        "El La Los Las Un Una Unos Unas En De Del Al A Por Para Con Sin Según Pero Y O Este Esta "
        "Estos Estas Ese Esa Esto Eso Él Ella Ellos Ellas Se Su Sus Lo Le Les No Ni Más Muchos "
        "Algunos Todos Cuando Mientras Desde Hasta Tras Ante Además También Sin Así Como Aunque Entre "
        "Durante Después Antes Ayer Hoy Ahora Ya Hay Fue Es Son Policías Manifestantes Autoridades "
        "Miles Cientos Decenas Varios Dos Tres Cuatro Que Qué Quién Cómo Dónde"
    ),
    "cyrillic": words(
        "В Во На По С Со К О Об От До Из За Для При Под Над Без Он Она Оно Они Мы Вы Я Это Этот Эта "
        "Эти Тот Та Те Но Однако А И Или Если Когда Пока После Перед Также Так Как Что Кто Где Там "
        "Тут Теперь Сейчас Ранее Позже Затем Потом Накануне Сегодня Вчера Не Ни Его Её Ее Их Все Всё "
        "Всего Многие Некоторые Более Около Почти Полиция Власти Протестующие Митингующие "
        "Демонстранты Жители Сотни Тысячи Десятки Президент Правительство Среди Согласно Кроме Между "
        "Ещё Еще Уже Только Тем Бұл Ол Олар Осы Сол Біз Мен Сіз Бірақ Ал Және Сондай-ақ Алайда "
        "Сонымен Оның Олардың Кеше Бүгін Енді Қазір Бұған Бұдан Одан Сондықтан Полицейлер Билік "
        "Наразылар Наразылық Бұрын Кейін Жүздеген Мыңдаған Ондаған Барлығы Оларды Оған Себебі Демек "
        "Осыған Осылайша"
    ),
}
