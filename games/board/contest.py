"""What board games share: two players in turn, nothing hidden, no chance but a random opening.

A game says how it begins, what is legal, how a move changes the board and who has won. Whose turn it is, the outcome,
the refusals, the opening and the questions' errors are the same in all of them and stand here.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from random import Random
from typing import ClassVar

from kibitz.games.actions import Actions
from kibitz.games.game import Observation, Values
from kibitz.games.options import Option
from kibitz.games.subproblem import Subproblem, Unknown
from kibitz.games.zerosum import RESULTS, ZeroSum

_MOVERS: tuple[tuple[int, ...], ...] = ((0,), (1,))


def opening_plies(most: int) -> Option:
    """The option ``opening_plies`` of a game that can be opened by up to ``most`` random plies."""
    doc = "random plies played before the first turn, drawn from the seed; 0: the seed changes nothing"
    return Option("opening_plies", 0, doc, low=0, high=most)


class Contest(ZeroSum):
    """A board game of two players. Seat 0 begins.

    Attributes:
        sides: What each seat is called in texts and positions, such as ``X`` and ``O``.
    """

    sides: ClassVar[tuple[str, str]]

    _turn: int
    """The seat to move; once the game is over, whoever would have been."""

    def __init__(self, **options: object) -> None:
        super().__init__(**options)
        self._begin()

    # -- what a game says of itself --------------------------------------------------------------------------------

    @abstractmethod
    def _begin(self) -> None:
        """Set the state to the start of the game, before any opening."""

    @abstractmethod
    def _legal(self) -> Actions:
        """The legal actions of the side to move; only asked while the game runs."""

    @abstractmethod
    def _play(self, action: str) -> None:
        """Play ``action`` for the side to move; sets ``_turn`` and ``_ended``.

        Raises:
            ValueError: It is not legal, and the state is as it was; ``self.illegal(action)`` has the words.
        """

    @abstractmethod
    def _text(self) -> str:
        """The board in characters, as every seat sees it."""

    @abstractmethod
    def _asked(self) -> tuple[Subproblem, ...]:
        """What the side to move can be asked."""

    def _actions(self, seat: int) -> Actions:
        return self._legal()

    def _decided(self) -> bool:
        """Whether an opening is worthless that ends here, since the side to move wins at once."""
        return False

    # -- playing ---------------------------------------------------------------------------------------------------

    def reset(self, seed: int, task: str | None = None) -> None:
        """Start an episode; ``seed`` draws the opening.

        Whole openings are drawn again until one leaves an undecided position: so every undecided sequence of plies
        keeps its natural chance.
        """
        self._begin()
        if plies := int(self.options.get("opening_plies", 0)):
            rng = Random(f"kibitz/{self.id}/opening/{seed}")
            while not self._open(plies, rng):
                self._begin()

    def _open(self, plies: int, rng: Random) -> bool:
        for _ in range(plies):
            names = self._legal().listed
            self._play(names[rng.randrange(len(names))])
            if self._ended is not None:
                return False
        return not self._decided()

    def movers(self) -> tuple[int, ...]:
        """The seat to move, or nobody once the game is over."""
        return _MOVERS[self._turn] if self._ended is None else ()

    def observe(self, seat: int) -> Observation:
        """The side of ``seat`` and the board."""
        acts = self._ended is None and seat == self._turn
        return Observation(f"You are {self.sides[seat]}.\n{self._text()}", self._legal() if acts else None)

    def step(self, actions: Mapping[int, str]) -> Mapping[int, float]:
        """Play; the last step's reward is the outcome's, all others are 0."""
        if self._ended is not None or len(actions) != 1 or self._turn not in actions:
            raise ValueError(f"the seats to act are {self.movers()}, not {tuple(actions)}")
        self._play(actions[self._turn])
        return self._gained()

    # -- questions -------------------------------------------------------------------------------------------------

    def subproblems(self, seat: int) -> tuple[Subproblem, ...]:
        """What can be asked of the seat to move."""
        return self._asked() if self._ended is None and seat == self._turn else ()

    # -- abilities -------------------------------------------------------------------------------------------------

    def action_values(self, seat: int) -> Values | Unknown:
        """The value of each legal action of the seat to move; see the games for how it is found."""
        return self._values() if self._ended is None and seat == self._turn else Unknown("not to move")

    def _values(self) -> Values | Unknown:
        return Unknown("this game has no solver")

    def evaluate(self, seat: int) -> float:
        """A heuristic value of the state for ``seat``; 0.95 for a won board."""
        if self._ended is not None:
            return 0.95 * RESULTS[self._ended][seat]
        return self._estimate(seat)

    def heuristic(self, seat: int, rng: Random) -> str:
        """The action that leaves ``seat`` best off after the worst reply, as ``evaluate`` sees it; ties by lot."""
        worth = {action: self._after_reply(seat, action) for action in self._legal().listed}
        best = max(worth.values())
        return rng.choice([action for action, value in worth.items() if value == best])

    def _after_reply(self, seat: int, action: str) -> float:
        after = self.clone()
        after._play(action)
        if after._ended is not None or after._turn == seat:
            return after.evaluate(seat)
        worst = 1.0
        for reply in after._legal().listed:
            last = after.clone()
            last._play(reply)
            worst = min(worst, last.evaluate(seat))
        return worst

    @abstractmethod
    def _estimate(self, seat: int) -> float:
        """A heuristic value of a running game for ``seat``, inside -0.95..0.95."""
