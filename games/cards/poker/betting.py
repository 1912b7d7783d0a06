"""The betting of heads-up no-limit Hold'em: whose turn it is, what is legal, what is in the pot, when a street ends.

Cards play no part here. Seat 0 is the dealer: it posts the small blind, acts first before the flop and last after. Both
seats start with equally many chips, so a call never leaves a side pot; chips that the opponent did not match go back.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Literal, Self

from kibitz.games.actions import Actions, Pattern, shown

STACK = 100
"""Chips of each seat at the start of a hand."""
SMALL, BIG = 1, 2
"""The blinds."""
DEALER = 0
STREETS = ("pre-flop", "flop", "turn", "river")
BOARD = (0, 3, 4, 5)
"""Board cards on each street."""

Ending = Literal["fold", "showdown"]
Token = tuple[int, int, int, int, int, int, int, Ending | None]


class Betting:
    """The state of the betting.

    Attributes:
        street: 0 to 3, as in ``STREETS``; once all chips are in, the last street on which somebody acted.
        settled: Chips that each seat put in on earlier streets.
        bets: Chips that each seat put in on this street.
        step: The least by which a raise must exceed the bet before it: the last raise, or the big blind.
        turn: The seat to act, or that acted last.
        ended: How the hand ended, or None. After a fold, ``turn`` is who folded.
    """

    __slots__ = ("_acted", "bets", "ended", "settled", "step", "street", "turn")

    def __init__(self) -> None:
        self.street = 0
        self.settled = 0
        self.bets = [SMALL, BIG]
        self.step = BIG
        self.turn = DEALER
        self._acted = 0
        self.ended: Ending | None = None

    def token(self) -> Token:
        """The state as a value, from which ``of`` makes it again."""
        first, second = self.bets
        return (self.street, self.settled, first, second, self.step, self.turn, self._acted, self.ended)

    @classmethod
    def of(cls, token: Token) -> Self:
        """The state that gave the token."""
        made = object.__new__(cls)
        made.street, made.settled, first, second, made.step, made.turn, made._acted, made.ended = token
        made.bets = [first, second]
        return made

    @property
    def pot(self) -> int:
        """All chips put in by both, those of the present street included."""
        return 2 * self.settled + self.bets[0] + self.bets[1]

    @property
    def to_call(self) -> int:
        """Chips that the seat to act must add to call."""
        return self.bets[1 - self.turn] - self.bets[self.turn]

    @property
    def all_in(self) -> bool:
        """Whether somebody has no chips left."""
        return self.settled + max(self.bets) == STACK

    @property
    def board(self) -> int:
        """How many board cards lie open: all five at the showdown."""
        return BOARD[3 if self.ended == "showdown" else self.street]

    def paid(self, seat: int) -> int:
        """All chips that a seat has put in."""
        return self.settled + self.bets[seat]

    def stack(self, seat: int) -> int:
        """Chips that a seat has left."""
        return STACK - self.settled - self.bets[seat]

    def least(self) -> int:
        """The smallest raise to, where somebody may raise: the highest bet and one more step."""
        return max(self.bets) + self.step

    def legal(self) -> Actions:
        """What the seat to act can do."""
        if self.all_in:
            return _CALL_OR_FOLD
        return _actions(self.to_call > 0, self.least(), STACK - self.settled - 1)

    def act(self, action: str) -> None:
        """Play an action of the seat to act.

        Raises:
            ValueError: It is not legal; the state is as it was.
        """
        turn, bets = self.turn, self.bets
        facing = bets[0] != bets[1]
        if action == "call" and facing:
            bets[turn] = bets[1 - turn]
            self._matched()
        elif action == "check" and not facing:
            self._matched()
        elif action == "fold" and facing:
            self.ended = "fold"
        else:
            self._raise(action)

    def _matched(self) -> None:
        """Bets are equal: go on to the opponent, to the next street, or to the showdown."""
        self._acted += 1
        if self.all_in:
            self.settled, self.bets, self.ended = STACK, [0, 0], "showdown"
        elif self._acted == 1:
            self.turn = 1 - self.turn
        elif self.street == 3:
            self.ended = "showdown"
        else:
            self.settled += self.bets[0]
            self.street += 1
            self.bets, self.step, self.turn, self._acted = [0, 0], BIG, 1 - DEALER, 0

    def _raise(self, action: str) -> None:
        most = STACK - self.settled
        to = most if action == "all-in" else _AMOUNTS.get(action, most)
        if self.all_in or (action != "all-in" and not self.least() <= to < most):
            raise ValueError(f"{shown(action)} is not a legal action here; {self.legal().describe()}")
        bets, turn = self.bets, self.turn
        # Less than a step is all-in: then nobody raises any more on any street.
        self.step = to - max(bets)
        bets[turn] = to
        self._acted += 1
        self.turn = 1 - turn


_AMOUNTS = {f"raise to {chips}": chips for chips in range(1, STACK)}
_RAISES = {chips: action for action, chips in _AMOUNTS.items()}
_CALL_OR_FOLD = Actions(("fold", "call"))


@lru_cache(maxsize=8192)
def _actions(facing: bool, least: int, most: int) -> Actions:
    """What is legal to a seat with chips beyond a call: raises to ``least`` up to ``most``, or all-in."""
    listed = ("fold", "call", "all-in") if facing else ("check", "all-in")
    if least > most:
        return Actions(listed)
    amounts = range(least, most + 1)
    regex = "raise to (?:" + "|".join(map(str, amounts)) + ")"
    hint = f"raise to N (N from {least} to {most})"
    return Actions(listed, (Pattern(regex, hint, tuple(_RAISES[chips] for chips in amounts)),))
