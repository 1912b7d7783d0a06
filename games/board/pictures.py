"""Pictures of boards on which crosses and rings are played."""

from __future__ import annotations

from collections.abc import Sequence

from kibitz.games.draw import O_COLOUR, X_COLOUR, box, cross, disc, label, line, picture, remembered, ring

_CELL = 64.0
_DISC = 44.0
_EDGE = 26.0


def draw_tictactoe(rows: Sequence[str], won: Sequence[str] = ()) -> str:
    """A board of 3 x 3 with row and column numbers; ``won`` are the cells ``r,c`` of a line to strike through."""
    size = 3 * _CELL
    shapes = [_ruling(size)]
    for number in range(3):
        middle = _EDGE + (number + 0.5) * _CELL
        shapes += [
            label(middle, _EDGE / 2, str(number), opacity=0.6),
            label(_EDGE / 2, middle, str(number), opacity=0.6),
        ]
    for row, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            x, y = _EDGE + (column + 0.5) * _CELL, _EDGE + (row + 0.5) * _CELL
            if cell == "X":
                shapes.append(cross(x, y, _CELL * 0.26, stroke_width=7))
            elif cell == "O":
                shapes.append(ring(x, y, _CELL * 0.28, stroke_width=7))
    if won:
        (top, left), (bottom, right) = (map(int, cell.split(",")) for cell in (won[0], won[-1]))
        x1, y1, x2, y2 = (_EDGE + (at + 0.5) * _CELL for at in (left, top, right, bottom))
        shapes.append(_strike(x1, y1, x2, y2, reach=_CELL * 0.36))
    return picture(size + 2 * _EDGE, size + _EDGE + 10, f"TicTacToe board: {' / '.join(rows)}", *shapes)


def _ruling(size: float) -> str:
    near, far = _EDGE, _EDGE + size
    marks = []
    for number in (1, 2):
        at = _EDGE + number * _CELL
        marks += [line(at, near + 4, at, far - 4, opacity=0.45), line(near + 4, at, far - 4, at, opacity=0.45)]
    return "".join(marks)


def _strike(x1: float, y1: float, x2: float, y2: float, reach: float) -> str:
    """A line through both points and on by ``reach`` at both ends."""
    length = ((x2 - x1) ** 2 + (y2 - y1) ** 2) ** 0.5
    dx, dy = (x2 - x1) / length * reach, (y2 - y1) / length * reach
    return line(x1 - dx, y1 - dy, x2 + dx, y2 + dy, stroke_width=3, opacity=0.75)


def draw_connect4(rows: Sequence[str], won: Sequence[tuple[int, int]] = ()) -> str:
    """A board of 7 x 6; ``won`` are the (column, row) of both ends of a line to strike out, from 0 at the bottom."""
    width, height = 7 * _DISC, 6 * _DISC
    shapes = [_frame(), *(_row(row, cells) for row, cells in enumerate(rows)), _columns()]
    if won:
        ends = [(_EDGE + (column + 0.5) * _DISC, 8 + (5.5 - row) * _DISC) for column, row in won]
        shapes.append(_strike(*ends[0], *ends[1], reach=_DISC * 0.3))
    return picture(width + 2 * _EDGE, height + 34, f"Connect4 board: {' / '.join(rows)}", *shapes)


@remembered
def _frame() -> str:
    width, height = 7 * _DISC, 6 * _DISC
    fill: dict[str, object] = {"fill": "currentColor", "fill_opacity": 0.08}
    return box(_EDGE, 8, width, height, 14, **fill, stroke="currentColor", stroke_opacity=0.3)


@remembered
def _columns() -> str:
    middles = [_EDGE + (column + 0.5) * _DISC for column in range(7)]
    return "".join(label(x, 6 * _DISC + 21, str(number), opacity=0.6) for number, x in enumerate(middles, 1))


@remembered
def _row(row: int, cells: Sequence[str]) -> str:
    """A row of Connect4, from the top, with its number."""
    y = 8 + (row + 0.5) * _DISC
    shapes = [_cell(_EDGE + (column + 0.5) * _DISC, y, cell) for column, cell in enumerate(cells)]
    return label(_EDGE / 2, y, str(6 - row), opacity=0.6) + "".join(shapes)


def _cell(x: float, y: float, cell: str) -> str:
    radius = _DISC * 0.41
    if cell == "X":
        return disc(x, y, radius, fill=X_COLOUR) + cross(x, y, radius * 0.42, stroke="#fff", stroke_width=3.5)
    if cell == "O":
        return disc(x, y, radius, fill=O_COLOUR) + ring(x, y, radius * 0.48, stroke="#fff", stroke_width=3.5)
    return disc(x, y, radius, fill="currentColor", fill_opacity=0.06, stroke="currentColor", stroke_opacity=0.22)
