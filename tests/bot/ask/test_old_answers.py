"""Buttons of answers whose articles have changed since."""

from dataclasses import replace

from bot.locales import say
from retrieval.ingest.pipeline import ingest
from retrieval.ingest.submission import Submission
from retrieval.store.write import remove
from tests.bot.in_process import ADMIN, InProcess, messages, shown
from tests.fake_telegram.ledger import Call

URL = "https://pits.example/{town}"
TITLE = "Miners of {town} stop work over unpaid wages"
TEXT = "The union of miners in {town} said that work at the pit stopped over three months of unpaid wages."
QUESTION = "Why did the miners in {town} stop work?"


def story(town: str, text: str) -> Submission:
    url = URL.format(town=town.lower())
    return Submission(text=text.format(town=town), title=TITLE.format(town=town), url=url, id=town.lower(), where=url)


def add(chat: InProcess, *articles: Submission) -> None:
    ingest(chat.resources.library, chat.resources.embedder, articles)


async def answered(chat: InProcess, town: str) -> Call:
    add(chat, story(town, TEXT))
    answer = await chat.ask(ADMIN, QUESTION.format(town=town))
    assert TEXT.format(town=town) in answer.text
    return answer


async def opened(chat: InProcess, answer: Call) -> str:
    """Return the passage that the first citation's button opens."""
    return messages(await chat.press(answer, "[1]"))[0].text


async def test_a_citation_of_an_updated_article_opens_the_version_that_was_quoted_and_says_so(chat: InProcess) -> None:
    answer = await answered(chat, "Ekibastuz")
    add(chat, story("Ekibastuz", "The miners of {town} went back to work, and all wages were paid."))
    passage = await opened(chat, answer)
    assert TEXT.format(town="Ekibastuz") in passage
    assert "an older version of the article" in passage
    assert "withdrawn" not in passage


async def test_a_citation_of_a_withdrawn_article_says_that_it_was_withdrawn(chat: InProcess) -> None:
    answer = await answered(chat, "Satpayev")
    add(chat, story("Satpayev", "This article has been withdrawn. It could not be confirmed."))
    passage = await opened(chat, answer)
    assert TEXT.format(town="Satpayev") in passage
    assert "This has since been withdrawn." in passage


async def test_a_citation_of_a_deleted_article_says_that_it_is_gone(chat: InProcess) -> None:
    answer = await answered(chat, "Rudny")
    remove(chat.resources.library.engine, "rudny")
    assert shown(await chat.press(answer, "[1]")) == say("not_there", "en")


def toll(town: str, number: int) -> Submission:
    text = f"The mayor of {town} said that {number} miners were injured when the mine collapsed near {town}."
    url = f"https://mine.example/{town.lower()}"
    return Submission(text=text, title=f"Mine near {town}", url=url, id=f"{town.lower()}-{number}", where=url)


async def competing(chat: InProcess, town: str) -> Call:
    """Return an answer with a number that another outlet contradicts."""
    other = toll(town, 29)
    add(chat, toll(town, 12), replace(other, url="https://other.example/a", where="other"))
    answer = await chat.ask(ADMIN, f"What did the mayor of {town} say about the mine?")
    assert "Conflicting reports" in str(answer.parameters["reply_markup"])
    return answer


async def test_what_competes_with_an_updated_article_says_that_it_was_changed(chat: InProcess) -> None:
    answer = await competing(chat, "Zhezkazgan")
    changed = toll("Zhezkazgan", 31)
    for number in (12, 29):
        add(chat, replace(changed, id=f"zhezkazgan-{number}", url=None, where="changed"))
    passage = messages(await chat.press(answer, "Conflicting reports"))[0].text
    assert "an older version of the article" in passage
    assert "31" in passage


async def test_what_competes_with_deleted_articles_is_that_they_are_gone(chat: InProcess) -> None:
    answer = await competing(chat, "Temirtau")
    for number in (12, 29):
        remove(chat.resources.library.engine, f"temirtau-{number}")
    assert shown(await chat.press(answer, "Conflicting reports")) == say("not_there", "en")
