"""Boards written as rows of characters: reading a position of crosses and rings from outside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kibitz.games.actions import shown
from kibitz.games.game import Json, PositionError
from kibitz.games.subproblem import Answer

MARKS = "XO"
"""The mark of each seat: seat 0 plays X and starts, always."""

EMPTY = "_"


def read_grid(
    position: Json, height: int, width: int, *, cells: str = EMPTY + MARKS, sides: str = MARKS
) -> tuple[list[str], str | None]:
    """Return the rows (top row first) and the side to move of ``{"board": [rows], "to_move": side | null}``.

    Args:
        position: Any JSON.
        height: Number of rows.
        width: Cells of a row.
        cells: The characters that a cell may hold.
        sides: The letters of the two sides.

    Raises:
        PositionError: The value has another shape, size or alphabet.
    """
    first, second = sides[0], sides[1]
    if not isinstance(position, dict) or set(position) != {"board", "to_move"}:
        raise PositionError(f'a position is {{"board": [rows], "to_move": "{first}" or "{second}"}}')
    rows, to_move = position["board"], position["to_move"]
    if not isinstance(rows, list) or len(rows) != height or not all(isinstance(row, str) for row in rows):
        raise PositionError(f"board: expected a list of {height} strings, top row first")
    for number, row in enumerate(rows):
        if len(row) != width:
            raise PositionError(f"board row {number}: {shown(row)} has {len(row)} cells, not {width}")
        strange = sorted(set(row) - set(cells))
        if strange:
            raise PositionError(f"board row {number}: {shown(strange[0])} is not one of {' '.join(cells)}")
    if to_move is not None and (not isinstance(to_move, str) or to_move not in (first, second)):
        raise PositionError(f'to_move: {shown(str(to_move))} is not "{first}", "{second}" or null')
    return rows, to_move


def check_turn(rows: list[str], to_move: str | None, *, over: bool) -> int:
    """Return the seat whose turn the numbers of marks say it is.

    Args:
        rows: The board.
        to_move: The mark that the position claims is to move; null only where the game is over.
        over: Whether the game has ended on this board.

    Raises:
        PositionError: The numbers are impossible, or contradict ``to_move``.
    """
    counts = [sum(row.count(mark) for row in rows) for mark in MARKS]
    turn = counts[0] - counts[1]
    if turn not in (0, 1):
        raise PositionError(f"{counts[0]} X and {counts[1]} O: X starts, so X has as many as O, or one more")
    if to_move is None and not over:
        raise PositionError(f"to_move is null but the game is not over: {MARKS[turn]} is to move")
    if to_move is not None and over:
        raise PositionError(f"to_move is {to_move}, but the game is over, and to_move is null then")
    if to_move is not None and to_move != MARKS[turn]:
        raise PositionError(
            f"to_move is {to_move}, but with {counts[0]} X and {counts[1]} O it is {MARKS[turn]}'s turn"
        )
    return turn


def check_winner(winners: list[str], turn: int) -> None:
    """Refuse boards on which both have won, or the winner did not move last.

    Raises:
        PositionError: The board cannot come about.
    """
    if len(winners) > 1:
        raise PositionError("both X and O have won; the game ends with the first win")
    if winners and winners[0] == MARKS[turn]:
        raise PositionError(f"{winners[0]} has won, so {winners[0]} moved last; the numbers of marks say otherwise")


def implied_names(answers: Mapping[str, Answer]) -> frozenset[str]:
    """The names of which answers to ``wins``, ``opp_wins`` and ``forces`` commit their author to one.

    Own wins come first. Who states that there are none, blocks the opponent's wins. Who states that there are none of
    these either, forces. Empty where a question before was not answered, or nothing is named.
    """
    for question in ("wins", "opp_wins", "forces"):
        named = answers.get(question)
        if not isinstance(named, frozenset):
            break
        if named:
            return named
    return frozenset()


def unseen(forces: int, threats: int, after: Sequence[int]) -> float:
    """How many of the questions ``forces`` and ``opp_wins_after`` a look one ply ahead gets wrong, in 0..2.

    What one ply shows is what either side could win with now: no forced win, and the same threats after any action.

    Args:
        forces: The cells that force a win, as bits.
        threats: The cells with which the opponent wins now.
        after: The same after each legal action.
    """
    changed = sum(wins != threats for wins in after) / len(after) if after else 0.0
    return bool(forces) + changed
