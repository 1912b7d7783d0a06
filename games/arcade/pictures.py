"""Pictures of the moving games."""

from __future__ import annotations

from collections.abc import Sequence

from kibitz.games.arcade.court import CEILING, FLOOR, LEFT, RIGHT, SPAN, WIDTH
from kibitz.games.draw import O_COLOUR, X_COLOUR, box, cross, disc, label, line, picture, tag

_CELL = 13
_EDGE = 10
_SCALE = 2.5

_FILLS = {"a": X_COLOUR, "b": O_COLOUR}


def draw_field(rows: Sequence[str]) -> str:
    """The field of Surround, from its rows of characters: walls, both trails, heads with their letters, crashes."""
    width, height = len(rows[0]) * _CELL, len(rows) * _CELL
    shapes = [
        box(_EDGE, _EDGE, width, height, 3, fill="currentColor", fill_opacity=0.05),
        tag("path", d=_blocks(rows, "#"), fill="currentColor", fill_opacity=0.45),
    ]
    shapes += [tag("path", d=_blocks(rows, mark), fill=fill, fill_opacity=0.75) for mark, fill in _FILLS.items()]
    for row, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            x, y = _EDGE + (column + 0.5) * _CELL, _EDGE + (row + 0.5) * _CELL
            if cell in "AB":
                shapes.append(disc(x, y, _CELL * 0.72, fill=_FILLS[cell.lower()], stroke="#fff", stroke_width=1.5))
                shapes.append(label(x, y, cell, 11, fill="#fff", font_weight="bold"))
            elif cell == "X":
                shapes.append(cross(x, y, _CELL * 0.5, stroke="#d33", stroke_width=4))
    where = [
        f"{cell} at row {row}, column {cells.index(cell)}"
        for cell in "AB"
        for row, cells in enumerate(rows)
        if cell in cells
    ]
    return picture(width + 2 * _EDGE, height + 2 * _EDGE, f"Surround: {'; '.join(where) or 'both crashed'}", *shapes)


def _blocks(rows: Sequence[str], mark: str) -> str:
    """A path of all cells with the mark, a narrow gap between them."""
    size = _CELL - 1
    parts = [
        f"M{_EDGE + column * _CELL} {_EDGE + row * _CELL}h{size}v{size}h-{size}z"
        for row, cells in enumerate(rows)
        for column, cell in enumerate(cells)
        if cell == mark
    ]
    return "".join(parts) or "M0 0"


def draw_court(balls: Sequence[tuple[int, int]], lows: Sequence[int], caption: str, *, mirrored: bool) -> str:
    """The court of Pong as one seat sees it.

    Args:
        balls: Where the ball was at the last samples; the last one is now.
        lows: The lower ends of the right and the left paddle.
        caption: What stands below.
        mirrored: Whether seat 1 is on the right; each seat keeps its colour.
    """
    fills = (O_COLOUR, X_COLOUR) if mirrored else (X_COLOUR, O_COLOUR)

    def across(x: float) -> float:
        return _EDGE + x * _SCALE

    def down(y: float) -> float:
        return _EDGE + (CEILING - y) * _SCALE

    width, height = WIDTH * _SCALE, (CEILING - FLOOR) * _SCALE
    shapes = [
        box(_EDGE, _EDGE, width, height, 4, fill="currentColor", fill_opacity=0.06),
        line(_EDGE, down(CEILING), across(WIDTH), down(CEILING), stroke_width=4),
        line(_EDGE, down(FLOOR), across(WIDTH), down(FLOOR), stroke_width=4),
        line(across(WIDTH / 2), down(CEILING), across(WIDTH / 2), down(FLOOR), opacity=0.35, stroke_dasharray="8 10"),
    ]
    for x, low, fill in zip((RIGHT, LEFT), lows, fills, strict=True):
        # The ball is a point that is hit on the line, so the paddle stands behind it.
        behind = across(x) + (3 if x == RIGHT else -11)
        shapes.append(box(behind, down(low + SPAN), 8, SPAN * _SCALE, 3, fill=fill))
        shapes.append(label(behind + 4, height + _EDGE + 16, f"{low} to {low + SPAN}", 12, fill=fill))
    for (x, y), opacity in zip(balls, (0.25, 0.45, 1.0), strict=True):
        shapes.append(disc(across(x), down(y), 5, fill="currentColor", opacity=opacity))
    x, y = balls[-1]
    shapes.append(label(across(WIDTH / 2), height + _EDGE + 16, f"{caption}: ball at {x}, {y}", 12, opacity=0.75))
    told = f"Pong, {caption}: ball at {x}, {y}; right paddle from {lows[0]}, left paddle from {lows[1]}"
    return picture(width + 2 * _EDGE, height + 2 * _EDGE + 18, told, *shapes)
