"""Numbers as people read them: pure functions, the same in the terminal, in Markdown and on the page."""

from __future__ import annotations

from kibitz.results.ratings.table import Rating
from kibitz.results.statistics.intervals import Interval

NOTHING = "–"
"""Shown where there is no number: not asked, not known, not priced."""


def number(value: float | None, digits: int = 2) -> str:
    """A number with fixed decimals and a true minus sign; never minus zero."""
    if value is None:
        return NOTHING
    text = f"{value:.{digits}f}"
    return text.lstrip("-") if float(text) == 0 else text.replace("-", "−")


def signed(value: float | None, digits: int = 2) -> str:
    """A difference with its sign; zero has none."""
    if value is None:
        return NOTHING
    text = number(value, digits)
    return f"+{text}" if value > 0 and text.strip("0.") else text


def interval(value: Interval, digits: int = 2) -> str:
    """A mean with its interval: ``0.52 [0.31, 0.72]``."""
    if value.mean is None:
        return NOTHING
    return f"{number(value.mean, digits)} [{number(value.low, digits)}, {number(value.high, digits)}]"


def rating(value: Rating) -> str:
    """A rating with its interval and its letters: ``1247 [1100, 1394] ab``; a limit that nothing sets is a dash.

    The anchor is what others are measured against, so it has no interval.
    """
    shown = number(value.value, 0)
    if not value.low == value.value == value.high:
        shown += f" [{number(value.low, 0)}, {number(value.high, 0)}]"
    return f"{shown} {value.group}" if value.group else shown


def percent(value: float | None) -> str:
    """A share as a whole percentage; 99.6 % is not rounded up to 100 %, nor 0.4 % down to 0 %."""
    if value is None:
        return NOTHING
    points = round(100 * value)
    if points == 100 and value < 1:
        return ">99%"
    if points == 0 and value > 0:
        return "<1%"
    return f"{points}%"


def dollars(value: float | None) -> str:
    """Dollars: cents for large sums, more digits for small ones; unknown is not free."""
    if value is None:
        return "unknown"
    if value == 0:
        return "$0"
    if value < 0.0001:
        return "<$0.0001"
    return f"${value:,.2f}" if value >= 1 else f"${value:.4f}".rstrip("0")


def estimated_dollars(value: float) -> str:
    """Dollars of a forecast, which is not known to the cent: ``$340``, ``$0.76``."""
    if value == 0:
        return "$0"
    return f"${value:,.0f}" if value >= 2 else f"${value:.2f}" if value >= 0.01 else "less than a cent"


def count(value: int) -> str:
    """A whole number with thousands separated; from a million on with a unit."""
    if value >= 10_000_000:
        return f"{value / 1e6:.1f}M"
    return f"{value:,}"


def duration(seconds: float) -> str:
    """A time in the unit that suits it: ``0.42 s``, ``38 s``, ``12 min``, ``3.5 h``."""
    if seconds < 0.005:
        return "0 s"
    for limit, text in ((9.95, f"{seconds:.2f} s"), (119.5, f"{seconds:.0f} s"), (7170, f"{seconds / 60:.0f} min")):
        if seconds < limit:
            return text
    return f"{seconds / 3600:.1f} h"


def record(wins: int, draws: int, losses: int) -> str:
    """Won, drawn and lost episodes: ``7–1–2``."""
    return f"{wins}–{draws}–{losses}"


def episodes(n: int, distinct: int) -> str:
    """Number of episodes, and of different ones where some were alike: ``20``, ``20 (6 distinct)``."""
    return str(n) if n == distinct else f"{n} ({distinct} distinct)"
