import asyncio
import json

import pytest

from kibitz.agents.models.model import Choice, Completion, ModelError, RejectedRequest, Request, Tool
from kibitz.agents.models.registry import make_model
from kibitz.agents.models.scripted import NOTHING_TO_SAY, as_completion, first_choice, seeded_choice

SCHEMA = '{"type": "object", "properties": {"move": {"enum": ["a", "b"]}}, "required": ["move"]}'


def request(**parameters):
    return Request(messages=(), **parameters)


def echo(asked):
    return f"{asked.seed}"


async def slow(asked):
    await asyncio.sleep(asked.max_tokens)
    return "done"


def broken(asked):
    raise KeyError("oops")


def model(monkeypatch, function):
    found = make_model("scripted:kibitz.agents.models.scripted:first_choice", {})
    monkeypatch.setattr(found, "_function", function)
    return found


async def test_the_function_answers(monkeypatch):
    completion, measured = await model(monkeypatch, echo).complete(request(seed=4, n=2), deadline=1)
    assert [choice.text for choice in completion.choices] == ["4", "4"]
    assert (completion.usd, measured.seconds >= 0) == (0.0, True)


async def test_an_async_function_is_awaited(monkeypatch):
    asked = model(monkeypatch, slow)
    assert (await asked.complete(request(max_tokens=0), deadline=1))[0].choices[0].text == "done"


async def test_a_broken_function_is_named(monkeypatch):
    with pytest.raises(RejectedRequest, match="first_choice raised KeyError: 'oops'"):
        await model(monkeypatch, broken).complete(request(), deadline=1)


@pytest.mark.parametrize(
    ("said", "asked", "message"),
    [
        (None, {}, "returned NoneType"),
        ([1], {}, "returned list"),
        (["a"], {"n": 2}, "returned 1 texts for a request of n = 2"),
        ("c", {"choices": ("a", "b")}, "'c', which is not among the 2 choices"),
        ("a", {"score": ("a",)}, "scoring request needs a mapping"),
        ({"a": -1}, {}, "scoring requests only"),
        ({"a": 1.0}, {"score": ("a",)}, "log-probability"),
        ({"a": -1.0}, {"score": ("a", "b")}, "log-probability"),
    ],
)
def test_what_answers_nothing(said, asked, message):
    with pytest.raises(ValueError, match=message):
        as_completion(said, request(**asked))


def test_completions_and_scores():
    whole = Completion(choices=(Choice(text="x", finish="length"),))
    assert as_completion(whole, request()) is whole
    assert as_completion({"b": -2.0, "a": -1.0}, request(score=("a", "b"))).scores == (-1.0, -2.0)
    assert [c.text for c in as_completion(["a", "b"], request(n=2)).choices] == ["a", "b"]


def test_first_choice():
    assert first_choice(request(choices=("b", "a"))).choices[0].text == "b"
    assert first_choice(request(score=("b", "a"))).scores == (-1.0, -2.0)
    assert first_choice(request(json_schema=SCHEMA)).choices[0].text == '{"move": "a"}'
    assert first_choice(request(tools=(Tool("t", "", SCHEMA),))).choices[0].tool_calls[0].arguments == '{"move": "a"}'
    assert first_choice(request(n=2)).choices == (Choice(text=NOTHING_TO_SAY),) * 2


def test_seeded_choice_depends_on_the_seed_alone():
    asked = [request(choices=("a", "b", "c"), seed=seed, n=2) for seed in range(30)]
    assert [seeded_choice(r) for r in asked] == [seeded_choice(r) for r in asked]
    assert {c.text for r in asked for c in seeded_choice(r).choices} == {"a", "b", "c"}
    assert any(len({c.text for c in seeded_choice(r).choices}) == 2 for r in asked)
    replies = {json.loads(seeded_choice(request(json_schema=SCHEMA, seed=s)).choices[0].text)["move"] for s in range(9)}
    assert replies == {"a", "b"}
    assert len({seeded_choice(request(score=("a", "b", "c"), seed=seed)).scores for seed in range(30)}) > 1


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("module_only", "write scripted:MODULE:FUNCTION"),
        ("no_such_module_x:f", "cannot be imported"),
        ("json:no_such_function", "has no no_such_function"),
        ("json:__name__", "is no function"),
    ],
)
def test_functions_that_cannot_be_found(name, message):
    with pytest.raises(ModelError, match=message):
        make_model(f"scripted:{name}", {})


def test_identity_follows_the_source(monkeypatch):
    identity = make_model("scripted:kibitz.agents.models.scripted:first_choice", {}).identity
    assert len(identity["source"]) == 64
    assert make_model("scripted:math:sqrt", {}).identity["source"] == ""


async def test_it_opens_and_closes():
    found = make_model("scripted:kibitz.agents.models.scripted:first_choice", {})
    await found.open()
    await found.close()
    assert {"score", "n", "choices"} <= found.capabilities
