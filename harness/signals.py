"""Ctrl-C and SIGTERM: the first one lets a run drain, the second one stops it at once; it can be resumed after both."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM") if hasattr(signal, name))


@contextmanager
def stopping(drain: Callable[[], None]) -> Iterator[None]:
    """Handle the signals in the block.

    Args:
        drain: Called at the first signal; the second one cancels the task that entered the block.
    """
    task, loop = asyncio.current_task(), asyncio.get_running_loop()
    assert task is not None
    signalled = 0

    def told() -> None:
        nonlocal signalled
        signalled += 1
        if signalled == 1:
            drain()
        else:
            task.cancel()

    try:
        restore = _listen(loop, told)
    except ValueError:  # not in the main thread: whoever runs Kibitz there handles its signals
        yield
        return
    try:
        yield
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
