"""What it costs to play in another process: each answer beside the same one in this process, in the same run.

Answers and decisions are counted in CPU time of both processes together where the system has a clock for it (Linux), as
wall time mostly says what else the machine does; docs/architecture.md has the wall times of an idle one.

Usage: python bench/processes.py [--json FILE] [--check] [--quick]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import pickle
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

from cost.measure import Row, say, significant, write

from kibitz.agents.agent import Agent, Ctx, Decision, Turn
from kibitz.agents.bots.minimax import MinimaxBot
from kibitz.agents.bots.random_bot import RandomBot
from kibitz.agents.meter import Meter, Spending
from kibitz.games.game import Game
from kibitz.games.registry import make
from kibitz.games.table import Table
from kibitz.harness.executors.acting import Thought
from kibitz.harness.executors.isolated import IsolatedTable
from kibitz.harness.executors.slot import Slot
from kibitz.harness.imagination import Imagination
from kibitz.harness.table import GameTable

ANSWER, DECISION, RESTART, GAIN = 300.0, 800.0, 1000.0, 0.8
"""At most so many microseconds an answer, and more than here a decision; milliseconds a restart; at least so many
decisions for one that threads make."""

ROUNDS = 7

Do = Callable[[], Awaitable[object]]


Clock = Callable[[], float]


def cpu_of(slot: Slot) -> Clock:
    """Seconds of CPU time that this process and the slot's child have used."""
    if sys.platform != "linux" or slot.pid is None:
        return time.perf_counter
    # Linux has a clock for each process, whose number follows from the process's.
    child = (~slot.pid << 3) | 2
    return lambda: time.process_time() + time.clock_gettime(child)


async def best(times: int, *does: Do, clock: Clock = time.perf_counter) -> list[float]:
    """Microseconds a call of each, the least of several rounds in turn."""
    found = [float("inf")] * len(does)
    for _ in range(ROUNDS):
        for place, do in enumerate(does):
            begun = clock()
            for _ in range(times):
                await do()
            found[place] = min(found[place], (clock() - begun) / times * 1e6)
    return found


def row(name: str, value: float, unit: str, reference: float, target: float, *, least: bool = False) -> Row:
    passed = value >= target if least else value <= target
    ratio = significant(value / reference)
    return Row(
        f"processes/{name}", significant(value), unit, significant(reference), ratio, significant(target), passed
    )


@asynccontextmanager
async def slots(number: int, *bots: Agent) -> AsyncIterator[Sequence[Slot]]:
    made = [Slot(60.0) for _ in range(number)]
    for slot in made:
        await slot.ready()
        await slot.engage({_name(bot): pickle.dumps(bot) for bot in bots})
    yield made
    for grave in [grave for slot in made for grave in slot.kill()]:
        await asyncio.wait_for(grave, 10)


def _name(bot: Agent) -> str:
    return str(bot.identity["kind"])


async def stepping(table: Table) -> Do:
    """Views, truths and a step, through one episode after the other."""
    await table.open(0, None)

    async def step() -> None:
        while not (views := await table.views()):
            await table.open(0, None)
        (view,) = views
        assert view.observation.actions is not None
        asked = {view.seat: tuple((problem.id, None) for problem in view.subproblems if problem.about == "view")}
        await table.settle(asked, {view.seat: view.observation.actions.listed[0]})

    return step


def turn_of(game: Game) -> Turn:
    (seat,) = game.movers()
    return Turn(game.id, game.rules(seat), seat, 0, game.observe(seat), game.subproblems(seat), "same")


async def nobody(*_: object) -> Any:  # noqa: ANN401
    raise AssertionError("no bot calls a model")


async def deciding(bot: Agent, game: Game) -> Decision:
    turn, spending = turn_of(game), Spending()
    imagined = Imagination(GameTable(game), turn.seat, ("bench",), False, spending)
    return await bot.act(turn, Ctx(Meter(nobody, lambda place: 0, spending), Random(0), imagined))


async def answers(game: Game, times: int) -> list[Row]:
    """Views, steps with their truths, and decisions of bots."""
    bots: tuple[Agent, ...] = (RandomBot(), MinimaxBot(depth=2))
    rows = []
    async with slots(1, *bots) as (slot,):
        here, there = GameTable(make(game.id)), IsolatedTable(slot, game.id, game)
        await here.open(0, None)
        await there.open(0, None)
        clock = cpu_of(slot)
        far, near = await best(times, there.views, here.views, clock=clock)
        rows.append(row(f"{game.id} view", far, "cpu_us", near, ANSWER))
        far, near = await best(times, await stepping(there), await stepping(here), clock=clock)
        rows.append(row(f"{game.id} view and step", far, "cpu_us", near, 2 * ANSWER))
        await there.open(0, None)
        turn, thought = turn_of(game), Thought(("bench",), False)
        for bot in bots:
            act = partial(there.act, _name(bot), turn, Random(0), thought)
            far, near = await best(times, act, partial(deciding, bot, game), clock=clock)
            rows.append(row(f"{game.id} {_name(bot)} decides", far, "cpu_us", near, near + DECISION))
    return rows


async def throughput(game: Game, times: int) -> Row:
    """Decisions a second of a bot that computes, eight wanted at once: in children, one a processor, and in threads."""
    bot, turn, thought = MinimaxBot(depth=4), turn_of(game), Thought(("bench",), False)
    async with slots(os.cpu_count() or 1, bot) as made:
        free: asyncio.Queue[IsolatedTable] = asyncio.Queue()
        for slot in made:
            await (table := IsolatedTable(slot, game.id, game)).open(0, None)
            free.put_nowait(table)

        async def apart() -> None:
            table = await free.get()
            await table.act(_name(bot), turn, Random(0), thought)
            free.put_nowait(table)

        async def eight(do: Do) -> None:
            await asyncio.gather(*(do() for _ in range(8)))

        far, near = await best(times, partial(eight, apart), partial(eight, partial(deciding, bot, game)))
    return row("minimax depth 4", 8e6 / far, "decisions/s", 8e6 / near, GAIN * 8e6 / near, least=True)


async def restart() -> Row:
    """Milliseconds until a slot whose child was killed can play again, beside an interpreter that does nothing."""
    async with slots(1) as (slot,):

        async def again() -> None:
            slot.kill()
            await slot.ready()

        async def nothing() -> None:
            await (await asyncio.create_subprocess_exec(sys.executable, "-P", "-c", "")).wait()

        far, near = await best(1, again, nothing)
    return row("restart", far / 1000, "ms", near / 1000, RESTART)


async def measure(*, quick: bool) -> list[Row]:
    game = make("connect4")
    game.reset(0)
    return [*await answers(game, 100 if quick else 1000), await throughput(game, 4 if quick else 20), await restart()]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path, help="write the results to this file, '-' for stdout")
    parser.add_argument("--check", action="store_true", help="exit 1 where a target is missed")
    parser.add_argument("--quick", action="store_true", help="measure for less than a minute in all")
    options = parser.parse_args()
    rows = asyncio.run(measure(quick=options.quick))
    write(options.json, json.dumps([found.as_json() for found in rows], sort_keys=True) + "\n")
    for found in rows:
        say(str(found))
    return 1 if options.check and not all(found.passed for found in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
