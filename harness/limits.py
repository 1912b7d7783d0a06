"""Limits per provider: requests and tokens a minute, and calls in flight, as the suite's ``[limits]`` says.

How many calls may be in flight is found out while playing, by additive increase and multiplicative decrease (AIMD, Chiu
and Jain 1989, as TCP does it): the window grows while it is used up and all goes well, and shrinks when the provider
says "too many requests", is overloaded, or takes twice as long as it used to. So nobody tunes a number by hand, and two
runs against one account share it. What a model on this machine can take is not guessed: its window is fixed.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from kibitz.harness.clock import Clock
from kibitz.harness.seeds import generator

Verdict = Literal["ok", "slow_down", "failed"]
"""How a call ended, for the window: answered, told to slow down (or overloaded), or anything else."""

IN_FLIGHT = 256
"""Calls at once that a provider gets at most where the suite says nothing."""

FIRST_WINDOW = 16
CUT, EASE = 0.7, 0.9
"""What is left of a window after "too many requests", and after latency that has doubled."""

RECENT, USUAL = 0.5, 0.05
"""Weights of a round trip (a window of calls) in the recent and in the usual latency, exponential averages."""

SLOWER = 2.0
"""The recent latency over the usual one at which the window shrinks."""


MOST_ATTEMPTS = 10
DEADLINE, LONGEST_WAIT, LONGEST_RETRY_AFTER = 300.0, 60.0, 600.0
"""Defaults of a provider's policy, in seconds."""

STUCK, QUICKEST = 10.0, 0.1
"""A call that takes so many times the usual latency (and seconds at least) no longer holds its place in the window: a
provider that hangs must not hold those behind it until the call's deadline."""


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often and how long a call is tried: seconds, with exponential back-off and jitter below the cap.

    Attributes:
        attempts: How often a call is sent at most.
        deadline: Seconds for one attempt.
        first_wait: Back-off before the second attempt; it doubles from there.
        longest_wait: Cap of the back-off.
        longest_retry_after: A provider that asks to wait longer than this fails the call at once: nothing is gained by
            asking sooner, and the episode can be resumed.
    """

    attempts: int = MOST_ATTEMPTS
    deadline: float = DEADLINE
    first_wait: float = 1.0
    longest_wait: float = LONGEST_WAIT
    longest_retry_after: float = LONGEST_RETRY_AFTER

    @classmethod
    def of(cls, settings: Mapping[str, float]) -> RetryPolicy:
        """The policy of a provider from its ``[limits]``; what is not given keeps its default."""

        def given(name: str, default: float) -> float:
            return float(settings.get(name, default))

        return cls(
            attempts=int(given("attempts", MOST_ATTEMPTS)),
            deadline=given("deadline", DEADLINE),
            longest_wait=given("longest_wait", LONGEST_WAIT),
            longest_retry_after=given("longest_retry_after", LONGEST_RETRY_AFTER),
        )

    def wait(self, attempt: int, retry_after: float | None, *seed: object) -> float:
        """Seconds before attempt ``attempt`` + 1 (from 0): jittered back-off, at least what the provider asked for."""
        bound = min(self.longest_wait, self.first_wait * 2.0 ** min(attempt, 60))
        jittered = bound * (0.5 + 0.5 * generator("retry", attempt, *seed).random())
        return max(jittered, retry_after or 0.0)


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

    def take(self, amount: float) -> float:
        """Take ``amount``; returns the seconds to wait until it is there."""
        self._fill()
        self._level -= amount
        return max(0.0, -self._level * 60 / self.per_minute)

    def give_back(self, amount: float) -> None:
        """Return what was taken and not used (a negative amount takes what was used beyond)."""
        self._fill()
        self._level = min(self.per_minute, self._level + amount)

    def _fill(self) -> None:
        now = self.clock.now()
        self._level = min(self.per_minute, self._level + (now - self._at) * self.per_minute / 60)
        self._at = now


class Window:
    """How many calls may be in flight; callers wait in the order in which they came.

    Args:
        ceiling: Calls at once at most.
        adaptive: Whether the size is found out; otherwise it is the ceiling.
        clock: Time.
    """

    def __init__(self, ceiling: int, *, adaptive: bool, clock: Clock) -> None:
        self.ceiling = ceiling
        self.size = float(min(ceiling, FIRST_WINDOW)) if adaptive else float(ceiling)
        self.in_flight = 0
        self._stuck = 0
        self._adaptive = adaptive
        self._clock = clock
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._doubling = True
        self._changed = clock.now()
        self._full = float("-inf")
        self._recent = self._usual = 0.0

    async def enter(self) -> None:
        """Wait for a place and take it."""
        if self._free() and not self._waiting:
            self._take()
            return
        place = asyncio.get_running_loop().create_future()
        self._waiting.append(place)
        try:
            await place
        except asyncio.CancelledError:
            if place.done() and not place.cancelled() and place.exception() is None:
                self.leave()  # it was given in the very moment in which nobody wanted it any more
            raise

    def leave(
        self, verdict: Verdict = "failed", started: float = 0.0, seconds: float = 0.0, *, stuck: bool = False
    ) -> None:
        """Give a place back.

        Args:
            verdict: How the call ended.
            started: When it began, on the clock.
            seconds: How long the provider took, for a call that was answered.
            stuck: Whether its place was passed on before.
        """
        if self._adaptive and verdict != "failed":
            self._learn(verdict, started, seconds)
        self.in_flight -= 1
        self._stuck -= stuck
        self._admit()

    @property
    def patience(self) -> float | None:
        """Seconds after which a call counts as stuck; None where that is not known, or of no use."""
        return max(QUICKEST, STUCK * self._usual) if self._adaptive and self._usual else None

    def pass_on(self) -> None:
        """Give the place of a stuck call to the next one; the ceiling still counts it."""
        self._stuck += 1
        self._admit()

    def _free(self) -> bool:
        return self.in_flight - self._stuck < int(self.size) and self.in_flight < self.ceiling

    def _admit(self) -> None:
        while self._waiting and self._free():
            place = self._waiting.popleft()
            if not place.done():
                self._take()
                place.set_result(None)

    def _take(self) -> None:
        self.in_flight += 1
        if self._adaptive and self.in_flight - self._stuck >= int(self.size):
            self._full = self._clock.now()

    def refuse(self, make: Callable[[], Exception]) -> None:
        """Send everybody away who waits; calls that are in flight go on."""
        while self._waiting:
            place = self._waiting.popleft()
            if not place.done():
                place.set_exception(make())

    def _learn(self, verdict: Verdict, started: float, seconds: float) -> None:
        if verdict == "slow_down":
            self._shrink(CUT, started)
            return
        self._recent += RECENT / self.size * (seconds - self._recent) if self._recent else seconds
        self._usual += USUAL / self.size * (seconds - self._usual) if self._usual else seconds
        if self._recent > SLOWER * self._usual:
            self._shrink(EASE, started)
        elif self._full >= started:
            # Only a window that was used up meanwhile says anything about a larger one.
            self.size = min(float(self.ceiling), self.size + (1.0 if self._doubling else 1.0 / self.size))

    def _shrink(self, factor: float, started: float) -> None:
        # Calls that began before the last change tell about the window before it: one change a round trip.
        if started < self._changed:
            return
        self._doubling = False
        self._changed = self._clock.now()
        self.size = max(1.0, self.size * factor)


Wait = Callable[[float], Awaitable[None]]
"""Waits a number of seconds, or raises where the run is being stopped."""


class ProviderLimit:
    """The limits of one provider.

    Args:
        settings: ``rpm`` (requests a minute), ``tpm`` (tokens a minute), ``in_flight`` (the most at once); absent means
            unlimited, and for ``in_flight`` what ``default`` says.
        clock: Time.
        adaptive: Whether the number in flight is found out.
        default: Calls at once where the suite says nothing.
    """

    def __init__(
        self,
        settings: Mapping[str, float],
        clock: Clock,
        *,
        adaptive: bool = True,
        default: int = IN_FLIGHT,
    ) -> None:
        self._requests = Bucket(settings["rpm"], clock) if settings.get("rpm") else None
        self._tokens = Bucket(settings["tpm"], clock) if settings.get("tpm") else None
        self.window = Window(int(settings.get("in_flight") or default), adaptive=adaptive, clock=clock)

    @property
    def counts_tokens(self) -> bool:
        """Whether tokens are limited, so that a call has to say its worst case."""
        return self._tokens is not None

    def claim(self, tokens: int) -> int:
        """What a call that may take ``tokens`` takes of the bucket: a larger one goes when the bucket is full."""
        return tokens if self._tokens is None else min(tokens, int(self._tokens.per_minute))

    async def enter(self, tokens: int, wait: Wait) -> None:
        """Take one call's place, waiting for it if need be.

        Args:
            tokens: What ``claim`` said of the call's worst case; ``leave`` gives back what was not used.
            wait: How to wait.
        """
        await self.window.enter()
        if self._requests is None and self._tokens is None:
            return
        try:
            await self._take(tokens, wait)
        except BaseException:
            self.window.leave()
            raise

    async def _take(self, tokens: int, wait: Wait) -> None:
        seconds, taken = 0.0, []
        for bucket, amount in ((self._requests, 1), (self._tokens, tokens)):
            if bucket is not None:
                taken.append((bucket, amount))
                seconds = max(seconds, bucket.take(amount))
        if not seconds:
            return
        try:
            await wait(seconds)
        except BaseException:
            for bucket, amount in taken:
                bucket.give_back(amount)
            raise

    def leave(self, verdict: Verdict, started: float, seconds: float, unused: int, *, stuck: bool = False) -> None:
        """Give the place back.

        Args:
            verdict: How the call ended.
            started: When it began, on the clock.
            seconds: How long the provider took.
            unused: Tokens of the claim that were not used; negative where more were.
            stuck: Whether its place was passed on before.
        """
        if self._tokens is not None:
            self._tokens.give_back(unused)
        self.window.leave(verdict, started, seconds, stuck=stuck)
