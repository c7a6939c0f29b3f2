"""A prompt takes exactly the fields it declares, and what is filled in stays data."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

import prompts

GOOD = "---\nfields: question, mark\n---\n# system\nMind {mark}.\n\n# human\nAsk {question}\n"
NAMES = ("answer", "rewrite", "brief")


@pytest.mark.parametrize("name", NAMES)
def test_every_prompt_renders_from_its_declared_fields(name: str) -> None:
    prompt = prompts.load(name)
    system, human = prompt.render(**{field: f"<{field}>" for field in prompt.fields})
    assert (system.type, human.type) == ("system", "human")
    assert all(f"<{field}>" in f"{system.text}{human.text}" for field in prompt.fields)


@pytest.mark.parametrize("name", NAMES)
def test_a_missing_field_is_an_error(name: str) -> None:
    prompt = prompts.load(name)
    fields = dict.fromkeys(sorted(prompt.fields)[1:], "x")
    with pytest.raises(prompts.PromptError, match="misses"):
        prompt.render(**fields)


@pytest.mark.parametrize("name", NAMES)
def test_a_surplus_field_is_an_error(name: str) -> None:
    prompt = prompts.load(name)
    with pytest.raises(prompts.PromptError, match="does not know extra"):
        prompt.render(**dict.fromkeys(prompt.fields, "x"), extra="x")


@given(st.text())
def test_what_is_filled_in_is_never_read_as_a_place(value: str) -> None:
    prompt = prompts.parse("good", GOOD)
    messages = prompt.render(question=value + "{mark}", mark="{question}")
    assert [m.content for m in messages] == ["Mind {question}.", f"Ask {value}{{mark}}"]


@pytest.mark.parametrize(
    "text",
    [
        "no front matter",
        GOOD.replace("fields: question, mark", "fields: question"),
        GOOD.replace("fields: question, mark", "fields: question, mark, more"),
        "---\nfields: mark\n---\nMind {mark}.\n",
    ],
)
def test_a_prompt_that_is_not_as_it_declares_is_an_error(text: str) -> None:
    with pytest.raises(prompts.PromptError):
        prompts.parse("bad", text)
