"""Interval plots: where a mean and its interval lie on the scale of their column, as numbers for an inline SVG."""

from __future__ import annotations

from dataclasses import dataclass

from kibitz.results.statistics.intervals import Interval

WIDTH = 120.0
"""Of the scale, in pixels."""


@dataclass(frozen=True, slots=True)
class Bar:
    """Positions in pixels from the left; ``zero`` is None where the scale has no inner zero."""

    mean: float
    low: float
    high: float
    zero: float | None


def bar(interval: Interval, low: float, high: float) -> Bar | None:
    """The plot of an interval on the scale ``low..high``; None where nothing was observed."""
    if interval.mean is None or interval.low is None or interval.high is None:
        return None

    def place(value: float) -> float:
        return round(WIDTH * (value - low) / (high - low), 1)

    return Bar(
        mean=place(interval.mean),
        low=place(interval.low),
        high=place(interval.high),
        zero=place(0.0) if low < 0 < high else None,
    )
