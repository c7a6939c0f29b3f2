"""The words by which a question asks for a kind of thing, and by which a text shows that it holds one."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """What would answer a question, as far as its form tells."""

    PERSON = "person"
    NUMBER = "number"
    DATE = "date"
    PLACE = "place"
    ORGANISATION = "organisation"
    REASON = "reason"
    MANNER = "manner"
    DEFINITION = "definition"
    YESNO = "yesno"
    OTHER = "other"


ASKS: dict[str, tuple[tuple[Kind, str], ...]] = {
    "en": (
        (
            Kind.REASON,
            r"\bwhy\b|\bhow come\b|\bfor what reason\b|\bwhat (?:\w+ )?(?:started|caused|causes|triggered|sparked|"
            r"provoked|led to|prompted)\b|\bwhat (?:is|was|were|are) the (?:causes?|reasons?|motives?)\b",
        ),
        (
            Kind.NUMBER,
            r"\bhow (?:many|much|old|long|far|tall|large|high|big|often|deep|heavy|fast|wide)\b|\b(?:what|which)"
            r"(?: is| was| were| are|'s)?(?: the)? (?:\w+ )?(?:number|population|percentage|percent|amount|height|"
            r"length|age|price|cost|toll|size|total|distance|weight|temperature|figure)\b",
        ),
        (
            Kind.DATE,
            r"\bwhen\b|\bsince when\b|\bhow soon\b|\b(?:what|which)(?: is| was)?(?: the)? (?:year|date|day|month|"
            r"time|century|hours?)\b",
        ),
        (
            Kind.PLACE,
            r"\bwhere\b|\b(?:what|which)(?: is| was)?(?: the)? (?:\w+ )?(?:city|cities|country|countries|town|place|"
            r"region|district|province|continent|village|location|capital|airport|square)\b",
        ),
        (
            Kind.ORGANISATION,
            r"\b(?:what|which) (?:\w+ )?(?:company|organi[sz]ation|agency|party|ministry|team|group|band|alliance|"
            r"university|club|outlet|newspaper|channel|bank|network|school)\b",
        ),
        (
            Kind.DEFINITION,
            r"^\W*who (?:is|was|were|are) (?=[^a-z])[^?]*\??\s*$|^\W*what (?:is|are) an? \w+\W*$|"
            r"\bmeaning of\b|\bmean\b",
        ),
        (
            Kind.PERSON,
            r"\bwho(?:m|se|'s)?\b|\b(?:what|which) (?:\w+ )?(?:person|president|minister|author|actor|actress|"
            r"singer|king|queen|man|woman|leader|official|general|spokes\w+|player|artist|writer|director)\b",
        ),
        (Kind.MANNER, r"\bhow\b"),
        (Kind.OTHER, r"\bwhat\b|\bwhich\b|\bname\b"),
        (
            Kind.YESNO,
            r"^\W*(?:is|are|was|were|did|do|does|has|have|had|can|could|will|would|should|may|must)\b",
        ),
    ),
    "ru": (
        (
            Kind.REASON,
            r"\bпочему\b|\bзачем\b|\bотчего\b|\bиз[- ]за чего\b|\bза что\b|\bпо как(?:ой|им) причин|\bв ч[её]м причин"
            r"|\bкаков\w* причин|\bчто (?:\w+ )?(?:вызвало|спровоцировало|послужило|стало причиной)",
        ),
        (
            Kind.NUMBER,
            r"\bсколь\w+\b|\bкак (?:много|часто|долго|далеко)\b|\bкак(?:ой|ая|ое|ова|ово|"
            r"ов)\b (?:\w+ )?(?:длин|высот|"
            r"возраст|числ|количеств|населени|площад|цен|размер|вес|температур|процент|дол|численност|стоимост|"
            r"расстояни|ущерб)\w*|\bв каком возрасте\b",
        ),
        (
            Kind.DATE,
            r"\bкогда\b|\bв как(?:ом|ие) (?:году|веке|месяце|годы|день)\b|\bкакого (?:числа|года)\b|\bв какой день\b|"
            r"\bкак(?:ая|ой) (?:дата|год|день)\b|\bс каких пор\b|\bдо каких пор\b|\bв котором часу\b",
        ),
        (
            Kind.PLACE,
            r"\bгде\b|\bкуда\b|\bоткуда\b|\b(?:в |на |из )?как(?:ом|ой|ая|ие|их|ого|ую)\b (?:\w+ )?(?:город|стран|"
            r"мест|област|район|регион|континент|материк|посел|деревн|столиц|государств|аэропорт|площад)\w*",
        ),
        (
            Kind.ORGANISATION,
            r"\bкак(?:ая|ие|ой|ую)\b (?:\w+ )?(?:компани|организаци|агентств|парти|министерств|команд|групп|"
            r"альянс|университет|клуб|издани|газет|канал|банк|ведомств)\w*",
        ),
        (Kind.DEFINITION, r"\bчто так(?:ое|ой|ая)\b|\bкто так(?:ой|ая|ие)\b|\bчто (?:значит|означает)\b"),
        (
            Kind.PERSON,
            r"\bкто\b|\bкого\b|\bкому\b|\bкем\b|\bо ком\b|\bч(?:ей|ья|ьё|ье|ьи)\b|\bкак (?:зовут|звали)\b|"
            r"\bкак(?:ой|ая|ого)\b (?:\w+ )?(?:человек|президент|министр|автор|акт[её]р|актриса|пев\w+|король)\w*",
        ),
        (Kind.OTHER, r"\bкак называ\w+|\bкак(?:ой|ая|ое|ие|ого|их|им|ую|ом|ими)\b|\bчто\b|\bч(?:ем|его|ему)\b"),
        (Kind.MANNER, r"\bкак(?:им образом)?\b"),
        (Kind.YESNO, r"\bли\b|\?\s*$"),
    ),
    "es": (
        (
            Kind.REASON,
            r"\bpor que\b|\bpara que\b|\ba que se deb\w+|\bcual(?:es)? (?:es|son|fue|era|"
            r"fueron)? ?(?:las? |los? |el )?"
            r"(?:causas?|razon(?:es)?|motivos?)\b|\bque (?:\w+ )?(?:causo|causa|provoco|provoca|"
            r"origino|desato|desencadeno)\b",
        ),
        (
            Kind.NUMBER,
            r"\bcuant[oa]s?\b|\bcual (?:es|era|fue) (?:la|el) (?:\w+ )?(?:poblacion|altura|edad|numero|precio|cifra|"
            r"cantidad|superficie|tamano|peso|longitud|distancia|porcentaje|coste|costo|balance)\b|\bque (?:edad|"
            r"altura|cantidad|numero|porcentaje|tamano|distancia)\b",
        ),
        (
            Kind.DATE,
            r"\bcuando\b|\b(?:en |de |a |desde |hasta )?que (?:ano|fecha|dia|mes|siglo|hora|horas|epoca)\b|"
            r"\bcual (?:es|era|fue) la fecha\b",
        ),
        (
            Kind.PLACE,
            r"\ba?donde\b|\b(?:en |de |a )?(?:que|cual(?: es| era)?(?: el| la)?) (?:ciudad|ciudades|"
            r"pais|paises|lugar|"
            r"region|provincia|continente|estado|capital|pueblo|aeropuerto|plaza|sitio)\b",
        ),
        (
            Kind.ORGANISATION,
            r"\b(?:que|cual(?: es| era)?(?: el| la)?) (?:empresa|compania|organizacion|agencia|partido|ministerio|"
            r"equipo|grupo|banda|alianza|universidad|club|medio|diario|canal|banco|bancos)\b",
        ),
        (
            Kind.DEFINITION,
            r"\bque (?:es|son|era|fue|significa)\b|\bquien(?:es)? (?:es|era|fue|son|fueron) [A-Z]|\bsignificado de\b",
        ),
        (
            Kind.PERSON,
            r"\bquien(?:es)?\b|\b(?:que|cual) (?:\w+ )?(?:persona|presidente|ministro|autor|actor|"
            r"actriz|cantante|rey)\b",
        ),
        (Kind.OTHER, r"\bque\b|\bcual(?:es)?\b|\bcomo se (?:llama|llaman|llamaba|dice)\b"),
        (Kind.MANNER, r"\bcomo\b"),
        (Kind.YESNO, r"^\W*\w+"),
    ),
    "kk": (
        (
            Kind.REASON,
            r"\bнеге\b|\bне үшін\b|\bнеліктен\b|\bне себепті\b|\bсебебі (?:не|неде)\b|\bне себеп\b|"
            r"\bненің салдарынан\b",
        ),
        (Kind.NUMBER, r"\bқанша\w*\b|\bнеше(?:у|уі)?\b(?! жылы)|\bқандай (?:биіктік|ұзындық|баға|мөлшер|сан)\w*\b"),
        (
            Kind.DATE,
            r"\bқашан\w*\b|\bқай (?:жыл|күн|ай|уақыт|ғасыр|мезгіл)\w*\b|\bнешінші (?:жыл|күн|"
            r"ғасыр)\w*\b|\bнеше жылы\b|"
            r"\bқандай (?:күн|жыл)\w*\b",
        ),
        (
            Kind.PLACE,
            r"\bқайда\w*\b|\bқай (?:қала|ел|жер|облыс|аудан|аймақ|мемлекет|ауыл|құрлық)\w*\b|"
            r"\bқандай (?:қала|ел|жер)\w*\b|"
            r"\bқай(?:сы)? жерде\b",
        ),
        (
            Kind.ORGANISATION,
            r"\b(?:қай|қандай) (?:компания|ұйым|агенттік|партия|министрлік|команда|топ|университет|банк|арна)\w*\b",
        ),
        (Kind.DEFINITION, r"\bдегеніміз не\b|\bдеген не\b|\bдеген кім\b|\bне деген\b"),
        (Kind.PERSON, r"\bкім\w*\b"),
        (Kind.MANNER, r"\bқалай\w*\b"),
        (Kind.OTHER, r"\bне\b|\bнені\b|\bнемен\b|\bқандай\b|\bқай(?:сы)?\b"),
        (Kind.YESNO, r"\b(?:ма|ме|ба|бе|па|пе)\b"),
    ),
}
"""Per language, in order of precedence, the forms that ask for each kind; Spanish without its accents."""

NUMBER_WORDS = {
    "en": r"one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozens?|scores|hundreds?|thousands?|"
    r"millions?|billions?|half|several|no one|nobody|none|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety",
    "ru": r"один|одна|одного|два|две|двое|двух|три|трое|тр[её]х|четыре|четверо|пять|пятеро|шесть|семь|восемь|девять|"
    r"десять|десят(?:ки|ков|кам)|сотн(?:и|я|ями)|сотен|тысяч\w*|миллион\w*|миллиард\w*|половин\w*|несколько|никто",
    "es": r"un[oa]?|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|once|doce|decenas?|docenas?|"
    r"cientos|centenar(?:es)?|"
    r"mil|miles|millones|millon|mitad|varios|varias|nadie|ningun[oa]?|veinte|treinta|cuarenta|cincuenta",
    "kk": r"бір|екі|үш|төрт|бес|алты|жеті|сегіз|тоғыз|он|жиырма|отыз|қырық|елу|жүз\w*|мың\w*|миллион\w*|миллиард\w*|"
    r"ондаған|жүздеген|мыңдаған|бірнеше|жарты\w*|ешкім|(?:екеу|үшеу|төртеу|бесеу)і?",
}
DAY_WORDS = {
    "en": r"yesterday|today|tomorrow|tonight|overnight|(?:next|last|following) (?:day|week|month|"
    r"year)|in (?:two|three|\d+) days",
    "ru": r"вчера|сегодня|завтра|накануне|через \w+ (?:дня|дней|недел\w+)|\w+ веке",
    "es": r"ayer|hoy|anoche|en (?:dos|tres|\d+) dias|siglo [ivx]+",
    "kk": r"кеше|бүгін|ертең|ғасыр\w*",
}
REASONS = {
    "en": r"because|due to|owing to|in response to|after|over|as a result|caused|causes?|triggered|"
    r"sparked|led to|since|"
    r"in order to|so that|therefore|reason|for|citing|amid|following|lit|protest(?:ing)? against",
    "ru": r"потому|из[- ]за|так как|поскольку|вследствие|в результате|по причине|чтобы|причин\w+|благодаря|в связи|"
    r"в ответ|после|вызва\w+|привел\w*|поэтому|за то|для|ради|на фоне",
    "es": r"porque|debido|a causa|ya que|puesto que|por|tras|causas?|provoc\w+|motivo|para|pues|raz[oó]n|gracias a|"
    r"en respuesta|como consecuencia|desat\w+|encendi\w+",
    "kk": r"себеб\w+|өйткені|сондықтан|үшін|салдарынан|байланысты|кесірінен|нәтижесінде|қарсы|соң|"
    r"кейін|деп|болғандықтан",
}
LOCATIVES = {
    "en": r"in|at|near|from|to|of|outside|across|around|on|into",
    "ru": r"в|во|на|из|у|под|около|возле|к|из-под",
    "es": r"en|de|desde|a|cerca de|hacia|sobre",
    "kk": r"",
}
ORGANISATION_WORDS = (
    r"ministry|organi[sz]ation|agency|company|party|council|committee|university|association|alliance|police|"
    r"министерств\w+|организаци\w+|агентств\w+|компани\w+|парти\w+|совет\w*|комитет\w*|университет\w*|мвд|полици\w+|"
    r"ministerio|organizacion|agencia|compania|empresa|partido|consejo|comite|universidad|asociacion|policia|"
    r"министрліг\w+|министрлік\w*|ұйым\w*|агенттіг\w+|компания\w*|партия\w*|кеңес\w*|комитет\w*|полиция\w*"
)
