"""Models behind any OpenAI-compatible endpoint, through the ``openai`` SDK: chat completions or the Responses API.

The SDK is the transport (``transport``): it signs, sends and streams. Bodies are built and read here (``chat``,
``responses``), so that a malformed reply is a ``ProviderError`` with a short reason, and what a completion means does
not depend on the version of the SDK. Retries are the harness's; the SDK makes none.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import time
from collections.abc import Mapping
from typing import Any, ClassVar
from urllib.parse import urlsplit

import msgspec

from kibitz.agents.models import chat, replies, responses
from kibitz.agents.models.endpoint import check_key, check_url, is_loopback, require_listener
from kibitz.agents.models.failures import Secrets, shown_url
from kibitz.agents.models.model import (
    CallFailed,
    CallTimeout,
    Capability,
    Choice,
    Completion,
    Measured,
    ModelError,
    RejectedRequest,
    Request,
)
from kibitz.agents.models.refusals import DROPPABLE, Refusals, leave_out, renamed
from kibitz.agents.models.samples import gather_samples, with_dropped
from kibitz.agents.models.transport import FilteredPrompt, RefusedParameter, failure_in_reply, make_client, post
from kibitz.games.options import Option, Value, resolve

OFFICIAL = "https://api.openai.com/v1"


class OpenAIModel:
    """A model behind an OpenAI-compatible endpoint."""

    name_is: ClassVar[str] = "NAME (as the endpoint calls the model)"
    declared: ClassVar[tuple[Option, ...]] = (
        Option("base_url", "", "address of the endpoint; empty: OPENAI_BASE_URL, else OpenAI", inert=True),
        Option("api_key_env", "OPENAI_API_KEY", "name of the variable that holds the key", inert=True),
        Option("api", "chat", "which API to use", choices=("chat", "responses")),
        Option("effort", "", "reasoning effort, such as low, medium or high; empty: the model's default"),
        Option("summary", "", "summary of the reasoning (Responses)", choices=("", "auto", "concise", "detailed")),
        Option("opaque", False, "ask for encrypted reasoning items (Responses)"),
        Option(
            "max_tokens_field",
            "auto",
            "name of the token limit (chat); auto: max_completion_tokens at OpenAI, else max_tokens",
            choices=("auto", "max_tokens", "max_completion_tokens"),
            inert=True,
        ),
    )
    provider = "openai"
    at_once = 0

    def __init__(self, name: str, **options: object) -> None:
        """Make the model; nothing is connected to.

        Raises:
            OptionError: An option is unknown or its value is not allowed.
            ModelError: The address is none.
        """
        self.options: dict[str, Value] = resolve("model openai", self.declared, options)
        self.name = name
        self.base_url = check_url(str(self.options["base_url"]) or os.environ.get("OPENAI_BASE_URL", "") or OFFICIAL)
        self._chat = self.options["api"] == "chat"
        self._client: Any = None
        self._refusals = Refusals()
        self._secrets = Secrets.of("", self.base_url)

    @property
    def identity(self) -> Mapping[str, Any]:
        """Name and settings that can change a reply; neither address nor key."""
        settings = {o.name: self.options[o.name] for o in self.declared if not o.inert}
        return {"backend": "openai", "name": self.name, **settings}

    @property
    def share_key(self) -> str:
        """One client for models of the same name, settings and connection; hashed, since an address may hold a key."""
        settings = json.dumps([self.name, self.base_url, self.options], sort_keys=True)
        return f"openai:{self.name}:{hashlib.sha256(settings.encode()).hexdigest()[:16]}"

    @property
    def capabilities(self) -> frozenset[Capability]:
        """What the API has; a model that lacks some of it says so by refusing the parameter."""
        return chat.CAPABILITIES if self._chat else responses.CAPABILITIES

    async def open(self) -> None:
        """Find the key and make the client; for a local endpoint, check that a server listens.

        Raises:
            ModelError: The key's variable is not set, or nothing listens at a local address.
        """
        if self._client is not None:
            return
        variable = str(self.options["api_key_env"])
        key = check_key(os.environ.get(variable, "").strip(), variable)
        local = is_loopback(self.base_url)
        if not key and not local:
            raise ModelError(
                f"model openai:{self.name} needs a key: the variable {variable} is not set"
                " (api_key_env names another variable)"
            )
        self._secrets = Secrets.of(key, self.base_url)
        if local:
            await require_listener(self.base_url, f"openai:{self.name}")
        # Importing the SDK takes about a second: not on the loop, and not before a model is used.
        self._client = await asyncio.to_thread(make_client, self.base_url, key or "none")

    async def close(self) -> None:
        """Close the connections; safe to call twice."""
        client, self._client = self._client, None
        if client is not None:
            await client.close()

    async def complete(self, request: Request, *, deadline: float) -> tuple[Completion, Measured]:
        """Answer one request within ``deadline`` seconds.

        A parameter that the endpoint refuses is left out, at the cost of one more round trip within the same deadline,
        and named in ``Completion.dropped``.

        Raises:
            CallFailed: No completion came; the class names the cause.
        """
        if self._client is None:
            raise RuntimeError(f"openai:{self.name} is not open")
        if request.score:
            raise RejectedRequest(f"openai:{self.name} cannot score continuations: the API has no such request")
        started = time.perf_counter()
        try:
            async with asyncio.timeout(deadline):
                completion, measured = await gather_samples(request, self._ask, has_n=self._chat)
        except TimeoutError:
            raise CallTimeout(f"openai:{self.name}: no complete reply within {deadline:g} s") from None
        except CallFailed as failure:
            message = f"openai:{self.name} at {shown_url(self.base_url)}: {failure}"
            raise type(failure)(self._secrets.scrub(message), retry_after=failure.retry_after) from None
        return completion, msgspec.structs.replace(measured, seconds=time.perf_counter() - started)

    async def _ask(self, request: Request) -> tuple[Completion, Measured]:
        """Send one request, and again without each parameter that is refused."""
        body = self._body(request)
        sent, dropped = self._refusals.apply(body)
        resource = self._client.chat.completions if self._chat else self._client.responses
        while True:  # ends: every further turn has one parameter less, and no name comes back
            try:
                reply, measured = await post(resource, sent, replies.largest_body(request))
            except RefusedParameter as refusal:
                if refusal.name not in DROPPABLE or renamed(refusal.name, dropped):
                    raise RejectedRequest(f"{refusal.name} is refused and cannot be left out: {refusal}") from None
                self._refusals.learn(body, refusal.name)
                dropped.append(leave_out(sent, refusal.name))
            except FilteredPrompt:
                return Completion(choices=(Choice(finish="content_filter"),) * request.n), Measured()
            else:
                return self._read(reply, request, dropped), measured

    def _body(self, request: Request) -> dict[str, Any]:
        effort = request.effort or str(self.options["effort"])
        try:
            if self._chat:
                return chat.chat_body(request, self.name, effort=effort, max_tokens_field=self._max_tokens_field())
            summary, opaque = str(self.options["summary"]), bool(self.options["opaque"])
            return responses.responses_body(request, self.name, effort=effort, summary=summary, opaque=opaque)
        except ValueError as error:
            raise RejectedRequest(f"a JSON schema in the request is no JSON: {error}") from None

    def _max_tokens_field(self) -> str:
        chosen = str(self.options["max_tokens_field"])
        if chosen != "auto":
            return chosen
        # OpenAI's reasoning models know the new name only; most other servers know the old one only.
        official = urlsplit(self.base_url).hostname == urlsplit(OFFICIAL).hostname
        return "max_completion_tokens" if official else "max_tokens"

    def _read(self, reply: dict[str, Any], request: Request, dropped: list[str]) -> Completion:
        if not self._chat:
            completion = responses.read_response(reply, request)
            return with_dropped(completion, [*responses.missing(request), *dropped])
        if reply.get("error") and not reply.get("choices"):
            raise failure_in_reply(reply)
        return with_dropped(chat.read_chat(reply, request), dropped)
