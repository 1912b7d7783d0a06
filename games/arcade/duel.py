"""What moving games share: two players who act at the same time, nothing hidden, no chance after the start.

What the other does in this very step is not part of the state, so that information is perfect between steps. A game
says how it begins, what a pair of actions does, what each seat reads and is asked; the rest stands here.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import ClassVar

from kibitz.games.actions import Actions
from kibitz.games.game import Observation
from kibitz.games.subproblem import Subproblem
from kibitz.games.zerosum import ZeroSum

_BOTH = (0, 1)


class Duel(ZeroSum):
    """A game of two players who act simultaneously, each with the same actions at every step.

    Attributes:
        actions: What each seat can do at each step.
        asked: The questions, the same at each step.
    """

    abilities: ClassVar = frozenset({"snapshot", "imagine", "perfect_information", "heuristic"})
    actions: ClassVar[Actions]
    asked: ClassVar[tuple[Subproblem, ...]]

    @abstractmethod
    def _play(self, first: str, second: str) -> None:
        """Play the legal actions of seat 0 and seat 1; sets ``_ended``."""

    @abstractmethod
    def _text(self, seat: int) -> str:
        """What ``seat`` reads."""

    def _actions(self, seat: int) -> Actions:
        return self.actions

    def movers(self) -> tuple[int, ...]:
        """Both seats, or nobody once the game is over."""
        return _BOTH if self._ended is None else ()

    def observe(self, seat: int) -> Observation:
        """The state as ``seat`` sees it."""
        return Observation(self._text(seat), self.actions if self._ended is None else None)

    def step(self, actions: Mapping[int, str]) -> Mapping[int, float]:
        """Play both actions; the last step's reward is the outcome's, all others are 0."""
        if self._ended is not None or len(actions) != 2 or 0 not in actions or 1 not in actions:
            raise ValueError(f"the seats to act are {self.movers()}, not {tuple(actions)}")
        first, second = actions[0], actions[1]
        listed = self.actions.listed
        if first not in listed or second not in listed:
            raise self.illegal(second if first in listed else first)
        self._play(first, second)
        return self._gained()

    def subproblems(self, seat: int) -> tuple[Subproblem, ...]:
        """What can be asked of either seat while the game runs."""
        return self.asked if self._ended is None and seat in _BOTH else ()
