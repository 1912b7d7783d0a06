import asyncio
import base64
import json
import socket
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from kibitz.agents.models.model import (
    CallTimeout,
    ConnectionFailed,
    Image,
    Message,
    ModelError,
    NotFound,
    Overloaded,
    ProviderError,
    RateLimited,
    RejectedRequest,
    Request,
    Tool,
    ToolCall,
    Unauthorized,
    Usage,
)
from kibitz.agents.models.openai import OpenAIModel
from kibitz.agents.models.registry import make_model

SCHEMA = '{"type": "object", "properties": {}, "required": [], "additionalProperties": false}'


async def test_the_body_holds_what_was_asked_and_nothing_else(provider, opened, ask):
    provider.chat()
    await ask(await opened(), max_tokens=9, seed=5, stop=("X",), logprobs=2)
    assert provider.bodies == [
        {
            "model": "m",
            "messages": [{"role": "user", "content": "hello"}],
            "max_tokens": 9,
            "temperature": 0.0,
            "seed": 5,
            "stop": ["X"],
            "logprobs": True,
            "top_logprobs": 2,
        }
    ]


async def test_the_key_goes_into_the_header(provider, opened, ask, canary):
    provider.chat()
    await ask(await opened())
    assert f"authorization: bearer {canary}" in provider.heads[0].lower()


async def test_organisation_from_the_environment_is_not_sent_to_others(provider, opened, ask, monkeypatch):
    monkeypatch.setenv("OPENAI_ORG_ID", "org-secret")
    provider.chat()
    await ask(await opened())
    assert "org-secret" not in provider.heads[0]


async def test_pictures_are_data_uris(provider, opened, ask):
    provider.chat()
    await ask(await opened(), messages=(Message("user", "what?", (Image("image/png", b"abc"),)),))
    assert provider.bodies[0]["messages"][0]["content"] == [
        {"type": "text", "text": "what?"},
        {"type": "image_url", "image_url": {"url": "data:image/png;base64,YWJj"}},
    ]


async def test_effort_of_the_request_goes_before_the_option(provider, opened, ask):
    provider.chat()
    model = await opened(effort="low")
    await ask(model)
    await ask(model, effort="high")
    assert [body["reasoning_effort"] for body in provider.bodies] == ["low", "high"]


async def test_choices_are_an_enum_and_are_unwrapped(provider, opened, ask):
    provider.chat('{"choice": "b"}')
    completion = await ask(await opened(), choices=("a", "b"))
    schema = provider.bodies[0]["response_format"]["json_schema"]["schema"]
    assert schema["properties"]["choice"]["enum"] == ["a", "b"]
    assert completion.choices[0].text == "b"


@pytest.mark.parametrize("said", ['{"choice": "c"}', "b", '{"choice": ["b"]}', "[" * 50_000])
async def test_what_is_no_choice_stays_as_it_was_said(provider, opened, ask, said):
    provider.chat(said)
    assert (await ask(await opened(), choices=("a", "b"))).choices[0].text == said


async def test_json_schema_is_strict(provider, opened, ask):
    provider.chat("{}")
    await ask(await opened(), json_schema=SCHEMA)
    asked = provider.bodies[0]["response_format"]["json_schema"]
    assert asked["strict"] is True
    assert asked["schema"] == json.loads(SCHEMA)


async def test_tools_must_be_called(provider, opened, ask):
    call = {"id": "1", "type": "function", "function": {"name": "move", "arguments": '{"to": 3}'}}
    provider.chat(None, "tool_calls", tool_calls=[call])
    completion = await ask(await opened(), tools=(Tool("move", "Play.", SCHEMA),))
    assert provider.bodies[0]["tool_choice"] == "required"
    assert completion.choices[0].tool_calls == (ToolCall("move", '{"to": 3}'),)
    assert completion.choices[0].finish == "tool_calls"


async def test_a_schema_that_is_no_json_is_rejected(provider, opened, failure):
    assert isinstance(await failure(await opened(), json_schema="{"), RejectedRequest)
    assert provider.bodies == []


async def test_scoring_is_rejected(opened, failure):
    assert isinstance(await failure(await opened(), score=("a",)), RejectedRequest)


@pytest.mark.parametrize("field", ["reasoning_content", "reasoning"])
async def test_reasoning_is_kept_apart(provider, opened, ask, field):
    provider.chat("d3", **{field: "let me see"})
    choice = (await ask(await opened())).choices[0]
    assert (choice.text, choice.reasoning) == ("d3", "let me see")


async def test_reasoning_that_ate_the_answer_is_visible(provider, opened, ask):
    provider.chat("<think>so many thoughts", "length")
    choice = (await ask(await opened())).choices[0]
    assert (choice.text, choice.reasoning, choice.finish) == ("", "so many thoughts", "length")


async def test_signed_reasoning_is_kept_to_send_back(provider, opened, ask):
    provider.chat("d3", reasoning_details=[{"type": "reasoning.text", "text": "hm", "signature": "s"}])
    completion = await ask(await opened())
    assert completion.choices[0].reasoning == "hm"
    assert json.loads(completion.reasoning_items[0])["signature"] == "s"


async def test_refusals_and_filters_are_seen(provider, opened, ask):
    provider.chat(None, refusal="I will not.")
    provider.chat("", "content_filter")
    model = await opened()
    assert (await ask(model)).choices[0].refusal == "I will not."
    assert (await ask(model)).choices[0].finish == "content_filter"


async def test_a_filtered_prompt_is_a_completion_without_an_answer(provider, opened, ask):
    provider.refuse("The prompt was filtered", code="content_filter")
    assert [choice.finish for choice in (await ask(await opened())).choices] == ["content_filter"]


async def test_usage_and_cost(provider, opened, ask):
    usage = {
        "prompt_tokens": 10,
        "completion_tokens": 5,
        "prompt_tokens_details": {"cached_tokens": 4},
        "completion_tokens_details": {"reasoning_tokens": 3},
        "cost": 0.25,
    }
    provider.json({"choices": [{"message": {"content": "x"}, "finish_reason": "stop"}], "usage": usage})
    completion = await ask(await opened())
    assert completion.usage == Usage(input=10, output=5, cached=4, reasoning=3)
    assert completion.usd == 0.25


async def test_an_unreported_cost_is_unknown(provider, opened, ask):
    provider.chat()
    assert (await ask(await opened())).usd is None


async def test_log_probabilities(provider, opened, ask):
    said = {"content": [{"token": "a", "logprob": -0.5}, {"token": "b", "logprob": -1}]}
    provider.json({"choices": [{"message": {"content": "ab"}, "finish_reason": "stop", "logprobs": said}]})
    assert (await ask(await opened(), logprobs=1)).choices[0].logprobs == (-0.5, -1.0)


async def test_samples_come_in_order(provider, opened, ask):
    choices = [{"index": i, "message": {"content": str(i)}, "finish_reason": "stop"} for i in (2, 0, 1)]
    provider.json({"choices": choices})
    completion = await ask(await opened(), n=3)
    assert [choice.text for choice in completion.choices] == ["0", "1", "2"]
    assert completion.dropped == ()


async def test_an_endpoint_that_ignores_n_is_asked_again_for_the_rest(provider, opened, ask):
    provider.chat()
    completion = await ask(await opened(), n=3, seed=1)
    assert len(completion.choices) == 3
    assert completion.dropped == ("n",)
    assert completion.usage.output == 9
    assert len({body["seed"] for body in provider.bodies}) == 3
    assert [body.get("n") for body in provider.bodies] == [3, None, None]


async def test_a_refused_n_is_replaced_by_single_requests(provider, opened, ask):
    provider.refuse("'n' must be 1: not supported", param="n")
    provider.chat()
    completion = await ask(await opened(), n=2)
    assert (len(completion.choices), completion.dropped) == (2, ("n",))


# -- what goes wrong ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, RejectedRequest),
        (401, Unauthorized),
        (402, Unauthorized),
        (403, Unauthorized),
        (404, NotFound),
        (408, CallTimeout),
        (413, RejectedRequest),
        (422, RejectedRequest),
        (429, RateLimited),
        (500, ProviderError),
        (502, ProviderError),
        (503, Overloaded),
        (529, Overloaded),
    ],
)
async def test_statuses(provider, opened, failure, canary, status, kind):
    provider.refuse(f"no, {canary}, no", status=status)
    assert type(await failure(await opened())) is kind
    assert len(provider.bodies) == 1, "retries belong to the harness"


async def test_an_empty_purse_is_not_a_rate_limit(provider, opened, failure):
    provider.refuse("You exceeded your quota", code="insufficient_quota", status=429)
    assert type(await failure(await opened())) is Unauthorized


async def test_retry_after_in_seconds(provider, opened, failure):
    provider.json({}, 429, retry_after="1.5")
    assert (await failure(await opened())).retry_after == 1.5


async def test_retry_after_as_a_date(provider, opened, failure):
    moment = datetime.now(UTC) + timedelta(seconds=60)
    provider.json({}, 503, retry_after=moment.strftime("%a, %d %b %Y %H:%M:%S GMT"))
    assert 50 < (await failure(await opened())).retry_after <= 60


async def test_no_retry_after(provider, opened, failure):
    provider.json({}, 429)
    assert (await failure(await opened())).retry_after is None


async def test_the_deadline_holds(provider, opened, failure):
    provider.hang()
    assert type(await failure(await opened(), deadline=0.2)) is CallTimeout


async def test_a_connection_that_breaks_in_the_body(provider, opened, failure):
    provider.cut()
    assert type(await failure(await opened())) is ConnectionFailed


async def test_a_server_that_is_gone(provider, opened, failure):
    model = await opened()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        model._client.base_url = f"http://127.0.0.1:{taken.getsockname()[1]}/v1"
        assert type(await failure(model)) is ConnectionFailed


@pytest.mark.parametrize(
    ("body", "kind", "reason"),
    [
        (b"<html>busy</html>", "text/html", "text/html, not JSON"),
        (b"hello", "text/plain; charset=utf-8", "text/plain, not JSON"),
        (b'{"choices": [{"mess', "application/json", "broken JSON"),
        (b"", "application/json", "empty"),
        (b"[]", "application/json", "not an object"),
        (b"null", "application/json", "not an object"),
        (b"[" * 100_000, "application/json", "broken JSON"),
        (b'{"choices": []}', "application/json", "no choices"),
        (b'{"choices": null}', "application/json", "no choices"),
        (b'{"choices": [{"message": null}]}', "application/json", "no message"),
        (b'{"choices": [{}]}', "application/json", "no message"),
        (b'{"choices": "x"}', "application/json", "no choices"),
        (b'{"error": {"message": "overloaded", "code": 502}}', "application/json", "overloaded"),
        (b'{"choices": [{"message": {"content": "\\ud800"}}]}', "application/json", "broken JSON"),
        (b'{"x": "' + b"a" * 5_000_000 + b'"}', "application/json", "larger than"),
    ],
)
async def test_malformed_replies_are_provider_errors(provider, opened, failure, body, kind, reason):
    provider.raw(body, kind=kind)
    failed = await failure(await opened())
    assert type(failed) is ProviderError
    assert reason in str(failed)


async def test_a_rate_limit_inside_a_good_status(provider, opened, failure):
    provider.json({"error": {"message": "slow down", "code": 429}})
    assert type(await failure(await opened())) is RateLimited


async def test_hostile_types_in_a_reply_do_no_harm(provider, opened, ask):
    message = {"content": 5, "tool_calls": "x", "reasoning": {}, "refusal": []}
    usage = {"prompt_tokens": -1, "completion_tokens": "9", "cost": "free", "prompt_tokens_details": 3}
    provider.json({"choices": [{"message": message, "finish_reason": {}, "index": "q"}], "usage": usage})
    completion = await ask(await opened())
    assert completion.choices[0].text == ""
    assert completion.choices[0].finish == "unknown"
    assert completion.usage == Usage()


async def test_arguments_that_come_as_an_object_are_written_as_text(provider, opened, ask):
    provider.chat(None, tool_calls=[{"function": {"name": "move", "arguments": {"to": 3}}}])
    assert (await ask(await opened())).choices[0].tool_calls == (ToolCall("move", '{"to": 3}'),)


# -- refused parameters ------------------------------------------------------------------------------------------------


async def test_a_refused_parameter_is_left_out_and_reported(provider, opened, ask):
    provider.refuse("Unsupported value: 'temperature' does not support 0", "temperature", "unsupported_value")
    provider.chat()
    completion = await ask(await opened(), seed=1)
    assert completion.dropped == ("temperature",)
    assert [("temperature" in body, "seed" in body) for body in provider.bodies] == [(True, True), (False, True)]


async def test_later_calls_do_without_it_at_once_and_report_it_too(provider, opened, ask):
    provider.refuse("Unrecognized request argument supplied: seed")
    provider.chat()
    model = await opened()
    first, second = await ask(model, seed=1), await ask(model, seed=2)
    assert first.dropped == second.dropped == ("seed",)
    assert len(provider.bodies) == 3


async def test_a_call_that_did_not_send_it_reports_nothing(provider, opened, ask):
    provider.refuse("Unsupported parameter: 'seed'", "seed", "unsupported_parameter")
    provider.chat()
    model = await opened()
    await ask(model, seed=1)
    assert (await ask(model)).dropped == ()


async def test_several_refusals_one_after_the_other(provider, opened, ask):
    provider.refuse("'temperature' is not supported with this model")
    provider.refuse("`logprobs` is not supported with this model")
    provider.chat()
    completion = await ask(await opened(), logprobs=3)
    assert completion.dropped == ("logprobs", "temperature")
    assert "top_logprobs" not in provider.bodies[-1]


async def test_the_other_name_of_the_token_limit(provider, opened, ask):
    message = (
        "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."
    )
    provider.refuse(message, "max_tokens", "unsupported_parameter")
    provider.chat()
    completion = await ask(await opened(), max_tokens=5)
    assert completion.dropped == ("max_tokens->max_completion_tokens",)
    assert provider.bodies[1]["max_completion_tokens"] == 5


async def test_the_token_limit_is_never_left_out(provider, opened, failure):
    provider.refuse("unknown parameter", "max_tokens")
    provider.refuse("unknown parameter", "max_completion_tokens")
    assert type(await failure(await opened())) is RejectedRequest


@pytest.mark.parametrize("parameters", [{"choices": ("a",)}, {"json_schema": SCHEMA}])
async def test_a_refused_schema_is_final(provider, opened, failure, parameters):
    provider.refuse("'response_format' of type 'json_schema' is not supported with this model", "response_format")
    assert type(await failure(await opened(), **parameters)) is RejectedRequest
    assert len(provider.bodies) == 1


async def test_refused_tools_are_final(provider, opened, failure):
    provider.refuse("tool_choice is not supported by this model")
    assert type(await failure(await opened(), tools=(Tool("t", "", SCHEMA),))) is RejectedRequest


async def test_calls_at_once_that_learn_the_same_report_the_same(provider, opened, ask):
    provider.never = "seed"
    provider.chat()
    model = await opened()
    completions = await asyncio.gather(*(ask(model, seed=i) for i in range(4)))
    assert {completion.dropped for completion in completions} == {("seed",)}


# -- keys and addresses ------------------------------------------------------------------------------------------------


async def test_a_missing_key_names_its_variable(monkeypatch):
    monkeypatch.delenv("MY_KEY", raising=False)
    with pytest.raises(ModelError, match="MY_KEY is not set"):
        await make_model("openai:m", {"base_url": "https://api.example.com/v1", "api_key_env": "MY_KEY"}).open()


async def test_a_local_server_needs_no_key(provider, opened, ask):
    provider.chat()
    await ask(await opened(api_key_env="UNSET_VARIABLE"))
    assert len(provider.bodies) == 1


async def test_a_local_server_that_is_not_there():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/v1"
        with pytest.raises(ModelError, match=f"no server listens at {url}"):
            await make_model("openai:m", {"base_url": url}).open()


async def test_a_key_that_no_header_can_carry(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-ä-secret")
    with pytest.raises(ModelError, match="OPENAI_API_KEY holds no key") as caught:
        await make_model("openai:m", {"base_url": "https://api.example.com"}).open()
    assert "secret" not in str(caught.value)


async def test_a_password_in_the_address_is_never_shown(provider, opened, failure):
    url = provider.url.replace("127.0.0.1", "me:hunter22@127.0.0.1")
    provider.refuse("who is hunter22?", status=401)
    failed = await failure(await opened(base_url=url))
    assert "hunter22" not in str(failed)
    model = OpenAIModel("m", base_url=url)
    assert "hunter22" not in model.share_key + json.dumps(model.identity)


@pytest.mark.parametrize("url", ["127.0.0.1:8000", "ftp://x/v1", "http://", "http://x:99999/v1"])
def test_what_is_no_address(url):
    with pytest.raises(ModelError, match="base_url is no http"):
        OpenAIModel("m", base_url=url)


def test_identity_is_free_of_the_connection_and_share_key_is_not(monkeypatch):
    a = OpenAIModel("m", base_url="http://127.0.0.1:1/v1")
    b = OpenAIModel("m", base_url="http://127.0.0.1:2/v1", api_key_env="OTHER")
    assert a.identity == b.identity
    assert a.share_key != b.share_key
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:3/v1")
    assert OpenAIModel("m").share_key != OpenAIModel("m", base_url="http://127.0.0.1:1/v1").share_key


def test_settings_that_change_replies_are_in_the_identity():
    assert OpenAIModel("m").identity != OpenAIModel("m", effort="high").identity
    assert OpenAIModel("m").identity != OpenAIModel("m", api="responses").identity


async def test_credentials_inside_the_address_are_sent_and_are_no_part_of_what_the_sdk_logs(opened, ask, provider):
    provider.chat("hi")
    model = await opened(base_url=provider.url.replace("//", "//me:hunter%2F22@"))
    await ask(model)
    assert f"basic {base64.b64encode(b'me:hunter/22').decode()}".lower() in provider.heads[0].lower()
    assert "hunter" not in str(model._client.base_url)


async def test_closing_twice_is_safe(opened):
    model = await opened()
    await model.close()
    await model.close()


def test_making_a_model_does_not_import_the_sdk():
    program = (
        "import sys; from kibitz.agents.models.registry import make_model; make_model('openai:m', {});"
        "print([m for m in ('openai', 'httpx', 'httpx2', 'litellm', 'pydantic') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-P", "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "[]"


async def test_a_request_without_open_is_a_mistake_of_the_program():
    with pytest.raises(RuntimeError, match="not open"):
        await OpenAIModel("m").complete(Request(messages=()), deadline=1)
