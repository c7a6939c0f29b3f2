"""Who a sentence attributes its claim to, in four languages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.domain import Span
from retrieval.language.doc import Doc, Sentence
from retrieval.language.packs import LANGUAGES


def whole(text: str, language: str) -> Sentence:
    return Sentence(Doc(text, language), Span(0, len(text)))


NAMED = [
    ("en", "Dozens died, city police spokeswoman Dana Serik said Thursday.", "city police spokeswoman Dana Serik"),
    ("en", "According to the Interior Ministry, 26 people died.", "Interior Ministry"),
    ("en", "In total 26 died, said Interior Minister Erlan Omarov.", "Interior Minister Erlan Omarov"),
    ("en", "Saltanat Omar, a police spokeswoman, said 3 died.", "Saltanat Omar, a police spokeswoman"),
    ("en", "State TV: at least 13 soldiers dead.", "State TV"),
    ("en", "Health Ministry figures gave 164 dead.", "Health Ministry"),
    ("en", "On 7 January Tokayev said 10 had died.", "Tokayev"),
    ("en", "TASS, quoting the police, said 10 had died.", "police"),
    ("en", "State channel Khabar 24 said 10 had died.", "State channel Khabar 24"),
    ("es", "Murieron 26 personas, según el Ministerio del Interior.", "Ministerio del Interior"),
    ("es", "La portavoz de la policía Ana Ruiz dijo que hay diez muertos.", "portavoz de la policía Ana Ruiz"),
    ("es", "Al menos 10 muertos, informó la Fiscalía General.", "Fiscalía General"),
    ("ru", "Погибли 26 человек, сообщили в МВД.", "МВД"),
    ("ru", "По данным Министерства здравоохранения, погибли 164 человека.", "Министерства здравоохранения"),
    ("ru", "Дана Серик из полиции Алматы сказала, что убиты десятки.", "Дана Серик из полиции Алматы"),
    ("ru", "«Погибли 10 человек», — заявил министр Иван Петров.", "министр Иван Петров"),
    ("kk", "Ішкі істер министрлігінің мәліметінше, 26 адам қаза тапты.", "Ішкі істер министрлігі"),
    ("kk", "Денсаулық сақтау министрлігі 164 адам өлді деп хабарлады.", "Денсаулық сақтау министрлігі"),
    ("kk", "Полиция өкілі Дана Сәріктің айтуынша, ондаған адам өлді.", "Полиция өкілі Дана Сәрік"),
]


@pytest.mark.parametrize(("language", "text", "name"), NAMED)
def test_the_sentence_names_who_says_so(language: str, text: str, name: str) -> None:
    assert whole(text, language).speaker == name


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "At least three people were held in the capital."),
        ("en", "Protesters were reported inside Almaty airport."),
        ("en", "According to preliminary data, ten people died."),
        ("en", "Correction from police: ten people died."),
        ("en", "Almaty: at least 13 soldiers dead."),
        ("ru", "Данных о задержанных нет."),
        ("es", "Casi 10.000 detenidos."),
        ("es", "La cifra de muertos sigue sin aclararse."),
        ("kk", "Алматыда 26 адам қаза тапты."),
    ],
)
def test_a_sentence_that_names_nobody_has_no_speaker(language: str, text: str) -> None:
    assert whole(text, language).speaker is None


def test_a_pronoun_is_followed_to_the_name_before_it() -> None:
    text = "Police spokeswoman Dana Serik spoke to reporters and said it was calm. Ten people died, she said."
    assert Doc(text, "en").sentences[1].speaker == "Police spokeswoman Dana Serik"


def test_a_quote_that_goes_on_keeps_its_speaker() -> None:
    text = "“We were attacked,” police spokeswoman Dana Serik said. “Ten officers died.”"
    assert Doc(text, "en").sentences[1].speaker == "police spokeswoman Dana Serik"


@pytest.mark.parametrize("claim", ["Ten people died.", "The prisoners were told they would be freed."])
def test_the_speaker_before_is_not_taken_for_a_claim_of_the_article(claim: str) -> None:
    assert Doc(f"Mayor Dana Serik said it was calm. {claim}", "en").sentences[1].speaker is None


@pytest.mark.parametrize(
    "text",
    [
        "TASS reported that the police said ten people had died.",
        "The police said it was over, TASS reported. Ten people had died, they said.",
    ],
)
def test_a_newspaper_that_passes_a_claim_on_is_not_its_speaker(text: str) -> None:
    assert Doc(text, "en").sentences[-1].speaker == "police"


def test_a_nearer_speaker_across_a_turn_of_the_sentence_is_not_the_claims() -> None:
    text = "Police said in a statement late on Tuesday evening that 26 died, but witnesses said otherwise."
    at = text.index("26")
    assert whole(text, "en").speaker_of(Span(at, at + 2))[0] == "Police"


def test_each_claim_has_its_own_speaker_where_two_speak() -> None:
    text = "Police said 26 died, while the opposition put the toll at 100."
    ends = [text.index("26"), text.index("100")]
    assert [whole(text, "en").speaker_of(Span(i, i + 2))[0] for i in ends] == ["Police", "opposition"]


@given(st.text(max_size=300), st.sampled_from(LANGUAGES))
def test_any_text_gives_a_span_inside_it_or_nobody(text: str, language: str) -> None:
    found = whole(text, language).speaker_span()
    assert found is None or 0 <= found.start < found.end <= len(text)
