"""The same over HTTP: CPU of our side beside the bare ``openai`` client doing the same calls.

The bare client sends what our agent sent, turn by turn: messages, parameters and a seed, caught once from an episode.
The stub counts bytes, and the bench fails if the two sides did not send the same within a hundredth (the texts hold
the game's number). It keeps no record, and its client is made before the clock starts.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from cost.measure import Row, cpu_seconds, in_rounds, ratio_row
from cost.ours import CHAT_AGENT, LLM_AGENT, BenchError, played, suite, whole_run
from cost.texts import reply
from kibitz.agents.models.model import Choice, Completion, Request

TARGET = 1.5
AT_ONCE = 50
TRIED = 5
"""Episodes before anything is measured."""
AGENTS: Mapping[str, Mapping[str, Any]] = {"chat": CHAT_AGENT, "llm": LLM_AGENT}
_STUB = Path(__file__).with_name("stub.py")


class Stub:
    """The server, seen from here."""

    def __init__(self, port: int) -> None:
        self.address = f"http://127.0.0.1:{port}"
        self.base_url = f"{self.address}/v1"

    def seen(self) -> tuple[int, int]:
        """Completions given, and bytes of the bodies that asked for them."""
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(f"{self.address}/seen", timeout=10) as reply:
            count, size = json.load(reply)
        return count, size


@contextmanager
def stub() -> Iterator[Stub]:
    """A server for the length of the block."""
    command = [sys.executable, str(_STUB)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield Stub(int(process.stdout.readline()))
        finally:
            process.kill()


def http(episodes: int, turns: int, rounds: int) -> list[Row]:
    """One row an agent."""
    rows = []
    with stub() as server:
        for name, agent in AGENTS.items():
            remote = {**agent, "model": "openai:stub", "base_url": server.base_url}
            bodies = _caught(agent, turns)
            contenders = {
                "client": partial(_bare_client, server, bodies),
                name: partial(_ours, remote, turns),
            }
            _require_same(server, contenders, turns)
            several = {who: partial(work, episodes) for who, work in contenders.items()}
            costs = {who: [1e6 * cost for cost in found] for who, found in in_rounds(several, rounds).items()}
            rows.append(ratio_row(f"http/{name}", "us", costs[name], costs["client"], TARGET))
    return rows


def _ours(agent: Mapping[str, Any], turns: int, episodes: int) -> float:
    return whole_run(agent, episodes, turns, AT_ONCE)


def _require_same(server: Stub, contenders: Mapping[str, Callable[[int], float]], turns: int) -> None:
    """Let each play a few episodes, which also warms it up, and compare what the server was sent.

    Raises:
        BenchError: The contenders did not do the same calls.
    """
    sizes = []
    for contender in contenders.values():
        count, size = server.seen()
        contender(TRIED)
        after, grown = server.seen()
        if after - count != TRIED * turns:
            raise BenchError(f"the server was asked {after - count} times instead of {TRIED * turns}")
        sizes.append(grown - size)
    if abs(sizes[0] - sizes[1]) > 0.01 * sizes[0]:
        raise BenchError(f"the bare client sent {sizes[0]} bytes and the orchestrator {sizes[1]}")


# -- what is sent ------------------------------------------------------------------------------------------------------

_requests: list[Request] = []


async def catching(request: Request) -> Completion:
    """A model that keeps what it is asked, and says what the server says."""
    _requests.append(request)
    return Completion(choices=(Choice(text=reply(0)),), usd=0.0)


def _caught(agent: Mapping[str, Any], turns: int) -> list[dict[str, Any]]:
    """The keyword arguments of the SDK's call, for each turn of one episode."""
    _requests.clear()
    with played(suite({**agent, "model": "scripted:cost.wire:catching"}, 1, turns, 1), 1):
        return [
            {
                "model": "stub",
                "messages": [{"role": message.role, "content": message.text} for message in request.messages],
                "max_tokens": request.max_tokens,
                "temperature": request.temperature,
                "seed": request.seed,
            }
            for request in _requests
        ]


def _bare_client(server: Stub, bodies: Sequence[Mapping[str, Any]], episodes: int) -> float:
    """CPU seconds a call."""
    return asyncio.run(_play(server, bodies, episodes))


async def _play(server: Stub, bodies: Sequence[Mapping[str, Any]], episodes: int) -> float:
    import openai

    slots = asyncio.Semaphore(AT_ONCE)

    async def episode() -> None:
        async with slots:
            for body in bodies:
                completion = await client.chat.completions.create(**body)
                if not completion.choices[0].message.content:
                    raise BenchError("the server said nothing")

    async with openai.AsyncOpenAI(api_key="none", base_url=server.base_url, max_retries=0) as client:
        start = cpu_seconds()
        async with asyncio.TaskGroup() as group:
            for _ in range(episodes):
                group.create_task(episode())
        return (cpu_seconds() - start) / (episodes * len(bodies))
