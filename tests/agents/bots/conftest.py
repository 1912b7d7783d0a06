"""Nim: take one or two of a heap, who takes the last one wins. Small enough to know every value by hand."""

from __future__ import annotations

from typing import ClassVar

import pytest

from kibitz.games.actions import Actions
from kibitz.games.game import Game, Observation, Outcome
from kibitz.games.kinds import Boolean, Integer
from kibitz.games.subproblem import Subproblem


class Nim(Game):
    id, version, title, seats, payoff = "nim", "1", "Nim", 2, "zero_sum"
    abilities: ClassVar = frozenset({"snapshot", "perfect_information"})
    HEAP = 7

    def rules(self, seat):
        return "Take 1 or 2; who takes the last one wins."

    def reset(self, seed, task=None):
        self.heap, self.mover = self.HEAP, 0

    def movers(self):
        return () if self.heap == 0 else (self.mover,)

    def observe(self, seat):
        return Observation(f"{self.heap} left", Actions(tuple(str(n) for n in (1, 2) if n <= self.heap)))

    def step(self, actions):
        ((seat, action),) = actions.items()
        self.heap -= int(action)
        self.mover = 1 - seat
        return {}

    def outcome(self):
        if self.heap:
            return None
        return Outcome((1.0, -1.0) if self.mover == 1 else (-1.0, 1.0))

    def subproblems(self, seat):
        return (
            Subproblem("lost", "Is the heap a multiple of three?", Boolean()),
            Subproblem("left", "How many are left after your action?", Integer(0, 9), "action"),
        )

    def truth(self, seat, id, action=None):  # noqa: A002
        return self.heap % 3 == 0 if id == "lost" else self.heap - int(action)

    def position(self):
        return {"heap": self.heap, "mover": self.mover}

    def at(self, position):
        self.heap, self.mover = position["heap"], position["mover"]

    def draw(self, position, seat=None):
        return "<svg/>"


@pytest.fixture
def nim():
    game = Nim()
    game.reset(0)
    return game


@pytest.fixture
def decide(seat_ctx):
    """Let a bot act once in a game, with a seed; returns the decision."""
    from random import Random

    from kibitz.agents.agent import Turn

    async def run(bot, game, seed=0, ask="same"):
        (seat,) = game.movers()
        turn = Turn(game.id, game.rules(seat), seat, 0, game.observe(seat), game.subproblems(seat), ask)
        return await bot.act(turn, seat_ctx(game, seat, Random(seed)))

    return run
