"""What plays episodes somewhere: a table and players for each, wherever the game's own code runs."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Protocol

from kibitz.agents.agent import Example
from kibitz.games.table import Table
from kibitz.harness.cast import Cast
from kibitz.harness.decision import Player
from kibitz.harness.table import GameTable
from kibitz.results.records import UnitRecord

Seated = tuple[Table, Sequence[Player]]
"""Where an episode is played, and who plays it there."""


class Executor(Protocol):
    """Gives each episode its place."""

    def seat(self, unit: UnitRecord, players: Sequence[Player]) -> AbstractAsyncContextManager[Seated]:
        """A place for one episode, in the block: its table, and its players as they act there.

        Raises:
            ChildError: The place could not be made, or broke; so do the table and the players.
        """

    async def examples(self) -> Mapping[str, tuple[Example, ...]]:
        """Worked examples by game label.

        Raises:
            ConfigError: A game breaks while it is played at random.
        """


class Local:
    """Everything in this process: games step on the event loop."""

    def __init__(self, cast: Cast) -> None:
        self._cast = cast

    @asynccontextmanager
    async def seat(self, unit: UnitRecord, players: Sequence[Player]) -> AsyncIterator[Seated]:
        """A table of its own, and the players themselves."""
        yield GameTable(self._cast.new_game(unit.game)), players

    async def examples(self) -> Mapping[str, tuple[Example, ...]]:
        """Worked examples by game label."""
        return self._cast.examples()
