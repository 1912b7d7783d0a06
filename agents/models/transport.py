"""The ``openai`` SDK as a transport: sends a body, returns the reply's JSON object or a ``CallFailed``.

Works with releases of the SDK that stand on httpx (2.x) and on httpx2 (3.x): nothing of either is imported here.
Replies are streamed, so that one that is too large is not read to its end.
"""

from __future__ import annotations

import ssl
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote, urlsplit

from kibitz.agents.models import replies
from kibitz.agents.models.endpoint import is_loopback
from kibitz.agents.models.failures import FILTERED_CODES, error_fields, error_text, failure_class, retry_after
from kibitz.agents.models.model import CallFailed, CallTimeout, ConnectionFailed, Measured, ProviderError
from kibitz.agents.models.refusals import refused


class RefusedParameter(Exception):  # noqa: N818 - a step on the way, caught by the client
    """The endpoint refuses one parameter of the request."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        self.name = name


class FilteredPrompt(Exception):  # noqa: N818 - a step on the way, caught by the client
    """The provider's filter refused the prompt."""


def make_client(base_url: str, key: str) -> Any:  # noqa: ANN401 - an AsyncOpenAI, imported only here
    """A client of the SDK without retries and time-outs (both are the caller's). Imports the SDK: takes a second."""
    import openai

    settings: dict[str, Any] = {}
    parts = urlsplit(base_url)
    if "@" in parts.netloc:
        # Sent as before, but no part of the address any more, which the HTTP library logs and quotes.
        settings["auth"] = (unquote(parts.username or ""), unquote(parts.password or ""))
        base_url = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
    if is_loopback(base_url):
        # A proxy from the environment cannot reach this machine.
        settings["trust_env"] = False
        if urlsplit(base_url).scheme == "http":
            # No certificates are needed, and loading them takes longer than a call; a context without any trusts none.
            settings["verify"] = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    foreign: dict[str, Any] = {"OpenAI-Organization": openai.Omit(), "OpenAI-Project": openai.Omit()}
    return openai.AsyncOpenAI(
        api_key=key,
        base_url=base_url,
        max_retries=0,
        timeout=None,
        # The SDK takes organisation and project from the environment; they are nobody's business but OpenAI's.
        default_headers={} if urlsplit(base_url).hostname == "api.openai.com" else foreign,
        http_client=openai.DefaultAsyncHttpxClient(**settings),
    )


async def post(resource: Any, body: Mapping[str, Any], largest: int) -> tuple[dict[str, Any], Measured]:  # noqa: ANN401
    """Send ``body`` through a resource of the SDK; returns the reply's JSON object and what is measured.

    Args:
        resource: ``client.chat.completions`` or ``client.responses``.
        body: The JSON body.
        largest: Bytes of the reply that are read at most.

    Raises:
        RefusedParameter: The endpoint refuses a parameter.
        FilteredPrompt: The provider's filter refused the prompt.
        CallFailed: Anything else that is no reply.
    """
    import openai

    # Only what the SDK's signature demands is passed by name; the rest goes into the body as it is.
    first = {key: body[key] for key in ("model", "messages", "input") if key in body}
    rest = {key: value for key, value in body.items() if key not in first}
    try:
        async with resource.with_streaming_response.create(**first, extra_body=rest) as response:
            data = await _read_bounded(response, largest)
            headers = {str(name).lower(): str(value) for name, value in response.headers.items()}
    except openai.APIStatusError as error:
        raise _status_failure(error.status_code, error.response.headers, error.body, body) from None
    except openai.APITimeoutError:
        raise CallTimeout("the connection timed out") from None
    except openai.APIConnectionError as error:
        cause = type(error.__cause__ or error).__name__
        raise ConnectionFailed(f"no connection, or it broke ({cause})") from None
    except openai.OpenAIError as error:
        raise ProviderError(f"{type(error).__name__}: {error}") from None
    except _transport_errors() as error:
        raise ConnectionFailed(f"the connection broke before the reply was complete ({type(error).__name__})") from None
    reply = replies.read_object(data, headers.get("content-type", ""))
    return reply, Measured(
        request_id=headers.get("x-request-id", "")[:200],
        model=replies.text_of(reply.get("model"))[:200],
        fingerprint=replies.text_of(reply.get("system_fingerprint"))[:200],
    )


async def _read_bounded(response: Any, largest: int) -> bytes:  # noqa: ANN401 - the SDK's streamed response
    data = bytearray()
    async for chunk in response.iter_bytes():
        data += chunk
        if len(data) > largest:
            raise ProviderError(f"the reply is larger than {largest} bytes")
    return bytes(data)


def _transport_errors() -> tuple[type[BaseException], ...]:
    """What the SDK lets through when a body breaks off: errors of the HTTP library that it happens to stand on."""
    found: list[type[BaseException]] = [OSError]
    for module, names in (
        ("httpx", ("HTTPError", "StreamError")),
        ("httpx2", ("HTTPError", "StreamError")),
        ("anyio", ("EndOfStream", "ClosedResourceError", "BrokenResourceError")),
    ):
        if module in sys.modules:
            found += [getattr(sys.modules[module], name) for name in names]
    return tuple(found)


def _status_failure(status: int, headers: Mapping[str, str], body: object, sent: Mapping[str, Any]) -> Exception:
    fields = error_fields(body)
    code = str(fields.get("code") or fields.get("type") or "")
    text = error_text(body)
    if status in (400, 422):
        if code in FILTERED_CODES:
            return FilteredPrompt(text)
        name = refused(body, sent)
        if name is not None:
            return RefusedParameter(name, text)
    message = f"status {status}{f' ({code[:60]})' if code else ''}{f': {text}' if text else ''}"
    return failure_class(status, code)(message, retry_after=retry_after(headers, datetime.now(UTC)))


def failure_in_reply(reply: Mapping[str, Any]) -> CallFailed:
    """The failure in a reply that came with status 200, as some routers send it."""
    fields = error_fields(reply)
    code = fields.get("code")
    status = code if isinstance(code, int) and not isinstance(code, bool) else 500
    text = error_text(reply) or "no reason given"
    return failure_class(status, code if isinstance(code, str) else "")(f"error in the reply: {text}")
