"""The board of Connect4 as bits: a player's discs are one whole number, and lines are found by shifting it.

Column c (0-based) takes bits 7c..7c+6, lowest row first; the seventh bit stays 0 and keeps lines from running into the
next column. Adding a column's lowest bit to the occupied cells carries up to the cell where the next disc lands. The
layout is the usual one of Connect4 solvers (after J. Tromp).
"""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise

from kibitz.games.game import PositionError

WIDTH, HEIGHT = 7, 6
BOTTOM = tuple(1 << 7 * column for column in range(WIDTH))
TOP = tuple(1 << 7 * column + HEIGHT - 1 for column in range(WIDTH))
COLUMN = tuple(bit * 0b111111 for bit in BOTTOM)
BOARD = sum(COLUMN)
FLOOR = sum(BOTTOM)
"""The bottom row. Added to the occupied cells it carries up to where discs land, in a full column beyond the board."""
ODD_ROWS, EVEN_ROWS = FLOOR * 0b010101, FLOOR * 0b101010
"""Rows 1, 3, 5 and rows 2, 4, 6, counted from 1."""
DIRECTIONS = (1, 7, 6, 8)
"""Shifts along a line: up, right, right and down, right and up."""

_STEPS = tuple((shift, 2 * shift, 3 * shift) for shift in DIRECTIONS[1:])
_LETTERS = str.maketrans("012", "_XO")


def has_four(stones: int) -> bool:
    """Whether ``stones`` hold four in a line."""
    for shift in DIRECTIONS:
        pairs = stones & stones >> shift
        if pairs & pairs >> 2 * shift:
            return True
    return False


def completions(stones: int, cells: int) -> int:
    """Those of ``cells`` on which one more disc completes four in a line of ``stones``, within reach or not.

    Args:
        stones: The discs of one side on a board on which no disc floats.
        cells: Empty cells.
    """
    # Upright only the cell on top can be missing.
    found = stones << 1 & stones << 2 & stones << 3
    for one, two, three in _STEPS:
        # Of the four cells of a line the missing one is the last or the third, or else the first or the second.
        before, after = stones << one, stones >> one
        found |= before & stones << two & (stones << three | after) | after & stones >> two & (before | stones >> three)
    return found & cells


def forcing(own: int, other: int) -> int:
    """The landing cells that do not win at once, but win with the next disc whatever the opponent answers.

    Args:
        own: The discs of the side to move.
        other: Those of the opponent; nobody has four in a line.
    """
    taken = own | other
    landing = taken + FLOOR & BOARD
    wins, threats = completions(own, landing), completions(other, BOARD ^ taken)
    found = 0
    for move in bits(landing & ~wins):
        filled = taken | move
        replies = filled + FLOOR & BOARD
        if not replies & threats and _wins_after_any(completions(own | move, BOARD ^ filled), replies):
            found |= move
    return found


def _wins_after_any(threats: int, replies: int) -> bool:
    """Whether one of ``threats`` is in reach after each of the opponent's ``replies``, which land there and do not win.

    A reply takes one cell and opens the one above it.
    """
    near = threats & replies
    if near & near - 1:
        return True
    # A reply elsewhere leaves the one threat; without any, each reply must open one.
    blocks = near or replies
    return bool(replies) and blocks << 1 & threats == blocks << 1


def cell_name(bit: int) -> str:
    """``column,row`` of a cell given as its bit, counted from 1 and from the bottom."""
    column, row = divmod(bit.bit_length() - 1, 7)
    return f"{column + 1},{row + 1}"


def bits(cells: int) -> list[int]:
    """The single bits of ``cells``, lowest first."""
    single = []
    while cells:
        bit = cells & -cells
        single.append(bit)
        cells ^= bit
    return single


def text_of(crosses: int, rings: int) -> str:
    """The board as six rows, top row first."""
    # The bits written as decimal digits add without carry: one sum gives 0, 1 or 2 for each cell.
    cells = f"{int(f'{crosses:b}') + 2 * int(f'{rings:b}'):049d}".translate(_LETTERS)[::-1]
    return f"{cells[5::7]}\n{cells[4::7]}\n{cells[3::7]}\n{cells[2::7]}\n{cells[1::7]}\n{cells[::7]}"


def stones_of(rows: list[str], mark: str) -> int:
    """The discs of ``mark`` as bits."""
    return sum(_of_row(row, mark) << HEIGHT - 1 - down for down, row in enumerate(rows))


@lru_cache(maxsize=4096)
def _of_row(row: str, mark: str) -> int:
    """The discs of ``mark`` in a row, as if it were the lowest one: there are only so many different rows."""
    return sum(1 << 7 * column for column, cell in enumerate(row) if cell == mark)


def refuse_floating(rows: list[str]) -> None:
    """Refuse boards with a disc above an empty cell.

    Raises:
        PositionError: The message names the disc.
    """
    for down, (row, below) in enumerate(pairwise(rows)):
        column = _floating(row, below)
        if column is not None:
            name = f"{column + 1},{HEIGHT - down}"
            raise PositionError(f"the disc {row[column]} on {name} floats: the cell below it is empty")


@lru_cache(maxsize=4096)
def _floating(row: str, below: str) -> int | None:
    """The first column with a disc in the row and none below it."""
    cells = enumerate(zip(row, below, strict=True))
    return next((column for column, (cell, under) in cells if cell != "_" and under == "_"), None)


def last_discs(own: int, taken: int) -> list[int]:
    """The discs of ``own`` that lie on top of their columns: one of them came last."""
    return bits(own & ~(taken >> 1))


def line_ends(stones: int) -> tuple[tuple[int, int], ...]:
    """The (column, row) of the two ends of a run of four or more, both counted from 0; empty where there is none."""
    for shift in DIRECTIONS:
        start = stones & stones >> shift & stones >> 2 * shift & stones >> 3 * shift
        if start:
            first = (start & -start).bit_length() - 1
            last = first + 3 * shift
            while stones >> last + shift & 1:
                last += shift
            return (divmod(first, 7), divmod(last, 7))
    return ()


def open_lines(own: int, other: int) -> int:
    """1, 4 or 16 points for each line of four without the opponent that holds 1, 2 or 3 own discs."""
    score = 0
    free = BOARD & ~other
    for shift in DIRECTIONS:
        line = free & free >> shift
        line &= line >> 2 * shift
        if not line:
            continue
        # Add up the own discs of all lines at once: one bit for ones and one for twos of each sum.
        one, two = own & line, own >> shift & line
        three, four = own >> 2 * shift & line, own >> 3 * shift & line
        low, high = one ^ two, one & two
        carry = low & three
        low ^= three
        high ^= carry
        carry = low & four
        low ^= four
        high ^= carry
        score += (low & ~high).bit_count() + 4 * (high & ~low).bit_count() + 16 * (low & high).bit_count()
    return score
