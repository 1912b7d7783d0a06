import json

import pytest

from kibitz.agents.models.model import ProviderError, RateLimited, Tool, ToolCall, Usage
from kibitz.agents.models.openai import OpenAIModel


def output(*items, **more):
    usage = {"input_tokens": 9, "output_tokens": 8, "output_tokens_details": {"reasoning_tokens": 6}}
    return {"id": "r", "status": "completed", "model": "m-1", "output": list(items), "usage": usage, **more}


def said(text):
    return {"type": "message", "content": [{"type": "output_text", "text": text}]}


@pytest.fixture
async def model(opened):
    return await opened(api="responses")


async def test_the_body(provider, opened, ask):
    provider.json(output(said("d3")))
    await ask(await opened(api="responses", summary="auto", opaque=True, effort="low"), max_tokens=9)
    assert provider.bodies == [
        {
            "model": "m",
            "input": [{"role": "user", "content": "hello"}],
            "max_output_tokens": 9,
            "store": False,
            "temperature": 0.0,
            "reasoning": {"effort": "low", "summary": "auto"},
            "include": ["reasoning.encrypted_content"],
        }
    ]
    assert "POST /v1/responses" in provider.heads[0]


async def test_text_reasoning_and_usage(provider, model, ask):
    thought = {"type": "reasoning", "summary": [{"type": "summary_text", "text": "hm"}], "encrypted_content": "ZZ"}
    provider.json(output(thought, said("d3")))
    completion = await ask(model)
    choice = completion.choices[0]
    assert (choice.text, choice.reasoning, choice.finish) == ("d3", "hm", "stop")
    assert completion.usage == Usage(input=9, output=8, reasoning=6)
    assert json.loads(completion.reasoning_items[0])["encrypted_content"] == "ZZ"


async def test_seed_and_stop_do_not_exist_there_and_are_reported(provider, model, ask):
    provider.json(output(said("d3")))
    assert (await ask(model, seed=1, stop=("X",))).dropped == ("seed", "stop")
    assert "seed" not in provider.bodies[0]
    assert not {"seed", "stop"} & model.capabilities


async def test_each_sample_is_a_request(provider, model, ask):
    provider.json(output(said("d3")))
    completion = await ask(model, n=3)
    assert [choice.text for choice in completion.choices] == ["d3"] * 3
    assert (len(provider.bodies), completion.dropped) == (3, ())


async def test_choices(provider, model, ask):
    provider.json(output(said('{"choice": "b"}')))
    assert (await ask(model, choices=("a", "b"))).choices[0].text == "b"
    assert provider.bodies[0]["text"]["format"]["schema"]["properties"]["choice"]["enum"] == ["a", "b"]


async def test_tools(provider, model, ask):
    provider.json(output({"type": "function_call", "name": "move", "arguments": "{}"}))
    choice = (await ask(model, tools=(Tool("move", "Play.", '{"type": "object"}'),))).choices[0]
    assert provider.bodies[0]["tool_choice"] == "required"
    assert (choice.tool_calls, choice.finish) == ((ToolCall("move", "{}"),), "tool_calls")


@pytest.mark.parametrize(("why", "finish"), [("max_output_tokens", "length"), ("content_filter", "content_filter")])
async def test_incomplete_responses(provider, model, ask, why, finish):
    provider.json(output({"type": "reasoning", "summary": []}, status="incomplete", incomplete_details={"reason": why}))
    choice = (await ask(model)).choices[0]
    assert (choice.text, choice.finish) == ("", finish)


async def test_a_refusal(provider, model, ask):
    provider.json(output({"type": "message", "content": [{"type": "refusal", "refusal": "No."}]}))
    assert (await ask(model)).choices[0].refusal == "No."


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        ({"status": "failed", "error": {"code": "server_error", "message": "oops"}}, ProviderError),
        ({"status": "failed", "error": {"code": "rate_limit_exceeded", "message": "slow"}}, RateLimited),
        ({"status": "in_progress", "output": []}, ProviderError),
        ({"status": "completed"}, ProviderError),
        ({"status": "completed", "output": "x"}, ProviderError),
    ],
)
async def test_what_is_no_completion(provider, model, failure, reply, kind):
    provider.json(reply)
    assert type(await failure(model)) is kind


async def test_a_refused_parameter(provider, model, ask):
    provider.refuse("Unsupported parameter: 'temperature'", "temperature", "unsupported_parameter")
    provider.json(output(said("d3")))
    assert (await ask(model)).dropped == ("temperature",)


async def test_a_refused_effort_is_reported_as_reasoning(provider, opened, ask):
    provider.refuse("Unsupported parameter", "reasoning.effort", "unsupported_parameter")
    provider.json(output(said("d3")))
    assert (await ask(await opened(api="responses", effort="low"))).dropped == ("reasoning",)


def test_the_api_is_part_of_the_identity():
    assert OpenAIModel("m", api="responses").identity["api"] == "responses"
