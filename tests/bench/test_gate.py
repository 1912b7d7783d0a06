import numpy as np
import pytest


def test_the_simulated_differences_are_what_the_case_says():
    from gate import CASES, drops

    for case in CASES[:5]:
        values = drops(case, 400, np.random.default_rng(5))
        assert values.shape == (case.size, 400)
        assert values.mean() == pytest.approx(case.drop, abs=0.01)
        if not case.mirrored:
            assert (values != 0).mean() == pytest.approx(case.differing, abs=0.01)


def test_the_interval_is_that_of_a_comparison():
    from gate import ALPHA, CASES, drops, fixed

    from kibitz.results.statistics.differences import mean_difference

    values = drops(CASES[3], 40, np.random.default_rng(6))
    lows = [mean_difference(column, range(len(column)), 1 - 2 * ALPHA).interval.low for column in values.T.tolist()]
    for bound in (0.0, 0.05, 0.1):
        assert fixed(values, bound) == np.mean([low > bound for low in lows])


def test_certainty_is_that_of_the_gate():
    from gate import anytime

    from kibitz.results.statistics.betting import at_least

    values = np.random.default_rng(7).choice([-1.0, 0.0, 1.0], (120, 10), p=[0.1, 0.6, 0.3])
    share, read = anytime(values, 0.0)
    assert share == np.mean([at_least(column, 0.05, -1.0, 1.0) > 0 for column in values.T.tolist()])
    assert 10 < read <= 120
