"""The physics of Pong on whole numbers: every position is exact, whatever the number of bounces.

The court is 160 wide and 160 high; y counts from the floor up. The lines of the paddles are 120 apart, and every speed
across divides that: so the ball, a point, is on a line at a whole frame. Its speed up or down is a whole number that is
never 0. A bounce needs no step of its own: the ball flies straight on through mirrored courts, of which each second one
is upside down, and is folded back (unfolding the billiard).
"""

from __future__ import annotations

LEFT, MIDDLE, RIGHT = 20, 80, 140
"""The x of the left paddle, of the serve, and of the right paddle."""
WIDTH = LEFT + RIGHT
FLOOR, CEILING = 16, 176
SPAN = 16
"""The height of a paddle; a ball on either end is hit."""
LOWEST, HIGHEST = FLOOR, CEILING - SPAN
"""The lowest and the highest place of a paddle's lower end."""
PACE = 2
"""How far a paddle moves in a frame."""
SLOWEST, FASTEST = 2, 6
"""Speeds across: that of the serve, and the highest."""
STEEP = (1, 1, 2, 3, 3, 4, 5, 6, 6)
"""Speed up or down after a hit, by its distance from the middle of the paddle."""

CENTRE = (LOWEST + HIGHEST) // 2
"""Where both begin."""
WARM_UP = (0, 4, 8)
"""The frames of the first three samples; play begins with the last."""
LIMIT = 1000
"""The frame from which on it is a draw."""

_HEIGHT = CEILING - FLOOR


def across(hits: int) -> int:
    """The speed of the ball across the court after so many hits: one more after each second hit."""
    return min(SLOWEST + hits // 2, FASTEST)


def fly(y: int, dy: int, frames: int) -> tuple[int, int]:
    """Where a ball is after so many frames, and at which speed it goes on from there."""
    unfolded = (y - FLOOR + dy * frames) % (2 * _HEIGHT)
    upright = unfolded <= _HEIGHT
    y = FLOOR + (unfolded if upright else 2 * _HEIGHT - unfolded)
    return y, turned(y, dy if upright else -dy)


def turned(y: int, dy: int) -> int:
    """The speed at which a ball goes on: from floor and ceiling back into the court."""
    return abs(dy) if y == FLOOR else -abs(dy) if y == CEILING else dy


def frames_to_line(x: int, dx: int) -> int:
    """How many frames it takes the ball to reach the line that it flies to."""
    return (RIGHT - x) // dx if dx > 0 else (x - LEFT) // -dx


def bounces(y: int, dy: int, frames: int) -> int:
    """How often a ball meets floor or ceiling on its way, the start and the end of it not included."""
    low, high = sorted((y - FLOOR, y - FLOOR + dy * frames))
    return (high - 1) // _HEIGHT - low // _HEIGHT


def sampling(x: int) -> int:
    """How many frames after a sample at x the next one is taken, if no line is reached before."""
    return 12 if 60 <= x <= 100 else 8 if 40 <= x <= 120 else 4


def frames_held(x: int, dx: int) -> int:
    """How many frames an action is held that is chosen at x: to the next sample, or to the line if that is sooner."""
    return min(sampling(x), frames_to_line(x, dx))


def moved(low: int, towards: int, frames: int) -> int:
    """The lower end of a paddle that moves up (1), down (-1) or not (0) for so many frames."""
    return min(max(low + towards * PACE * frames, LOWEST), HIGHEST)


def is_hit(y: int, low: int) -> bool:
    """Whether a paddle meets a ball on its line."""
    return low <= y <= low + SPAN


def struck(y: int, low: int, dy: int) -> int:
    """The speed up or down of a ball that has been hit: steeper the farther from the middle of the paddle.

    The upper half sends it up, the lower half down; exactly in the middle it keeps its direction.
    """
    off = y - low - SPAN // 2
    speed = STEEP[abs(off)]
    return turned(y, -speed if off < 0 or (off == 0 and dy < 0) else speed)


def reaches(low: int, y: int, frames: int) -> bool:
    """Whether a paddle can be at y in so many frames, moving at full speed and stopping where it likes."""
    return max(low - y, y - low - SPAN, 0) <= PACE * frames
