"""Chat completions: the body of a request, and the completion in a reply. Pure; shared by all clients of that API."""

from __future__ import annotations

import base64
import json
from typing import Any

from kibitz.agents.models.model import Capability, Choice, Completion, Message, ProviderError, Request
from kibitz.agents.models.replies import (
    dict_of,
    dollars,
    finish_of,
    list_of,
    split_thinking,
    text_of,
    tool_call,
    unwrap,
    usage_of,
)
from kibitz.agents.models.schemas import reply_schema

CAPABILITIES: frozenset[Capability] = frozenset(
    {"n", "seed", "logprobs", "images", "json_schema", "choices", "tools", "effort", "temperature", "stop"}
)
"""What requests to this API may use."""


def data_uri(media_type: str, data: bytes) -> str:
    """A picture as a data URI."""
    return f"data:{media_type};base64,{base64.b64encode(data).decode()}"


def chat_body(request: Request, name: str, *, effort: str, max_tokens_field: str) -> dict[str, Any]:
    """The JSON body that asks the model ``name`` for ``request``."""
    body: dict[str, Any] = {
        "model": name,
        "messages": [_message(message) for message in request.messages],
        max_tokens_field: request.max_tokens,
    }
    if request.n > 1:
        body["n"] = request.n
    if request.temperature is not None:
        body["temperature"] = request.temperature
    if request.seed is not None:
        body["seed"] = request.seed
    if request.stop:
        body["stop"] = list(request.stop)
    if request.logprobs:
        body["logprobs"] = True
        body["top_logprobs"] = request.logprobs
    if effort:
        body["reasoning_effort"] = effort
    return body | _constraints(request)


def _constraints(request: Request) -> dict[str, Any]:
    if request.tools:
        return {"tools": [_tool(t.name, t.description, t.schema) for t in request.tools], "tool_choice": "required"}
    schema = reply_schema(request)
    if schema is None:
        return {}
    named = {"name": "reply", "schema": schema, "strict": True}
    return {"response_format": {"type": "json_schema", "json_schema": named}}


def _tool(name: str, description: str, schema: str) -> dict[str, Any]:
    function = {"name": name, "description": description, "parameters": json.loads(schema)}
    return {"type": "function", "function": function}


def _message(message: Message) -> dict[str, Any]:
    if not message.images:
        return {"role": message.role, "content": message.text}
    pictures = [
        {"type": "image_url", "image_url": {"url": data_uri(image.media_type, image.data)}} for image in message.images
    ]
    text = [{"type": "text", "text": message.text}] if message.text else []
    return {"role": message.role, "content": [*text, *pictures]}


def read_chat(reply: dict[str, Any], request: Request) -> Completion:
    """The completion in the body of a reply.

    Raises:
        ProviderError: The reply holds no choice with a message.
    """
    found = [choice for choice in list_of(reply.get("choices")) if isinstance(choice, dict)]
    if not found:
        raise ProviderError("the reply has no choices")
    # Providers number the samples, and some send them as they finish.
    found.sort(key=lambda choice: i if isinstance(i := choice.get("index"), int) else 0)
    items: list[str] = []
    choices = []
    for choice in found[: request.n]:
        message = choice.get("message")
        if not isinstance(message, dict):
            raise ProviderError("a choice of the reply has no message")
        choices.append(unwrap(_choice(choice, message), request))
        items += [json.dumps(item, sort_keys=True) for item in _opaque(message)]
    return Completion(
        choices=tuple(choices),
        usage=usage_of(reply.get("usage")),
        usd=dollars(dict_of(reply.get("usage")).get("cost")),
        reasoning_items=tuple(items),
    )


def _choice(choice: dict[str, Any], message: dict[str, Any]) -> Choice:
    finish = finish_of(choice.get("finish_reason"))
    text, reasoning = _content(message.get("content"))
    reasoning = text_of(message.get("reasoning_content")) or text_of(message.get("reasoning")) or reasoning
    reasoning = reasoning or _summaries(message)
    if not reasoning:
        reasoning, text = split_thinking(text, finish)
    calls = [dict_of(dict_of(call).get("function")) for call in list_of(message.get("tool_calls"))]
    return Choice(
        text=text,
        reasoning=reasoning,
        tool_calls=tuple(tool_call(call.get("name"), call.get("arguments")) for call in calls),
        finish=finish,
        refusal=text_of(message.get("refusal")),
        logprobs=_logprobs(choice.get("logprobs")),
    )


def _content(content: object) -> tuple[str, str]:
    """Text and reasoning; content may be a string, or a list of parts of which some are thoughts."""
    if not isinstance(content, list):
        return text_of(content), ""
    text, reasoning = [], []
    for part in content:
        part = dict_of(part)
        if part.get("type") == "thinking":
            thought = part.get("thinking")
            reasoning.append(_content(thought)[0] if isinstance(thought, list) else text_of(thought))
        else:
            text.append(text_of(part.get("text")))
    return "".join(text), "".join(reasoning)


def _opaque(message: dict[str, Any]) -> list[dict[str, Any]]:
    """Reasoning that the provider wants back as it is: OpenRouter's details, Anthropic's signed blocks."""
    found = list_of(message.get("reasoning_details")) or list_of(message.get("thinking_blocks"))
    return [item for item in found if isinstance(item, dict)]


def _summaries(message: dict[str, Any]) -> str:
    texts = (item.get("text") or item.get("summary") or item.get("thinking") for item in _opaque(message))
    return "\n".join(text for text in map(text_of, texts) if text)


def _logprobs(value: object) -> tuple[float, ...]:
    tokens = [dict_of(token).get("logprob") for token in list_of(dict_of(value).get("content"))]
    return tuple(float(p) for p in tokens if isinstance(p, int | float) and not isinstance(p, bool))
