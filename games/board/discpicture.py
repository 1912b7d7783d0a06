"""The picture of an Othello board."""

from __future__ import annotations

from collections.abc import Sequence

from kibitz.games.draw import box, disc, label, line, picture

_SQUARE = 44.0
_EDGE = 26.0
_GREEN = "#2c8a5a"
_LINES = "#17543a"
_DISCS = {"B": {"fill": "#15191c", "stroke": "#000"}, "W": {"fill": "#f6f4ee", "stroke": "#7d8580"}}


def draw_othello(rows: Sequence[str], words: str) -> str:
    """A green board of 8 x 8 with column letters above, row numbers beside and ``words`` below it."""
    size = 8 * _SQUARE
    shapes = [box(_EDGE, _EDGE, size, size, 6, fill=_GREEN), _ruling()]
    for number in range(8):
        middle = _EDGE + (number + 0.5) * _SQUARE
        shapes.append(label(middle, _EDGE / 2, "abcdefgh"[number], opacity=0.7))
        shapes.append(label(_EDGE / 2, middle, str(number + 1), opacity=0.7))
    for row, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            if cell in _DISCS:
                x, y = _EDGE + (column + 0.5) * _SQUARE, _EDGE + (row + 0.5) * _SQUARE
                shapes.append(disc(x, y, _SQUARE * 0.41, stroke_width=1.5, **_DISCS[cell]))
    shapes.append(label(_EDGE + size / 2, size + _EDGE + 18, words, 14))
    return picture(size + 2 * _EDGE, size + _EDGE + 36, f"Othello board: {' / '.join(rows)}. {words}", *shapes)


def _ruling() -> str:
    """The lines between squares, and the four dots that help to find a square."""
    far = _EDGE + 8 * _SQUARE
    marks = []
    for number in range(1, 8):
        at = _EDGE + number * _SQUARE
        marks += [line(at, _EDGE, at, far, stroke=_LINES, stroke_width=1.5)]
        marks += [line(_EDGE, at, far, at, stroke=_LINES, stroke_width=1.5)]
    dots = [(_EDGE + column * _SQUARE, _EDGE + row * _SQUARE) for row in (2, 6) for column in (2, 6)]
    return "".join(marks) + "".join(disc(x, y, 3.5, fill=_LINES) for x, y in dots)
