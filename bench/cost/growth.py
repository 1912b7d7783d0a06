"""Whether a call late in an episode costs more than an early one: CPU and bytes at turn 40 beside turn 4.

All episodes go in lockstep: the model answers nobody before everybody has asked. Between two answers lies exactly one
turn of every episode, with whatever it takes: reading the reply, the step and its records, the commit, the next prompt
and its request. So the clock is read once a turn, by the model, and nothing in the orchestrator has to be opened up.
Commits are shared by all episodes, as they are in a large run; with one episode at a time the cost of a commit, which
no turn changes, would hide what grows.

Bytes are those in the journal's tables, every column of every row, counted in a run of their own at the same moments.
They are what has to be written; how many pages SQLite touches for them depends on where rows stand, not on the turn.
"""

from __future__ import annotations

import asyncio
import sqlite3
import tempfile
from collections.abc import Callable, Mapping
from contextlib import closing
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from cost.measure import Row, cpu_seconds, ratio_row
from cost.ours import CHAT_AGENT, FULL, LLM_AGENT, play, suite
from cost.players import at_once
from kibitz.agents.models.model import Completion, Request
from kibitz.results.runfolder import FILE_NAME

TARGET = 1.3
EARLY, LATE, AROUND = 4, 40, 2
"""Turns 2 to 6 stand for turn 4, and 38 to 42 for turn 40."""
TURNS = LATE + AROUND + 1
MODEL = {"model": "scripted:cost.growth:in_lockstep"}
AGENTS: Mapping[str, Mapping[str, Any]] = {"chat": {**CHAT_AGENT, **MODEL}, "llm": {**LLM_AGENT, **FULL, **MODEL}}


class Lockstep:
    """Lets its callers go on when all of them are there.

    Args:
        callers: How many.
        measure: Read before they go on, once a turn; what grows with the run.

    Attributes:
        read: What was read, by turn.
    """

    def __init__(self, callers: int, measure: Callable[[], float]) -> None:
        self.read: list[float] = []
        self._callers = callers
        self._measure = measure
        self._waiting: list[asyncio.Future[None]] = []

    async def meet(self) -> None:
        """Wait for the others."""
        here: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(here)
        if len(self._waiting) == self._callers:
            waiting, self._waiting = self._waiting, []
            self.read.append(self._measure())
            for other in waiting:
                other.set_result(None)
        await here

    def around(self, turn: int) -> float:
        """Median growth a caller in one of the turns around ``turn``, which is counted from 1.

        The median, since a collection of garbage takes as long as a turn and meets one of them by chance.
        """
        grown = [after - before for before, after in zip(self.read, self.read[1:], strict=False)]
        return median(grown[turn - 1 - AROUND : turn + AROUND]) / self._callers


_running: list[Lockstep] = []
"""The one that is being measured: a model is found by its name and cannot be handed anything."""


async def in_lockstep(request: Request) -> Completion:
    """A model that answers when everybody has asked."""
    await _running[-1].meet()
    return await at_once(request)


def turn_40_vs_4(episodes: int, rounds: int) -> list[Row]:
    """CPU and bytes a call at turn 40 and at turn 4, for agents that send the whole conversation each turn."""
    rows = []
    for name, agent in AGENTS.items():
        cpu: dict[int, list[float]] = {EARLY: [], LATE: []}
        for _ in range(rounds):
            measured = _lockstep(agent, episodes, lambda out: cpu_seconds() * 1e6)
            for turn, costs in cpu.items():
                costs.append(measured.around(turn))
        rows.append(ratio_row(f"turn_40_vs_4/{name}_cpu", "us", cpu[LATE], cpu[EARLY], TARGET))
        measured = _lockstep(agent, episodes, _journal_bytes)
        late, early = measured.around(LATE), measured.around(EARLY)
        rows.append(ratio_row(f"turn_40_vs_4/{name}_bytes", "bytes", [late], [early], TARGET))
    return rows


def _lockstep(agent: Mapping[str, Any], episodes: int, measure: Callable[[Path], float]) -> Lockstep:
    with tempfile.TemporaryDirectory(prefix="kibitz-bench-") as folder:
        out = Path(folder) / "run"
        _running.append(Lockstep(episodes, partial(measure, out)))
        asyncio.run(play(suite(agent, episodes, TURNS, episodes), out, episodes))
    return _running.pop()


def _journal_bytes(out: Path) -> float:
    """Bytes in all columns of all rows that are committed."""
    total = 0
    with closing(sqlite3.connect(f"{(out / FILE_NAME).as_uri()}?mode=ro", uri=True)) as db:
        for (table,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            columns = [column[1] for column in db.execute(f"PRAGMA table_info({table})")]
            sizes = " + ".join(f"COALESCE(LENGTH(CAST({column} AS BLOB)), 0)" for column in columns)
            total += db.execute(f"SELECT COALESCE(SUM({sizes}), 0) FROM {table}").fetchone()[0]
    return float(total)
