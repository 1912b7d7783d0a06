"""Rules of thumb for Pong: be where the ball comes, and return to the middle while it flies away."""

from __future__ import annotations

from random import Random

from kibitz.games.arcade import court

_AIM = 6
"""How far from the middle of the paddle a ball is taken at most: the farther, the steeper it goes back."""


def wanted(low: int, x: int, y: int, dx: int, dy: int, rng: Random, *, mine: bool) -> int:
    """Whether a paddle should move up (1), down (-1) or stay (0) until the next sample.

    Args:
        low: Its lower end.
        x: Where the ball is.
        y: Where the ball is.
        dx: Its speed across.
        dy: Its speed up.
        rng: Draws the part of the paddle that is to hit the ball, and which of two equal moves is made.
        mine: Whether the ball flies to this paddle.
    """
    held = court.frames_held(x, dx)
    if mine:
        aim = court.fly(y, dy, court.frames_to_line(x, dx))[0] + rng.randint(-_AIM, _AIM)
    else:
        aim = (court.FLOOR + court.CEILING) // 2
    after = {way: abs(court.moved(low, way, held) + court.SPAN // 2 - aim) for way in (1, -1, 0)}
    return min(after, key=lambda way: (after[way], way != 0, rng.random()))
