"""Regions of a walled field, on bitboards: a set of cells is one whole number, flood fill is shifting it.

The field has 20 rows of 40 cells; a row takes 41 bits, whose last one is never empty, as in a text of 20 lines. The
cell of row r and column c is bit 41 r + c. The border consists of walls, so that no shift leaves the field.
"""

from __future__ import annotations

ROWS, COLUMNS = 20, 40
STRIDE = COLUMNS + 1

UP, RIGHT, LEFT, DOWN = -STRIDE, 1, -1, STRIDE
STEPS = (UP, RIGHT, LEFT, DOWN)

BIT = tuple(1 << cell for cell in range(ROWS * STRIDE))
FIELD = sum(BIT[row * STRIDE + column] for row in range(1, ROWS - 1) for column in range(1, COLUMNS - 1))
"""All cells within the border."""


def cell_of(row: int, column: int) -> int:
    """The number of a cell."""
    return row * STRIDE + column


def place_of(cell: int) -> tuple[int, int]:
    """The row and column of a cell."""
    return divmod(cell, STRIDE)


NEXT = tuple(sum(BIT[cell + step] for step in STEPS if 0 <= cell + step < len(BIT)) & FIELD for cell in range(len(BIT)))
"""The cells of the field beside each cell, as sets."""


def spread(cells: int, free: int) -> int:
    """``cells`` and the free cells beside them."""
    return cells | (cells << 1 | cells >> 1 | cells << STRIDE | cells >> STRIDE) & free


def filled(cells: int, free: int) -> int:
    """``cells``, which must be free, and all free cells that can be reached from them by steps to a side."""
    while (wider := spread(cells, free)) != cells:
        cells = wider
    return cells


def way(cell: int, step: int, free: int) -> int:
    """How many free cells follow ``cell`` in a straight line before the first that is not."""
    count = 0
    while free & BIT[cell + step * (count + 1)]:
        count += 1
    return count


def distance(a: int, b: int) -> int:
    """How many steps it is from one cell to another if nothing stands between."""
    (row_a, column_a), (row_b, column_b) = place_of(a), place_of(b)
    return abs(row_a - row_b) + abs(column_a - column_b)


def steps_to_fill(cells: int, free: int, most: int) -> int:
    """How many steps a flood fill from ``cells`` goes until it has more than ``most`` cells, or all."""
    steps = 0
    while cells.bit_count() <= most and (wider := spread(cells, free)) != cells:
        cells, steps = wider, steps + 1
    return steps


def steps_to_meet(first: int, second: int, free: int) -> int:
    """How many steps the flood fills from two sets of cells go until they meet, or one of them has all it can have."""
    steps = 0
    while not first & second:
        wider = spread(first, free), spread(second, free)
        if first == wider[0] or second == wider[1]:
            break
        (first, second), steps = wider, steps + 1
    return steps
