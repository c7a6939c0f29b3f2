"""The language of texts, titles and questions."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.language.detect import UNDETERMINED, detect, transliterated
from retrieval.language.packs import LANGUAGES

QUESTIONS = {
    "en": [
        "How many people were killed?", "who sent troops", "WHAT HAPPENED ON THURSDAY", "Curfew", "Latest on Almaty?",
        "and the wounded?", "Did Tokayev resign?", "Is the internet working", "Protesters storm city hall in Almaty",
        "What did we know on the morning of the 6th?", "why did gas prices double", "How many died in Алматы?", "hello",
    ],
    "ru": [
        "Сколько человек погибло?", "кто ввёл войска", "ЧТО СЛУЧИЛОСЬ В ЧЕТВЕРГ", "Сводка", "а раненых?", "что?",
        "Токаев ушёл в отставку?", "работает ли интернет", "Протестующие захватили акимат Алматы", "новости",
        "Что сказал Қасым-Жомарт Тоқаев?", "Что известно про Almaty Airport?", "комендантский час",
        "люди отравились?", "В каком случае им можно стрелять", "хай", "Можно покороче отвечать?", "скучно мне",
    ],
    "kk": [
        "Қанша адам қаза тапты?", "әскерді кім енгізді", "БЕЙСЕНБІДЕ НЕ БОЛДЫ", "кім?", "ал жараланғандар ше?",
        "Тоқаев отставкаға кетті ме?", "интернет жұмыс істеп тұр ма", "Алматыда не болды?", "соңғы жаңалықтар",
        "Наразылық неден басталды?", "канша адам каза тапты", "Алматыда кандай жагдай болып жатыр",
    ],
    "es": [
        "¿Cuántas personas murieron?", "quien envio tropas", "QUÉ PASÓ EL JUEVES", "toque de queda", "¿y los heridos?",
        "¿Dimitió Tokáyev?", "funciona internet", "Manifestantes asaltan el ayuntamiento de Almaty", "detenidos",
        "que sabiamos el 6 por la mañana", "por que subio el gas", "últimas noticias", "hola",
    ],
    "uk": [
        "Скільки людей загинуло?", "хто ввів війська", "ЩО СТАЛОСЯ В ЧЕТВЕР", "Зведення", "що?", "чи є вода у місті",
        "Токаєв пішов у відставку?", "чи працює інтернет", "Протестувальники захопили акімат Алмати", "новини",
        "Що сказав Касим-Жомарт Токаєв?", "Що відомо про Almaty Airport?", "комендантська година", "привіт",
        "що нового", "а поранених?", "чи були жертви", "коли почалося",
    ],
}  # fmt: skip

FOREIGN = {
    "Arabic": "خرج آلاف المتظاهرين إلى شوارع العاصمة احتجاجا على ارتفاع أسعار الغاز",
    "Chinese": "数千名示威者走上首都街头抗议天然气价格上涨",
    "Greek": "Χιλιάδες διαδηλωτές βγήκαν στους δρόμους",
    "French": "Des milliers de manifestants sont descendus dans les rues de la capitale pour protester contre la "
    "hausse des prix du gaz, et la police a dispersé la foule avec du gaz lacrymogène, selon des témoins.",
    "German": "Tausende Demonstranten zogen am Donnerstag durch die Straßen der Hauptstadt, um gegen die steigenden "
    "Gaspreise zu protestieren, und die Polizei setzte Tränengas ein. Die Regierung trat am Morgen zurück.",
    "Turkish": "Binlerce gösterici, gaz fiyatlarındaki artışı protesto etmek için başkentin sokaklarına döküldü ve "
    "polis kalabalığı göz yaşartıcı gazla dağıttı, dün akşam olay yerinde bulunan tanıklar böyle anlattı. "
    "Hükümet sabah istifa etti, cumhurbaşkanı da olağanüstü hal ilan etti.",
    "Belarusian": "Тысячы дэманстрантаў выйшлі на вуліцы сталіцы, каб пратэставаць супраць павышэння цэн на газ, а "
    "паліцыя разагнала натоўп слёзатачывым газам, як расказалі сведкі, якія былі на месцы ўчора ўвечары.",
    "Bulgarian": "Хиляди демонстранти излязоха по улиците на столицата, за да протестират срещу повишаването на цените "
    "на газа, а полицията разпръсна тълпата със сълзотворен газ, както разказаха свидетели, които бяха на мястото "
    "снощи. "
    "Правителството подаде оставка сутринта, а президентът обяви извънредно положение в цялата страна.",
    "Kyrgyz": "Миңдеген демонстранттар газдын баасынын көтөрүлүшүнө каршы борбордун көчөлөрүнө чыгып, милиция элди "
    "көз жашын агызуучу газ менен таркатты деп кечээ кечинде окуя болгон жерде жүргөн күбөлөр "
    "билдиришти. Өкмөт эртең менен кызматынан кетти, президент өзгөчө абал киргизди.",
}


@pytest.mark.parametrize(
    ("question", "language"),
    [(question, language) for language, questions in QUESTIONS.items() for question in questions],
)
def test_questions_and_titles_show_their_language(question: str, language: str) -> None:
    assert detect(question) == language


@pytest.mark.parametrize("name", FOREIGN)
def test_a_text_in_none_of_our_languages_is_undetermined(name: str) -> None:
    assert detect(FOREIGN[name]) == UNDETERMINED


LONG = {
    "uk": "Тисячі демонстрантів вийшли на вулиці столиці, щоб протестувати проти підвищення цін на газ, а поліція "
    "розігнала натовп сльозогінним газом, як розповіли свідки, що були на місці вчора ввечері. Уряд подав у "
    "відставку вранці.",
    "ru": "Президент Украины Владимир Зеленский заявил: «Слава Україні!» Он отметил, что страна продолжит "
    "сопротивление, "
    "и поблагодарил союзников за помощь, которую они оказали в последние месяцы войны.",
}


@pytest.mark.parametrize("language", LONG)
def test_a_long_text_shows_its_language(language: str) -> None:
    assert detect(LONG[language]) == language


@pytest.mark.parametrize("nothing", ["", "?", "👍🏽", "12.01.2022", " \n "])
def test_what_holds_no_letters_has_the_default(nothing: str) -> None:
    assert detect(nothing, default="kk") == "kk"


def test_a_name_alone_has_the_default() -> None:
    assert detect("Tokayev", default="en") == "en"
    assert detect("Tokayev", default="es") == "es"


TRANSLITERATED = [
    "skolko chelovek pogiblo", "kto vvel voyska?", "Chto proizoshlo v Almaty", "gde tokaev", "internet rabotaet?",
    "kak dela v Aktau", "pochemu nachalis protesty", "SKOLKO LYUDEY ZADERZHANO", "kogda vveli komendantskiy chas",
]  # fmt: skip


@pytest.mark.parametrize("question", TRANSLITERATED)
def test_russian_in_latin_letters_is_seen_as_russian(question: str) -> None:
    assert transliterated(question) == "ru"
    assert detect(question) == "ru"


@pytest.mark.parametrize("question", [question for questions in QUESTIONS.values() for question in questions])
def test_no_other_question_is_seen_as_russian_in_latin_letters(question: str) -> None:
    assert transliterated(question) is None


@given(st.text(max_size=200))
def test_any_text_has_one_of_the_codes(text: str) -> None:
    assert detect(text) in {*LANGUAGES, UNDETERMINED}


@pytest.mark.parametrize("text", ["a" * 10**6, "ы" * 10**6, "кто " * 250_000, "\u0301" * 10**6, "ñ" * 10**6])
def test_a_megabyte_is_judged_by_its_beginning(text: str) -> None:
    start = time.perf_counter()
    detect(text)
    transliterated(text)
    assert time.perf_counter() - start < 1
