"""Ladders: how hard the questions about a position are, as a table of bounds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Name = Literal["easy", "medium", "hard"]
RUNGS: tuple[Name, ...] = ("easy", "medium", "hard")


@dataclass(frozen=True, slots=True)
class Rung:
    """One rung.

    Attributes:
        name: Which one.
        plies: Fewest and most random steps from the start of an episode to a position.
        bounds: Lowest and highest value of measures of the position (``Game.measures``), both inclusive.
    """

    name: Name
    plies: tuple[int, int]
    bounds: Mapping[str, tuple[float, float]] = field(default_factory=dict, hash=False)

    def holds(self, measures: Mapping[str, float]) -> bool:
        """Whether a position with these measures belongs to the rung."""
        return all(low <= measures[name] <= high for name, (low, high) in self.bounds.items())
