"""What contests share, whether players take turns or act at once: two seats, nothing hidden, a winner or a draw."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from random import Random
from typing import ClassVar, Self

from kibitz.games.actions import Actions, shown
from kibitz.games.game import Game, Outcome
from kibitz.games.subproblem import Answer, Unknown

DRAWN = 2
"""Stands for a draw where a seat would stand for its win."""

RESULTS: tuple[tuple[float, float], ...] = ((1.0, -1.0), (-1.0, 1.0), (0.0, 0.0))
"""The rewards of both seats by the seat that has won, or ``DRAWN``."""

_GOES_ON: Mapping[int, float] = {0: 0.0, 1: 0.0}


class ZeroSum(Game):
    """A contest of two players."""

    seats: ClassVar = 2
    payoff: ClassVar = "zero_sum"

    _ended: int | None
    """The seat that has won, ``DRAWN``, or None while the game runs."""

    @abstractmethod
    def _reason(self) -> str:
        """Why the game ended, in a few words."""

    @abstractmethod
    def _actions(self, seat: int) -> Actions:
        """The legal actions of a seat that is to act."""

    @abstractmethod
    def _answer(self, seat: int, id: str, action: str) -> Answer | Unknown:  # noqa: A002
        """The truth of one question that ``seat`` is asked; ``action`` is legal, and empty for one about the view."""

    def illegal(self, action: object) -> ValueError:
        """What to raise on an action that is not legal."""
        return ValueError(f"{shown(str(action))} is not a legal action here")

    def _gained(self) -> Mapping[int, float]:
        """The rewards of the step that was just played: those of the outcome in the last one, else 0."""
        return _GOES_ON if self._ended is None else dict(enumerate(RESULTS[self._ended]))

    def outcome(self) -> Outcome | None:
        """1 for the winner, -1 for the loser, 0 each for a draw."""
        return None if self._ended is None else Outcome(RESULTS[self._ended], reason=self._reason())

    def truth(self, seat: int, id: str, action: str | None = None) -> Answer | Unknown:  # noqa: A002
        """The true answer for a seat that is asked.

        Raises:
            KeyError: There is no such subproblem now.
            ValueError: A question about the action, without a legal one.
        """
        about = next((problem.about for problem in self.subproblems(seat) if problem.id == id), None)
        if about is None:
            raise KeyError(id)
        if about == "view":
            return self._answer(seat, id, "")
        if action is None or action not in self._actions(seat).listed:
            raise ValueError(f"{id}: {self.illegal(action)}")
        return self._answer(seat, id, action)

    def clone(self) -> Self:
        """An independent game in the same state."""
        other = object.__new__(type(self))
        other.options = self.options
        other.restore(self.snapshot())
        return other

    def imagine(self, seat: int, rng: Random) -> Self:
        """A copy: nothing is hidden."""
        return self.clone()
