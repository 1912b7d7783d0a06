"""From a game to a table: the async face of every synchronous game, and the simulator that agents may think with."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from random import Random
from typing import TYPE_CHECKING

from kibitz.games.game import Game, GameSpec, Json, Observation, Outcome, Values
from kibitz.games.subproblem import Answer, Unknown
from kibitz.games.table import Asked, Settled, View

if TYPE_CHECKING:
    # Not at run time: a process that holds nothing but a game starts in half the time without agents.
    from kibitz.agents.agent import Simulator


Solve = Callable[[Json, int], Awaitable[Values | Unknown]]
"""Finds what each legal action is worth to a seat in a position, somewhere else."""


class GameTable:
    """One episode of a ``Game`` as a ``Table``.

    Args:
        game: The game.
        solve: Asked for the values of actions in place of the game itself, where that would keep others waiting.
    """

    def __init__(self, game: Game, solve: Solve | None = None) -> None:
        self.game = game
        self.solve = solve

    @cached_property
    def spec(self) -> GameSpec:
        """The game as data."""
        return self.game.spec

    def rules(self, seat: int) -> str:
        """The rules for the player of ``seat``."""
        return self.game.rules(seat)

    async def implied(self, seat: int, answers: Mapping[str, Answer]) -> frozenset[str] | None:
        """The actions to which stated answers commit the player of ``seat``."""
        return self.game.implied(seat, answers)

    async def open(self, seed: int, task: str | None) -> None:
        """Start the episode."""
        self.game.reset(seed, task)

    async def views(self) -> tuple[View, ...]:
        """One view per mover."""
        game = self.game
        return tuple(View(seat, game.observe(seat), game.subproblems(seat), game.given(seat)) for seat in game.movers())

    async def settle(self, asked: Asked, actions: Mapping[int, str]) -> Settled:
        """Truths of what was asked, from the state that was seen; then the step."""
        game = self.game
        truths = {
            seat: {name: game.truth(seat, name, action) for name, action in questions}
            for seat, questions in asked.items()
        }
        position = game.position()
        if self.solve is None:
            values = {seat: game.action_values(seat) for seat in actions}
        else:
            values = {seat: await self.solve(position, seat) for seat in actions}
        rewards = game.step(actions)
        return Settled(truths, rewards, game.outcome(), position, values)

    async def position(self) -> Json:
        """The present position."""
        return self.game.position()

    async def close(self) -> None:
        """A game holds nothing to give back."""

    def truth(self, seat: int, name: str, action: str | None) -> Answer | Unknown:
        """The truth of one question now, for reference agents with the privilege to know it."""
        return self.game.truth(seat, name, action)

    def simulator(self, seat: int, rng: Random, *, true_state: bool, charge: Callable[[], None]) -> Simulator:
        """A fork to think with: of the true state, or of one that ``seat`` cannot tell from it.

        Args:
            seat: Who thinks.
            rng: What the seat cannot know is drawn from it.
            true_state: Whether the privilege ``true`` was granted.
            charge: Called at each simulated step.
        """
        game = self.game.clone() if true_state else self.game.imagine(seat, rng)
        return GameSimulator(game, charge, true_state)


@dataclass(frozen=True, slots=True)
class GameSimulator:
    """What an agent may do with an imagined game: no truth, no position, no solver."""

    _game: Game
    _charge: Callable[[], None]
    _true_state: bool

    def movers(self) -> tuple[int, ...]:
        """The seats to act."""
        return self._game.movers()

    def observe(self, seat: int) -> Observation:
        """What a seat would see."""
        return self._game.observe(seat)

    def step(self, actions: Mapping[int, str]) -> Mapping[int, float]:
        """Play, charged."""
        self._charge()
        return self._game.step(actions)

    def outcome(self) -> Outcome | None:
        """How the simulated episode ended."""
        return self._game.outcome()

    def evaluate(self, seat: int) -> float:
        """The game's heuristic value of the simulated state."""
        return self._game.evaluate(seat)

    def heuristic(self, seat: int, rng: Random) -> str:
        """What the game's rules of thumb would play."""
        return self._game.heuristic(seat, rng)

    def oracle(self, seat: int) -> str:
        """What leads to the best outcome there is.

        Raises:
            PermissionError: The state is imagined.
        """
        if not self._true_state:
            raise PermissionError("an oracle knows what the seat may not: it is asked of the true state only")
        return self._game.oracle(seat)

    def fork(self) -> Simulator:
        """An independent copy."""
        return GameSimulator(self._game.clone(), self._charge, self._true_state)
