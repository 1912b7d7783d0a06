"""Models of every other provider, through the ``litellm`` package: an extra, imported only when a model is opened.

Bodies and replies are those of chat completions (``chat``), so reasoning, usage and refused parameters mean the same
as with ``openai:``. LiteLLM checks many parameters itself before it sends; what it refuses is dropped and reported
like a refusal of the provider (its own silent ``drop_params`` stays off).

LiteLLM keeps its settings per process. Two are set here. ``LITELLM_LOCAL_MODEL_COST_MAP=True`` goes into the
environment before the import, because LiteLLM would otherwise download its price list while it is imported: a network
request that nobody asked for. What a call costs is not asked of LiteLLM: the harness reads the same table, puts a
suite's own prices before it, and keeps the prices of a run with its record.
``suppress_debug_info`` stops it from printing advertisements between our progress lines.
"""

from __future__ import annotations

import asyncio
import hashlib
import importlib
import importlib.util
import json
import os
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any, ClassVar

import msgspec

from kibitz.agents.models import chat
from kibitz.agents.models.endpoint import check_key, check_url, is_loopback
from kibitz.agents.models.failures import FILTERED_CODES, Secrets, failure_class, retry_after
from kibitz.agents.models.model import (
    CallFailed,
    CallTimeout,
    Capability,
    Choice,
    Completion,
    ConnectionFailed,
    Measured,
    ModelError,
    ProviderError,
    RejectedRequest,
    Request,
)
from kibitz.agents.models.refusals import DROPPABLE, Refusals, leave_out, refused, renamed
from kibitz.agents.models.replies import text_of
from kibitz.agents.models.samples import gather_samples, with_dropped
from kibitz.games.options import Option, Value, resolve

_SECRET_NAMES = ("_KEY", "_TOKEN", "_SECRET", "_PASSWORD", "_KEY_ID", "_CREDENTIALS")


class LiteLLMModel:
    """A model of any provider that LiteLLM knows."""

    name_is: ClassVar[str] = "PROVIDER/NAME (as LiteLLM calls the model, such as anthropic/NAME)"
    declared: ClassVar[tuple[Option, ...]] = (
        Option("base_url", "", "address of the endpoint; empty: the provider's own", inert=True),
        Option("api_key_env", "", "name of the variable that holds the key; empty: the provider's own", inert=True),
        Option("effort", "", "reasoning effort, such as low, medium or high; empty: the model's default"),
    )
    provider = "litellm"
    at_once = 0
    _open_models: ClassVar[int] = 0

    def __init__(self, name: str, **options: object) -> None:
        """Make the model; nothing is imported or connected to.

        Raises:
            OptionError: An option is unknown or its value is not allowed.
            ModelError: The address is none.
        """
        self.options: dict[str, Value] = resolve("model litellm", self.declared, options)
        self.name = name
        self.base_url = str(self.options["base_url"])
        if self.base_url:
            check_url(self.base_url)
        self._key = ""
        self._library: Any = None
        self._refusals = Refusals()
        self._secrets = Secrets.of("", self.base_url)

    @property
    def identity(self) -> Mapping[str, Any]:
        """Name and settings that can change a reply; neither address nor key."""
        return {"backend": "litellm", "name": self.name, "effort": self.options["effort"]}

    @property
    def share_key(self) -> str:
        """One client for models of the same name, settings and connection."""
        settings = hashlib.sha256(json.dumps([self.name, self.options], sort_keys=True).encode()).hexdigest()
        return f"litellm:{self.name}:{settings[:16]}"

    @property
    def capabilities(self) -> frozenset[Capability]:
        """What the API has; a provider that lacks some of it says so by refusing the parameter."""
        return chat.CAPABILITIES

    async def open(self) -> None:
        """Import LiteLLM and look for the key.

        Raises:
            ModelError: LiteLLM is not installed, or a key is missing.
        """
        if self._library is not None:
            return
        library = await asyncio.to_thread(_import_litellm)
        variable = str(self.options["api_key_env"])
        self._key = check_key(os.environ.get(variable, "").strip(), variable) if variable else ""
        local = bool(self.base_url) and is_loopback(self.base_url)
        absent = [variable] if variable and not self._key else [] if self._key else _absent_keys(library, self.name)
        if absent and not local:
            raise ModelError(f"model litellm:{self.name} needs a key: the variable {', '.join(absent)} is not set")
        from_environment = [value for name, value in os.environ.items() if name.endswith(_SECRET_NAMES)]
        self._secrets = Secrets.of(self._key, self.base_url).and_also(from_environment)
        self._library = library
        LiteLLMModel._open_models += 1

    async def close(self) -> None:
        """Close the connections with the last model that is open (LiteLLM shares them); safe to call twice."""
        library, self._library = self._library, None
        if library is None:
            return
        LiteLLMModel._open_models -= 1
        if not LiteLLMModel._open_models and hasattr(library, "close_litellm_async_clients"):
            await library.close_litellm_async_clients()

    async def complete(self, request: Request, *, deadline: float) -> tuple[Completion, Measured]:
        """Answer one request within ``deadline`` seconds; refused parameters are left out and reported.

        Raises:
            CallFailed: No completion came; the class names the cause.
        """
        if self._library is None:
            raise RuntimeError(f"litellm:{self.name} is not open")
        if request.score:
            raise RejectedRequest(f"litellm:{self.name} cannot score continuations: the API has no such request")
        started = time.perf_counter()
        try:
            async with asyncio.timeout(deadline):
                completion, measured = await gather_samples(request, self._ask, has_n=True)
        except TimeoutError:
            raise CallTimeout(f"litellm:{self.name}: no complete reply within {deadline:g} s") from None
        except CallFailed as failure:
            message = self._secrets.scrub(f"litellm:{self.name}: {failure}")
            raise type(failure)(message, retry_after=failure.retry_after) from None
        return completion, msgspec.structs.replace(measured, seconds=time.perf_counter() - started)

    async def _ask(self, request: Request) -> tuple[Completion, Measured]:
        body = self._body(request)
        sent, dropped = self._refusals.apply(body)
        while True:  # ends: every further turn has one parameter less, and no name comes back
            try:
                reply = await self._library.acompletion(**sent, **self._connection(), **_without_mcp(sent))
            except Exception as error:  # providers' code raises all kinds; CallFailed is the contract
                if _is_filtered(error):
                    return Completion(choices=(Choice(finish="content_filter"),) * request.n), Measured()
                name = refused(str(error), sent) if _status(error) in (400, 422) else None
                if name is None:
                    raise _failure(error) from None
                if name not in DROPPABLE or renamed(name, dropped):
                    raise RejectedRequest(f"{name} is refused and cannot be left out: {error}") from None
                self._refusals.learn(body, name)
                dropped.append(leave_out(sent, name))
            else:
                return self._read(reply, request, dropped)

    def _body(self, request: Request) -> dict[str, Any]:
        effort = request.effort or str(self.options["effort"])
        try:
            return chat.chat_body(request, self.name, effort=effort, max_tokens_field="max_tokens")
        except ValueError as error:
            raise RejectedRequest(f"a JSON schema in the request is no JSON: {error}") from None

    def _connection(self) -> dict[str, Any]:
        connection: dict[str, Any] = {"max_retries": 0, "num_retries": 0, "drop_params": False}
        if self.base_url:
            connection["base_url"] = self.base_url
        if self._key or self.base_url:
            connection["api_key"] = self._key or "none"
        return connection

    def _read(self, reply: Any, request: Request, dropped: list[str]) -> tuple[Completion, Measured]:  # noqa: ANN401
        try:
            data: dict[str, Any] = reply.model_dump()
        except Exception as error:  # a reply that LiteLLM cannot write down is no completion
            raise ProviderError(f"the reply cannot be read ({type(error).__name__})") from None
        return with_dropped(chat.read_chat(data, request), dropped), Measured(
            request_id=text_of(data.get("id"))[:200],
            model=text_of(data.get("model"))[:200],
            fingerprint=text_of(data.get("system_fingerprint"))[:200],
        )


def _import_litellm() -> Any:  # noqa: ANN401 - an optional library
    os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
    try:
        library = importlib.import_module("litellm")
    except ImportError as error:
        if error.name != "litellm":
            raise ModelError(f"litellm is installed but cannot be imported: {error}") from error
        raise ModelError('litellm is not installed; run: pip install "kibitz[litellm]"') from error
    library.suppress_debug_info = True  # type: ignore[attr-defined]
    return library


@cache
def _needs_mcp() -> bool:
    """Whether this LiteLLM looks at every request with tools through a package that is not installed."""
    try:
        handler = importlib.util.find_spec("litellm.responses.mcp.chat_completions_handler")
    except ImportError:
        return False
    return handler is not None and importlib.util.find_spec("mcp") is None


def _without_mcp(body: Mapping[str, Any]) -> dict[str, Any]:
    """LiteLLM's own switch past its tool gateway, which we never use and which fails without the ``mcp`` package."""
    return {"_skip_mcp_handler": True} if "tools" in body and _needs_mcp() else {}


def _absent_keys(library: Any, name: str) -> list[str]:  # noqa: ANN401 - an optional library
    """Variables that the provider's key is looked for in, where none is set; empty where LiteLLM is not sure."""
    absent = library.validate_environment(model=name).get("missing_keys") or []
    # Clouds have other ways to sign in (profiles, roles): only a plain key is known to be needed.
    return [str(key) for key in absent] if all(str(key).endswith("_API_KEY") for key in absent) else []


def _status(error: Exception) -> int:
    status = getattr(error, "status_code", None)
    return status if isinstance(status, int) else 0


def _is_filtered(error: Exception) -> bool:
    code = str(getattr(error, "code", ""))
    return type(error).__name__ == "ContentPolicyViolationError" or code in FILTERED_CODES


def _failure(error: Exception) -> CallFailed:
    """The failure behind an exception of LiteLLM or of what it calls."""
    kind = type(error).__name__
    if kind == "Timeout" or "Timeout" in kind:
        return CallTimeout("the connection timed out")
    if kind == "APIConnectionError":
        return ConnectionFailed(f"no connection, or it broke: {error}")
    headers = getattr(error, "litellm_response_headers", None) or getattr(
        getattr(error, "response", None), "headers", {}
    )
    status = _status(error)
    cause = failure_class(status, str(getattr(error, "code", ""))) if status else ProviderError
    return cause(f"{kind}: {error}", retry_after=retry_after(headers or {}, datetime.now(UTC)))
