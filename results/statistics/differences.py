"""The mean of paired differences, with an interval that holds for a few clusters.

Differences between two agents on the same tasks are mostly zero, and the few that are not decide. Student's t on them
misses the truth too often (88 % at 50 pairs of which 10 % differ, all in one direction), and claims certainty where no
pair differs. Bonett and Price (2012) cured that for 0/1 outcomes with two invented pairs, one for each side. Here the
same is done for differences of any kind and for clusters: two clusters are added at the mean plus and minus the largest
deviation seen, and at plus and minus 1 where there is no spread at all. For 0/1 outcomes the two intervals agree
closely; for others this one stays narrow where the differences are small.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from kibitz.results.statistics.intervals import LEVEL, Interval, equal_weights
from kibitz.results.statistics.quantiles import student_t

NOISE = 1e-12
"""What is left of sums that cancel exactly, and is no spread."""


@dataclass(frozen=True, slots=True)
class MeanDifference:
    """A mean difference.

    Attributes:
        interval: The mean in -1..1 with its confidence interval.
        error: Standard error that the interval is made of, in units of the difference; infinite for a single cluster.
        df: Degrees of freedom of that error: clusters, less the number of groups.
    """

    interval: Interval
    error: float
    df: int


def mean_difference(values: Sequence[float], clusters: Sequence[Hashable], level: float = LEVEL) -> MeanDifference:
    """Mean of differences in -1..1 of which some hang together.

    Args:
        values: The differences.
        clusters: The cluster of each.
        level: Confidence level, strictly between 0 and 1.

    Raises:
        ValueError: The lengths differ, there is no value, or one is outside -1..1.
    """
    if not values or len(values) != len(clusters):
        raise ValueError(f"{len(values)} differences but {len(clusters)} cluster labels; at least one is needed")
    if wrong := [value for value in values if not -1 <= value <= 1]:
        raise ValueError(f"a difference of {wrong[0]} is outside -1..1")
    n, mean = len(values), math.fsum(values) / len(values)
    members: defaultdict[Hashable, list[float]] = defaultdict(list)
    for value, cluster in zip(values, clusters, strict=True):
        members[cluster].append(value - mean)
    count, error = len(members), _error(list(members.values()), n)
    half = student_t(count - 1, level) * error if count > 1 else math.inf
    # Two pairs of which none is seen leave the degrees of freedom as they are.
    interval = Interval(mean, max(-1.0, mean - half), min(1.0, mean + half), n, count)
    return MeanDifference(interval, error, count - 1)


def _error(deviations: Sequence[Sequence[float]], n: int) -> float:
    """Clustered standard error of the mean with two more clusters of the usual size; infinite for one cluster."""
    count = len(deviations)
    if count < 2:
        return math.inf
    largest = max(abs(math.fsum(part)) / len(part) for part in deviations)
    added = (1.0 if largest < NOISE else largest) * n / count
    total = math.fsum(math.fsum(part) ** 2 for part in deviations) + 2 * added**2
    size = n + 2 * n / count
    return math.sqrt(total * (count + 2) / (count + 1)) / size


def equal_groups(parts: Sequence[MeanDifference]) -> MeanDifference:
    """Mean over independent groups (games), each with the same weight.

    Raises:
        ValueError: There is no group.
    """
    if not parts:
        raise ValueError("there is no group")
    if len(parts) == 1:
        return parts[0]
    pooled = equal_weights([part.interval for part in parts])
    assert pooled.mean is not None
    assert pooled.low is not None
    assert pooled.high is not None
    clipped = Interval(pooled.mean, max(-1.0, pooled.low), min(1.0, pooled.high), pooled.n, pooled.clusters)
    error = math.sqrt(math.fsum(part.error**2 for part in parts)) / len(parts)
    return MeanDifference(clipped, error, sum(part.df for part in parts))
