"""How large a sample must be, and what a sample of some size can show.

Formulas of Miller (2024, arXiv 2411.00640, section 5). With omega^2 the variance over tasks of the true difference of
two agents and sigma^2 the variance of one agent's attempts at a task, a mean over n tasks of K attempts each has the
variance ``(omega^2 + (sigma_A^2 + sigma_B^2) / K) / n``.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from statistics import NormalDist

from kibitz.results.statistics.intervals import LEVEL, student_t

ALPHA = 0.05
POWER = 0.8


def detectable(error: float, df: int, alpha: float = ALPHA, power: float = POWER) -> float:
    """The smallest true difference that a two-sided test finds with this power; 1 at most, which is all there can be.

    Args:
        error: Standard error of the difference.
        df: Degrees of freedom of that error; none shows nothing.
        alpha: Level of the test.
        power: Chance to find the difference.

    Raises:
        ValueError: ``alpha`` or ``power`` is not between 0 and 1.
    """
    _check(alpha, power)
    if df < 1 or math.isinf(error):
        return 1.0
    return min(1.0, error * (student_t(df, 1 - alpha) + _one_sided(df, power)))


def sample_size(variance: float, difference: float, alpha: float = ALPHA, power: float = POWER) -> int:
    """How many independent differences of this variance a test needs to find a mean difference with this power.

    Miller's formula ``(z_{1-alpha/2} + z_power)^2 variance / difference^2``, at least 2.

    Raises:
        ValueError: The difference is not positive, the variance negative, ``alpha`` or ``power`` not between 0 and 1.
    """
    _check(alpha, power)
    if not difference > 0 or not variance >= 0:
        raise ValueError(f"a difference of {difference} with a variance of {variance} cannot be planned for")
    z = NormalDist().inv_cdf(1 - alpha / 2) + NormalDist().inv_cdf(power)
    return max(2, math.ceil(z * z * variance / (difference * difference) - 1e-9))


def size_for_width(variance: float, half_width: float, level: float = LEVEL) -> int:
    """How many independent observations give an interval of ``mean - half_width`` to ``mean + half_width``.

    Raises:
        ValueError: The width is not positive or the variance negative.
    """
    if not half_width > 0 or not variance >= 0:
        raise ValueError(f"a half width of {half_width} with a variance of {variance} cannot be planned for")
    z = NormalDist().inv_cdf((1 + level) / 2)
    return max(2, math.ceil(z * z * variance / (half_width * half_width) - 1e-9))


@dataclass(frozen=True, slots=True)
class Components:
    """What the variance of a score is made of.

    Attributes:
        between: Variance over tasks of the true mean of a task.
        within: Mean variance of the attempts at one task; None where every task was attempted once, and ``between``
            is then the variance of both together.
        tasks: Number of tasks; ``attempts`` is the mean number at each (harmonic: what counts for a variance).
    """

    between: float
    within: float | None
    tasks: int
    attempts: float

    def variance(self, tasks: float, attempts: float) -> float:
        """Variance of the mean over ``tasks`` tasks of ``attempts`` attempts each."""
        return (self.between + (self.within or 0.0) / attempts) / tasks


def components(values: Sequence[float], tasks: Sequence[Hashable]) -> Components:
    """Estimate the parts of the variance from attempts at tasks (analysis of variance, Miller's section 3).

    Raises:
        ValueError: The lengths differ, or there are fewer than two tasks.
    """
    if len(values) != len(tasks):
        raise ValueError(f"{len(values)} values but {len(tasks)} tasks")
    by_task: dict[Hashable, list[float]] = {}
    for value, task in zip(values, tasks, strict=True):
        by_task.setdefault(task, []).append(value)
    groups = list(by_task.values())
    if len(groups) < 2:
        raise ValueError("the variance over tasks needs at least two of them")
    means = [math.fsum(group) / len(group) for group in groups]
    total = _variance(means)
    repeated = [group for group in groups if len(group) > 1]
    attempts = len(groups) / math.fsum(1 / len(group) for group in groups)
    if not repeated:
        return Components(total, None, len(groups), attempts)
    free = sum(len(group) - 1 for group in repeated)
    within = math.fsum(_variance(group) * (len(group) - 1) for group in repeated) / free
    return Components(max(0.0, total - within / attempts), within, len(groups), attempts)


def _variance(values: Sequence[float]) -> float:
    mean = math.fsum(values) / len(values)
    return math.fsum((value - mean) ** 2 for value in values) / (len(values) - 1)


def _one_sided(df: int, power: float) -> float:
    """The quantile of Student's t with ``power`` below it."""
    return student_t(df, 2 * power - 1) if power > 0.5 else -student_t(df, 1 - 2 * power) if power < 0.5 else 0.0


def _check(*shares: float) -> None:
    if wrong := [share for share in shares if not 0 < share < 1]:
        raise ValueError(f"{wrong[0]} is not between 0 and 1")


def deviations(values: Iterable[float]) -> float:
    """Standard deviation of a sample; 0 for fewer than two values."""
    found = list(values)
    return math.sqrt(_variance(found)) if len(found) > 1 else 0.0
