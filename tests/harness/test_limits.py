import asyncio
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kibitz.harness.limits import Bucket, ProviderLimit, RetryPolicy, Window
from kibitz.harness.watch import Watch


class FakeClock:
    """Time that passes only by sleeping."""

    def __init__(self):
        self.time = 0.0

    def now(self):
        return self.time

    async def sleep(self, seconds):
        await asyncio.sleep(0)
        self.time += seconds


def test_a_minutes_worth_goes_at_once_and_the_rest_waits():
    bucket = Bucket(60, FakeClock())
    assert [bucket.take(1) for _ in range(60)] == [0.0] * 60
    assert [bucket.take(1) for _ in range(3)] == [1.0, 2.0, 3.0]


def test_a_bucket_fills_no_higher_than_a_minutes_worth():
    clock = FakeClock()
    bucket = Bucket(60, clock)
    clock.time = 3600
    assert bucket.take(60) == 0
    assert bucket.take(1) == 1.0


def test_what_was_not_used_is_given_back():
    bucket = Bucket(60, FakeClock())
    bucket.take(60)
    bucket.give_back(10)
    assert bucket.take(10) == 0
    bucket.give_back(-6)
    assert bucket.take(0) == 6.0


async def test_a_call_larger_than_a_minute_of_tokens_still_goes():
    clock = FakeClock()
    limit = ProviderLimit({"tpm": 100}, clock)
    await limit.enter(limit.claim(1_000_000), clock.sleep)
    assert clock.time == 0


async def test_both_buckets_are_waited_for_together():
    clock = FakeClock()
    limit = ProviderLimit({"rpm": 60, "tpm": 600}, clock)
    for _ in range(3):
        await limit.enter(600, clock.sleep)
    assert clock.time == 120


async def test_tokens_that_a_call_did_not_use_serve_the_next_one():
    clock = FakeClock()
    limit = ProviderLimit({"tpm": 600}, clock)
    for _ in range(3):
        await limit.enter(600, clock.sleep)
        limit.leave("ok", clock.now(), 1.0, 590)
    assert clock.time == 2  # the second call finds 590 tokens, the third 581


async def test_a_call_larger_than_a_minute_of_tokens_pays_for_what_it_used():
    clock = FakeClock()
    limit = ProviderLimit({"tpm": 600}, clock)
    for _ in range(3):
        await limit.enter(limit.claim(10_000), clock.sleep)
        limit.leave("ok", clock.now(), 1.0, limit.claim(10_000) - 900)
    assert clock.time == 180  # 900 tokens are a minute and a half, and the bucket was full at first


async def test_whoever_stops_waiting_gives_back_what_it_took():
    clock = FakeClock()
    limit = ProviderLimit({"rpm": 1}, clock)

    async def stopped(seconds):
        raise RuntimeError("the run stops")

    await limit.enter(1, clock.sleep)
    for _ in range(5):
        with pytest.raises(RuntimeError):
            await limit.enter(1, stopped)
    assert limit.window.in_flight == 1
    await limit.enter(1, clock.sleep)
    assert clock.time == 60


# -- the window ----------------------------------------------------------------------------------------------------


async def flood(window, calls, during):
    """Send calls at once, each of which does ``during``; returns the most that were in flight."""
    most = 0

    async def call():
        nonlocal most
        await window.enter()
        most = max(most, window.in_flight)
        await during()

    async with asyncio.TaskGroup() as group:
        for _ in range(calls):
            group.create_task(call())
    return most


async def test_the_ceiling_is_a_hard_limit():
    window = Window(2, adaptive=False, clock=FakeClock())

    async def during():
        await asyncio.sleep(0)
        window.leave("ok", 0.0, 1.0)

    assert await flood(window, 10, during) == 2
    assert window.in_flight == 0


async def test_callers_go_in_the_order_in_which_they_came():
    window, order = Window(1, adaptive=False, clock=FakeClock()), []

    async def call(number):
        await window.enter()
        order.append(number)
        await asyncio.sleep(0)
        window.leave("ok", 0.0, 1.0)

    async with asyncio.TaskGroup() as group:
        for number in range(6):
            group.create_task(call(number))
    assert order == [0, 1, 2, 3, 4, 5]


async def full(window):
    while window.in_flight < int(window.size):
        await window.enter()


async def answered(window, clock, seconds=1.0, verdict="ok"):
    """A round trip with the window full."""
    await full(window)
    started = clock.now()
    clock.time += seconds
    for _ in range(window.in_flight):
        window.leave(verdict, started, seconds)


async def test_a_window_that_is_used_up_grows_to_the_ceiling():
    clock = FakeClock()
    window = Window(100, adaptive=True, clock=clock)
    sizes = []
    for _ in range(6):
        sizes.append(int(window.size))
        await answered(window, clock)
    assert sizes[0] == 16
    assert sizes == sorted(sizes)
    assert window.size == 100


async def test_a_window_that_is_not_used_up_says_nothing_about_a_larger_one():
    clock = FakeClock()
    window = Window(100, adaptive=True, clock=clock)
    for _ in range(50):
        await window.enter()
        clock.time += 1
        window.leave("ok", clock.time - 1, 1.0)
    assert window.size == 16


async def test_too_many_requests_shrink_the_window_once_a_round_trip():
    clock = FakeClock()
    window = Window(100, adaptive=True, clock=clock)
    clock.time = 5
    await answered(window, clock, verdict="slow_down")
    assert window.size == pytest.approx(16 * 0.7)
    await answered(window, clock, verdict="slow_down")
    assert window.size == pytest.approx(16 * 0.7**2)


async def test_after_a_cut_it_grows_by_one_a_round_trip():
    clock = FakeClock()
    window = Window(100, adaptive=True, clock=clock)
    clock.time = 5
    await answered(window, clock, verdict="slow_down")
    before = window.size
    await answered(window, clock)
    assert before < window.size <= before + 1.1


async def test_latency_that_doubles_shrinks_the_window_and_is_then_got_used_to():
    clock = FakeClock()
    window = Window(64, adaptive=True, clock=clock)
    for _ in range(20):
        await answered(window, clock, 1.0)
    assert window.size == 64
    for _ in range(8):
        await answered(window, clock, 5.0)
    slowed = window.size
    assert slowed < 50
    for _ in range(60):
        await answered(window, clock, 5.0)
    assert window.size > slowed


async def test_it_finds_what_a_provider_takes():
    # A provider that refuses whatever is beyond 30 at once; in the long run few are refused, and few places idle.
    clock = FakeClock()
    window, refused, sent, used = Window(256, adaptive=True, clock=clock), 0, 0, []
    for trip in range(200):
        await full(window)
        started, batch = clock.now(), window.in_flight
        clock.time += 1
        for number in range(batch):
            window.leave("ok" if number < 30 else "slow_down", started, 1.0)
        if trip >= 50:
            sent, refused = sent + batch, refused + max(0, batch - 30)
            used.append(min(batch, 30))
    assert refused / sent < 0.05
    assert sum(used) / len(used) > 24


async def test_failures_of_other_kinds_change_nothing():
    clock = FakeClock()
    window = Window(100, adaptive=True, clock=clock)
    await answered(window, clock, verdict="failed")
    assert window.size == 16


async def test_who_waits_can_be_sent_away():
    window = Window(1, adaptive=False, clock=FakeClock())
    await window.enter()
    tasks = [asyncio.ensure_future(window.enter()) for _ in range(3)]
    await asyncio.sleep(0)
    window.refuse(lambda: RuntimeError("the run stops"))
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert [str(result) for result in results] == ["the run stops"] * 3
    window.leave("ok", 0.0, 1.0)
    assert window.in_flight == 0


@given(st.integers(0, 2**32), st.integers(1, 5))
def test_no_place_is_lost_or_doubled_whoever_is_cancelled(seed, ceiling):
    async def scenario():
        rng, window = Random(seed), Window(ceiling, adaptive=False, clock=FakeClock())
        inside = 0

        async def call():
            nonlocal inside
            await window.enter()
            inside += 1
            assert inside <= ceiling
            try:
                for _ in range(rng.randrange(3)):
                    await asyncio.sleep(0)
            finally:
                inside -= 1
                window.leave("ok", 0.0, 1.0)

        tasks = [asyncio.ensure_future(call()) for _ in range(20)]
        for _ in range(30):
            rng.choice(tasks).cancel() if rng.random() < 0.4 else None
            await asyncio.sleep(0)
        await asyncio.gather(*tasks, return_exceptions=True)
        assert window.in_flight == 0

    asyncio.run(scenario())


# -- retries -------------------------------------------------------------------------------------------------------


def test_waiting_grows_to_a_cap_and_is_a_function_of_the_call():
    policy = RetryPolicy(first_wait=1.0, longest_wait=8.0)
    waits = [policy.wait(n, None, "digest") for n in range(10)]
    assert all(w <= 8.0 for w in waits)
    assert all(w >= 4.0 for w in waits[4:])
    assert waits == [policy.wait(n, None, "digest") for n in range(10)]
    assert waits != [policy.wait(n, None, "other") for n in range(10)]


def test_what_the_provider_asks_for_is_waited_for():
    policy = RetryPolicy(longest_wait=8.0)
    assert policy.wait(0, 90.0, "digest") == 90.0
    assert policy.wait(9, 0.5, "digest") >= 4.0


def test_a_suite_sets_the_policy_of_a_provider():
    assert RetryPolicy.of({}) == RetryPolicy()
    given = RetryPolicy.of({"rpm": 5, "deadline": 1, "longest_wait": 0.2, "attempts": 3})
    assert given == RetryPolicy(attempts=3, deadline=1.0, longest_wait=0.2)
    assert isinstance(given.attempts, int)


async def test_a_stuck_call_passes_its_place_on_and_still_counts_under_the_ceiling():
    clock = FakeClock()
    window = Window(3, adaptive=True, clock=clock)
    assert window.patience is None  # nothing is known yet of how long calls take
    await answered(window, clock, 2.0)
    assert window.patience == pytest.approx(20.0)
    clock.time = 5
    for _ in range(9):
        await answered(window, clock, verdict="slow_down")
    assert int(window.size) == 1
    await window.enter()
    async with asyncio.TaskGroup() as group:
        waiting = [group.create_task(window.enter()) for _ in range(3)]
        counts = []
        for _ in range(3):
            await asyncio.sleep(0)
            counts.append(sum(task.done() for task in waiting))
            window.pass_on()
        await asyncio.sleep(0)
        assert (counts, window.in_flight) == ([0, 1, 2], 3)
        window.leave(stuck=True)
    assert window.in_flight == 3


async def test_a_call_that_does_not_come_back_is_noticed_once_and_one_that_does_is_not():
    watch, told = Watch(), asyncio.Queue()
    late = watch.remind(0.01, lambda: told.put_nowait("late"))
    watch.remind(0.01, lambda: told.put_nowait("in time")).over()
    assert await told.get() == "late"
    late.over()
    watch.remind(0.01, lambda: told.put_nowait("later"))
    assert await told.get() == "later"
