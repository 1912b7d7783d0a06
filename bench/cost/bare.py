"""The least that can be done: an asyncio loop that awaits the model, keeps the conversation and logs a line a call.

Nothing but the standard library: a bounded number of episodes and calls at once, two messages a turn, one JSON line a
call and one an episode. It gives no retry, no resume, no seeds and no grades; it is what everything else is added to.
"""

from __future__ import annotations

import asyncio
import json
import tempfile
import time
from typing import Any

from cost.measure import cpu_seconds
from cost.texts import reply, seen


def bare_loop(episodes: int, turns: int, at_once: int) -> float:
    """Play; returns CPU seconds a call."""
    start = cpu_seconds()
    asyncio.run(_play(episodes, turns, at_once))
    return (cpu_seconds() - start) / (episodes * turns)


async def _play(episodes: int, turns: int, at_once: int) -> None:
    calls = 0
    slots, connections = asyncio.Semaphore(at_once), asyncio.Semaphore(at_once)

    async def model(messages: list[dict[str, str]]) -> dict[str, Any]:
        nonlocal calls
        async with connections:
            calls += 1
            await asyncio.sleep(0)
            return {"content": reply(calls), "usage": {"in": 100, "out": 12}}

    async def episode(number: int) -> None:
        async with slots:
            messages = [{"role": "user", "content": seen(number, 0)}]
            lines = []
            for turn in range(turns):
                started = time.perf_counter()
                output = await model(messages)
                milliseconds = round((time.perf_counter() - started) * 1000, 3)
                entry = {"episode": number, "step": turn, "ms": milliseconds, "output": output}
                lines.append(json.dumps({**entry, "reply_to": messages[-1]["content"]}))
                messages.append({"role": "assistant", "content": output["content"]})
                messages.append({"role": "user", "content": seen(number, turn + 1)})
            lines.append(json.dumps({"episode": number, "score": 1.0, "steps": turns}))
            log.write("\n".join(lines) + "\n")

    with tempfile.TemporaryFile("w", prefix="kibitz-bench-", buffering=1 << 20) as log:
        async with asyncio.TaskGroup() as group:
            for number in range(episodes):
                group.create_task(episode(number))
