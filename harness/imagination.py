"""The simulators of one decision, made from data: the same wherever the decision is made."""

from __future__ import annotations

from dataclasses import dataclass

from kibitz.agents.agent import Simulator
from kibitz.agents.meter import Spending
from kibitz.games.table import Table
from kibitz.harness.seeds import generator
from kibitz.harness.table import GameTable


@dataclass(slots=True)
class Imagination:
    """Makes the simulators of one decision, the next one at each call.

    Attributes:
        table: Where the decision is to be made.
        seat: Who decides.
        seed: What the randomness is for; the same decision thinks in the same states, wherever it is made.
        true_state: Whether the privilege ``true`` was granted.
        spending: Charged with each simulated step.
    """

    table: Table
    seat: int
    seed: tuple[object, ...]
    true_state: bool
    spending: Spending
    _made: int = 0

    def __call__(self) -> Simulator:
        """A simulator of the present state."""
        assert isinstance(self.table, GameTable), "checked before the run: only a game in this process can be imagined"
        rng = generator("imagine", *self.seed, self._made)
        self._made += 1
        return self.table.simulator(self.seat, rng, true_state=self.true_state, charge=self._charge)

    def _charge(self) -> None:
        self.spending.simulated_steps += 1
