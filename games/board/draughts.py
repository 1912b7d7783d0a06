"""English draughts on bits: squares, steps, jumps, and what a move does to a board.

A board is three sets of squares: the side to move's pieces, the other side's, and the kings of both. Rows lie nine bits
apart, the ninth bit always 0, top left highest: a diagonal step is a shift by 8 or 10 in either direction, and what
leaves the board lands on a bit that is no dark square. Side 0 starts at the top and moves down, side 1 up.

A move is its name: ``9-13`` for a step, ``12x19x28`` for a capture with every square visited. ``path`` tells what a
name does. Pieces taken leave the board when the move is done; no piece can be jumped twice, and since a jump goes two
rows, the square of a taken piece is never landed on.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, pairwise

CELLS = {(row, column): 1 << 70 - 9 * row - column for row in range(8) for column in range(8) if (row + column) % 2}
"""The bit of each dark square by (row, column), top left (0, 0), in the order of the square numbers 1 to 32."""

NAMES = tuple(str(number) for number in range(1, 33))
BIT = dict(zip(NAMES, CELLS.values(), strict=True))
NAME = dict(zip(CELLS.values(), NAMES, strict=True))
DARK = sum(CELLS.values())
ROWS = tuple(sum(bit for (r, _), bit in CELLS.items() if r == row) for row in range(8))
FAR = (ROWS[7], ROWS[0])
"""The row on which men of each side are crowned."""
HOME = tuple(sum(rows) for rows in (ROWS[:3], ROWS[5:]))
"""Where the men of each side stand at the start."""

KING = 2
"""Stands for a king where 0 and 1 stand for a man of that side."""

Board = tuple[int, int, int]
"""The pieces of the side to move, those of the other side, and the kings of both, as bits."""

Placement = tuple[int, int, int]
"""The pieces of side 0, those of side 1, and the kings of both, as bits."""

_UPON = dict(zip(CELLS.values(), CELLS, strict=True))
_FORWARD = ((1,), (-1,), (-1, 1))


def _reach(kind: int, bit: int, far: int) -> list[int]:
    """The squares ``far`` diagonal steps from ``bit``, in the directions that a piece of the kind may take."""
    row, column = _UPON[bit]
    ends = ((row + far * down, column + far * right) for down in _FORWARD[kind] for right in (-1, 1))
    return [CELLS[end] for end in ends if end in CELLS]


def _steps(kind: int, bit: int) -> tuple[int, dict[int, tuple[str, ...]]]:
    """The neighbours of a piece as bits, and its steps for each set of them that may be free."""
    near = _reach(kind, bit, 1)
    subsets = [subset for count in range(len(near) + 1) for subset in combinations(near, count)]
    return sum(near), {sum(free): tuple(f"{NAME[bit]}-{NAME[to]}" for to in free) for free in subsets}


def _between(start: int, end: int) -> int:
    """The square between two that are two steps apart."""
    (top, left), (bottom, right) = _UPON[start], _UPON[end]
    return CELLS[(top + bottom) // 2, (left + right) // 2]


def _jumps(kind: int, bit: int) -> tuple[tuple[int, int, str], ...]:
    return tuple((_between(bit, end), end, f"x{NAME[end]}") for end in _reach(kind, bit, 2))


_STEPS = tuple({bit: _steps(kind, bit) for bit in NAME} for kind in (0, 1, KING))
_JUMPS = tuple({bit: _jumps(kind, bit) for bit in NAME} for kind in (0, 1, KING))

STEPS = tuple(name for near, moves in _STEPS[KING].values() for name in moves[near])
"""The name of every step that there is."""
JUMPS = tuple(f"{NAME[bit]}{square}" for bit, jumps in _JUMPS[KING].items() for _, _, square in jumps)
"""The name of every single jump that there is."""


@lru_cache(maxsize=1 << 16)
def path(name: str) -> tuple[int, int, int]:
    """The square that the move of this name starts from, where it ends, and the squares it takes, as bits.

    Raises:
        KeyError: It names a square that there is not.
    """
    start, dash, end = name.partition("-")
    if dash:
        return BIT[start], BIT[end], 0
    squares = [BIT[square] for square in name.split("x")]
    taken = 0
    for before, after in pairwise(squares):
        taken |= _between(before, after)
    return squares[0], squares[-1], taken


def jumpers(board: Board, side: int) -> int:
    """The pieces of the side to move that can take."""
    own, other, kings = board
    free = DARK & ~(own | other)
    royal = own & kings
    down, up = (royal, own) if side else (own, royal)
    can = 0
    if down:
        can = down & (other << 8 & free << 16 | other << 10 & free << 20)
    if up:
        can |= up & (other >> 8 & free >> 16 | other >> 10 & free >> 20)
    return can


def _squares(pieces: int) -> list[int]:
    """The single bits of a set of squares, in the order of their numbers."""
    single = []
    while pieces:
        bit = 1 << pieces.bit_length() - 1
        single.append(bit)
        pieces ^= bit
    return single


def _follow(kind: int, bit: int, name: str, other: int, free: int, found: list[str]) -> None:
    """Add every way to go on from ``bit`` to the end of the capture; ``name`` is the way so far."""
    over = True
    for taken, end, square in _JUMPS[kind][bit]:
        if other & taken and free & end:
            over = False
            _follow(kind, end, name + square, other ^ taken, free, found)
    if over:
        found.append(name)


def routes(board: Board, side: int, pieces: int) -> list[str]:
    """Every complete capture by one of ``pieces``, all of which can take."""
    own, other, kings = board
    free = DARK & ~(own | other)
    found: list[str] = []
    for bit in _squares(pieces):
        # The square that a piece leaves is free for it on the way.
        _follow(KING if bit & kings else side, bit, NAME[bit], other, free | bit, found)
    return found


def hops(board: Board, side: int, pieces: int) -> list[str]:
    """Every single jump by one of ``pieces``, whether or not it could go on."""
    own, other, kings = board
    free = DARK & ~(own | other)
    return [
        NAME[bit] + square
        for bit in _squares(pieces)
        for taken, end, square in _JUMPS[KING if bit & kings else side][bit]
        if other & taken and free & end
    ]


def captures(board: Board, side: int) -> list[str]:
    """Every complete capture of the side to move."""
    can = jumpers(board, side)
    return routes(board, side, can) if can else []


def movers(board: Board, side: int) -> int:
    """The pieces of the side to move that could step, whether or not it would have to take."""
    own, other, kings = board
    free = DARK & ~(own | other)
    royal = own & kings
    down, up = (royal, own) if side else (own, royal)
    return down & (free << 8 | free << 10) | up & (free >> 8 | free >> 10)


def steps(board: Board, side: int) -> list[str]:
    """Every step of the side to move, whether or not it would have to take."""
    own, other, kings = board
    free = DARK & ~(own | other)
    can = movers(board, side)
    names: list[str] = []
    men, royal = _STEPS[side], _STEPS[KING]
    while can:
        bit = 1 << can.bit_length() - 1
        can ^= bit
        near, moves = royal[bit] if bit & kings else men[bit]
        names += moves[free & near]
    return names


def legal(board: Board, side: int) -> list[str]:
    """The moves of the side to move, by the number of the square they start from: captures where there are any."""
    can = jumpers(board, side)
    return routes(board, side, can) if can else steps(board, side)


def after(board: Board, side: int, name: str) -> Board:
    """The board after a move, from the view of the side that made it."""
    own, other, kings = board
    start, end, taken = path(name)
    if start & kings or end & FAR[side]:
        return own ^ start | end, other & ~taken, kings & ~(start | taken) | end
    return own ^ start | end, other & ~taken, kings & ~taken


@dataclass(frozen=True, slots=True)
class Clock:
    """Counts half-moves without progress: a capture always is, a step of a man only where ``men`` says so.

    Attributes:
        limit: The game is drawn when the clock shows so many.
        men: Whether a step of a man sets the clock back.
    """

    limit: int
    men: bool

    def after(self, board: Board, name: str, shown: int) -> int:
        """What the clock shows after a move, made on ``board`` when it showed ``shown``."""
        start, _, taken = path(name)
        return 0 if taken or (self.men and not start & board[2]) else shown + 1


def turned(board: Board) -> Board:
    """The same board from the view of the other side."""
    return board[1], board[0], board[2]


def numbers(squares: int) -> frozenset[str]:
    """The numbers of a set of squares."""
    return frozenset(NAME[bit] for bit in _squares(squares))


def seen_by(side: int, placement: Placement) -> Board:
    """The pieces on the board as a side sees them, and the other way round."""
    return placement if side == 0 else (placement[1], placement[0], placement[2])


# -- texts -------------------------------------------------------------------------------------------------------------

# A cell is one hexadecimal digit: 1 and 2 for a piece of side 0 and 1, 2 more for a king; 5 and up end the eight rows.
_ENDS = sum(5 + row << 4 * (62 - 9 * row) for row in range(7))
_LETTERS = {
    sides: str.maketrans(dict(zip("01234", f".{sides}{sides.upper()}", strict=True)))
    | {ord("56789ab"[row]): f"  {4 * row + 1}-{4 * row + 4}\n" for row in range(7)}
    for sides in ("bw", "wb")
}


def text_of(placement: Placement, letters: str) -> str:
    """The board as eight rows of cells, top row first, each with the numbers of its squares.

    Args:
        placement: The pieces.
        letters: The letters of both sides, ``bw`` or ``wb``.
    """
    # Bits read as hexadecimal digits add without carry: one sum gives the digit of each cell.
    first, second, royal = (int(f"{squares:b}", 16) for squares in placement)
    return f"{first + 2 * (second + royal) + _ENDS:071x}".translate(_LETTERS[letters]) + "  29-32"


def rows_of(placement: Placement, letters: str) -> list[str]:
    """The board as eight rows of eight cells, top row first."""
    return [row[:8] for row in text_of(placement, letters).split("\n")]
