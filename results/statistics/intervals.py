"""Confidence intervals for small, clustered samples.

What a benchmark of episodes needs is not the textbook interval. Samples are small, scores sit at the ends of their
range, and observations hang together: the two episodes of a mirrored pair, the steps of one episode, episodes that
went exactly alike. Two intervals cover what is reported:

- 0/1 data (data that only takes the two ends of its range), and means over groups of it: Wilson's score interval, with
  the sample size divided by the design effect of the clusters, and corrected for the number of clusters (Korn and
  Graubard 1998).
- other means: clustered standard errors (Miller 2024, arXiv 2411.00640) and Student's t with clusters - 1 degrees of
  freedom, in the same score form. In the middle of the range that is mean +- t * error. Near its ends the symmetric
  interval fails: the outcome of an agent that wins nearly always and draws some was held in 86 % of simulations by t,
  and is held in 97 % by this (10 mirrored pairs; ``bench/coverage.py``, with ``--beside``).

Where the clusters show no spread at all, a standard error of zero would claim certainty. There the interval of both
kinds is Wilson's for "nothing else was seen in k clusters". Bootstrap intervals were left out on purpose: with ten
episodes of one result they have no width, with few clusters they hold less than t does, and they need random numbers.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, repeat
from typing import TypeVar

from kibitz.results.statistics.quantiles import normal, student_t

T = TypeVar("T")

LEVEL = 0.95
"""Confidence level of every interval that is reported."""

Observed = Mapping[float, Sequence[Hashable]]
"""Observations by value: for each different value, the cluster of every observation of it.

There are few different values and many observations, so that most work is done once a value.
"""


FEW_CLUSTERS = 10
"""With fewer clusters than this an interval is wide, often too wide, and hangs on single clusters; it gets a mark."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean with its confidence interval.

    All three are None where nothing was observed. Only the limits are None where the sample says nothing about them: a
    quantity without a known range, such as cost, that was the same in all clusters.

    Attributes:
        n: Number of observations.
        clusters: Number of independent groups of observations; what the width depends on.
    """

    mean: float | None = None
    low: float | None = None
    high: float | None = None
    n: int = 0
    clusters: int = 0

    @property
    def few(self) -> bool:
        """Whether it rests on few clusters."""
        return 0 < self.clusters < FEW_CLUSTERS

    def as_json(self) -> dict[str, float | int | None]:
        """The interval as a JSON object, numbers to six decimals."""
        return {
            "mean": _rounded(self.mean),
            "low": _rounded(self.low),
            "high": _rounded(self.high),
            "n": self.n,
            "clusters": self.clusters,
        }

    def scaled(self, low: float, high: float) -> Interval:
        """The interval after mapping the range ``low..high`` to ``-1..1``."""

        def place(value: float | None) -> float | None:
            return None if value is None else min(1.0, max(-1.0, 2 * (value - low) / (high - low) - 1))

        return Interval(place(self.mean), place(self.low), place(self.high), self.n, self.clusters)


def _rounded(value: float | None) -> float | None:
    # Adding 0.0 turns a negative zero into zero.
    return None if value is None else round(value, 6) + 0.0


def grouped(values: Sequence[float], clusters: Sequence[Hashable] | None = None) -> Observed:
    """Group observations by value.

    Args:
        values: The observations.
        clusters: The cluster of each observation; without it each is its own.

    Raises:
        ValueError: The lengths differ.
    """
    labels = range(len(values)) if clusters is None else clusters
    if len(values) != len(labels):
        raise ValueError(f"{len(values)} values but {len(labels)} cluster labels")
    found: dict[float, list[Hashable]] = {}
    for value, label in zip(values, labels, strict=True):
        found.setdefault(value, []).append(label)
    return found


def observations(occurred: Mapping[T, Iterable[Hashable]], value: Callable[[T], float | None]) -> Observed:
    """Observations of things that occurred many times.

    Args:
        occurred: For each different thing the cluster of each time.
        value: What is observed in a thing; things where it is None are left out.
    """
    found: dict[float, list[Hashable]] = {}
    for thing, clusters in occurred.items():
        if (seen := value(thing)) is not None:
            found.setdefault(seen, []).extend(clusters)
    return found


def proportion(observed: Observed, level: float = LEVEL) -> Interval:
    """Share of true values (ones) with Wilson's interval, widened by the design effect of the clusters.

    Args:
        observed: For true and for false the cluster of each observation.
        level: Confidence level, strictly between 0 and 1.

    Raises:
        ValueError: A value is outside 0..1.
    """
    return bounded_mean(observed, 0.0, 1.0, level)


def bounded_mean(observed: Observed, low: float, high: float, level: float = LEVEL) -> Interval:
    """Mean of values in ``low..high``: Wilson where only the two ends occur, its form with clustered t otherwise.

    Raises:
        ValueError: The range is empty, or a value is outside it.
    """
    return mean_of_means([observed], low, high, level)


def mean_of_means(groups: Iterable[Observed], low: float, high: float, level: float = LEVEL) -> Interval:
    """Mean over groups of the mean of each, where the same clusters run through all groups (questions of one game).

    The standard error is that of the sum of the groups' means, linearised and summed by cluster, so that correlation
    between the groups counts. Empty groups are left out.

    Raises:
        ValueError: As for ``bounded_mean``.
    """
    kept = [group for group in groups if _size(group)]
    for group in kept:
        _check(group, low, high)
    if not kept:
        return Interval()
    n, (mean, parts) = sum(map(_size, kept)), linearised(kept)
    count, error = len(parts), clustered_error(parts)
    if error == 0.0:
        below, above = nothing_else_seen(mean, effective(parts), low, high, level)
    elif not all(_only_ends(group, low, high) for group in kept):
        below, above = score_limits(mean, error * student_t(count - 1, level) / normal(level), low, high, level)
    elif len(kept) == 1 and count == n:
        # Without clusters the textbook's interval, which takes no spread from the sample.
        below, above = _wilson_limits(mean, n, low, high, level)
    else:
        widened = error * student_t(count - 1, level) / student_t(n - 1, level)
        below, above = score_limits(mean, widened, low, high, level)
    return clipped(mean, below, above, low, high, n, count)


def unbounded_mean(observed: Observed, level: float = LEVEL) -> Interval:
    """Mean of quantities that are never negative and have no known end (tokens, dollars, seconds).

    Student's t with clustered errors on the scale of logarithms (delta method): mean * exp(+- t * error / mean), since
    costs are skewed, and t itself misses above. There are no limits where the clusters show no spread.

    Raises:
        ValueError: A value is negative or no number.
    """
    for value, labels in observed.items():
        if labels and not 0 <= value < math.inf:
            raise ValueError(f"{value} is no quantity: it must be a number of 0 or more")
    n = _size(observed)
    if not n:
        return Interval()
    mean, parts = linearised([observed])
    error = clustered_error(parts)
    if error == 0.0:
        return Interval(mean, None, None, n, len(parts))
    factor = math.exp(student_t(len(parts) - 1, level) * error / mean)
    return Interval(mean, mean / factor, mean * factor, n, len(parts))


def standard_error(observed: Observed) -> float:
    """Clustered standard error of the mean (Miller 2024, section 2.2, times C / (C - 1)); 0 for a single cluster."""
    return clustered_error(linearised([observed])[1]) if _size(observed) else 0.0


def equal_weights(intervals: Sequence[Interval]) -> Interval:
    """Mean over independent samples (games), each with the same weight; samples without observations are left out.

    The limits follow from the samples' own limits (method of variance estimates recovery, Zou and Donner 2008), which
    keeps the asymmetry of Wilson's interval near the ends of the range. Where one has no limits, neither has the mean.
    """
    kept = [interval for interval in intervals if interval.mean is not None]
    if not kept:
        return Interval()
    size, means = len(kept), [interval.mean or 0.0 for interval in kept]
    mean = math.fsum(means) / size
    below = [math.nan if one.low is None else (own - one.low) ** 2 for one, own in zip(kept, means, strict=True)]
    above = [math.nan if one.high is None else (one.high - own) ** 2 for one, own in zip(kept, means, strict=True)]
    low, high = math.sqrt(math.fsum(below)) / size, math.sqrt(math.fsum(above)) / size
    return Interval(
        mean,
        None if math.isnan(low) else mean - low,
        None if math.isnan(high) else mean + high,
        sum(interval.n for interval in kept),
        sum(interval.clusters for interval in kept),
    )


def wilson(share: float, n: float, level: float = LEVEL) -> tuple[float, float]:
    """Wilson's score interval (1927) of a share seen in ``n`` (effective, so not always whole) observations.

    Raises:
        ValueError: The share is outside 0..1 or ``n`` is not positive.
    """
    if not 0 <= share <= 1 or n <= 0:
        raise ValueError(f"wilson needs a share in 0..1 and a positive n, got {share} and {n}")
    z2 = normal(level) ** 2
    centre = share + z2 / (2 * n)
    half = math.sqrt(z2) * math.sqrt(share * (1 - share) / n + z2 / (4 * n * n))
    low, high = (centre - half) / (1 + z2 / n), (centre + half) / (1 + z2 / n)
    return (0.0 if share == 0 else max(0.0, low)), (1.0 if share == 1 else min(1.0, high))


def _check(observed: Observed, low: float, high: float) -> None:
    if not low < high:
        raise ValueError(f"the range {low}..{high} is empty")
    for value, labels in observed.items():
        if labels and not low <= value <= high:
            raise ValueError(f"{value} is outside the range {low}..{high}")


def _size(observed: Observed) -> int:
    return sum(map(len, observed.values()))


def _total(observed: Observed) -> float:
    return math.fsum(chain.from_iterable(repeat(value, len(labels)) for value, labels in observed.items()))


def _only_ends(observed: Observed, low: float, high: float) -> bool:
    return all(value in (low, high) for value, labels in observed.items() if labels)


def linearised(groups: Sequence[Observed]) -> tuple[float, Mapping[Hashable, Sequence[float]]]:
    """The mean over groups of the mean of each, and what every observation adds to its error, by cluster."""
    means = [_total(group) / _size(group) for group in groups]
    parts: defaultdict[Hashable, list[float]] = defaultdict(list)
    for group, own in zip(groups, means, strict=True):
        for value, labels in group.items():
            part = (value - own) / _size(group) / len(groups)
            for label in labels:
                parts[label].append(part)
    return math.fsum(means) / len(groups), parts


def clustered_error(parts: Mapping[Hashable, Sequence[float]]) -> float:
    """Standard error of the sum of the parts, which are deviations already; 0 for a single cluster."""
    if len(parts) < 2:
        return 0.0
    total = math.fsum(math.fsum(group) ** 2 for group in parts.values())
    error = math.sqrt(total * len(parts) / (len(parts) - 1))
    # Deviations that cancel leave rounding noise, which is no spread.
    scale = math.fsum(abs(part) for group in parts.values() for part in group)
    return 0.0 if error <= 1e-12 * scale else error


def effective(parts: Mapping[Hashable, Sequence[object]]) -> float:
    """Kish's number of clusters: what unequal clusters are worth if all of one cluster is one observation."""
    sizes = [len(group) for group in parts.values()]
    return sum(sizes) ** 2 / sum(size * size for size in sizes)


def score_limits(mean: float, error: float, low: float, high: float, level: float = LEVEL) -> tuple[float, float]:
    """Wilson's limits for as many independent observations of the two ends as would give this standard error."""
    share = (mean - low) / (high - low)
    return _wilson_limits(mean, max(1.0, share * (1 - share) * ((high - low) / error) ** 2), low, high, level)


def _wilson_limits(mean: float, size: float, low: float, high: float, level: float) -> tuple[float, float]:
    below, above = wilson(min(1.0, max(0.0, (mean - low) / (high - low))), size, level)
    return low + (high - low) * below, low + (high - low) * above


def nothing_else_seen(mean: float, k: float, low: float, high: float, level: float = LEVEL) -> tuple[float, float]:
    """Limits of a mean without spread: Wilson's for "in ``k`` clusters nothing else was seen"."""
    unseen = 1 - wilson(1.0, k, level)[0]
    return mean - unseen * (mean - low), mean + unseen * (high - mean)


def clipped(mean: float, below: float, above: float, low: float, high: float, n: int, clusters: int) -> Interval:
    """An interval whose limits stay in the range and hold the mean."""
    return Interval(mean, max(low, min(mean, below)), min(high, max(mean, above)), n, clusters)
