"""How a run stops between calls: nothing new is sent, what is in flight is awaited and journaled, the run can go on.

The gate stands before every call and every step. When it closes, whoever waits for a place, a bucket or a back-off is
sent away at once; a call that was sent is paid, so it is waited for.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from kibitz.harness.clock import Clock


class RunStopping(Exception):  # noqa: N818 - no error: the episode stays unfinished and is resumed later
    """Nothing more is begun; the episode stays as far as it is."""


def was_cancelled(error: BaseException) -> bool:
    """Whether ``error`` is a cancellation that somebody asked of this task.

    A cancellation that leaks out of an agent's or a client's own tasks is a failure like another one. Let through, it
    would end the worker that plays the episode without a word.
    """
    task = asyncio.current_task()
    return isinstance(error, asyncio.CancelledError) and task is not None and task.cancelling() > 0


class Gate:
    """Open until the run is to stop.

    Attributes:
        reason: Why it closed, as a clause; empty while it is open.
    """

    def __init__(self, clock: Clock) -> None:
        self.reason = ""
        self._clock = clock
        self._sleepers: set[asyncio.Task[None]] = set()
        self._listeners: list[Callable[[], None]] = []

    def check(self) -> None:
        """Pass.

        Raises:
            RunStopping: The gate is closed.
        """
        if self.reason:
            raise RunStopping(self.reason)

    def close(self, reason: str) -> None:
        """Close the gate; the first reason stays."""
        if self.reason:
            return
        self.reason = reason
        for sleeper in self._sleepers:
            sleeper.cancel()
        for listener in self._listeners:
            listener()

    def when_closed(self, listener: Callable[[], None]) -> None:
        """Call ``listener`` when the gate closes."""
        self._listeners.append(listener)

    def stopping(self) -> RunStopping:
        """What to raise."""
        return RunStopping(self.reason)

    async def sleep(self, seconds: float) -> None:
        """Sleep, but not through a closing gate.

        Raises:
            RunStopping: The gate is, or was, closed.
        """
        self.check()
        async with asyncio.TaskGroup() as group:
            sleeper = group.create_task(self._clock.sleep(seconds))
            self._sleepers.add(sleeper)
            try:
                await asyncio.wait((sleeper,))
            finally:
                self._sleepers.discard(sleeper)
        self.check()
