"""Deadlines by the thousand: one timer for all of them.

``asyncio.timeout`` sets a timer for each block, which costs three times as much. Here a guarded block only notes when
it is due, and one timer looks at all of them a few times per shortest deadline.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from types import TracebackType
from typing import Any

LOOKS = 10
"""Looks per shortest deadline: a block is ended at most a tenth of its deadline late."""

AGAIN = 5.0
"""Seconds between two cancellations of a block that goes on after its deadline."""

LONGEST_NAP = 1.0
"""Seconds between two looks at most."""


class Guard:
    """A block with a deadline; raises TimeoutError in place of the cancellation that ended it.

    Attributes:
        expired: Whether the deadline ended the block.
    """

    __slots__ = ("_again", "_before", "_cancels", "_task", "_watch", "due", "expired")

    def __init__(self, watch: Watch, due: float, task: asyncio.Task[Any] | None = None) -> None:
        self._watch = watch
        self.due = due
        self.expired = False
        self._cancels = 0
        self._again: Reminder | None = None
        self._task = task

    def __enter__(self) -> Guard:
        """Begin to watch the current task."""
        task = self._task or asyncio.current_task()
        assert task is not None
        self._task, self._before = task, task.cancelling()
        self._watch.guards.add(self)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop watching."""
        self._watch.guards.discard(self)
        if not self.expired or self._task is None or self._again is None:
            return
        self._again.over()
        left = [self._task.uncancel() for _ in range(self._cancels)][-1]
        if left <= self._before and kind is asyncio.CancelledError:
            raise TimeoutError from error

    def end(self) -> None:
        """The deadline has passed."""
        self.expired = True
        self._cancels += 1
        self._watch.guards.discard(self)
        if self._task is not None:
            self._task.cancel()
        # Code that swallows the cancellation is told again, but not while it may be clearing up.
        self._again = self._watch.remind(AGAIN, self.end)


class Reminder:
    """Calls ``tell`` when what was begun is not over at ``due``.

    Attributes:
        expired: Whether that happened.
    """

    __slots__ = ("_tell", "_watch", "due", "expired")

    def __init__(self, watch: Watch, due: float, tell: Callable[[], None]) -> None:
        self._watch, self._tell = watch, tell
        self.due = due
        self.expired = False
        watch.guards.add(self)

    def over(self) -> None:
        """It is over."""
        self._watch.guards.discard(self)

    def end(self) -> None:
        """The moment has come."""
        self.expired = True
        self._watch.guards.discard(self)
        self._tell()


class Watch:
    """Watches the guarded blocks of a run, in the loop that it is used in."""

    def __init__(self) -> None:
        self.guards: set[Guard | Reminder] = set()
        self._nap = LONGEST_NAP
        self._timer: asyncio.TimerHandle | None = None
        self._loop: asyncio.AbstractEventLoop | None = None  # asking for it costs a system call

    def guard(self, seconds: float, task: asyncio.Task[Any] | None = None) -> Guard:
        """A block of ``task`` (by default the current one, which takes a while to find) that may take ``seconds``."""
        return Guard(self, self.due(seconds), task)

    def remind(self, seconds: float, tell: Callable[[], None]) -> Reminder:
        """Have ``tell`` called in ``seconds``, unless it is over by then."""
        return Reminder(self, self.due(seconds), tell)

    def due(self, seconds: float) -> float:
        """The moment ``seconds`` from now, on the loop's clock; from now on the watch looks often enough for it."""
        loop = self._loop
        if loop is None:
            loop = self._loop = asyncio.get_running_loop()
        nap = seconds / LOOKS
        if self._timer is None or nap < self._nap:
            self._nap = min(nap, LONGEST_NAP)
            if self._timer is not None:
                self._timer.cancel()
            self._timer = loop.call_later(self._nap, self._look)
        return loop.time() + seconds

    def _look(self) -> None:
        loop = self._loop
        assert loop is not None
        now = loop.time()
        for guard in [guard for guard in self.guards if guard.due <= now]:
            guard.end()
        self._timer = loop.call_later(self._nap, self._look) if self.guards else None
