"""Reading a position of Othello from outside: what cannot come about in a game is refused with the reason.

The checks are cheap and sound, not complete: whether *some* order of moves leads to a board is not searched.
"""

from __future__ import annotations

from typing import NamedTuple

from kibitz.games.actions import shown
from kibitz.games.board.discs import CENTRE, SIDE, discs_of, ends_of_threes, joined, moves, names_of
from kibitz.games.board.grid import read_grid
from kibitz.games.game import Json, PositionError

LETTERS = "BW"
WORDS = ("Black", "White")

_START_DISCS = 4
_FIRST_PASS = 12
"""Discs on the board when a side can first be without a move: fewer than eight moves lead to no such board."""


class Setup(NamedTuple):
    """A position.

    Attributes:
        discs: The discs of Black and of White as bits.
        turn: The seat to move; None once the game is over.
        passed: Whether the other seat has just passed, as far as the position says.
    """

    discs: tuple[int, int]
    turn: int | None
    passed: bool


def read_setup(position: Json, start: tuple[int, int]) -> Setup:
    """Read ``{"board": [8 rows], "to_move": "B" | "W" | null}``, with ``"passed"`` or without.

    Args:
        position: Any JSON.
        start: The discs of Black and of White with which games start.

    Raises:
        PositionError: It is no position, or cannot come about; the message says why.
    """
    plain = {k: v for k, v in position.items() if k != "passed"} if isinstance(position, dict) else position
    rows, to_move = read_grid(plain, SIDE, SIDE, cells=f".{LETTERS}", sides=LETTERS)
    black, white = discs = (discs_of(rows, LETTERS[0]), discs_of(rows, LETTERS[1]))
    _check_discs(discs, start)
    open_ = (moves(black, white), moves(white, black))
    turn = _turn(to_move, open_, (black | white).bit_count())
    passed = "passed" in position
    if passed:
        _check_passed(position["passed"], turn, open_)
    if discs != start:
        _check_last(discs, _last_movers(turn, open_, passed=passed))
    return Setup(discs, turn, passed)


def _check_discs(discs: tuple[int, int], start: tuple[int, int]) -> None:
    taken = discs[0] | discs[1]
    if missing := names_of(CENTRE & ~taken):
        raise PositionError(f"{missing[0]} is empty: games start with discs on d4, e4, d5 and e5, and none is removed")
    if loose := names_of(taken & ~joined(taken, CENTRE)):
        raise PositionError(f"the disc on {loose[0]} is not connected to the centre: each disc is put beside another")
    if taken.bit_count() == _START_DISCS and discs != start:
        raise PositionError(f"four discs are the start of a game, with Black on {' and '.join(names_of(start[0]))}")


def _turn(to_move: str | None, open_: tuple[int, int], count: int) -> int | None:
    """The seat to move, None once the game is over; ``open_`` are the moves of both."""
    able = [WORDS[seat] for seat in (0, 1) if open_[seat]]
    if to_move is None:
        if able:
            raise PositionError(f"to_move is null but the game is not over: {' and '.join(able)} can move")
        return None
    if not able:
        raise PositionError(f"to_move is {to_move}, but neither side can move: the game is over, and to_move is null")
    turn = LETTERS.index(to_move)
    if not open_[turn]:
        raise PositionError(f"to_move is {to_move}, but {WORDS[turn]} has no move and passes: {able[0]} is to move")
    if count < _FIRST_PASS and turn != count % 2:
        raise PositionError(
            f"to_move is {to_move}, but with {count} discs it is {WORDS[1 - turn]}'s turn: nobody can have passed yet"
        )
    return turn


def _check_passed(passed: Json, turn: int | None, open_: tuple[int, int]) -> None:
    if turn is None:
        raise PositionError("passed is said of a game that is over")
    if passed != LETTERS[1 - turn]:
        raise PositionError(f"passed: {shown(str(passed))} is not {LETTERS[1 - turn]}, the side that is not to move")
    if open_[1 - turn]:
        raise PositionError(f"passed is {passed}, but {WORDS[1 - turn]} has a move: {names_of(open_[1 - turn])[0]}")


def _check_last(discs: tuple[int, int], movers: tuple[int, ...]) -> None:
    """Refuse boards that no move can have made: the last disc ends a line of three or more of its colour."""
    if not any(ends_of_threes(discs[seat]) & ~CENTRE for seat in movers):
        who = " or ".join(WORDS[seat] for seat in movers)
        raise PositionError(f"{who} moved last, but no disc of that colour outside the centre can have turned another")


def _last_movers(turn: int | None, open_: tuple[int, int], *, passed: bool) -> tuple[int, ...]:
    """Who can have moved last; where the other side cannot move, it may have passed, whether or not that is said."""
    if passed and turn is not None:
        return (turn,)
    return (0, 1) if turn is None or not open_[1 - turn] else (1 - turn,)
