"""Requests in plain words do what their command does, in the four languages."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.requests.command import run as run_ask
from bot.requests.plain import read, reply, sources_line
from bot.resources import Resources
from bot.settings import Settings, read_settings
from retrieval.domain import Intent, QuestionError
from retrieval.question.question import Question
from tests.bot.commands import Sitrep, sitrep
from tests.bot.in_process import ADMIN, InProcess, messages
from tests.conftest import SAMPLES

__all__ = ["sitrep"]


@pytest.fixture
def plain_library(data: Path) -> Iterator[Resources]:
    with Resources(Settings(data_dir=data)) as resources:
        yield resources


REQUESTS = {
    Intent.SUMMARY: [
        "what did I miss since Tuesday",
        "что было вчера вечером",
        "кеше не болды?",
        "qué pasó en Zhanaozen",
    ],
    Intent.LATEST: [
        "latest on the curfew",
        "что нового про интернет",
        "интернеттен не жаңалық",
        "lo último del aeropuerto",
    ],
    Intent.TIMELINE: ["timeline", "хронология января", "қаңтар хронологиясы", "cronología de enero"],
    Intent.FIGURES: ["how many were killed", "сколько задержано", "қанша адам қаза тапты", "cuántos detenidos hay"],
    Intent.COMPARE: ["compare the versions", "сравни версии", "нұсқаларды салыстыр", "compara las versiones"],
    Intent.WHO_SAYS: ["who says that?", "кто это сказал?", "мұны кім айтты?", "¿quién lo dice?"],
    Intent.SUBSCRIBE: [
        "send me this every morning at 8",
        "присылай каждое утро в 8",
        "күн сайын таңғы 8-де жіберіп тұр",
    ],
    Intent.UNSUBSCRIBE: [
        "stop the morning briefs",
        "больше не присылай сводки",
        "шолу жіберме енді",
        "no me mandes más",
    ],
    Intent.WATCH: [
        "tell me when the airport opens",
        "сообщи, когда откроют аэропорт",
        "avísame cuando abra el aeropuerto",
    ],
    Intent.SETTINGS: ["answer in Russian", "отвечай по-казахски", "қазақша жауап бер", "cambia el idioma a inglés"],
    Intent.HELP: ["what can you do?", "что ты умеешь?", "не істей аласың?", "¿qué puedes hacer?"],
    Intent.THANKS: ["thanks!", "спасибо большое", "көп рахмет", "muchas gracias", "spasibo", "rahmet"],
    Intent.GREETING: ["hello", "здравствуйте", "сәлем", "hola", "privet", "salem"],
    Intent.QUESTION: [
        "what has changed in the law since 2 January?",
        "who asked for help?",
        "when does the summary execution trial begin?",
        "кто подписался под обращением?",
        "кто попросил о помощи?",
        "үндеуге кім қол қойды?",
        "¿quién pidió ayuda?",
    ],
}
"""Messages of each kind, and questions on news that are worded like them."""


@pytest.fixture(scope="module")
def resources(module_data: Path) -> Iterator[Resources]:
    with Resources(Settings(data_dir=module_data)) as opened:
        yield opened


def asked(resources: Resources, text: str) -> Question:
    return read(resources, text, now=resources.settings.now(), language=None, fallback="en")


@pytest.mark.parametrize(("text", "intent"), [(text, intent) for intent, texts in REQUESTS.items() for text in texts])
def test_a_message_is_read_as_what_it_asks_for(text: str, intent: Intent, resources: Resources) -> None:
    assert asked(resources, text).intent is intent


@pytest.mark.parametrize(
    ("text", "language"),
    [("рахмет", "kk"), ("rahmet", "kk"), ("salem", "kk"), ("spasibo", "ru"), ("gracias", "es"), ("thanks", "en")],
)
def test_thanks_and_greetings_are_answered_in_their_language(text: str, language: str, resources: Resources) -> None:
    assert asked(resources, text).answer_language == language


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("send me this every morning at 8", "/subscribe"),
        ("отпиши меня от рассылки", "/unsubscribe"),
        ("әуежай ашылса хабарла", "/watch"),
        ("cambia el idioma a inglés", "/settings"),
    ],
)
def test_what_only_a_chat_can_do_names_its_command_elsewhere(text: str, command: str, resources: Resources) -> None:
    made = reply(resources, text, asked(resources, text), now=resources.settings.now())
    assert command in made.line


@pytest.mark.parametrize("text", ["what are your sources?", "какие у тебя источники?", "дереккөздер тізімі", "fuentes"])
def test_what_is_read_is_named_wherever_it_is_asked(text: str, resources: Resources) -> None:
    made = reply(resources, text, asked(resources, text), now=resources.settings.now())
    assert made.line == sources_line(resources, made.answer.language)


async def test_a_chat_does_what_plain_requests_ask_for(chat: InProcess) -> None:
    said = [
        (await chat.ask(ADMIN, text)).text
        for text in (
            "присылай сводку каждый день в семь вечера",
            "tell me when the airport opens",
            "таңғы шолу керек емес, тоқтат",
        )
    ]
    assert "19:00" in said[0]
    assert "airport" in said[1]
    assert "No more briefs" in said[2]


async def test_a_group_gets_the_brief_that_it_asks_for(chat: InProcess) -> None:
    group = chat.telegram.add_group("Newsroom", by=ADMIN)
    chat.telegram.group_message(group, ADMIN, "/admit")
    await chat.handle()
    chat.telegram.group_message(group, ADMIN, "@sitrep_test_bot what happened on 6 January?")
    assert messages(await chat.handle())[0].text.startswith("Brief, 6 Jan 2022")


@pytest.mark.parametrize(
    ("text", "result"),
    [("summary of 6 January", "[1]"), ("send me this every morning at 8", "/subscribe"), ("muchas gracias", "De nada")],
)
async def test_inline_mode_answers_plain_requests(text: str, result: str, chat: InProcess) -> None:
    chat.telegram.inline_query(ADMIN, text)
    [answer] = await chat.handle()
    assert result in answer.parameters["results"][0]["input_message_content"]["message_text"]


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Give me a daily summary", "Brief, 13 Jan 2022"),
        ("Дай сводку за 6 января", "Сводка, 6 янв. 2022"),
        ("Дай сводку о ценах на газ", "Сводка по запросу «о ценах на газ», 3 янв. – 5 янв. 2022"),
        ("Resumen del día", "Resumen, 13 ene 2022"),
        ("Бүгінгі жаңалықтарға шолу бер", "Шолу, 2022"),
    ],
)
async def test_a_summary_asked_for_is_a_brief(text: str, title: str, chat: InProcess) -> None:
    assert (await chat.ask(ADMIN, text)).text.startswith(title)


@pytest.mark.parametrize(
    "text",
    ["What do we know about Massimov?", "Что известно о Масимове?", "¿Qué se sabe de Masimov?"],
)
def test_a_summary_of_a_person_goes_back_to_the_articles_about_them(text: str, sitrep: Sitrep) -> None:
    """However long ago those are."""
    sitrep("ingest", str(SAMPLES))
    answer = json.loads(sitrep("ask", text, "--json").stdout)
    assert (answer["intent"], answer["status"]) == ("summary", "answered")
    assert any("simov" in citation["quote"] or "Масимов" in citation["quote"] for citation in answer["citations"])


@pytest.mark.parametrize(
    "text",
    [
        "timeline of Almaty airport",
        "хронология событий в аэропорту Алматы",
        "Алматы әуежайы туралы хронология",
        "cronología del aeropuerto de Almaty",
    ],
)
def test_a_timeline_of_a_topic_is_asked_for_in_plain_words(text: str, plain_library: Resources) -> None:
    now = plain_library.settings.now()
    question = read(plain_library, text, now=now, language=None, fallback="en")
    made = reply(plain_library, text, question, now=now)
    assert made.timeline is not None
    assert made.topic
    assert 0 < len(made.timeline.days) < 10


@pytest.mark.parametrize(
    ("text", "summary"),
    [
        ("show the figures for the detained", "Detained: "),
        ("покажи цифры по задержанным", "Задержанные: "),
        ("ұсталғандар туралы сандар", "Ұсталғандар: "),
        ("dame las cifras de los heridos", "Heridos: "),
    ],
)
async def test_the_figures_that_a_request_names_come_from_the_ledger(
    text: str, summary: str, chat: InProcess, sitrep: Sitrep
) -> None:
    assert summary in (await chat.ask(ADMIN, text)).text
    sitrep("ingest", str(SAMPLES))
    assert summary in sitrep("ask", text).stdout


@pytest.mark.parametrize(
    "text",
    [
        "where do the reports disagree?",
        "где источники противоречат друг другу?",
        "дереккөздер неде келіспейді",
        "¿en qué no coinciden las fuentes?",
    ],
)
async def test_a_request_to_compare_gets_the_numbers_that_are_disputed(
    text: str, chat: InProcess, sitrep: Sitrep
) -> None:
    sitrep("ingest", str(SAMPLES))
    for shown in ((await chat.ask(ADMIN, text)).text, sitrep("ask", text).stdout):
        assert "16–18" in shown.split("\n\n")[1]


@pytest.mark.parametrize(
    ("text", "summary"),
    [
        ("compare the versions of the death toll", "Killed: about 160"),
        ("какие версии по числу погибших силовиков", "Погибшие: силовики 16–18"),
        ("дереккөздер қаза тапқандар туралы не дейді, салыстыр", "Қаза тапқандар: шамамен 160"),
        ("compara las versiones sobre los muertos", "Muertos: unos 160"),
    ],
)
async def test_a_request_to_compare_numbers_gets_those_of_the_ledger(
    text: str, summary: str, chat: InProcess, sitrep: Sitrep
) -> None:
    sitrep("ingest", str(SAMPLES))
    for shown in ((await chat.ask(ADMIN, text)).text, sitrep("ask", text).stdout):
        assert summary in shown


async def test_the_latest_that_no_one_sentence_says_is_a_brief(chat: InProcess) -> None:
    await chat.ask(ADMIN, "/language ru")
    brief = await chat.ask(ADMIN, "есть что-нибудь свежее по Масимову?")
    assert brief.text.startswith("Сводка по запросу «по Масимову», 8 янв. 2022")


async def test_thanks_get_one_friendly_line(chat: InProcess) -> None:
    assert "welcome" in (await chat.ask(ADMIN, "thanks!")).text


def test_a_summary_asked_through_ask_has_verbatim_statements(sitrep: Sitrep) -> None:
    sitrep("ingest", str(SAMPLES))
    answer = json.loads(sitrep("ask", "Summarise what happened on 6 January 2022", "--json").stdout)
    assert (answer["intent"], answer["status"]) == ("summary", "answered")
    quotes = {citation["n"]: citation["quote"] for citation in answer["citations"]}
    for statement in answer["statements"]:
        assert any(statement["text"] in quotes[number] for number in statement["citations"])
    assert answer["statements"]


@pytest.mark.parametrize(
    ("short", "detailed"),
    [
        ("a short summary of 4-12 January", "a detailed summary of 4-12 January"),
        ("краткая сводка с 4 по 12 января", "подробная сводка с 4 по 12 января"),
        ("4-12 қаңтар туралы қысқаша шолу", "4-12 қаңтар туралы толық шолу"),
        ("resumen breve del 4 al 12 de enero", "resumen detallado del 4 al 12 de enero"),
    ],
)
def test_a_summary_is_as_long_as_asked(short: str, detailed: str, plain_library: Resources) -> None:
    def stories(text: str) -> int:
        now = plain_library.settings.now()
        question = read(plain_library, text, now=now, language=None, fallback="en")
        made = reply(plain_library, text, question, now=now).briefing
        assert made is not None
        return len(made.lines)

    assert stories(short) <= 3 < stories(detailed)


REFUSED = [
    ("en", "Summary of the last 10 years", "A brief covers up to 366 days. For a longer period write /timeline."),
    (
        "ru",
        "Сводка за последние 10 лет",
        "Сводка охватывает не больше 366 дней. Для более долгого срока напишите /timeline.",
    ),
    (
        "kk",
        "Соңғы 10 жылға шолу бер",
        "Шолу 366 күнге дейінгі кезеңді қамтиды. Одан ұзақ кезең үшін /timeline деп жазыңыз.",
    ),
    (
        "es",
        "Resumen de los últimos 10 años",
        "Un resumen abarca hasta 366 días. Para un período más largo escriba /timeline.",
    ),
    (
        "en",
        "Give me a summary of 6 January. Send me the news every day at 8.",
        "That asks for two things at once; please send them one at a time.",
    ),
    (
        "ru",
        "Дай сводку за 6 января. Присылай мне новости каждый день в 8.",
        "Здесь сразу две просьбы; пришлите их по одной.",
    ),
    (
        "kk",
        "6 қаңтарға шолу бер. Маған күн сайын сағат 8-де жаңалық жібер.",
        "Мұнда бірден екі өтініш бар; бір-бірлеп жіберіңіз.",
    ),
    (
        "es",
        "Dame un resumen del 6 de enero. Mándame las noticias cada día a las 8.",
        "Eso son dos peticiones a la vez; envíelas de una en una.",
    ),
    (
        "en",
        "give me the summary of today and subscribe me at 8",
        "That asks for two things at once; please send them one at a time.",
    ),
    ("ru", "дай сводку и покажи цифры", "Здесь сразу две просьбы; пришлите их по одной."),
    ("kk", "бүгінгі шолуды бер және сандарды көрсет", "Мұнда бірден екі өтініш бар; бір-бірлеп жіберіңіз."),
    (
        "es",
        "dame el resumen de hoy y avísame si cierran el aeropuerto",
        "Eso son dos peticiones a la vez; envíelas de una en una.",
    ),
]
"""Requests that are errors, in each language, and what is said to them."""

NOTHING = [
    ("en", "What do we know about Bolsonaro?", "No article is about that."),
    ("ru", "Дай сводку о Болсонару", "Об этом статей нет."),
    ("kk", "Болсонару туралы не белгілі?", "Бұл туралы мақала жоқ."),
    ("es", "¿Qué se sabe de Bolsonaro?", "Ningún artículo trata de eso."),
]
NO_DAY = [
    ("en", "/brief 2022-13-45", "“2022-13-45” isn’t a date I can read."),
    ("ru", "/brief 45.13.2022", "«45.13.2022» — не могу прочесть эту дату."),
    ("kk", "/brief 2022-13-45", "«2022-13-45» деген күнді оқи алмадым."),
    ("es", "/brief 45/13/2022", "No entiendo la fecha «45/13/2022»."),
]
TOMORROW = [
    ("en", "/brief tomorrow", "“tomorrow” is in the future."),
    ("ru", "/brief завтра", "«завтра» ещё не наступило."),
    ("kk", "/brief ертең", "«ертең» әлі келген жоқ."),
    ("es", "/brief mañana", "«mañana» aún no ha llegado."),
]


@pytest.mark.parametrize(("language", "text", "sentence"), [*REFUSED, *NOTHING, *NO_DAY, *TOMORROW])
async def test_a_request_that_cannot_be_met_gets_one_sentence(
    language: str, text: str, sentence: str, chat: InProcess
) -> None:
    await chat.ask(ADMIN, f"/language {language}")
    assert sentence in (await chat.ask(ADMIN, text)).text


@pytest.fixture
def on_samples(sample_data: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    read_settings.cache_clear()
    monkeypatch.setenv("SITREP_DATA_DIR", str(sample_data))
    yield
    read_settings.cache_clear()


@pytest.mark.usefixtures("on_samples")
@pytest.mark.parametrize(("language", "text", "sentence"), [*REFUSED, *TOMORROW])
def test_the_command_refuses_in_the_language_of_the_request(language: str, text: str, sentence: str) -> None:
    with pytest.raises(QuestionError) as refused:
        run_ask(text, "", "", False, None)
    assert str(refused.value) == sentence


@pytest.mark.usefixtures("on_samples")
@pytest.mark.parametrize(("language", "text", "sentence"), NO_DAY)
def test_what_is_neither_a_day_nor_a_topic_is_refused(language: str, text: str, sentence: str) -> None:
    with pytest.raises(QuestionError) as refused:
        run_ask(text, "", language, False, None)
    assert str(refused.value).startswith(sentence)


@pytest.mark.usefixtures("on_samples")
@pytest.mark.parametrize(("language", "text", "sentence"), NOTHING)
def test_the_command_says_that_nothing_is_about_a_topic(
    language: str, text: str, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    run_ask(text, "", "", False, None)
    assert sentence in capsys.readouterr().out
