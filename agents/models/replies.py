"""Reading what providers send: hostile input, read field by field, never trusted to have a type.

Everything here is pure. A field of the wrong type counts as absent; a reply without its essential part is a
``ProviderError`` with a short reason.
"""

from __future__ import annotations

import hashlib
import json
import math
from typing import Any

import msgspec

from kibitz.agents.models.model import Choice, FinishReason, ProviderError, Request, ToolCall, Usage

LARGEST_BODY = 4 * 1024 * 1024
"""Bytes of a reply that are read. Log-probabilities make replies long: they get sixteen times as much."""

_FINISH: dict[str, FinishReason] = {
    "stop": "stop",
    "end_turn": "stop",
    "eos": "stop",
    "stop_sequence": "stop",
    "length": "length",
    "max_tokens": "length",
    "tool_calls": "tool_calls",
    "function_call": "tool_calls",
    "content_filter": "content_filter",
}


def largest_body(request: Request) -> int:
    """How many bytes of a reply to ``request`` are read before it counts as malformed."""
    return LARGEST_BODY * (16 if request.logprobs else 1)


def read_object(data: bytes, content_type: str) -> dict[str, Any]:
    """The JSON object in the body of a reply.

    Raises:
        ProviderError: The body is no JSON object; the message says what it is instead.
    """
    kind = content_type.partition(";")[0].strip().lower()[:60] or "of no type"
    try:
        value = msgspec.json.decode(data.removeprefix(b"\xef\xbb\xbf"))
    except (ValueError, RecursionError):
        if not data.strip():
            raise ProviderError("the reply is empty") from None
        if not kind.endswith("json"):
            raise ProviderError(f"the reply is {kind}, not JSON") from None
        raise ProviderError(f"the reply is broken JSON ({len(data)} bytes)") from None
    if not isinstance(value, dict):
        raise ProviderError(f"the reply is a JSON {type(value).__name__}, not an object")
    return value


def text_of(value: object) -> str:
    """A string as it can be stored (no lone surrogates), or the empty string for anything else."""
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else ""


def dict_of(value: object) -> dict[str, Any]:
    """The dictionary, or an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def list_of(value: object) -> list[Any]:
    """The list, or an empty one for anything else."""
    return value if isinstance(value, list) else []


MOST_TOKENS = 10**12
"""Tokens of one call: a provider that counts more counts something else, and databases count no further than 2^63."""


def count_of(value: object) -> int:
    """A count of tokens; 0 for anything that is none."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= MOST_TOKENS:
        return 0
    return int(value)


def dollars(value: object) -> float | None:
    """A cost in US dollars; None for anything that is none."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or value < 0:
        return None
    return float(value)


def finish_of(value: object) -> FinishReason:
    """The finish reason; ``unknown`` for what is not known."""
    return _FINISH.get(value, "unknown") if isinstance(value, str) else "unknown"


def split_thinking(text: str, finish: FinishReason) -> tuple[str, str]:
    """Split a leading ``<think>...</think>`` block off a reply.

    Only a block at the very start is reasoning: further down it may be part of the answer. A block that the token
    limit cut off is all reasoning, and the answer is empty; one that is open for another reason is left as it is.

    Returns:
        Reasoning and answer.
    """
    start = text.lstrip()
    if not start.startswith("<think>"):
        return "", text
    inside, closed, answer = start[len("<think>") :].partition("</think>")
    if closed:
        return inside.strip(), answer.lstrip()
    return (inside.strip(), "") if finish == "length" else ("", text)


def tool_call(name: object, arguments: object) -> ToolCall:
    """A tool call; arguments that came as an object instead of JSON text are written as text."""
    if isinstance(arguments, str):
        return ToolCall(name=text_of(name), arguments=text_of(arguments))
    return ToolCall(name=text_of(name), arguments=json.dumps(arguments if arguments is not None else {}))


def usage_of(value: object) -> Usage:
    """Tokens from the usage of either API, and of the dialects that are in use."""
    usage = dict_of(value)
    into = dict_of(usage.get("prompt_tokens_details") or usage.get("input_tokens_details"))
    out = dict_of(usage.get("completion_tokens_details") or usage.get("output_tokens_details"))
    total_in = count_of(usage.get("prompt_tokens", usage.get("input_tokens")))
    total_out = count_of(usage.get("completion_tokens", usage.get("output_tokens")))
    cached = count_of(into.get("cached_tokens", usage.get("prompt_cache_hit_tokens")))
    return Usage(
        input=total_in,
        output=total_out,
        cached=min(cached, total_in),
        reasoning=min(count_of(out.get("reasoning_tokens")), total_out),
    )


def add_usage(a: Usage, b: Usage) -> Usage:
    """The sum of two usages."""
    return Usage(
        input=a.input + b.input,
        output=a.output + b.output,
        cached=a.cached + b.cached,
        reasoning=a.reasoning + b.reasoning,
    )


def unwrap(choice: Choice, request: Request) -> Choice:
    """Take the chosen text out of the object that ``schemas.reply_schema`` asked for.

    A reply that is not of that form stays as it is: whoever asked sees what was really said.
    """
    if not request.choices:
        return choice
    try:
        chosen = dict_of(msgspec.json.decode(choice.text)).get("choice")
    except (ValueError, RecursionError):
        return choice
    return msgspec.structs.replace(choice, text=chosen) if chosen in request.choices else choice


def sample_seed(seed: int | None, sample: int) -> int | None:
    """The seed of sample ``sample`` where each needs a request of its own; sample 0 has the request's own seed."""
    if seed is None or sample == 0:
        return seed
    return int(hashlib.sha256(f"{seed}/{sample}".encode()).hexdigest()[:8], 16) & 0x7FFF_FFFF
