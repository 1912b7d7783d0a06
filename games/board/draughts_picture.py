"""A picture of a board of draughts with the numbers of its squares."""

from __future__ import annotations

from collections.abc import Sequence

from kibitz.games.board.draughts import CELLS, NAME
from kibitz.games.draw import box, disc, label, picture, remembered, tag

_CELL = 46.0
_EDGE = 10.0
_WOOD = "#9a7b5b"
_FILLS = {"b": ("#26262b", "#8c8c96"), "w": ("#f4efe4", "#6f675a")}
"""Fill and rim of the pieces of each colour: both stand out from the squares, whatever the page."""


def draw_draughts(rows: Sequence[str], goes_on: str = "") -> str:
    """A board of 8 x 8; ``goes_on`` is the square of a piece that is in the middle of a capture."""
    size = 8 * _CELL
    shapes = [box(_EDGE, _EDGE, size, size, 3, fill=_WOOD, fill_opacity=0.12, stroke=_WOOD, stroke_width=2)]
    for (row, column), bit in CELLS.items():
        x, y = _EDGE + column * _CELL, _EDGE + row * _CELL
        shapes.append(box(x, y, _CELL, _CELL, 0, fill=_WOOD, fill_opacity=0.75))
        cell, name = rows[row][column], NAME[bit]
        if name == goes_on:
            shapes.append(box(x + 1.5, y + 1.5, _CELL - 3, _CELL - 3, 2, fill="none", stroke="#ffd34d", stroke_width=3))
        shapes.append(label(x + 7, y + 7, name, 9, fill="#fff"))
        if cell != ".":
            shapes.append(_piece(x + _CELL / 2, y + _CELL / 2, cell))
    return picture(size + 2 * _EDGE, size + 2 * _EDGE, f"Draughts board: {' / '.join(rows)}", *shapes)


@remembered
def _piece(x: float, y: float, cell: str) -> str:
    fill, rim = _FILLS[cell.lower()]
    radius = _CELL * 0.36
    shape = disc(x, y, radius, fill=fill, stroke=rim, stroke_width=2)
    if cell.islower():
        return shape + disc(x, y, radius * 0.62, fill="none", stroke=rim, stroke_width=1.5)
    return shape + _crown(x, y, radius * 0.6)


def _crown(x: float, y: float, reach: float) -> str:
    top, low, half = y - reach * 0.75, y + reach * 0.6, reach / 2
    points = [
        (x - reach, low),
        (x - reach, top),
        (x - half, y),
        (x, top - 1),
        (x + half, y),
        (x + reach, top),
        (x + reach, low),
    ]
    written = " ".join(f"{px:.1f},{py:.1f}" for px, py in points)
    return tag("polygon", points=written, fill="#e8b023", stroke="#7a5a08", stroke_width=1)
