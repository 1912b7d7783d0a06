"""Models that are a Python function of the request: for tests, for smoke tests in CI, and for arms at full size.

``scripted:module:function`` names the function. It takes the ``Request`` and returns a text, a list of ``n`` texts, a
whole ``Completion``, or, for a scoring request, a mapping from each continuation to its log-probability; it may be
``async``. It must be a pure function of the request (its randomness comes from ``request.seed``), and what takes long
must be async. Two functions ship here: ``first_choice`` and ``seeded_choice``.
"""

from __future__ import annotations

import hashlib
import importlib
import inspect
import json
import math
import time
from collections.abc import Callable, Mapping
from random import Random
from typing import Any, ClassVar

from kibitz.agents.models.chat import CAPABILITIES
from kibitz.agents.models.model import (
    UNLIMITED,
    Capability,
    Choice,
    Completion,
    Measured,
    ModelError,
    RejectedRequest,
    Request,
    ToolCall,
)
from kibitz.agents.models.schemas import instance
from kibitz.games.options import Option, resolve

NOTHING_TO_SAY = "I have nothing to say."
"""What the shipped functions answer where nothing tells them which answers are allowed."""


class ScriptedModel:
    """A model whose replies a function computes."""

    name_is: ClassVar[str] = "MODULE:FUNCTION (importable, such as my_package.my_module:answer)"
    declared: ClassVar[tuple[Option, ...]] = ()
    provider = "scripted"
    at_once = UNLIMITED

    def __init__(self, name: str, **options: object) -> None:
        """Import the function.

        Raises:
            OptionError: An option was given; there are none.
            ModelError: The function cannot be found.
        """
        resolve("model scripted", self.declared, options)
        self.name = name
        self._function = _find(name)
        self._source = _source_digest(self._function)

    @property
    def identity(self) -> Mapping[str, Any]:
        """The function's name and a digest of its module's source."""
        return {"backend": "scripted", "name": self.name, "source": self._source}

    @property
    def share_key(self) -> str:
        """Equal for equal functions."""
        return f"scripted:{self.name}"

    @property
    def capabilities(self) -> frozenset[Capability]:
        """Everything."""
        return CAPABILITIES | {"score"}

    async def open(self) -> None:
        """Nothing to start."""

    async def close(self) -> None:
        """Nothing to stop."""

    async def complete(self, request: Request, *, deadline: float) -> tuple[Completion, Measured]:
        """Call the function; ending one that takes longer than ``deadline`` seconds is left to the caller.

        Raises:
            RejectedRequest: The function raised, or returned something that does not answer the request.
        """
        started = time.perf_counter()
        try:
            said = self._function(request)
            if not isinstance(said, Completion) and inspect.isawaitable(said):
                said = await said
        except Exception as error:
            raise RejectedRequest(f"scripted:{self.name} raised {type(error).__name__}: {error}") from error
        try:
            completion = as_completion(said, request)
        except ValueError as error:
            raise RejectedRequest(f"scripted:{self.name}: {error}") from None
        return completion, Measured(seconds=time.perf_counter() - started, model=self.name)


def as_completion(said: object, request: Request) -> Completion:
    """What a scripted function returned, as a completion; it costs nothing.

    Raises:
        ValueError: It does not answer the request.
    """
    if isinstance(said, Completion):
        return said
    if isinstance(said, Mapping):
        return _scores(said, request)
    if request.score:
        raise ValueError("a scoring request needs a mapping from each continuation to its log-probability")
    texts = [said] * request.n if isinstance(said, str) else said
    if not isinstance(texts, list | tuple) or not all(isinstance(text, str) for text in texts):
        raise ValueError(f"returned {type(said).__name__}; it must return text, a list of texts or a Completion")
    if len(texts) != request.n:
        raise ValueError(f"returned {len(texts)} texts for a request of n = {request.n}")
    for text in texts:
        if request.choices and text not in request.choices:
            raise ValueError(f"returned {text[:80]!r}, which is not among the {len(request.choices)} choices")
    return Completion(choices=tuple(Choice(text=text) for text in texts), usd=0.0)


def _scores(said: Mapping[Any, Any], request: Request) -> Completion:
    given = [said.get(continuation) for continuation in request.score]
    values = [float(v) for v in given if isinstance(v, int | float) and math.isfinite(v) and v <= 0]
    if not values or len(values) != len(given):
        raise ValueError("a mapping answers scoring requests only, with a log-probability (0 or less) for each text")
    return Completion(scores=tuple(values), score_rule="sequence", usd=0.0)


def first_choice(request: Request) -> Completion:
    """The first of what is allowed: choice, continuation, tool, enum value; otherwise the smallest JSON instance."""
    return _allowed(request, [None] * request.n)


def seeded_choice(request: Request) -> Completion:
    """Any of what is allowed, picked by the request's seed and each sample's number: legal and varied play."""
    return _allowed(request, [Random(f"{request.seed}/{sample}") for sample in range(request.n)])


def _allowed(request: Request, generators: list[Random | None]) -> Completion:
    if request.score:
        order = list(range(len(request.score)))
        if generators[0] is not None:
            generators[0].shuffle(order)
        return Completion(scores=tuple(-1.0 - rank for rank in order), score_rule="sequence", usd=0.0)
    return Completion(choices=tuple(_one(request, rng) for rng in generators), usd=0.0)


def _one(request: Request, rng: Random | None) -> Choice:
    if request.tools:
        tool = request.tools[0] if rng is None else rng.choice(request.tools)
        arguments = json.dumps(instance(json.loads(tool.schema), rng))
        return Choice(tool_calls=(ToolCall(name=tool.name, arguments=arguments),), finish="tool_calls")
    if request.choices:
        return Choice(text=request.choices[0] if rng is None else rng.choice(request.choices))
    if request.json_schema is not None:
        return Choice(text=json.dumps(instance(json.loads(request.json_schema), rng)))
    return Choice(text=NOTHING_TO_SAY)


def _find(name: str) -> Callable[[Request], Any]:
    module_name, _, function_name = name.partition(":")
    if not module_name or not function_name:
        raise ModelError(f"model scripted:{name}: write scripted:MODULE:FUNCTION")
    try:
        found = getattr(importlib.import_module(module_name), function_name)
    except (ImportError, TypeError, ValueError) as error:  # a relative or empty name is a TypeError or ValueError
        raise ModelError(
            f"model scripted:{name}: the module {module_name} cannot be imported ({error});"
            " install it, or put its folder into PYTHONPATH"
        ) from error
    except AttributeError:
        raise ModelError(f"model scripted:{name}: the module {module_name} has no {function_name}") from None
    if not callable(found):
        raise ModelError(f"model scripted:{name}: {function_name} is no function")
    function: Callable[[Request], Any] = found
    return function


def _source_digest(function: Callable[[Request], Any]) -> str:
    """SHA-256 of the source of the function's module; empty where there is no source."""
    try:
        source = inspect.getsource(inspect.getmodule(function) or function)
    except (OSError, TypeError):
        return ""
    return hashlib.sha256(source.encode()).hexdigest()
