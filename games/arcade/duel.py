"""What moving games share: two players who act at the same time, nothing hidden, no chance after the start.

What the other does in this very step is not part of the state, so that information is perfect between steps. A game
says how it begins, what a pair of actions does, what each seat reads and is asked; the rest stands here.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from random import Random
from typing import ClassVar, Self

from kibitz.games.actions import Actions, shown
from kibitz.games.game import Game, Observation, Outcome
from kibitz.games.subproblem import Answer, Subproblem

DRAWN = 2
"""Stands for a draw where a seat would stand for its win."""

_BOTH = (0, 1)
_RESULTS = ((1.0, -1.0), (-1.0, 1.0), (0.0, 0.0))
_GOES_ON: Mapping[int, float] = {0: 0.0, 1: 0.0}


class Duel(Game):
    """A game of two players who act simultaneously, each with the same actions at every step.

    Attributes:
        actions: What each seat can do at each step.
        asked: The questions, the same at each step.
    """

    seats: ClassVar = 2
    payoff: ClassVar = "zero_sum"
    abilities: ClassVar = frozenset({"snapshot", "imagine", "perfect_information", "heuristic"})
    actions: ClassVar[Actions]
    asked: ClassVar[tuple[Subproblem, ...]]

    _ended: int | None
    """The seat that has won, ``DRAWN``, or None while the game runs."""

    @abstractmethod
    def _play(self, first: str, second: str) -> None:
        """Play the legal actions of seat 0 and seat 1; sets ``_ended``."""

    @abstractmethod
    def _text(self, seat: int) -> str:
        """What ``seat`` reads."""

    @abstractmethod
    def _reason(self) -> str:
        """Why the game ended, in a few words."""

    @abstractmethod
    def _answer(self, seat: int, id: str, action: str) -> Answer:  # noqa: A002
        """The truth of one of the questions; ``action`` is legal, and empty where the view is asked about."""

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
            raise ValueError(f"{shown(str(second if first in listed else first))} is not a legal action here")
        self._play(first, second)
        ended: int | None = self._ended  # as it is after the step
        return _GOES_ON if ended is None else dict(enumerate(_RESULTS[ended]))

    def outcome(self) -> Outcome | None:
        """1 for the winner, -1 for the loser, 0 each for a draw."""
        return None if self._ended is None else Outcome(_RESULTS[self._ended], reason=self._reason())

    def subproblems(self, seat: int) -> tuple[Subproblem, ...]:
        """What can be asked of either seat while the game runs."""
        return self.asked if self._ended is None and seat in _BOTH else ()

    def truth(self, seat: int, id: str, action: str | None = None) -> Answer:  # noqa: A002
        """The true answer for ``seat``.

        Raises:
            KeyError: There is no such subproblem now.
            ValueError: A question about the action, without a legal one.
        """
        about = {problem.id: problem.about for problem in self.subproblems(seat)}[id]
        stated = action if about == "action" else ""
        if stated is None or (about == "action" and stated not in self.actions.listed):
            raise ValueError(f"{id}: {shown(str(action))} is not a legal action here")
        return self._answer(seat, id, stated)

    def clone(self) -> Self:
        """An independent game in the same state."""
        other = object.__new__(type(self))
        other.options = self.options
        other.restore(self.snapshot())
        return other

    def imagine(self, seat: int, rng: Random) -> Self:
        """A copy: nothing is hidden."""
        return self.clone()
