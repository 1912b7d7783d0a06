import asyncio
import os
import signal

import pytest

from kibitz.harness.signals import Playing, stopping

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals are sent to this process")


async def signalled(times, *, while_playing=True):
    """Send signals to a run; returns how often it was told to drain, and whether it was stopped."""
    drained = []

    async def run():
        with stopping(lambda: drained.append(True)) as playing:
            if while_playing:
                with playing:
                    await asyncio.sleep(0.3)
            else:
                await asyncio.sleep(0.3)

    task = asyncio.create_task(run())
    for _ in range(times):
        await asyncio.sleep(0.02)
        os.kill(os.getpid(), signal.SIGTERM)
    results = await asyncio.gather(task, return_exceptions=True)
    return len(drained), isinstance(results[0], asyncio.CancelledError)


async def test_the_first_signal_drains_and_the_second_stops():
    assert await signalled(0) == (0, False)
    assert await signalled(1) == (1, False)
    assert await signalled(2) == (1, True)


async def test_before_anything_is_played_the_first_signal_stops():
    assert await signalled(1, while_playing=False) == (0, True)


async def test_handlers_are_put_back():
    before = signal.getsignal(signal.SIGTERM)
    with stopping(lambda: None):
        assert signal.getsignal(signal.SIGTERM) != before
    assert signal.getsignal(signal.SIGTERM) == before


def test_what_is_over_is_not_drained():
    told = []
    playing = Playing(lambda: told.append("drain"), lambda: told.append("stop"))
    with playing:
        pass
    playing.told()
    assert told == ["stop"]


async def test_in_another_thread_signals_are_left_alone():
    def elsewhere():
        async def run():
            with stopping(lambda: None):
                return "played"

        return asyncio.run(run())

    assert await asyncio.to_thread(elsewhere) == "played"
