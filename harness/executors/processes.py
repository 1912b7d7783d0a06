"""Games and bots in child processes that can be killed.

An episode whose *game* is apart has a slot to itself from its beginning to its end: its game and all its bots live in
that one process, and only views, actions and truths go through the pipe. An episode in which just a *bot* is apart
keeps its game here, where models' agents see it without a pipe between. The bot borrows a slot for each decision, and
follows the episode there from its seed and actions: so no slot is idle while somebody else's model thinks, however many
episodes are under way.

What actions are worth, in games that compute long for it (``slow_values``), is found in a borrowed slot too.

When a process crashes or hangs, its episode fails with that cause and its slot gets another process. Games are
deterministic, so the episode is rebuilt from its seed and its recorded actions, and gone on with.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from types import TracebackType
from typing import Self

from kibitz.agents.agent import Agent, Chance, Decision, Example, Turn
from kibitz.games.game import Game, Json, Values
from kibitz.games.subproblem import Unknown
from kibitz.harness.cast import Cast, broken
from kibitz.harness.config import Suite
from kibitz.harness.decision import Player
from kibitz.harness.errors import ConfigError
from kibitz.harness.executors.acting import Thought
from kibitz.harness.executors.executor import Local, Seated
from kibitz.harness.executors.failures import ChildCrashedError, ChildError
from kibitz.harness.executors.isolated import FollowedTable, IsolatedTable, Think, decide_apart
from kibitz.harness.executors.placement import Mode, bot_apart, game_apart, values_apart
from kibitz.harness.executors.slot import Slot
from kibitz.harness.executors.wire import packed
from kibitz.harness.standin import StandIn
from kibitz.harness.table import GameTable, Solve
from kibitz.results.records import UnitRecord

DEADLINE = 300.0
"""Seconds that a game or bot may take for one answer; as long as a model's call may take."""

STOP_WITHIN = 5.0
"""Seconds that the end of a run waits for killed processes to be cleared away."""


class Processes:
    """An executor with a pool of child processes; use it as an async context manager.

    Args:
        cast: The games and agents of the run.
        mode: What runs in child processes.
        slots: Child processes at a time; None for one a processor. They are started when they are first needed.
        deadline: Seconds that a game or bot may take for one answer.
    """

    def __init__(
        self, cast: Cast, *, mode: Mode = "auto", slots: int | None = None, deadline: float = DEADLINE
    ) -> None:
        self._cast = cast
        self._mode = mode
        self._deadline = deadline
        self._local = Local(cast)
        self._places = asyncio.Semaphore(slots or os.cpu_count() or 1)
        self._slots: list[Slot] = []
        self._idle: list[Slot] = []
        self._pickled: dict[str, bytes] = {}

    @classmethod
    def of(cls, suite: Suite, cast: Cast) -> Self:
        """As the suite says under ``[execution]``; no answer may take longer than a step."""
        execution = suite.execution
        deadline = min(DEADLINE, suite.deadlines.step)
        return cls(cast, mode=execution.isolate, slots=execution.processes, deadline=deadline)

    @property
    def pids(self) -> list[int]:
        """The ids of the child processes there are."""
        return [slot.pid for slot in self._slots if slot.pid is not None]

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # All are killed before anything is waited for: whoever stops this as well leaves no process behind.
        if graves := [gone for slot in self._slots for gone in slot.kill()]:
            await asyncio.wait(graves, timeout=STOP_WITHIN)

    @asynccontextmanager
    async def seat(self, unit: UnitRecord, players: Sequence[Player]) -> AsyncIterator[Seated]:
        """A place for one episode, in the block: its table, and its players as they act there.

        Raises:
            ChildError: No process could be started.
        """
        if game_apart(self._cast.games[unit.game], self._mode):
            hosted = {player.name: player.agent for player in players if not player.agent.models}
            async with self._slot() as slot:
                await slot.engage(self._as_sent(hosted))
                table = IsolatedTable(slot, unit.game, self._cast.games[unit.game])
                yield table, _apart(players, hosted, table.act)
        elif any(bot_apart(player.agent, self._mode) for player in players):
            apart = {player.name: player.agent for player in players if bot_apart(player.agent, self._mode)}
            followed = FollowedTable(self._cast.new_game(unit.game), self._solving(unit.game))
            yield followed, _apart(players, apart, self._following(unit.game, followed, apart))
        elif (solve := self._solving(unit.game)) is not None:
            yield GameTable(self._cast.new_game(unit.game), solve), players
        else:
            async with self._local.seat(unit, players) as seated:
                yield seated

    async def examples(self) -> Mapping[str, tuple[Example, ...]]:
        """Worked examples by game label; a game that is apart is played at random in a child process.

        Raises:
            ConfigError: A game breaks while it is played at random.
        """
        games = self._cast.games
        if not any(game_apart(game, self._mode) for game in games.values()):
            return await self._local.examples()
        return {
            label: await self._examples(label, game) if game_apart(game, self._mode) else self._cast.examples_of(label)
            for label, game in games.items()
        }

    async def _examples(self, label: str, game: Game) -> tuple[Example, ...]:
        try:
            try:
                return await self._tried_out(label, game)
            except ChildCrashedError:
                # As an episode would be: what crashes now and then may be played.
                return await self._tried_out(label, game)
        except ChildError as error:
            raise ConfigError(f"game {error}") from error
        except Exception as error:
            raise broken(label, error) from error

    async def _tried_out(self, label: str, game: Game) -> tuple[Example, ...]:
        async with self._slot() as slot:
            asked = ("examples", type(game), dict(game.options))
            found: tuple[Example, ...] = await slot.request(label, "was tried out", *asked)
            return found

    def _solving(self, label: str) -> Solve | None:
        """Lets child processes find what actions are worth; None where the game itself does that fast."""
        game = self._cast.games[label]
        if not values_apart(game, self._mode):
            return None

        async def solve(position: Json, seat: int) -> Values | Unknown:
            async with self._slot() as slot:
                asked = ("values", type(game), dict(game.options), position, seat)
                found: Values | Unknown = await slot.request(label, "valued its actions", *asked)
                return found

        return solve

    def _following(self, label: str, table: FollowedTable, apart: Mapping[str, Agent]) -> Think:
        async def think(name: str, turn: Turn, chance: Chance, thought: Thought | None) -> tuple[Decision, int]:
            async with self._slot() as slot:
                await slot.engage(self._as_sent({name: apart[name]}))
                act = (name, turn, chance, thought)
                who = f"{name} in {label}"
                decided: tuple[Decision, int] = await slot.request(
                    who, "decided", "follow", table.start, table.actions, act
                )
                return decided

        return think

    def _as_sent(self, agents: Mapping[str, Agent]) -> dict[str, bytes]:
        for name, agent in agents.items():
            if name not in self._pickled:
                self._pickled[name] = packed(agent)
        return {name: self._pickled[name] for name in agents}

    @asynccontextmanager
    async def _slot(self) -> AsyncIterator[Slot]:
        """A slot with a child that runs, to be used by one at a time."""
        async with self._places:
            if not self._idle:
                self._slots.append(slot := Slot(self._deadline))
                self._idle.append(slot)
            # The one that was used last: of few that are needed, few are started.
            slot = self._idle.pop()
            try:
                await slot.ready()
                yield slot
            finally:
                self._idle.append(slot)


def _apart(players: Sequence[Player], apart: Mapping[str, Agent], think: Think) -> list[Player]:
    return [
        replace(player, agent=StandIn(player.agent, partial(decide_apart, player.name, think)))
        if player.name in apart
        else player
        for player in players
    ]
