"""From what a provider says to the class of the failure: status codes, waiting times, and texts without secrets."""

from __future__ import annotations

import base64
import json
import math
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import msgspec

from kibitz.agents.models.model import (
    CallFailed,
    CallTimeout,
    Measured,
    NotFound,
    Overloaded,
    ProviderError,
    RateLimited,
    RejectedRequest,
    Unauthorized,
)

LONGEST_TEXT = 300
"""Characters of a provider's own words that a message quotes."""

LONG = 12
"""Characters of a secret that is looked for in replies, where a shorter one may be a word."""

BY_STATUS: dict[int, type[CallFailed]] = {
    401: Unauthorized,
    402: Unauthorized,  # no credit left: like a missing right, waiting does not help
    403: Unauthorized,
    404: NotFound,
    408: CallTimeout,
    409: ProviderError,
    425: ProviderError,
    429: RateLimited,
    503: Overloaded,
    529: Overloaded,
}
"""What does not follow from the hundreds: other 4xx reject the request, everything else is the provider's failure."""

BY_CODE: dict[str, type[CallFailed]] = {
    "insufficient_quota": Unauthorized,
    "invalid_api_key": Unauthorized,
    "model_not_found": NotFound,
    "rate_limit_exceeded": RateLimited,
    "overloaded_error": Overloaded,
    "server_error": ProviderError,
    "invalid_prompt": RejectedRequest,
    "invalid_image": RejectedRequest,
}
"""Error codes that say more than the status they come with."""

FILTERED_CODES = frozenset({"content_filter", "content_policy_violation", "responsible_ai_policy_violation"})
"""Codes of errors that mean: the provider's filter refused the prompt."""

_LOOKS_LIKE_KEY = re.compile(r"\b(?:sk|pk|rk|key|gsk|xai|hf)[-_][\w*.-]{6,}")


def failure_class(status: int, code: str = "") -> type[CallFailed]:
    """The class of failure for an HTTP status and the error code of the body."""
    if code in BY_CODE:
        return BY_CODE[code]
    if status in BY_STATUS:
        return BY_STATUS[status]
    return RejectedRequest if 400 <= status < 500 else ProviderError


def retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds to wait as the provider asks, from ``retry-after-ms`` or ``retry-after`` (seconds or an HTTP date).

    Args:
        headers: Headers of the reply; names in lower case, or a mapping that does not mind.
        now: The present moment, aware of its time zone.
    """
    milliseconds = _finite(headers.get("retry-after-ms"))
    if milliseconds is not None:
        return max(0.0, milliseconds / 1000)
    text = headers.get("retry-after")
    if text is None:
        return None
    seconds = _finite(text)
    if seconds is not None:
        return max(0.0, seconds)
    try:
        moment = parsedate_to_datetime(text[:100])
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now).total_seconds())


def _finite(text: str | None) -> float | None:
    try:
        value = float(text) if text is not None and len(text) < 40 else math.nan
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def error_fields(body: object) -> dict[str, Any]:
    """The object that holds ``message``, ``code`` and ``param`` in the body of an error, whatever it is wrapped in."""
    if isinstance(body, dict):
        inner = body.get("error")
        if isinstance(inner, dict):
            return inner
        if isinstance(inner, str):
            return {**body, "message": inner}
        return body
    if isinstance(body, list) and body:
        return error_fields(body[0])
    return {"message": body} if isinstance(body, str) else {}


def error_text(body: object) -> str:
    """What the provider says in the body of an error, at most a few thousand characters; empty if nothing."""
    fields = error_fields(body)
    for name in ("message", "detail", "error_description", "msg"):
        if fields.get(name):
            return str(fields[name])[:4000]
    return ""


class Secrets:
    """Texts that must never be shown: takes them, and what looks like a key, out of messages."""

    def __init__(self, secrets: Iterable[str]) -> None:
        self._given = tuple(secrets)
        known: set[str] = set()
        for secret in self._given:
            known |= {secret, quote(secret), quote(secret, safe=""), unquote(secret)}
            known.add(base64.b64encode(secret.encode()).decode() if secret else "")
        # Very short texts are part of ordinary words; nobody's key is that short. Longest first: one may hold another.
        self._known = sorted((text for text in known if len(text) >= 4), key=len, reverse=True)
        self._long = [json.dumps(text, ensure_ascii=False)[1:-1].encode() for text in self._known if len(text) >= LONG]

    @classmethod
    def of(cls, key: str, url: str) -> Secrets:
        """The secrets of a connection: the key, and user, password and query values inside the address."""
        return cls([key]).with_those_of(url)

    def with_those_of(self, url: str) -> Secrets:
        """These secrets, and user, password and query values inside an address."""
        parts = urlsplit(url)
        inside = [parts.username or "", parts.password or ""]
        if "@" in parts.netloc:
            # As it stands in the address, and as it goes into a header, which is then encoded.
            userinfo = parts.netloc.rpartition("@")[0]
            inside += [userinfo, unquote(userinfo)]
        inside += [pair.partition("=")[2] for pair in parts.query.split("&")]
        return self.and_also(inside)

    def and_also(self, secrets: Iterable[str]) -> Secrets:
        """These secrets and more."""
        return Secrets([*self._given, *secrets])

    def hide(self, text: str) -> str:
        """The text without secrets, and otherwise as it is."""
        for secret in self._known:
            text = text.replace(secret, "***")
        return text

    def hide_in_json(self, data: bytes) -> bytes:
        """JSON without the secrets inside its texts; only those that are too long to be anything else.

        A reply is data, and a key such as ``none`` is also a word.
        """
        for secret in self._long:
            if secret in data:
                data = data.replace(secret, b"***")
        return data

    def hide_in(self, measured: Measured) -> Measured:
        """What was measured, without secrets in the names that a provider gave."""
        if not self._long:
            return measured
        names = {name: self.hide(getattr(measured, name)) for name in ("request_id", "model", "fingerprint")}
        return msgspec.structs.replace(measured, **names)

    def scrub(self, text: str, longest: int = LONGEST_TEXT) -> str:
        """The text on one line, without secrets and control characters, and shortened."""
        text = self.hide(text[: 20 * longest + 1000])
        text = _LOOKS_LIKE_KEY.sub("***", text)
        text = " ".join("".join(c if c.isprintable() else " " for c in text).split())
        return text if len(text) <= longest else text[: longest - 1] + "…"


def shown_url(url: str) -> str:
    """An address as messages may show it: without user, password, query and fragment."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    host = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{host}{f':{parts.port}' if parts.port else ''}{parts.path}"
