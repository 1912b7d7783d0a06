"""Limits per provider: requests and tokens a minute, and calls in flight, as the suite's ``[limits]`` says."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from kibitz.harness.clock import Clock


@dataclass
class Bucket:
    """A token bucket that holds one minute's worth and fills evenly.

    Whoever takes more than is there waits until it has filled; the level may go below zero, which is how callers queue
    in the order in which they came.
    """

    per_minute: float
    clock: Clock
    _level: float = field(init=False)
    _at: float = field(init=False)

    def __post_init__(self) -> None:
        self._level = self.per_minute
        self._at = self.clock.now()

    async def take(self, amount: float) -> None:
        """Take ``amount``, waiting for it if need be."""
        now = self.clock.now()
        self._level = min(self.per_minute, self._level + (now - self._at) * self.per_minute / 60)
        self._at = now
        self._level -= amount
        if self._level < 0:
            await self.clock.sleep(-self._level * 60 / self.per_minute)


class ProviderLimit:
    """The limits of one provider.

    Args:
        settings: ``rpm`` (requests a minute), ``tpm`` (tokens a minute), ``in_flight``; absent means unlimited, and
            ``in_flight`` defaults to ``default_in_flight``.
        clock: Time.
        default_in_flight: Calls at once where the suite says nothing.
    """

    def __init__(self, settings: Mapping[str, float], clock: Clock, default_in_flight: int = 64) -> None:
        self._requests = Bucket(settings["rpm"], clock) if settings.get("rpm") else None
        self._tokens = Bucket(settings["tpm"], clock) if settings.get("tpm") else None
        self._slots = asyncio.Semaphore(int(settings.get("in_flight") or default_in_flight))

    @asynccontextmanager
    async def slot(self, tokens: int) -> AsyncIterator[None]:
        """Hold one call's place; ``tokens`` is its worst case."""
        async with self._slots:
            if self._requests is not None:
                await self._requests.take(1)
            if self._tokens is not None:
                await self._tokens.take(min(tokens, self._tokens.per_minute))
            yield
