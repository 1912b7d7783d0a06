"""Parameters that a provider refuses: found in its error, left out, and reported; never dropped silently.

Providers say it in many ways: ``param`` and ``code`` in the error, a validation report with a path, or prose. A refusal
counts only when the error says that a parameter is not supported *and* names one that was sent. What the request
depends on (its messages, schema, choices and tools) is never left out: that refusal is final.

What was learned is kept by the shape of the request (which parameters, and the effort), so that whether a parameter is
sent never depends on other calls that happened to come first: those only save the refused round trip.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Mapping
from typing import Any

from kibitz.agents.models.failures import error_fields, error_text

RENAMED = {"max_tokens": "max_completion_tokens", "max_completion_tokens": "max_tokens"}
"""The two names of the same bound; one refused, the other is sent."""

DROPPABLE = frozenset(
    {
        "temperature",
        "seed",
        "stop",
        "n",
        "logprobs",
        "top_logprobs",
        "reasoning_effort",
        "reasoning",
        "include",
        "store",
        *RENAMED,
    }
)

_TOGETHER = {"logprobs": ("top_logprobs",), "top_logprobs": ("logprobs",)}
"""Parameters that mean nothing without each other."""

ESSENTIAL = frozenset({"response_format", "tools", "tool_choice", "text", "messages", "input", "model"})
"""What a request cannot do without."""

_REFUSAL = re.compile(
    r"unsupported|not supported|n[o']t support|unknown|unrecogni[sz]ed|extra inputs|extra_forbidden|extra fields"
    r"|not permitted|unexpected|cannot find field|deprecated|not allowed|not available|no longer",
    re.IGNORECASE,
)
_CODES = frozenset({"unsupported_parameter", "unsupported_value", "unknown_parameter", "extra_forbidden"})
_SHORT = frozenset(
    {"n", "stop", "text", "store", "include", "input", "model", "messages", "tools", "seed", "reasoning"}
)
"""Parameters that are ordinary words: in prose they count only in quotes, or last after a colon."""


def refused(body: object, sent: Mapping[str, Any]) -> str | None:
    """The parameter of ``sent`` that the body of an error (status 400 or 422) refuses, or None.

    The name may be an essential one; whoever asks decides with ``DROPPABLE``.
    """
    fields = error_fields(body)
    path = _validation_path(body)
    text = error_text(body)
    says_so = str(fields.get("code")) in _CODES or bool(_REFUSAL.search(text)) or path is not None
    if not says_so:
        return None
    param = fields.get("param")
    if isinstance(param, str) and param:
        return _root(param, sent)
    if path is not None:
        return _root(path, sent)
    return _first_named(text, sent)


def _root(path: str, sent: Mapping[str, Any]) -> str | None:
    """The parameter that a path such as ``reasoning.effort`` or ``stop[0]`` belongs to."""
    name = re.split(r"[.\[]", path, maxsplit=1)[0]
    return name if name in sent else None


def _validation_path(body: object) -> str | None:
    """The parameter in a validation report: ``{"detail": [{"type": "extra_forbidden", "loc": ["body", NAME]}]}``."""
    places: list[object] = [body]
    for _ in range(3):  # the report may be wrapped in "error" and "message"
        inner = [
            place.get(key) for place in places if isinstance(place, dict) for key in ("error", "message", "detail")
        ]
        reports = [item for place in inner if isinstance(place, list) for item in place if isinstance(item, dict)]
        for report in reports:
            location = report.get("loc")
            if isinstance(location, list) and location and report.get("type") == "extra_forbidden":
                return str(location[-1])
        places = inner
    return None


def _first_named(text: str, sent: Mapping[str, Any]) -> str | None:
    found: list[tuple[int, str]] = []
    for name in sent:
        if name in ESSENTIAL or name in DROPPABLE:
            quoted = rf"['\"`\[]{name}['\"`\].]|:\s{name}\s*\.?$"
            pattern = quoted if name in _SHORT else rf"(?<![\w.]){name}(?!\w)"
            match = re.search(pattern, text)
            if match:
                found.append((match.start(), name))
    return min(found)[1] if found else None


class Refusals:
    """What an endpoint refused so far, by the shape of the request."""

    def __init__(self) -> None:
        self._known: dict[Hashable, tuple[str, ...]] = {}

    def apply(self, body: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
        """The body without what is known to be refused, and what was taken out or renamed."""
        changed = dict(body)
        # A name may be gone already where one refusal took two parameters along.
        dropped = [leave_out(changed, name) for name in self._known.get(_shape(body), ()) if name in changed]
        return changed, dropped

    def learn(self, body: Mapping[str, Any], name: str) -> None:
        """Remember that a request of this shape must do without ``name``; calls at once may learn the same thing."""
        known = self._known.get(_shape(body), ())
        if name not in known:
            self._known[_shape(body)] = (*known, name)


def renamed(name: str, dropped: Iterable[str]) -> bool:
    """Whether ``name`` is itself the replacement of a refused name: there is no third."""
    return any(report.endswith(f"->{name}") for report in dropped)


def leave_out(body: dict[str, Any], name: str) -> str:
    """Take ``name`` out of ``body``, or rename it; returns how that is reported: ``name`` or ``old->new``."""
    value = body.pop(name)
    if name in RENAMED:
        body[RENAMED[name]] = value
        return f"{name}->{RENAMED[name]}"
    for other in _TOGETHER.get(name, ()):
        body.pop(other, None)
    return "logprobs" if name == "top_logprobs" else name


def _shape(body: Mapping[str, Any]) -> Hashable:
    """What a refusal may depend on: the names of the parameters, and the values of those that steer reasoning."""
    return (
        tuple(sorted(body)),
        body.get("temperature"),
        repr(body.get("reasoning_effort")),
        repr(body.get("reasoning")),
    )
