import asyncio

from kibitz.harness.limits import Bucket, ProviderLimit


class FakeClock:
    """Time that passes only by sleeping."""

    def __init__(self):
        self.time = 0.0

    def now(self):
        return self.time

    async def sleep(self, seconds):
        await asyncio.sleep(0)
        self.time += seconds


async def test_a_minutes_worth_goes_at_once_and_the_rest_waits():
    clock = FakeClock()
    bucket = Bucket(60, clock)
    for _ in range(60):
        await bucket.take(1)
    assert clock.time == 0
    await bucket.take(1)
    assert clock.time == 1


async def test_a_bucket_fills_no_higher_than_a_minutes_worth():
    clock = FakeClock()
    bucket = Bucket(60, clock)
    clock.time = 3600
    for _ in range(61):
        await bucket.take(1)
    assert clock.time == 3601


async def test_in_flight_is_a_hard_limit():
    limit = ProviderLimit({"in_flight": 2}, FakeClock())
    running, most = 0, 0

    async def call():
        nonlocal running, most
        async with limit.slot(10):
            running += 1
            most = max(most, running)
            await asyncio.sleep(0)
            running -= 1

    async with asyncio.TaskGroup() as group:
        for _ in range(10):
            group.create_task(call())
    assert most == 2


async def test_a_call_larger_than_a_minute_of_tokens_still_goes():
    clock = FakeClock()
    limit = ProviderLimit({"tpm": 100}, clock)
    async with limit.slot(1_000_000):
        pass
    assert clock.time == 0
