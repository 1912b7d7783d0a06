"""What a move of draughts leads to, played out on the board: new kings, men given away, two for one, what can be taken.

All of it is about pieces on squares: who has the move, what it takes, what the answer takes. Clocks and repetition,
which end games and take nothing, do not come in.
"""

from __future__ import annotations

from collections.abc import Sequence

from kibitz.games.board.draughts import FAR, Board, after, captures, jumpers, path, turned


def crownings(board: Board, side: int, moves: Sequence[str]) -> frozenset[str]:
    """Those of the moves that make a king of a man."""
    kings = board[2]
    found = []
    for name in moves:
        start, end, _ = path(name)
        if end & FAR[side] and not start & kings:
            found.append(name)
    return frozenset(found)


def giveaways(board: Board, side: int, moves: Sequence[str]) -> frozenset[str]:
    """Those of the moves that take nothing and can lose the moved piece for nothing.

    That is: the other side then has a complete capture that takes the moved piece, and after it the mover has no
    capture at all.
    """
    return frozenset(name for name in moves if "-" in name and _gives_away(board, side, name))


def _gives_away(board: Board, side: int, name: str) -> bool:
    moved = path(name)[1]
    left = turned(after(board, side, name))
    return any(
        path(reply)[2] & moved and not jumpers(turned(after(left, 1 - side, reply)), side)
        for reply in captures(left, 1 - side)
    )


def two_for_one(board: Board, side: int, moves: Sequence[str]) -> frozenset[str]:
    """Those of the moves that take nothing and force a gain of two or more for one.

    That is: the other side must then capture, every capture it has takes exactly one piece, and after each of them the
    mover has a complete capture that takes two or more.
    """
    return frozenset(name for name in moves if "-" in name and _shoots(board, side, name))


def _shoots(board: Board, side: int, name: str) -> bool:
    left = turned(after(board, side, name))
    replies = captures(left, 1 - side)
    return bool(replies) and all(
        path(reply)[2].bit_count() == 1 and most_taken(turned(after(left, 1 - side, reply)), side) > 1
        for reply in replies
    )


def most_taken(board: Board, side: int) -> int:
    """How many pieces the largest capture of the side to move takes; 0 where it has none."""
    return max((path(name)[2].bit_count() for name in captures(board, side)), default=0)


def takeable(board: Board, side: int) -> int:
    """The squares of the other side's pieces that some complete capture of the side to move takes."""
    squares = 0
    for name in captures(board, side):
        squares |= path(name)[2]
    return squares
