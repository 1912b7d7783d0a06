import os
import subprocess
import sys

import pytest

pytest.importorskip("litellm", reason="the litellm extra is not installed")
pytestmark = pytest.mark.filterwarnings("ignore")  # the library warns about itself and about its own dependencies

from kibitz.agents.models.model import (  # noqa: E402
    CallTimeout,
    ConnectionFailed,
    ModelError,
    NotFound,
    Overloaded,
    ProviderError,
    RateLimited,
    RejectedRequest,
    Tool,
    ToolCall,
    Unauthorized,
    Usage,
)
from kibitz.agents.models.registry import make_model  # noqa: E402

SCHEMA = '{"type": "object", "properties": {}, "required": [], "additionalProperties": false}'


@pytest.fixture
async def model(opened):
    return await opened("litellm:openai/m")


async def test_the_body_and_the_completion(provider, model, ask):
    provider.chat("d3", reasoning_content="hm")
    completion = await ask(model, max_tokens=9, seed=5)
    body = provider.bodies[0]
    assert {name: body[name] for name in ("model", "max_tokens", "temperature", "seed")} == {
        "model": "m",
        "max_tokens": 9,
        "temperature": 0.0,
        "seed": 5,
    }
    choice = completion.choices[0]
    assert (choice.text, choice.reasoning, choice.finish) == ("d3", "hm", "stop")
    assert (completion.usage, completion.dropped, completion.usd) == (Usage(input=7, output=3), (), None)


async def test_only_a_cost_that_the_provider_reports_is_reported(provider, opened, ask):
    model = await opened("litellm:openai/gpt-4o")
    provider.chat()
    assert (await ask(model)).usd is None


async def test_the_price_list_is_the_one_that_is_installed(model):
    assert os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] == "True"


async def test_tools(provider, model, ask):
    call = {"id": "1", "type": "function", "function": {"name": "move", "arguments": "{}"}}
    provider.chat(None, "tool_calls", tool_calls=[call])
    completion = await ask(model, tools=(Tool("move", "Play.", SCHEMA),))
    assert completion.choices[0].tool_calls == (ToolCall("move", "{}"),)


async def test_choices(provider, opened, ask):
    provider.chat('{"choice": "b"}')
    completion = await ask(await opened("litellm:openai/gpt-4o"), choices=("a", "b"))
    assert completion.choices[0].text == "b"


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, RejectedRequest),
        (401, Unauthorized),
        (404, NotFound),
        (429, RateLimited),
        (500, ProviderError),
        (503, Overloaded),
    ],
)
async def test_statuses(provider, model, failure, canary, status, kind):
    provider.refuse(f"no, {canary}, no", status=status)
    assert type(await failure(model)) is kind
    assert len(provider.bodies) == 1, "retries belong to the harness"


async def test_retry_after(provider, model, failure):
    provider.json({"error": {"message": "slow down"}}, 429, retry_after="1.5")
    assert (await failure(model)).retry_after == 1.5


async def test_the_deadline_holds(provider, model, failure):
    provider.hang()
    assert type(await failure(model, deadline=0.3)) is CallTimeout


async def test_a_connection_that_breaks(provider, model, failure):
    provider.cut()
    assert type(await failure(model)) in (ConnectionFailed, ProviderError)


@pytest.mark.parametrize("body", [b"<html>", b'{"choices": [', b'{"choices": []}', b"", b"null"])
async def test_malformed_replies(provider, model, failure, body):
    provider.raw(body)
    assert type(await failure(model)) in (ProviderError, ConnectionFailed)


async def test_a_parameter_that_the_endpoint_refuses(provider, model, ask):
    provider.never = "seed"
    provider.chat()
    completion = await ask(model, seed=1)
    assert completion.dropped == ("seed",)
    assert (await ask(model, seed=2)).dropped == ("seed",)
    assert len(provider.bodies) == 3


async def test_a_parameter_that_litellm_refuses_before_sending(provider, opened, ask, monkeypatch):
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-other")
    said = {"id": "1", "type": "message", "role": "assistant", "content": [{"type": "text", "text": "d3"}]}
    provider.json(
        said | {"model": "claude-x", "stop_reason": "end_turn", "usage": {"input_tokens": 2, "output_tokens": 1}}
    )
    completion = await ask(await opened("litellm:anthropic/claude-3-haiku-20240307"), seed=1)
    assert completion.choices[0].text == "d3"
    assert completion.dropped == ("seed",)
    assert len(provider.bodies) == 1


async def test_a_refused_schema_is_final(provider, opened, failure):
    provider.refuse("'response_format' of type 'json_schema' is not supported", "response_format")
    assert type(await failure(await opened("litellm:openai/gpt-4o"), json_schema=SCHEMA)) is RejectedRequest


async def test_a_missing_key_names_its_variable(monkeypatch):
    monkeypatch.delenv("ANTHROPIC_API_KEY", raising=False)
    with pytest.raises(ModelError, match="ANTHROPIC_API_KEY is not set"):
        await make_model("litellm:anthropic/claude-3-haiku-20240307", {}).open()
    with pytest.raises(ModelError, match="MY_KEY is not set"):
        await make_model("litellm:anthropic/claude-3-haiku-20240307", {"api_key_env": "MY_KEY"}).open()


async def test_closing_twice_is_safe(model):
    await model.close()
    await model.close()


def test_importing_it_sends_nothing_beyond_loopback():
    program = (
        "import asyncio, socket\n"
        "def refuse(self, address): raise AssertionError(address)\n"
        "socket.socket.connect = socket.socket.connect_ex = refuse\n"
        "from kibitz.agents.models.registry import make_model\n"
        "model = make_model('litellm:openai/m', {'base_url': 'http://127.0.0.1:9/v1'})\n"
        "asyncio.run(model.open())\n"
    )
    subprocess.run([sys.executable, "-P", "-c", program], capture_output=True, check=True, timeout=60)
