"""What changed since the day before gets a line, with what it replaces; what says the same again gets none."""

import pytest

from retrieval.briefing.brief import brief
from retrieval.briefing.shown import shown_quotes
from retrieval.domain import Briefing, Change
from retrieval.embedding import Embedder
from retrieval.store.library import Library
from tests.retrieval.briefing.test_brief import on, publish

REVERSED = [
    ("en", "The airport in Almaty is closed, officials said.", "The airport in Almaty is open again, officials said."),
    ("en", "President Ruritan will not resign, his aide said.", "President Ruritan will resign, his aide said."),
    ("en", "Anna Petrova was arrested on Thursday in Zenda.", "Anna Petrova was released on Friday in Zenda."),
    ("en", "Nine people died in the fire, the mayor said.", "Twelve people died in the fire, the mayor said."),
    ("ru", "Аэропорт Алматы закрыт, сообщили власти города.", "Аэропорт Алматы снова открыт, сообщили власти города."),
    ("ru", "В Жанаозене погибли 9 человек, сообщили в МВД.", "В Жанаозене погибли 23 человека, сообщили в МВД."),
    ("ru", "Премьер не уйдёт в отставку, заявил его помощник.", "Премьер уйдёт в отставку, заявил его помощник."),
    ("kk", "Алматы әуежайы жабық тұр, деді қала билігі.", "Алматы әуежайы қайта ашық тұр, деді қала билігі."),
    ("kk", "Жаңаөзенде 9 адам қаза тапты, деді министрлік.", "Жаңаөзенде 23 адам қаза тапты, деді министрлік."),
    (
        "es",
        "El aeropuerto de Almaty está cerrado, dijo el alcalde.",
        "El aeropuerto de Almaty está abierto, dijo el alcalde.",
    ),
    ("es", "El presidente no renunciará, dijo su portavoz ayer.", "El presidente renunciará, dijo su portavoz ayer."),
]
OTHER = [
    ("en", "Troops took the town of Hama, activists said.", "Troops took the town of Homs, activists said."),
    ("en", "Thousands marched through Strelsau on Thursday.", "Thousands marched through Strelsau on Friday."),
    ("en", "Protesters burned the police station in Zenda.", "Police burned the protesters' camp in Zenda."),
    ("ru", "Войска вошли в город Хама, сообщили активисты.", "Войска вошли в город Хомс, сообщили активисты."),
    ("kk", "Әскер Хама қаласына кірді, деді белсенділер бүгін.", "Әскер Хомс қаласына кірді, деді белсенділер бүгін."),
    ("es", "Las tropas entraron en Hama, dijeron activistas.", "Las tropas entraron en Homs, dijeron activistas."),
]
AROUND = {
    "en": "Shops in the old town kept their usual hours. A choir sang near the river at noon.",
    "ru": "Лавки старого города работали как обычно. У реки в полдень пел хор из школы.",
    "kk": "Ескі қаладағы дүкендер әдеттегідей жұмыс істеді. Түсте өзен жағасында хор ән салды.",
    "es": "Las tiendas del casco viejo abrieron como siempre. Un coro cantó junto al río al mediodía.",
}


def second_day(library: Library, embedder: Embedder, language: str, first: str, second: str) -> Briefing:
    for day, text in ((6, first), (7, second)):
        publish(library, embedder, on(day, 9), f"{text} {AROUND[language]}", url=f"https://paper.example/{day}")
    told = shown_quotes(brief(library, embedder, on(6), on(7), language=language, shown=()))
    return brief(library, embedder, on(7), on(8), language=language, shown=told)


@pytest.mark.parametrize(("language", "first", "second"), REVERSED)
def test_a_reversal_is_told_with_what_it_replaces(
    language: str, first: str, second: str, library: Library, embedder: Embedder
) -> None:
    line = second_day(library, embedder, language, first, second).lines[0]
    assert line.statements[0].text == second
    assert line.change in (Change.UPDATE, Change.CONTRADICTED)
    assert line.before is not None
    assert line.before.text == first


@pytest.mark.parametrize(("language", "first", "second"), OTHER)
def test_another_place_day_or_actor_is_news(
    language: str, first: str, second: str, library: Library, embedder: Embedder
) -> None:
    line = second_day(library, embedder, language, first, second).lines[0]
    assert line.statements[0].text == second


@pytest.mark.parametrize(
    ("language", "first", "second"),
    [
        ("en", "Three people were hurt in the fire in Zenda.", "In the fire in Zenda, three people were hurt."),
        ("ru", "При пожаре в Зенде пострадали три человека.", "Три человека пострадали при пожаре в Зенде."),
        ("es", "Tres personas resultaron heridas en Zenda.", "En Zenda, tres personas resultaron heridas."),
    ],
)
def test_the_same_said_again_gets_no_line(
    language: str, first: str, second: str, library: Library, embedder: Embedder
) -> None:
    made = second_day(library, embedder, language, first, second)
    assert second not in [statement.text for line in made.lines for statement in line.statements]
