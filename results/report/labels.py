"""Where names stand beside the points of a plot: where there is room, or not at all.

Vega can place labels itself, but only with a canvas to draw on, which is not there without a browser.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

ADVANCE = 7.2
"""Mean width of a character of 12 pixels, on the generous side: readers' fonts differ."""

LINE = 14.0
"""Height of a line of such text."""

GAP = 9.0
"""Between the middle of a point and its name."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels, y downwards."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: Box) -> bool:
        """Whether the two overlap."""
        across = self.left < other.right and other.left < self.right
        return across and self.top < other.bottom and other.top < self.bottom

    def within(self, other: Box) -> bool:
        """Whether the other rectangle holds this one."""
        across = other.left <= self.left and self.right <= other.right
        return across and other.top <= self.top and self.bottom <= other.bottom


@dataclass(frozen=True, slots=True)
class Label:
    """A name where it stands: ``x`` and ``y`` are of its anchor at half height, which ``align`` explains."""

    text: str
    x: float
    y: float
    align: Literal["left", "right", "center"]


def placed(
    names: Sequence[str], points: Sequence[tuple[float, float]], taken: Sequence[Box], frame: Box, longest: int
) -> tuple[Label | None, ...]:
    """Names for points, in order of their importance: who comes first has the choice.

    Args:
        names: By point; what is longer than ``longest`` is cut.
        points: In pixels.
        taken: Where nothing may be written.
        frame: What all must lie in.
        longest: Characters of a name.

    Returns:
        By point; None where there is no room.
    """
    full = list(taken) + [Box(x - 5, y - 5, x + 5, y + 5) for x, y in points]
    found: list[Label | None] = []
    for name, (x, y) in zip(names, points, strict=True):
        text = name if len(name) <= longest else name[: longest - 1] + "…"
        chosen = None
        for label, box in _candidates(text, x, y):
            if box.within(frame) and not any(box.meets(other) for other in full):
                chosen = label
                full.append(box)
                break
        found.append(chosen)
    return tuple(found)


def _candidates(text: str, x: float, y: float) -> Iterator[tuple[Label, Box]]:
    """Right, left, then the corners, above and below."""
    width, half = ADVANCE * len(text), LINE / 2
    for up in (0.0, -11.0, 11.0):
        at = y + up
        yield Label(text, x + GAP, at, "left"), Box(x + GAP, at - half, x + GAP + width, at + half)
        yield Label(text, x - GAP, at, "right"), Box(x - GAP - width, at - half, x - GAP, at + half)
    for up in (-16.0, 16.0):
        at = y + up
        yield Label(text, x, at, "center"), Box(x - width / 2, at - half, x + width / 2, at + half)
