import asyncio

import pytest

from kibitz.harness.watch import Watch


async def test_a_block_within_its_deadline_is_left_alone():
    with Watch().guard(10) as guard:
        await asyncio.sleep(0)
    assert not guard.expired


async def test_a_block_past_its_deadline_ends_with_a_timeout():
    with pytest.raises(TimeoutError), Watch().guard(0.01):
        await asyncio.Event().wait()


async def test_a_deadline_can_be_moved_while_it_is_watched():
    watch = Watch()
    with watch.guard(0.01) as guard:
        guard.due = watch.due(10)
        await asyncio.sleep(0.05)
    assert not guard.expired


async def test_many_blocks_each_have_their_own():
    watch = Watch()

    async def block(seconds):
        try:
            with watch.guard(seconds):
                await asyncio.sleep(0.1)
        except TimeoutError:
            return "late"
        return "in time"

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(block(seconds)) for seconds in (0.01, 10, 0.01, 10)]
    assert [task.result() for task in tasks] == ["late", "in time", "late", "in time"]
    assert not watch.guards


async def test_blocks_within_blocks_end_each_by_its_own_deadline():
    watch, ended = Watch(), []
    with watch.guard(10) as outer:
        try:
            with watch.guard(0.01):
                await asyncio.Event().wait()
        except TimeoutError:
            ended.append("inner")
        await asyncio.sleep(0)
    assert (ended, outer.expired) == (["inner"], False)


async def test_a_cancellation_from_elsewhere_stays_one():
    started = asyncio.Event()

    async def block():
        with Watch().guard(10):
            started.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(block())
    await started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_an_error_within_the_block_is_its_own():
    with pytest.raises(KeyError), Watch().guard(10):
        raise KeyError("mine")


async def test_nothing_is_looked_at_when_nothing_is_watched():
    watch = Watch()
    with watch.guard(0.02):
        await asyncio.sleep(0)
    await asyncio.sleep(0.05)
    assert watch._timer is None
