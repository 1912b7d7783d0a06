from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kibitz.results.statistics.intervals import grouped
from kibitz.results.statistics.reliability import mean_chance, pass_all_k, pass_at_k


@pytest.mark.parametrize(
    ("n", "c", "k", "at_least_once", "every_time"),
    [
        (5, 3, 1, 3 / 5, 3 / 5),
        (5, 3, 2, 1 - 1 / 10, 3 / 10),
        (5, 3, 3, 1.0, 1 / 10),
        (5, 0, 2, 0.0, 0.0),
        (5, 5, 4, 1.0, 1.0),
        (10, 4, 3, 1 - 20 / 120, 4 / 120),
        (4, 1, 4, 1.0, 0.0),
    ],
)
def test_by_hand(n: int, c: int, k: int, at_least_once: float, every_time: float) -> None:
    assert pass_at_k(n, c, k) == pytest.approx(at_least_once)
    assert pass_all_k(n, c, k) == pytest.approx(every_time)


@given(st.integers(1, 9), st.data())
def test_they_count_the_subsets(n: int, data: st.DataObject) -> None:
    c, k = data.draw(st.integers(0, n)), data.draw(st.integers(1, n))
    chosen = [[i < c for i in subset] for subset in combinations(range(n), k)]
    assert pass_at_k(n, c, k) == pytest.approx(sum(map(any, chosen)) / len(chosen))
    assert pass_all_k(n, c, k) == pytest.approx(sum(map(all, chosen)) / len(chosen))


def test_nothing_overflows() -> None:
    # 1 - C(50000, 1000) / C(100000, 1000) is 1 to the last digit of a float.
    assert pass_at_k(100_000, 50_000, 1000) == 1.0
    assert 0 <= pass_all_k(100_000, 50_000, 1000) < 1e-300
    assert pass_at_k(100_000, 1, 1) == pytest.approx(1e-5)


@pytest.mark.parametrize(("n", "c", "k"), [(3, 4, 1), (3, -1, 1), (3, 1, 0), (3, 1, 4), (0, 0, 1)])
def test_what_cannot_be_is_refused(n: int, c: int, k: int) -> None:
    for chance in (pass_at_k, pass_all_k):
        with pytest.raises(ValueError, match="1 <= k <= trials"):
            chance(n, c, k)


def test_the_interval_is_never_narrower_than_of_one_observation_a_task() -> None:
    # One of ten tasks at 0.1: a standard error alone would end at 0.07. Wilson at 0.01 of 10 by hand:
    # centre (0.01 + 0.192073) / 1.384146 = 0.145991, half 1.959964 * sqrt(0.00099 + 0.00960365) / 1.384146 = 0.145743.
    found = mean_chance(grouped([0.1] + [0.0] * 9), 3)
    assert (found.mean, found.low, found.high) == pytest.approx((0.01, 0.000248, 0.291734), abs=2e-6)


def test_for_one_trial_it_is_that_of_a_mean() -> None:
    few = mean_chance(grouped([0.4, 0.6] * 5), 1)
    assert few.low is not None
    assert few.low > 0.4
    assert mean_chance({}, 2).mean is None
    assert mean_chance(grouped([1.0] * 10), 2).low == pytest.approx(0.722467, abs=1e-6)
