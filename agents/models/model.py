"""The one protocol for models: requests, completions, capabilities and failures.

Nobody calls a model except through the meter (``kibitz.agents.meter``), which keys, seeds, journals and counts.

Failures, one class a cause::

    CallFailed
    ├── RateLimited          the provider said "too many requests"
    ├── ProviderError        the provider failed (5xx, or a reply that is no completion)
    │   └── Overloaded       it has no capacity now (503, 529)
    ├── CallTimeout          no complete reply before the deadline
    ├── ConnectionFailed     no connection, or it broke
    ├── Unauthorized         key missing, wrong or without rights
    ├── NotFound             no such model or endpoint
    └── RejectedRequest      the provider refuses the request as it stands (a parameter, its size)
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from operator import attrgetter
from typing import Any, ClassVar, Literal, Protocol

import msgspec

Capability = Literal[
    "n", "seed", "logprobs", "score", "images", "json_schema", "choices", "tools", "effort", "temperature", "stop"
]
Role = Literal["system", "user", "assistant"]
FinishReason = Literal["stop", "length", "tool_calls", "content_filter", "unknown"]


class CallFailed(Exception):  # noqa: N818
    """A call to a model failed; ``cause`` names the row of the failure table, which says whether it is tried again."""

    cause: ClassVar[str] = "provider_error"

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        self.agent = ""
        """Whose call it was; filled in by whoever sent it."""


class RateLimited(CallFailed):
    """The provider asked to slow down."""

    cause = "rate_limited"


class ProviderError(CallFailed):
    """The provider failed, or sent something that is no completion."""

    cause = "provider_error"


class Overloaded(ProviderError):  # noqa: N818
    """The provider has no capacity now: like "too many requests", a reason to send fewer calls."""

    cause = "overloaded"


class CallTimeout(CallFailed):
    """No complete reply arrived before the deadline."""

    cause = "timeout"


class ConnectionFailed(CallFailed):
    """No connection could be made, or it broke before the reply was complete."""

    cause = "connection"


class Unauthorized(CallFailed):
    """The key is missing, wrong, or lacks rights."""

    cause = "unauthorized"


class NotFound(CallFailed):
    """The model or the endpoint does not exist."""

    cause = "not_found"


class RejectedRequest(CallFailed):
    """The provider refuses the request as it stands."""

    cause = "rejected_request"


class ModelError(ValueError):
    """A model cannot be used as configured; the message says what to do."""


_encode = msgspec.json.Encoder(order="deterministic").encode


class Image(msgspec.Struct, frozen=True):
    """A picture in a message."""

    media_type: str
    data: bytes

    @property
    def digest(self) -> str:
        """SHA-256 of the picture's bytes."""
        return hashlib.sha256(self.data).hexdigest()


class Message(msgspec.Struct, frozen=True):
    """One message. ``static`` marks the prefix that all calls of a game share (prompt caches split there)."""

    role: Role
    text: str
    images: tuple[Image, ...] = ()
    static: bool = False


def follows(before: str, message: Message) -> str:
    """The digest of a conversation that goes on with ``message``; ``before`` is the digest so far, empty at first."""
    images = [image.digest for image in message.images]
    return hashlib.sha256(_encode((before, message.role, message.text, images, message.static))).hexdigest()


class Tool(msgspec.Struct, frozen=True):
    """A function the model may call; ``schema`` is the JSON schema of its arguments, as JSON text."""

    name: str
    description: str
    schema: str


class ToolCall(msgspec.Struct, frozen=True):
    """A call of a function by the model; ``arguments`` is JSON text, not yet checked."""

    name: str
    arguments: str


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked of a model; everything in it is part of the request hash.

    Attributes:
        messages: The conversation; the last one is normally the user's.
        n: Number of samples.
        temperature: 0 is greedy; None leaves it to the provider.
        max_tokens: Upper bound of generated tokens, reasoning included where the provider counts so.
        seed: Sampling seed; filled in by the meter.
        stop: Texts that end the generation.
        logprobs: How many alternatives per token to return; 0 for none.
        json_schema: JSON schema (as JSON text) that the reply must satisfy.
        choices: The reply must be exactly one of these.
        score: Return a log-probability for each of these continuations instead of generating.
        tools: Functions the model must choose from.
        effort: Reasoning effort, for models that have such a setting.
    """

    messages: tuple[Message, ...]
    n: int = 1
    temperature: float | None = 0.0
    max_tokens: int = 512
    seed: int | None = None
    stop: tuple[str, ...] = ()
    logprobs: int = 0
    json_schema: str | None = None
    choices: tuple[str, ...] = ()
    score: tuple[str, ...] = ()
    tools: tuple[Tool, ...] = ()
    effort: str | None = None

    def parameters(self) -> dict[str, Any]:
        """Everything but the messages, defaults left out, as JSON-ready values."""
        return {
            name: value if value.__class__ in _PLAIN else msgspec.to_builtins(value)
            for name, value, default in zip(_PARAMETERS, _values(self), _DEFAULTS, strict=True)
            if value != default
        }

    def digest(self, model: Mapping[str, Any]) -> str:
        """The request hash: model settings, parameters and messages; no key, URL or time-out.

        Args:
            model: ``Model.identity`` of the model that answers.
        """
        conversation = ""
        for message in self.messages:
            conversation = follows(conversation, message)
        return request_digest(identity_digest(model), self.parameters(), conversation)


_PLAIN = frozenset((int, float, str))
_PARAMETERS = tuple(name for name in Request.__struct_fields__ if name != "messages")
_DEFAULTS = tuple(field.default for field in msgspec.structs.fields(Request) if field.name != "messages")
_values = attrgetter(*_PARAMETERS)


def identity_digest(model: Mapping[str, Any]) -> str:
    """SHA-256 of what a model is."""
    return hashlib.sha256(_encode(dict(model))).hexdigest()


def request_digest(model: str, parameters: Mapping[str, Any], conversation: str) -> str:
    """The request hash from its parts; the conversation's digest grows with each message, so that none is hashed twice.

    Args:
        model: ``identity_digest`` of the model.
        parameters: ``Request.parameters``.
        conversation: ``follows`` over all messages.
    """
    return hashlib.sha256(_encode((model, parameters, conversation))).hexdigest()


class Usage(msgspec.Struct, frozen=True):
    """Tokens of one call as the provider counts them. ``cached`` is part of ``input``, ``reasoning`` of ``output``."""

    input: int = 0
    output: int = 0
    cached: int = 0
    reasoning: int = 0


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """One sample: the text, what the model reasoned apart from it, tool calls, and why it ended."""

    text: str = ""
    reasoning: str = ""
    tool_calls: tuple[ToolCall, ...] = ()
    finish: FinishReason = "stop"
    refusal: str = ""
    logprobs: tuple[float, ...] = ()


class Completion(msgspec.Struct, frozen=True, kw_only=True):
    """What came back: everything here is deterministic given the reply and is journaled before an agent sees it.

    Attributes:
        choices: One a sample; empty for a scoring request.
        usage: Tokens.
        scores: For a scoring request, one log-probability (natural logarithm) a continuation.
        score_rule: What the scores are: ``trie`` (log P among the allowed continuations, token by token) or
            ``sequence`` (log-likelihood of the whole continuation, end token included).
        dropped: Parameters that the provider refused and that were left out; never silent.
        usd: Cost where the provider reports it.
        reasoning_items: Opaque reasoning to send back on the next turn, as JSON text.
    """

    choices: tuple[Choice, ...] = ()
    usage: Usage = Usage()
    scores: tuple[float, ...] = ()
    score_rule: str = ""
    dropped: tuple[str, ...] = ()
    usd: float | None = None
    reasoning_items: tuple[str, ...] = ()


class Measured(msgspec.Struct, frozen=True, kw_only=True):
    """What differs between two identical calls and is therefore kept out of every digest."""

    seconds: float = 0.0
    request_id: str = ""
    model: str = ""
    fingerprint: str = ""
    attempts: int = 1


UNLIMITED = 1_000_000
"""``Model.at_once`` of a model that only computes: any number of calls is as good as one."""


class Model(Protocol):
    """A model that answers requests."""

    @property
    def identity(self) -> Mapping[str, Any]:
        """Everything about the model that can change a reply, JSON-ready: name, file hash, quantisation, settings."""

    @property
    def share_key(self) -> str:
        """Models with equal keys are one: the harness opens the first and routes the calls of all to it."""

    @property
    def provider(self) -> str:
        """Key of the suite's ``[limits]``, such as ``openai``."""

    @property
    def at_once(self) -> int:
        """Calls in flight that the model can take, where that is known; 0 where it has to be found out."""

    @property
    def capabilities(self) -> frozenset[Capability]:
        """What requests may use; anything else is a configuration error found before the run."""

    async def open(self) -> None:
        """Start or check what is needed.

        Raises:
            ModelError: The model cannot be used; the message says what to do.
        """

    async def complete(self, request: Request, *, deadline: float) -> tuple[Completion, Measured]:
        """Answer one request within ``deadline`` seconds; one attempt, no retries.

        Raises:
            CallFailed: No completion came; the class names the cause.
        """

    async def close(self) -> None:
        """Stop what was started; safe to call twice."""
