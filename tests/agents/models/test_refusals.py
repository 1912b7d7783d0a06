import pytest

from kibitz.agents.models.refusals import Refusals, leave_out, refused

SENT = {
    "model": "m",
    "messages": [],
    "max_tokens": 5,
    "temperature": 0,
    "seed": 1,
    "stop": ["X"],
    "n": 2,
    "logprobs": True,
    "top_logprobs": 2,
    "reasoning_effort": "low",
    "response_format": {},
}


def said(message, **fields):
    return {"error": {"message": message, **fields}}


def extra(name):
    return {"type": "extra_forbidden", "loc": ["body", name], "msg": "Extra inputs are not permitted"}


@pytest.mark.parametrize(
    ("body", "name"),
    [
        (said("Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens'.", param="max_tokens"), "max_tokens"),
        (said("Unsupported value", param="temperature", code="unsupported_value"), "temperature"),
        (said("Unrecognized request argument supplied: seed"), "seed"),
        (said("Unrecognized request argument supplied: n"), "n"),
        (said("property 'seed' is unsupported"), "seed"),
        (said("`logprobs` is not supported with this model"), "logprobs"),
        (said("`temperature` is deprecated for this model."), "temperature"),
        (said("This model doesn't support reasoning_effort"), "reasoning_effort"),
        (said("anthropic does not support parameters: ['seed', 'logprobs'], for model=x"), "seed"),
        (said("'stop' is not supported with this model", param="stop"), "stop"),
        (said('Invalid JSON payload. Unknown name "seed": Cannot find field.'), "seed"),
        (said("'response_format' of type 'json_schema' is not supported"), "response_format"),
        ({"detail": [extra("seed")]}, "seed"),
        ({"object": "error", "message": {"detail": [extra("seed")]}}, "seed"),
        # what is no refusal of a parameter that was sent
        (said("Unsupported parameter: 'top_p'", param="top_p"), None),
        (said("temperature must be between 0 and 2", param="temperature", code="decimal_above_max_value"), None),
        (said("maximum context length exceeded; reduce max_tokens"), None),
        (said("This model does not support images; stop sending n of them"), None),
        (said("unknown model"), None),
        (said(""), None),
        ({}, None),
        (None, None),
        ("not supported: \x00", None),
    ],
)
def test_refusals_are_recognised(body, name):
    assert refused(body, SENT) == name


def test_leaving_out():
    body = dict(SENT)
    assert leave_out(body, "top_logprobs") == "logprobs"
    assert leave_out(body, "max_tokens") == "max_tokens->max_completion_tokens"
    assert leave_out(body, "seed") == "seed"
    assert body["max_completion_tokens"] == 5
    assert not {"logprobs", "top_logprobs", "max_tokens", "seed"} & set(body)


def test_what_is_learned_holds_for_requests_of_that_shape_only():
    refusals = Refusals()
    refusals.learn(SENT, "temperature")
    refusals.learn(SENT, "temperature")
    assert refusals.apply({**SENT, "seed": 99})[1] == ["temperature"]
    assert refusals.apply({**SENT, "reasoning_effort": "none"})[1] == []
    assert refusals.apply({k: v for k, v in SENT.items() if k != "stop"})[1] == []


def test_two_names_of_one_parameter_learned_at_once():
    refusals = Refusals()
    refusals.learn(SENT, "logprobs")
    refusals.learn(SENT, "top_logprobs")
    assert refusals.apply(SENT)[1] == ["logprobs"]
