"""How large a sample must be, and what a sample of some size can show.

Formulas of Miller (2024, arXiv 2411.00640, section 5). With omega^2 the variance over tasks of the true difference of
two agents and sigma^2 the variance of one agent's attempts at a task, a mean over n tasks of K attempts each has the
variance ``(omega^2 + (sigma_A^2 + sigma_B^2) / K) / n``.
"""

from __future__ import annotations

import math
from statistics import NormalDist

from kibitz.results.statistics.quantiles import student_t

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


def _one_sided(df: int, power: float) -> float:
    """The quantile of Student's t with ``power`` below it."""
    return student_t(df, 2 * power - 1) if power > 0.5 else -student_t(df, 1 - 2 * power) if power < 0.5 else 0.0


def _check(*shares: float) -> None:
    if wrong := [share for share in shares if not 0 < share < 1]:
        raise ValueError(f"{wrong[0]} is not between 0 and 1")
