"""Tables, at which episodes are played, and worlds, which tables share: the async face of games and live sites."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import msgspec

from kibitz.games.game import GameSpec, Json, Observation, Outcome, Values
from kibitz.games.subproblem import Answer, Subproblem, Unknown


class View(msgspec.Struct, frozen=True):
    """What a table shows one mover: the observation and the questions that may be asked.

    Where the observation has no actions, the mover is asked and does not act; ``given`` is then the action that
    questions about the action are about.
    """

    seat: int
    observation: Observation
    subproblems: tuple[Subproblem, ...] = ()
    given: str | None = None


Asked = Mapping[int, tuple[tuple[str, str | None], ...]]
"""Per seat the questions whose truth is wanted: (subproblem id, stated action or None)."""


class Settled(msgspec.Struct, frozen=True):
    """What came of a step: truths of what was asked (from the state that was seen), then the step itself.

    Attributes:
        truths: Per seat, the truth of each asked question.
        rewards: Step reward per seat.
        outcome: How the episode ended, if it did.
        position: The position that was seen, before the step.
        values: Per mover, what each legal action was worth before the step, where the game can tell.
    """

    truths: Mapping[int, Mapping[str, Answer | Unknown]]
    rewards: Mapping[int, float]
    outcome: Outcome | None
    position: Json
    values: Mapping[int, Values | Unknown] = {}


class Table(Protocol):
    """The async, coarse face of one episode; two or three round trips a step. Always closed, in ``finally``."""

    @property
    def spec(self) -> GameSpec:
        """The game as data."""

    def rules(self, seat: int) -> str:
        """The rules for the player of ``seat``."""

    async def implied(self, seat: int, answers: Mapping[str, Answer]) -> frozenset[str] | None:
        """The actions to which stated answers commit the player of ``seat`` now, see ``Game.implied``."""

    async def open(self, seed: int, task: str | None) -> None:
        """Start the episode."""

    async def views(self) -> tuple[View, ...]:
        """One view per seat to act; empty when the episode has ended."""

    async def settle(self, asked: Asked, actions: Mapping[int, str]) -> Settled:
        """Compute the truths of what was asked, then play the actions."""

    async def position(self) -> Json:
        """The present position, for the record of how an episode ended."""

    async def close(self) -> None:
        """Give everything back; safe to call twice."""


class World(Protocol):
    """What the tables of one game share (a browser, a catalogue, a server)."""

    async def open(self) -> None:
        """Start what is shared."""

    def table(self) -> Table:
        """A new table."""

    async def close(self) -> None:
        """Stop what is shared; safe to call twice."""
