"""Interval plots: where a mean and its interval lie on the scale of their column, as numbers for an inline SVG."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from kibitz.results import figures
from kibitz.results.ratings.table import Rating
from kibitz.results.statistics.intervals import Interval

WIDTH = 112.0
"""Of the scale, in pixels."""


@dataclass(frozen=True, slots=True)
class Bar:
    """Positions in pixels from the left; ``zero`` is None where the scale has no inner zero.

    A side that the data do not bound runs to the end of the scale.
    """

    mean: float
    low: float
    high: float
    zero: float | None


def bar(interval: Interval, low: float, high: float) -> Bar | None:
    """The plot of an interval on the scale ``low..high``; None where nothing was observed."""
    if interval.mean is None or interval.low is None or interval.high is None:
        return None
    zero = _place(0.0, low, high) if low < 0 < high else None
    return Bar(
        _place(interval.mean, low, high), _place(interval.low, low, high), _place(interval.high, low, high), zero
    )


def rating_scale(ratings: Sequence[Rating]) -> tuple[float, float] | None:
    """The scale that holds all ratings of a table with their limits; None for no ratings."""
    ends = [end for rating in ratings for end in (rating.low, rating.value, rating.high) if end is not None]
    if not ends:
        return None
    room = 0.04 * ((max(ends) - min(ends)) or 1.0)
    return min(ends) - room, max(ends) + room


def rating_bar(rating: Rating, scale: tuple[float, float]) -> Bar:
    """The plot of a rating on the scale of its table."""
    low = 0.0 if rating.low is None else _place(rating.low, *scale)
    high = WIDTH if rating.high is None else _place(rating.high, *scale)
    return Bar(_place(rating.value, *scale), low, high, None)


def _place(value: float, low: float, high: float) -> float:
    return round(WIDTH * (value - low) / (high - low), 1)


def elo(rating: Rating) -> str:
    """A rating with its interval in whole points, in words where a side is open; the anchor has no interval."""
    shown, low, high = (figures.number(value, 0) for value in (rating.value, rating.low, rating.high))
    if rating.bounded:
        return figures.rating(replace(rating, group=""))
    if rating.low is None and rating.high is None:
        return f"{shown} (without limits)"
    return f"{shown} (at most {high})" if rating.low is None else f"{shown} (at least {low})"
