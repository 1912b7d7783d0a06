"""Bots inside a child process: the same call with the same services as in the parent, on the child's own game."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import NoReturn

from kibitz.agents.agent import Agent, Chance, Ctx, Decision, Turn
from kibitz.agents.meter import CallPlace, Meter, Spending
from kibitz.agents.models.model import Request
from kibitz.harness.executors.wire import unpacked
from kibitz.harness.imagination import Imagination
from kibitz.harness.table import GameTable


@dataclass(frozen=True, slots=True)
class Thought:
    """What a bot's simulators are made from; see ``Imagination``."""

    seed: tuple[object, ...]
    true_state: bool


class Actors:
    """The bots of one child process, and the event loop that they run on."""

    def __init__(self) -> None:
        self._agents: dict[str, Agent] = {}
        self._runner = asyncio.Runner()

    def engage(self, agents: Mapping[str, bytes]) -> None:
        """Make agents from their pickled form."""
        self._agents |= {name: unpacked(pickled) for name, pickled in agents.items()}

    def act(
        self, name: str, table: GameTable, turn: Turn, chance: Chance, thought: Thought | None
    ) -> tuple[Decision, int]:
        """One decision, and the steps that it simulated."""
        agent, spending = self._agents[name], Spending()
        simulator = truth = None
        if thought is not None:
            simulator = Imagination(table, turn.seat, thought.seed, thought.true_state, spending)
        if agent.needs.privilege == "truth":
            truth = partial(table.truth, turn.seat)

        async def no_model(role: str, place: CallPlace, request: Request) -> NoReturn:
            raise RuntimeError(f"{name} calls a model for {role}, and has declared none in `models`")

        ctx = Ctx(Meter(no_model, lambda place: 0, spending), chance, simulator, truth)
        return self._runner.run(agent.act(turn, ctx)), spending.simulated_steps
