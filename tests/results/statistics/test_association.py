import pytest

from kibitz.results.statistics.association import difference
from kibitz.results.statistics.intervals import Interval, grouped


def test_apart_it_is_newcombes_interval() -> None:
    # 8 of 10 and 3 of 10, nothing shared (Newcombe 1998): Wilson 0.8 [0.490162, 0.943318], 0.3 [0.107789, 0.603222];
    # below sqrt(0.309838^2 + 0.303222^2) = 0.433526, above sqrt(0.143318^2 + 0.192211^2) = 0.239764.
    found = difference(grouped([1.0] * 8 + [0.0] * 2), grouped([1.0] * 3 + [0.0] * 7, range(10, 20)), 0.0, 1.0)
    assert (found.mean, found.low, found.high) == pytest.approx((0.5, 0.5 - 0.433526, 0.5 + 0.239764), abs=1e-5)
    assert (found.n, found.clusters) == (20, 20)


def test_what_two_means_share_is_not_between_them() -> None:
    values = [1.0, -1.0, 1.0, -1.0, 1.0, -1.0, 1.0, -1.0, 1.0, -1.0]
    together = difference(grouped(values), grouped(values), -1.0, 1.0)
    apart = difference(grouped(values), grouped(values, range(10, 20)), -1.0, 1.0)
    assert together.mean == apart.mean == 0.0
    assert together.high is not None
    assert apart.high is not None
    # Correlation 1, taken a tenth smaller: sqrt(2 - 2 * 0.9) against sqrt(2).
    assert together.high == pytest.approx(apart.high * 0.1**0.5)


def test_one_side_alone_gives_nothing() -> None:
    assert difference(grouped([1.0, 0.0]), {}, 0.0, 1.0) == Interval()
    assert difference({}, {0.0: []}, 0.0, 1.0) == Interval()


def test_no_spread_is_not_certainty() -> None:
    found = difference(grouped([1.0] * 5), grouped([-1.0] * 5), -1.0, 1.0)
    assert found.mean == 2.0
    assert found.high == 2.0
    assert found.low is not None
    assert 0 < found.low < 1.3
