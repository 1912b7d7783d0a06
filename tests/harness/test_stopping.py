import asyncio

import pytest

from kibitz.harness.clock import SystemClock
from kibitz.harness.stopping import Gate, RunStopping


def test_an_open_gate_lets_pass():
    Gate(SystemClock()).check()


def test_a_closed_gate_says_why_and_the_first_reason_stays():
    gate = Gate(SystemClock())
    gate.close("the budget is spent")
    gate.close("stopped")
    with pytest.raises(RunStopping, match="the budget is spent"):
        gate.check()


def test_listeners_are_told_once():
    gate, told = Gate(SystemClock()), []
    gate.when_closed(lambda: told.append("closed"))
    gate.close("stopped")
    gate.close("stopped again")
    assert told == ["closed"]


async def test_nobody_sleeps_through_a_closing_gate():
    gate = Gate(SystemClock())
    sleepers = [asyncio.ensure_future(gate.sleep(3600)) for _ in range(3)]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    gate.close("stopped")
    results = await asyncio.gather(*sleepers, return_exceptions=True)
    assert [type(result) for result in results] == [RunStopping] * 3


async def test_a_sleeper_can_be_cancelled():
    gate = Gate(SystemClock())
    sleeper = asyncio.ensure_future(gate.sleep(3600))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    sleeper.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sleeper
    assert not gate._sleepers


async def test_sleep_takes_the_clocks_time():
    class Clock(SystemClock):
        slept = 0.0

        async def sleep(self, seconds):
            self.slept += seconds

    clock = Clock()
    await Gate(clock).sleep(5)
    assert clock.slept == 5
