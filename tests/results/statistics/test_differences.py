import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from kibitz.results.statistics.differences import equal_groups, mean_difference


def test_by_hand():
    # Mean 0.25; deviations 0.75, -0.25, -0.25, -0.25: squares 0.75, and 2 x 0.75^2 for the two added clusters.
    found = mean_difference([1.0, 0.0, 0.0, 0.0], range(4))
    error = math.sqrt((0.75 + 1.125) * (6 / 5)) / 6
    assert found.error == pytest.approx(error)
    assert found.df == 3
    assert found.interval.mean == 0.25
    half = stats.t.ppf(0.975, 3) * error
    assert (found.interval.low, found.interval.high) == pytest.approx((0.25 - half, min(1.0, 0.25 + half)))


def bonett_price(up, down, n):
    """Bonett and Price (2012): a Wald interval after adding one pair to each kind of discordance."""
    p, q = (up + 1) / (n + 2), (down + 1) / (n + 2)
    half = stats.norm.ppf(0.975) * math.sqrt((p + q - (p - q) ** 2) / (n + 2))
    return p - q - half, p - q + half


@pytest.mark.parametrize(("up", "down", "n"), [(3, 3, 60), (8, 2, 100), (0, 0, 100), (20, 30, 200)])
def test_for_right_and_wrong_it_agrees_with_bonett_and_price(up, down, n):
    values = [1.0] * up + [-1.0] * down + [0.0] * (n - up - down)
    found = mean_difference(values, range(n)).interval
    assert (found.low, found.high) == pytest.approx(bonett_price(up, down, n), abs=0.012)


def test_no_spread_is_not_certainty():
    found = mean_difference([0.0] * 20, range(20)).interval
    assert (found.low, found.high) == pytest.approx((-0.138, 0.138), abs=1e-3)
    assert mean_difference([0.3] * 20, range(20)).interval.high > 0.4


def test_one_cluster_says_nothing():
    found = mean_difference([0.5, 0.5, 0.0], [7, 7, 7])
    assert (found.interval.low, found.interval.high, found.interval.clusters) == (-1.0, 1.0, 1)
    assert (found.error, found.df) == (math.inf, 0)


def test_what_hangs_together_counts_once():
    alone = mean_difference([1.0, -1.0, 0.0, 0.0, 0.0, 0.0], range(6))
    twice = mean_difference([1.0, -1.0, 0.0, 0.0, 0.0, 0.0] * 2, [*range(6)] * 2)
    assert twice.error == pytest.approx(alone.error)
    assert (twice.interval.low, twice.interval.high) == pytest.approx((alone.interval.low, alone.interval.high))


def test_games_weigh_the_same():
    small, large = mean_difference([0.5, 0.3, 0.4], range(3)), mean_difference([0.0, 0.1] * 50, range(100))
    found = equal_groups([small, large])
    assert found.interval.mean == pytest.approx((0.4 + 0.05) / 2)
    assert found.error == pytest.approx(math.hypot(small.error, large.error) / 2)
    assert (found.interval.n, found.interval.clusters, found.df) == (103, 103, 101)
    assert equal_groups([small]) is small


@given(st.lists(st.tuples(st.floats(-1, 1), st.integers(0, 5)), min_size=1, max_size=12))
def test_the_interval_holds_the_mean_and_nothing_depends_on_the_order(data):
    values, clusters = zip(*data, strict=True)
    found = mean_difference(values, clusters)
    assert -1 <= found.interval.low <= found.interval.mean <= found.interval.high <= 1
    assert found.interval.high > found.interval.low or found.interval.clusters > 1
    backwards = mean_difference(values[::-1], clusters[::-1])
    assert (backwards.interval.low, backwards.interval.high) == pytest.approx((found.interval.low, found.interval.high))


def test_sides_swapped_is_the_same_mirrored():
    values, clusters = [0.5, 0.0, -0.2, 1.0, 0.0], [0, 0, 1, 2, 3]
    there = mean_difference(values, clusters).interval
    back = mean_difference([-value for value in values], clusters).interval
    assert (back.low, back.high) == (-there.high, -there.low)


@pytest.mark.parametrize(
    ("values", "clusters"), [([], []), ([0.1], [0, 1]), ([1.1], [0]), ([math.nan], [0]), ([-2.0, 0.0], [0, 1])]
)
def test_what_are_no_differences_is_refused(values, clusters):
    with pytest.raises(ValueError, match=r"at least one|outside -1\.\.1"):
        mean_difference(values, clusters)


def test_no_group_is_refused():
    with pytest.raises(ValueError, match="no group"):
        equal_groups([])
