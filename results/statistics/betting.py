"""Evidence that holds at any time: betting against a hypothesis about a mean, and looking after every observation.

A fixed-size test that is looked at after each episode raises false alarms far more often than it says. Here a gambler
bets, at odds that are fair if the hypothesis holds, that the next value lies above the mean in question. Under the
hypothesis nobody can expect to win, whenever he stops (Ville's inequality): the probability that his wealth ever
reaches ``1 / alpha`` is at most ``alpha``. So one may look as often as one likes, stop at once, and go on later.

Wealth is that of Waudby-Smith and Ramdas (2023, "Estimating means of bounded random variables by betting", JRSSB 86,
section 4.2): for values ``y`` in 0..1 and the hypothesis "the mean is at most m" each bet multiplies the wealth by
``1 + c (y - m) / m``, with a share ``0 < c < 1`` of what can be staked without ever going broke. How much to stake
depends on how far the truth is from m, which nobody knows; so the money is spread over a grid of shares once, and each
part goes on by itself (a mixture, which is an e-process again). Adaptive stakes were tried and left out: on what a gate
meets (paired differences, most of them zero) they gain nothing, and the grid has no state but its sums.

All sums are of logarithms, so that ten thousand observations neither overflow nor vanish.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]

SHARES: Array = np.geomspace(0.05, 0.9, 8)
"""The grid: from what pays for a shift of a few hundredths to what pays where every value is at the end."""

POWER = 0.8
"""For planning: how probable it should be that an effect is found."""


class Wealth:
    """What a gambler owns who bets that values lie above ``mean``; he starts with 1.

    If the values' mean, given all values before, is at most ``mean``, this is a nonnegative supermartingale, and a
    martingale where it is equal. Works on one sequence, or on many side by side (arrays of values, one a sequence).

    Args:
        mean: The hypothesis is "the mean is at most this"; inside ``low..high``, the ends excluded.
        low: The least value that can occur.
        high: The greatest value that can occur.

    Raises:
        ValueError: ``mean`` is not inside the range.
    """

    def __init__(self, mean: float, low: float = 0.0, high: float = 1.0) -> None:
        if not low < mean < high:
            raise ValueError(f"a mean of {mean} is not inside the range {low}..{high}")
        self._low, self._high, self._mean = low, high, mean
        self._logs: Array = np.log(np.full(len(SHARES), 1 / len(SHARES)))
        self._best: Array = np.zeros(())

    def bet(self, values: ArrayLike) -> None:
        """Bet on the next value (of each sequence).

        Raises:
            ValueError: A value is outside the range, or no number.
        """
        found = np.asarray(values, dtype=np.float64)
        if not np.all((found >= self._low) & (found <= self._high)):
            raise ValueError(f"a value is outside the range {self._low}..{self._high}")
        shares = SHARES.reshape(-1, *(1,) * found.ndim)
        gained = np.log1p(shares * (found - self._mean) / (self._mean - self._low))
        self._logs = self._logs.reshape(-1, *(1,) * (gained.ndim - self._logs.ndim), *self._logs.shape[1:]) + gained
        self._best = np.maximum(self._best, self.log)

    @property
    def log(self) -> Array:
        """Natural logarithm of the wealth now."""
        return _log_sum(self._logs)

    @property
    def best(self) -> Array:
        """Natural logarithm of the greatest wealth so far, the 1 at the beginning included."""
        return self._best

    def more(self, bets: int, alpha: float) -> int | None:
        """How many values more it takes to reach ``1 / alpha``, if they are like those so far; None if never.

        Args:
            bets: How many bets were made.
            alpha: Error probability.
        """
        if self._best >= math.log(1 / alpha):
            return 0
        growth = (self._logs + math.log(len(SHARES))) / max(1, bets)
        lacking = math.log(1 / alpha) - self._logs
        times = [float(lack / rate) for lack, rate in zip(lacking, growth, strict=True) if rate > 1e-9]
        return math.ceil(min(times)) if times else None


def _log_sum(logs: Array) -> Array:
    top = logs.max(axis=0)
    found: Array = top + np.log(np.exp(logs - top).sum(axis=0))
    return found


def path(values: ArrayLike, mean: float, low: float = 0.0, high: float = 1.0) -> Array:
    """Logarithm of the wealth after each value."""
    found = np.asarray(values, dtype=np.float64)
    gained = np.log1p(SHARES[:, None] * (found - mean) / (mean - low))
    return _log_sum(np.cumsum(gained, axis=1) - math.log(len(SHARES)))


def at_least(values: Sequence[float], alpha: float, low: float = 0.0, high: float = 1.0) -> float:
    """A bound that the mean is not below, at any time at once, with probability ``1 - alpha``.

    The lower end of the betting confidence sequence (there section 4.3) that has run over all values so far: the
    smallest mean against which no more than ``1 / alpha`` was ever won. Wealth falls with the mean that is bet
    against, so this is found by bisection.

    Raises:
        ValueError: A value is outside the range, or alpha is not in 0..1.
    """
    if not 0 < alpha < 1:
        raise ValueError(f"alpha = {alpha} is not in 0..1")
    found = np.asarray(values, dtype=np.float64)
    if not np.all((found >= low) & (found <= high)):
        raise ValueError(f"a value is outside the range {low}..{high}")

    def refuted(mean: float) -> bool:
        return bool(path(found, mean, low, high).max(initial=0.0) >= math.log(1 / alpha))

    # The ends themselves cannot be bet against.
    below, above = low + 1e-9 * (high - low), high
    if not len(found) or not refuted(below):
        return low
    for _ in range(60):
        middle = (below + above) / 2
        if middle in (below, above):
            break
        below, above = (middle, above) if refuted(middle) else (below, middle)
    return below


def at_most(values: Sequence[float], alpha: float, low: float = 0.0, high: float = 1.0) -> float:
    """The bound above, in the same way."""
    return low + high - at_least([low + high - value for value in values], alpha, low, high)


def detectable(values: Sequence[float], alpha: float, low: float = 0.0, high: float = 1.0) -> float | None:
    """The least distance from a mean of the hypothesis that so many values with such a spread show, four times in five.

    An estimate for planning: growth of the wealth at the best share, less its fluctuation, must pay ``1 / alpha`` and
    the money that went to the other shares. The spread is that of the values, or half a value where there is none.

    Returns:
        The distance; None where even the greatest possible one is too small.
    """
    found = np.asarray(values, dtype=np.float64)
    size = len(found)
    if size < 2:
        return None
    spread = float(found.std(ddof=1)) or (high - low) / (2 * size)
    price = math.log(len(SHARES) / alpha)
    base = (low + high) / 2

    def shown(shift: float) -> bool:
        # Two values with this mean and spread stand for all of them: nothing else enters a wealth to second order.
        gains = [np.log1p(np.maximum(SHARES * (shift + side) / (base - low), -0.999)) for side in (spread, -spread)]
        growth, noise = (gains[0] + gains[1]) / 2, np.abs(gains[0] - gains[1]) / 2
        quantile = NormalDist().inv_cdf(POWER)
        return bool(np.max(size * growth - quantile * math.sqrt(size) * noise) >= price)

    most = (high - low) / 2
    if not shown(most):
        return None
    below, above = 0.0, most
    for _ in range(40):
        middle = (below + above) / 2
        below, above = (below, middle) if shown(middle) else (middle, above)
    return above
