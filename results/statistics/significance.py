"""Tests of "no difference" for paired results: exact McNemar, and sign flips.

Under the hypothesis that the two sides are interchangeable, every cluster's difference could as well have had the other
sign. The p-value is the share of all sign patterns whose sum is at least as far from zero as the one seen. It is exact
where the patterns can be counted:

- sums of equal steps (0/1 outcomes, wins and draws, equal shares): by adding one cluster at a time to the distribution
  of the sum;
- other sums of up to 40 clusters that differ: by halves (Horowitz and Sahni 1974), all patterns of one half against
  all of the other;
- of up to 20,000: as sums of equal steps, after rounding each to 1/200,000 of their total. That is an exact test still,
  of a figure that differs from the sum by less than 1.5 % of its standard deviation; random numbers would do worse;
- beyond that by random patterns, seeded by the data. The pattern seen counts among them (Phipson and Smyth 2010), so p
  is never 0.

McNemar's exact test is the same for 0/1 outcomes of single tasks: only pairs that differ count, and each is a coin.
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

MCNEMAR = "mcnemar"
SIGN_FLIP = "sign-flip"
MONTE_CARLO = "sign-flip (Monte Carlo)"
NOTHING_DIFFERS = "none"
"""The name of the test where no cluster differs: there is nothing to test, and p is 1."""

DRAWS = 20_000
"""Random sign patterns where not all can be counted; the standard error of p = 0.05 is then 0.0015."""

MOST_STEPS = 200_000
"""Distinct sums that are held at once when patterns are counted by adding clusters."""

MOST_HALVED = 40
"""Clusters whose sign patterns are counted by halves: two tables of a million sums."""

MOST_ROUNDED = 20_000
"""Clusters whose sums are rounded and then counted."""

MANY = 100
"""Clusters of one size that are worth being counted together; one by one they give the last digit, too."""

WHOLE = 1_000
"""Pairs up to which McNemar's test counts in whole numbers; beyond that in floats, to nine digits."""

LARGEST_DENOMINATOR = 10_000
"""Scores are shares of counts, such as 7 of 23; no count is larger."""

NEAR = 1e-14

LARGEST_COMMON = 10**12

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Significance:
    """The result of a test.

    Attributes:
        p: Two-sided p-value, in 0..1 and never 0.
        test: Its name.
        step: Half of the distance between two neighbouring values of the sum, in its unit; 0 where there is no such
            distance. An exact test is as cautious as if the sum were so much nearer to zero (a continuity correction).
    """

    p: float
    test: str
    step: float = 0.0


def mcnemar(b: int, c: int, *, mid_p: bool = False) -> float:
    """Exact two-sided McNemar test: ``min(1, 2 P(X <= min(b, c)))`` for ``X ~ Binomial(b + c, 1/2)``.

    Args:
        b: Pairs that only one side got right.
        c: Pairs that only the other side got right.
        mid_p: Count half of the probability of what was seen (Fagerland, Lydersen and Laake 2013): closer to the
            nominal level, and above it by little at times.

    Raises:
        ValueError: A count is negative.
    """
    if b < 0 or c < 0:
        raise ValueError(f"counts of pairs cannot be negative, got {b} and {c}")
    n, low = b + c, min(b, c)
    if n > WHOLE:
        top, below = _tail(n, low)
        return _share(2 * (top * (0.5 if mid_p else 1.0) + below))
    ways = sum(math.comb(n, k) for k in range(low + 1))
    half = Fraction(math.comb(n, low), 2) if mid_p else Fraction(0)
    return float(min(Fraction(1), 2 * (ways - half) / Fraction(2) ** n))


def _tail(n: int, low: int) -> tuple[float, float]:
    """``P(X = low)`` and ``P(X < low)`` for ``X ~ Binomial(n, 1/2)``."""
    top = math.exp(math.lgamma(n + 1) - math.lgamma(low + 1) - math.lgamma(n - low + 1) - n * math.log(2))
    below, term = 0.0, top
    for k in range(low, 0, -1):
        term *= k / (n - k + 1)
        below += term
        if term < below * 1e-17:
            break
    return top, below


@lru_cache(maxsize=65536)
def exact(value: float) -> Fraction:
    """The fraction that a score stands for, such as 1/3: sums of them do not depend on their order.

    Raises:
        ValueError: The score is not finite.
    """
    if not math.isfinite(value):
        raise ValueError(f"{value} cannot be tested")
    near = Fraction(value).limit_denominator(LARGEST_DENOMINATOR)
    return near if abs(float(near) - value) <= NEAR * max(1.0, abs(value)) else Fraction(value)


def sign_flip(sums: Sequence[Fraction]) -> Significance:
    """Two-sided sign-flip permutation test of differences summed by cluster.

    Args:
        sums: One number a cluster, in any unit.
    """
    kept = [value for value in sums if value]
    if not kept:
        return Significance(1.0, NOTHING_DIFFERS)
    unit = _unit(kept)
    steps = [] if unit is None else [int(abs(value) / unit) for value in kept]
    if unit is not None and sum(steps) <= MOST_STEPS:
        return Significance(_counted(steps, int(abs(sum(kept, Fraction(0))) / unit)), SIGN_FLIP, float(unit))
    # In order of size, so that the order of the tasks cannot change a digit.
    sizes = np.sort(np.array([abs(float(value)) for value in kept]))[::-1]
    seen_sum = abs(float(sum(kept)))
    if len(kept) <= MOST_HALVED:
        return Significance(_halved(sizes, seen_sum), SIGN_FLIP)
    if len(kept) <= MOST_ROUNDED:
        total = sum(map(abs, kept), Fraction(0))
        rounded = [round(value * MOST_STEPS / total) for value in kept]
        return Significance(_counted([abs(value) for value in rounded], abs(sum(rounded))), SIGN_FLIP)
    return Significance(_drawn(sizes, seen_sum), MONTE_CARLO)


def generator(*parts: object) -> np.random.Generator:
    """Random numbers that depend on nothing but the content of ``parts``."""
    digest = hashlib.sha256(repr(parts).encode()).digest()
    return np.random.Generator(np.random.Philox(key=int.from_bytes(digest[:16], "big")))


def _unit(values: Sequence[Fraction]) -> Fraction | None:
    """The largest number of which all are multiples; None where it is too small to count by."""
    whole = 1
    for value in values:
        if (whole := math.lcm(whole, value.denominator)) > LARGEST_COMMON:
            return None
    return Fraction(math.gcd(*(int(abs(value) * whole) for value in values)), whole)


def _counted(steps: Sequence[int], seen: int) -> float:
    """P(|sum| >= seen) by the distribution of the part of the sum that has a plus, one cluster added at a time."""
    total = sum(steps)
    chance: Floats = np.zeros(total + 1)
    chance[0], reached, left = 1.0, 0, sorted(steps)
    ((usual, times),) = Counter(left).most_common(1)
    if usual and times > MANY:
        # All clusters of the most frequent size at once: how many of them have a plus is binomial.
        reached, left = usual * times, [step for step in left if step != usual]
        chance[: reached + 1 : usual] = _binomial(times)
    for step in left:
        # The same cluster with a minus, or with a plus.
        chance[step : reached + step + 1] += chance[: reached + 1].copy()
        reached += step
        chance[: reached + 1] /= 2
    # The sum is 2 plus - total.
    plus = np.arange(total + 1)
    return _share(math.fsum(chance[np.abs(2 * plus - total) >= seen]))


def _binomial(n: int) -> Floats:
    """``P(X = k)`` for ``X ~ Binomial(n, 1/2)``, k from 0 to n."""
    logs = np.array([math.lgamma(k + 1) for k in range(n + 1)])
    chance: Floats = np.exp(logs[n] - logs - logs[::-1] - n * math.log(2))
    return chance / math.fsum(chance)


def _halved(sizes: Floats, seen: float) -> float:
    """P(|sum| >= seen), all sign patterns counted."""
    few, many = np.sort(_patterns(sizes[::2])), _patterns(sizes[1::2])
    limit = seen - 1e-12 * float(sizes.sum())
    if limit <= 0:
        return 1.0
    above = len(few) - np.searchsorted(few, limit - many, side="left")
    return _share(2 * int(above.sum()) / 2 ** len(sizes))


def _patterns(sizes: Floats) -> Floats:
    """The sums of all sign patterns."""
    sums: Floats = np.zeros(1)
    for size in sizes:
        sums = np.concatenate([sums - size, sums + size])
    return sums


def _drawn(sizes: Floats, seen: float) -> float:
    rng: Any = generator("sign flips", sizes.tobytes(), seen)
    limit, hits, left = seen - 1e-12 * float(sizes.sum()), 0, DRAWS
    while left:
        size = min(left, max(1, 4_000_000 // len(sizes)))
        signs = np.unpackbits(rng.integers(0, 256, (size, -(-len(sizes) // 8)), dtype=np.uint8), axis=1)
        plus = signs[:, : len(sizes)].astype(np.float64) @ sizes
        hits += int((np.abs(2 * plus - sizes.sum()) >= limit).sum())
        left -= size
    return (1 + hits) / (1 + DRAWS)


def _share(p: float) -> float:
    # A chance below what a float can hold is still none of 0.
    return min(1.0, max(p, 5e-324))
