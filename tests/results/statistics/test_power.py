import math

import pytest

from kibitz.results.statistics.power import detectable, sample_size


def test_sample_size_by_hand():
    # (1.95996 + 0.84162)^2 = 7.8489; times 1/9 over 0.03^2.
    assert sample_size(1 / 9, 0.03) == 969
    assert sample_size(0.0, 0.1) == 2
    # A z-test of one mean: 7.8489 x 0.25 / 0.01 = 196.2.
    assert sample_size(0.25, 0.1) == 197
    assert sample_size(0.25, 0.1, alpha=0.01, power=0.9) == math.ceil((2.575829 + 1.281552) ** 2 * 25)


def test_detectable_by_hand():
    # t_{20, 0.975} = 2.085963 and t_{20, 0.8} = 0.859964.
    assert detectable(0.1, 20) == pytest.approx(0.2945927, abs=1e-6)
    assert detectable(0.1, 20, power=0.5) == pytest.approx(0.2085963, abs=1e-6)
    assert detectable(0.1, 20, power=0.2) == pytest.approx(0.2085963 - 0.0859964, abs=1e-6)


def test_what_needs_more_than_there_can_be_is_all_there_is():
    assert detectable(0.9, 20) == 1.0
    assert detectable(0.1, 0) == 1.0
    assert detectable(math.inf, 5) == 1.0


def test_the_detectable_difference_is_the_one_that_the_size_was_planned_for():
    n = sample_size(0.3, 0.05)
    assert detectable(math.sqrt(0.3 / n), n - 1) == pytest.approx(0.05, rel=2e-3)


@pytest.mark.parametrize(
    "call",
    [
        lambda: sample_size(0.1, 0.0),
        lambda: sample_size(-0.1, 0.1),
        lambda: sample_size(math.nan, 0.1),
        lambda: sample_size(0.1, 0.1, alpha=0.0),
        lambda: detectable(0.1, 5, power=1.0),
    ],
)
def test_impossible_plans_are_refused(call):
    with pytest.raises(ValueError, match=r"planned for|between 0 and 1"):
        call()
