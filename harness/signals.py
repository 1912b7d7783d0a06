"""Ctrl-C and SIGTERM: the first one lets a run drain, the second one stops it at once; it can be resumed after both."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType, TracebackType

SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM") if hasattr(signal, name))


class Playing:
    """The part of a run in which there is something to drain; before and after it, a signal stops at once.

    Args:
        drain: Called at the first signal.
        stop: Called at every other one.
    """

    def __init__(self, drain: Callable[[], None], stop: Callable[[], object]) -> None:
        self._drain = drain
        self._stop = stop
        self._draining = self._entered = False

    def __enter__(self) -> None:
        """It begins."""
        self._entered = True

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """It is over."""
        self._entered = False

    def told(self) -> None:
        """A signal came."""
        if self._entered and not self._draining:
            self._draining = True
            self._drain()
        else:
            self._stop()


@contextmanager
def stopping(drain: Callable[[], None]) -> Iterator[Playing]:
    """Handle the signals in the block.

    Args:
        drain: Called at the first signal while the run is ``Playing``; any other one cancels the task that entered.
    """
    task, loop = asyncio.current_task(), asyncio.get_running_loop()
    assert task is not None
    playing = Playing(drain, task.cancel)
    try:
        restore = _listen(loop, playing.told)
    except ValueError:  # not in the main thread: whoever runs Kibitz there handles its signals
        yield playing
        return
    try:
        yield playing
    finally:
        restore()


def _listen(loop: asyncio.AbstractEventLoop, told: Callable[[], None]) -> Callable[[], None]:
    """Have ``told`` called on the loop at each signal; returns what undoes it.

    Raises:
        ValueError: This is not the main thread.
    """

    def handler(number: int, frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(told)

    # Not loop.add_signal_handler: Windows has none, and asyncio.run puts its own handler for Ctrl-C back in either way.
    before = {number: signal.signal(number, handler) for number in SIGNALS}

    def restore() -> None:
        for number, old in before.items():
            signal.signal(number, old)

    return restore
