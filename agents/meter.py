"""The meter: the only way to spend.

A meter belongs to one scope of one decision. Scopes are opened by name and form a path; calls are numbered within their
own scope, where they are sequential. The key of a call is therefore independent of the order in which parallel parts
finish: one worker and eight give the same keys, seeds and records. (Flat numbering over concurrent parts gave different
records in 114 of 140 steps.)
"""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import msgspec

from kibitz.agents.models.model import Completion, Request


class CallPlace(msgspec.Struct, frozen=True):
    """Where in a decision a call stands: the scope path and the number within it."""

    scope: tuple[str, ...]
    i: int

    def __str__(self) -> str:
        """The path as written in the journal, such as ``try0/greedy``."""
        return "/".join(self.scope)


@dataclass
class Spending:
    """What was spent: calls, tokens, simulated steps and, where known, dollars."""

    calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    usd: float = 0.0
    unpriced: int = 0
    """Calls whose price is unknown; never counted as free without saying so."""
    simulated_steps: int = 0
    _costs: list[float] = field(default_factory=list, repr=False, compare=False)

    def add(self, completion: Completion) -> None:
        """Count one completed call."""
        self.calls += 1
        self.input_tokens += completion.usage.input
        self.output_tokens += completion.usage.output
        if completion.usd is None:
            self.unpriced += 1
        else:
            # Exactly rounded, so that it does not depend on which of several calls came back first.
            self._costs.append(completion.usd)
            self.usd = math.fsum(self._costs)


class Budget(Protocol):
    """What a step and an episode may still spend; asked before a whole stage, never between its parallel calls."""

    def grant(self, stage: Sequence[Request], role: str = "policy") -> bool:
        """Whether a stage that may send all of these fits into what is left, every reply as long as it may be."""


class _Unlimited:
    def grant(self, stage: Sequence[Request], role: str = "policy") -> bool:
        return True


UNLIMITED_BUDGET: Budget = _Unlimited()

SendCall = Callable[[str, CallPlace, Request], Awaitable[Completion]]
"""Sends (role, place, request), or finds the call in the journal; returns after the commit that holds it."""

DeriveSeed = Callable[[CallPlace], int]


@dataclass
class Meter:
    """Keys, seeds, journals and counts the calls of one scope."""

    send: SendCall
    derive: DeriveSeed
    spending: Spending = field(default_factory=Spending)
    path: tuple[str, ...] = ()
    _count: int = 0
    _opened: set[str] = field(default_factory=set)

    def scope(self, name: str) -> Meter:
        """A meter one level deeper; its spending counts here too.

        Raises:
            ValueError: A scope of that name was opened here before: its calls would get the same keys and seeds.
        """
        if name in self._opened:
            raise ValueError(f"the scope {'/'.join((*self.path, name))} was opened before; give each part its own name")
        self._opened.add(name)
        return Meter(self.send, self.derive, self.spending, (*self.path, name))

    async def call(self, request: Request, role: str = "policy") -> Completion:
        """Send ``request`` to the model that plays ``role``; the seed is filled in.

        Raises:
            CallFailed: The call failed for good.
        """
        place = CallPlace(self.path, self._count)
        self._count += 1
        completion = await self.send(role, place, msgspec.structs.replace(request, seed=self.derive(place)))
        self.spending.add(completion)
        return completion
