"""Looking ahead in draughts: a static evaluation, and alpha-beta to a fixed depth that plays captures to their end.

Captures are compulsory, so a board with one is never judged as it stands: there the search goes on beyond its depth
until the side to move has none. What a proven win is worth does not depend on how far it is.
"""

from __future__ import annotations

from kibitz.games.board.draughts import (
    CELLS,
    HOME,
    ROWS,
    Board,
    Clock,
    after,
    jumpers,
    movers,
    routes,
    steps,
    turned,
)

MAN, CROWN = 100, 145
"""A man and a king, in hundredths of a man; so are the other weights."""
ROW_GAINED, GUARD, CENTRAL, TEMPO = 3, 8, 4, 3
"""For each row of a man beyond its home, a man on its own last row, a piece in the middle, and for having the move."""
SPREAD = 300
"""The advantage that is worth half of ``LARGEST``."""
LARGEST = 0.9

_BACK = (ROWS[0], ROWS[7])
_MIDDLE = sum(bit for (row, column), bit in CELLS.items() if 2 <= row <= 5 and 2 <= column <= 5)
# Sets whose sum over counts gives the rows gained: at least one row beyond home, at least two, three, four.
_BEYOND = (
    tuple(sum(ROWS[first:]) for first in (3, 4, 5, 6)),
    tuple(sum(ROWS[:last]) for last in (5, 4, 3, 2)),
)
_PIECES = 2 * HOME[0].bit_count()


def _strength(own: int, kings: int, side: int) -> int:
    """What the pieces of one side are worth, by number and place."""
    men = own & ~kings
    first, second, third, fourth = _BEYOND[side]
    rows = (
        (men & first).bit_count() + (men & second).bit_count() + (men & third).bit_count() + (men & fourth).bit_count()
    )
    return (
        MAN * men.bit_count()
        + CROWN * (own & kings).bit_count()
        + ROW_GAINED * rows
        + GUARD * (men & _BACK[side]).bit_count()
        + CENTRAL * (own & _MIDDLE).bit_count()
    )


def estimate(board: Board, side: int) -> float:
    """What the board is worth to the side to move at a glance, strictly between -0.9 and 0.9.

    The difference of both sides' men, kings, rows gained, guards of the last row and pieces in the middle, and a bonus
    for the move. It weighs more the fewer pieces are left (up to 2.6 times), so that who is ahead trades, and is
    squeezed: d becomes 0.9 d / (abs(d) + 300).
    """
    own, other, kings = board
    lead = _strength(own, kings, side) - _strength(other, kings, 1 - side) + TEMPO
    left = (own | other).bit_count()
    weighed = lead * 1.5 * _PIECES / (_PIECES / 2 + left)
    return LARGEST * weighed / (abs(weighed) + SPREAD)


def search(
    board: Board, side: int, depth: int, clock: Clock, quiet: int, low: float = -1.0, high: float = 1.0
) -> float:
    """The value for the side to move: -1 lost, 0 drawn, 1 won, else the estimate at the end of the best line.

    Args:
        board: The position, from the view of the side to move.
        side: Which side that is.
        depth: How many plies to look ahead; captures that are due then are still played.
        clock: When a game without progress is drawn. Repetition is not looked for.
        quiet: What the clock shows.
        low: Values at or under it need not be told apart,
        high: nor values at or above this.
    """
    can = jumpers(board, side)
    if not can and not movers(board, side):
        return -1.0
    if quiet >= clock.limit:
        return 0.0
    if not can and depth <= 0:
        return estimate(board, side)
    best = -1.0
    for name in routes(board, side, can) if can else steps(board, side):
        left = turned(after(board, side, name))
        value = -search(left, 1 - side, depth - 1, clock, clock.after(board, name, quiet), -high, -low)
        if value > best:
            best = value
            low = max(low, value)
            if low >= high:
                break
    return best
