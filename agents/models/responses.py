"""The Responses API: the body of a request, and the completion in a reply. Pure.

It has no samples, seed or stop texts. Several samples are several requests; the other two are reported as dropped.
"""

from __future__ import annotations

import json
from typing import Any

from kibitz.agents.models import chat
from kibitz.agents.models.failures import BY_CODE, error_text
from kibitz.agents.models.model import (
    Capability,
    Choice,
    Completion,
    FinishReason,
    Message,
    ProviderError,
    Request,
    ToolCall,
)
from kibitz.agents.models.replies import (
    dict_of,
    dollars,
    list_of,
    split_thinking,
    text_of,
    tool_call,
    unwrap,
    usage_of,
)
from kibitz.agents.models.schemas import reply_schema

CAPABILITIES: frozenset[Capability] = chat.CAPABILITIES - {"seed", "stop"}
"""What requests to this API may use; ``n`` takes a request a sample."""

ENCRYPTED = "reasoning.encrypted_content"


def responses_body(request: Request, name: str, *, effort: str, summary: str, opaque: bool) -> dict[str, Any]:
    """The JSON body that asks the model ``name`` for one sample of ``request``; nothing is stored at the provider."""
    body: dict[str, Any] = {
        "model": name,
        "input": [_message(message) for message in request.messages],
        "max_output_tokens": request.max_tokens,
        "store": False,
    }
    if request.temperature is not None:
        body["temperature"] = request.temperature
    reasoning = {key: value for key, value in (("effort", effort), ("summary", summary)) if value}
    if reasoning:
        body["reasoning"] = reasoning
    include = [ENCRYPTED] if opaque else []
    if request.logprobs:
        include.append("message.output_text.logprobs")
        body["top_logprobs"] = request.logprobs
    if include:
        body["include"] = include
    return body | _constraints(request)


def missing(request: Request) -> list[str]:
    """The parameters of ``request`` that this API does not have."""
    return [name for name, given in (("seed", request.seed is not None), ("stop", bool(request.stop))) if given]


def _constraints(request: Request) -> dict[str, Any]:
    if request.tools:
        tools = [
            {
                "type": "function",
                "name": t.name,
                "description": t.description,
                "parameters": json.loads(t.schema),
                "strict": False,
            }
            for t in request.tools
        ]
        return {"tools": tools, "tool_choice": "required"}
    schema = reply_schema(request)
    if schema is None:
        return {}
    return {"text": {"format": {"type": "json_schema", "name": "reply", "schema": schema, "strict": True}}}


def _message(message: Message) -> dict[str, Any]:
    if not message.images:
        return {"role": message.role, "content": message.text}
    pictures = [
        {"type": "input_image", "image_url": chat.data_uri(image.media_type, image.data)} for image in message.images
    ]
    text = [{"type": "input_text", "text": message.text}] if message.text else []
    return {"role": message.role, "content": [*text, *pictures]}


def read_response(reply: dict[str, Any], request: Request) -> Completion:
    """The completion (one sample) in the body of a reply.

    Raises:
        CallFailed: The response failed, or it is none; the class follows from its error code.
    """
    status = reply.get("status", "completed")
    if status == "failed" or isinstance(reply.get("error"), dict):
        code = text_of(dict_of(reply.get("error")).get("code"))
        raise BY_CODE.get(code, ProviderError)(error_text(reply) or "the provider reports a failed response")
    if status not in ("completed", "incomplete"):
        raise ProviderError(f"the response is {text_of(status)[:40]!r}, not completed")
    if not isinstance(reply.get("output"), list):
        raise ProviderError("the reply has no output")
    items = [dict_of(item) for item in reply["output"]]
    calls = tuple(
        tool_call(item.get("name"), item.get("arguments")) for item in items if item.get("type") == "function_call"
    )
    choice = _choice(items, calls, _finish(reply, calls))
    thoughts = [item for item in items if item.get("type") == "reasoning"]
    return Completion(
        choices=(unwrap(choice, request),),
        usage=usage_of(reply.get("usage")),
        usd=dollars(dict_of(reply.get("usage")).get("cost")),
        reasoning_items=tuple(json.dumps(item, sort_keys=True) for item in thoughts),
    )


def _finish(reply: dict[str, Any], calls: tuple[ToolCall, ...]) -> FinishReason:
    if reply.get("status") == "incomplete":
        why = dict_of(reply.get("incomplete_details")).get("reason")
        reasons: dict[object, FinishReason] = {"max_output_tokens": "length", "content_filter": "content_filter"}
        return reasons.get(why, "unknown") if isinstance(why, str) else "unknown"
    return "tool_calls" if calls else "stop"


def _choice(items: list[dict[str, Any]], calls: tuple[ToolCall, ...], finish: FinishReason) -> Choice:
    text, refusal, reasoning, logprobs = [], [], [], []
    for item in items:
        if item.get("type") == "reasoning":
            parts = list_of(item.get("summary")) or list_of(item.get("content"))
            reasoning += [text_of(dict_of(part).get("text")) for part in parts]
        elif item.get("type") == "message":
            for part in map(dict_of, list_of(item.get("content"))):
                text.append(text_of(part.get("text")))
                refusal.append(text_of(part.get("refusal")))
                logprobs += [dict_of(token).get("logprob") for token in list_of(part.get("logprobs"))]
    said, thought = "".join(text), "\n".join(filter(None, reasoning))
    if not thought:
        thought, said = split_thinking(said, finish)
    return Choice(
        text=said,
        reasoning=thought,
        tool_calls=calls,
        finish=finish,
        refusal="".join(refusal),
        logprobs=tuple(float(p) for p in logprobs if isinstance(p, int | float) and not isinstance(p, bool)),
    )
