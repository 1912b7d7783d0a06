"""What is claimed for looking at any time, by simulation: 300 paired episodes of which 30 % differ, as in the docs."""

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from kibitz.results.statistics.betting import Wealth, detectable

pytestmark = pytest.mark.once

SIZE, RUNS, ALPHA = 300, 4000, 0.05
Array = NDArray[np.float64]


def drops(drop: float, differing: float = 0.3, seed: int = 0, size: int = SIZE) -> Array:
    """Paired differences -1, 0, 1 with a mean, one row an episode and one column a run."""
    drawn = np.random.default_rng([seed, 1]).random((size, RUNS))
    return np.where(drawn < (differing + drop) / 2, 1.0, np.where(drawn < differing, -1.0, 0.0))


def mirrored(drop: float, seed: int = 0) -> Array:
    """Blocks of a mirrored pair: half of the time both episodes go the same way."""
    one, other = drops(drop, seed=seed), drops(drop, seed=seed + 100)
    same = np.random.default_rng([seed, 2]).random(one.shape) < 0.5
    return (one + np.where(same, one, other)) / 2


def certain(values: Array, bound: float) -> tuple[NDArray[np.bool_], Array]:
    """Whether each run was ever certain that the mean is above the bound, and after how many values."""
    wealth, when = Wealth(bound, -1.0, 1.0), np.full(values.shape[1], len(values), dtype=float)
    for number, row in enumerate(values, start=1):
        wealth.bet(row)
        when[(wealth.best >= math.log(1 / ALPHA)) & (when == len(values))] = number
    return wealth.best >= math.log(1 / ALPHA), when


@pytest.mark.parametrize("bound", [0.0, 0.05])
@pytest.mark.parametrize("make", [drops, mirrored])
def test_false_alarms_with_a_look_after_every_episode(make, bound):
    # The truth is exactly what is tolerated: the worst case.
    failed, _ = certain(make(bound, seed=7), bound)
    assert failed.mean() <= ALPHA
    passed, _ = certain(-make(bound, seed=8), -bound)
    assert passed.mean() <= ALPHA


def test_a_test_that_is_made_for_one_look_is_wrong_in_a_quarter_of_all_runs():
    values = drops(0.0, seed=9)
    sums, squares = np.cumsum(values, axis=0), np.cumsum(values**2, axis=0)
    n = np.arange(1, SIZE + 1)[:, None]
    error = np.sqrt(np.maximum(squares - sums**2 / n, 1e-12) / n / np.maximum(n - 1, 1))
    alarms = (sums / n > 1.645 * error)[10:].any(axis=0)
    assert 0.2 < alarms.mean() < 0.35


def test_power_for_ten_points():
    failed, when = certain(drops(0.1, seed=10), 0.0)
    assert 0.70 < failed.mean() < 0.80
    assert 170 < when.mean() < 200
    # Half of the drop that 300 episodes show as a rule is seldom seen, and twice of it always.
    shown = detectable(drops(0.0, seed=11)[:, 0].tolist(), ALPHA, -1.0, 1.0)
    assert shown is not None
    assert 0.7 < certain(drops(shown, seed=12), 0.0)[0].mean() < 0.97
    assert certain(drops(shown / 2, seed=13), 0.0)[0].mean() < 0.4


@pytest.mark.parametrize("truth", [-0.2, 0.0, 0.1, 0.25])
def test_the_interval_holds_the_truth_at_all_times(truth):
    # It does not exactly where both gamblers who bet against the truth never reach 1 / alpha.
    values = drops(truth, seed=14)
    outside = certain(values, truth)[0] | certain(-values, -truth)[0]
    assert outside.mean() <= 2 * ALPHA


def test_uneven_values_do_not_break_it():
    # Rare great losses: what bends intervals that count on a normal law.
    drawn = np.random.default_rng([15, 1]).random((SIZE, RUNS))
    values = np.where(drawn < 0.02, -0.98, 0.02)
    assert certain(values, 0.0)[0].mean() <= ALPHA
    assert certain(-values, 0.0)[0].mean() <= ALPHA
