"""Quantiles of the normal distribution and of Student's t, so that no run needs a library of statistics."""

from __future__ import annotations

import math
from functools import lru_cache
from statistics import NormalDist


@lru_cache(maxsize=1024)
def student_t(df: int, level: float = 0.95) -> float:
    """The two-sided quantile of Student's t: ``P(|T| <= t) = level``; infinite for no degree of freedom.

    Raises:
        ValueError: ``df`` is negative or ``level`` is not between 0 and 1.
    """
    if df < 0 or not 0 < level < 1:
        raise ValueError(f"student_t needs df >= 0 and a level in 0..1, got {df} and {level}")
    if df == 0:
        return math.inf
    low, high = 0.0, 1.0
    while _outside(high, df) > 1 - level:
        high *= 2
    for _ in range(200):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        low, high = (middle, high) if _outside(middle, df) > 1 - level else (low, middle)
    return (low + high) / 2


def _outside(t: float, df: int) -> float:
    """``P(|T| > t)``: the regularised incomplete beta function at ``df / (df + t^2)``."""
    return _incomplete_beta(df / 2, 0.5, df / (df + t * t), t * t / (df + t * t))


def _incomplete_beta(a: float, b: float, x: float, rest: float) -> float:
    """``I_x(a, b)`` by its continued fraction (modified Lentz); ``rest`` is ``1 - x`` without cancellation."""
    if x <= 0 or rest <= 0:
        return 0.0 if x <= 0 else 1.0
    front = math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log(rest))
    if x < (a + 1) / (a + b + 2):
        return front * _fraction(a, b, x) / a
    return 1 - front * _fraction(b, a, rest) / b


def _fraction(a: float, b: float, x: float) -> float:
    tiny, c = 1e-300, 1.0
    d = 1 / ((1 - (a + b) * x / (a + 1)) or tiny)
    value = d
    for m in range(1, 500):
        for top in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1 / ((1 + top * d) or tiny)
            c = (1 + top / c) or tiny
            value *= d * c
        if abs(d * c - 1) < 1e-15:
            break
    return value


def normal(level: float = 0.95) -> float:
    """The two-sided quantile of the normal distribution."""
    return NormalDist().inv_cdf((1 + level) / 2)
