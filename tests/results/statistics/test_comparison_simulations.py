"""What is claimed of paired comparisons, by simulation: false alarms, coverage, power at the detectable difference."""

import math
from fractions import Fraction

import numpy as np
import pytest

from kibitz.results.statistics.differences import mean_difference
from kibitz.results.statistics.power import detectable, sample_size
from kibitz.results.statistics.quantiles import student_t
from kibitz.results.statistics.significance import generator, mcnemar, sign_flip

pytestmark = pytest.mark.once


def intervals(values):
    """``mean_difference`` for many samples at once: samples x clusters x pairs of a cluster."""
    clusters = values.shape[1]
    means = values.mean(axis=2)
    mean = means.mean(axis=1)
    deviations = means - mean[:, None]
    largest = np.abs(deviations).max(axis=1)
    total = (deviations**2).sum(axis=1) + 2 * np.where(largest < 1e-12, 1.0, largest) ** 2
    error = np.sqrt(total * (clusters + 2) / (clusters + 1)) / (clusters + 2)
    half = student_t(clusters - 1) * error
    return mean, np.maximum(-1, mean - half), np.minimum(1, mean + half), error


def flips(share, drop):
    """Right or wrong on both sides: ``share`` of the pairs differ, with a mean difference of ``-drop``."""
    worse, better = (share + drop) / 2, (share - drop) / 2
    return lambda rng, shape: rng.choice([-1.0, 0.0, 1.0], p=[worse, 1 - share, better], size=shape)


def draws(rng, shape):
    """Contests with draws, played independently on both sides."""

    def side():
        return rng.choice([0, 0.5, 1], p=[0.3, 0.2, 0.5], size=shape)

    return side() - side()


def answers(rng, shape):
    """Shares of right answers, of two agents that are good at the same tasks."""
    task = rng.normal(1.0, 1.0, (*shape[:2], 1))

    def side():
        return rng.binomial(12, 1 / (1 + np.exp(-task - rng.normal(0, 0.5, shape)))) / 12

    return side() - side()


def hanging_together(rng, shape):
    """Pairs of one deal that share half of what happens to them."""
    common = rng.normal(0, 0.15, (*shape[:2], 1))
    return np.clip(common + rng.normal(0, 0.15, shape), -1, 1)


CASES = {
    **{f"{share:g} differ, drop {drop:g}": (flips(share, drop), -drop)
       for share in (0.1, 0.2, 0.4, 0.8) for drop in (0.0, share / 2, share)},
    "draws": (draws, 0.0),
    "answers": (answers, 0.0),
    "deals": (hanging_together, 0.0),
}  # fmt: skip
SIZES = (10, 20, 50, 100, 200)
COVERAGE_RUNS = 4000


def test_the_vectorised_interval_is_the_real_one():
    rng = generator("the same")
    for n, size in ((10, 1), (20, 2), (3, 4)):
        values = draws(rng, (1, n, size))
        _, low, high, error = intervals(values)
        found = mean_difference(values.ravel().tolist(), [i // size for i in range(n * size)])
        assert (found.interval.low, found.interval.high) == pytest.approx((low[0], high[0]))
        assert found.error == pytest.approx(error[0])


def test_paired_intervals_hold():
    coverage = {}
    for name, (sample, true) in CASES.items():
        for clusters in SIZES:
            rng = generator("coverage", name, clusters)
            _, low, high, _ = intervals(sample(rng, (COVERAGE_RUNS, clusters, 2 if name == "deals" else 1)))
            coverage[name, clusters] = float(np.mean((low <= true + 1e-12) & (high >= true - 1e-12)))
    worst = min(coverage, key=coverage.__getitem__)
    assert coverage[worst] >= 0.93, (worst, coverage[worst])
    assert 0.94 <= np.mean(list(coverage.values())) <= 0.98
    # Of pairs that are nearly all alike an interval cannot but be wide; where some differ from the rest, it is not.
    varied = {key: share for key, share in coverage.items() if _differing(*key) >= 6}
    assert len(varied) >= 40
    assert max(varied.values()) <= 0.985, varied
    assert 0.94 <= np.mean(list(varied.values())) <= 0.965


def test_plain_t_does_not_hold():
    """Why another interval was taken: of 50 pairs a tenth differs, all in one direction."""
    sample, true = CASES["0.1 differ, drop 0.1"]
    values = sample(generator("plain t"), (COVERAGE_RUNS, 50))
    half = student_t(49) * values.std(axis=1, ddof=1) / math.sqrt(50)
    assert np.mean(np.abs(values.mean(axis=1) - true) <= half + 1e-12) < 0.9
    _, low, high, _ = intervals(values[:, :, None])
    assert np.mean((low <= true + 1e-12) & (high >= true - 1e-12)) > 0.94


def _differing(name, clusters):
    """How many pairs are expected to be unlike the rest."""
    if not name[0].isdigit():
        return clusters
    share, drop = float(name.split()[0]), -CASES[name][1]
    return clusters * (share - drop**2)


def test_false_alarms_stay_under_the_level():
    runs, alarms = 4000, {}
    for n in (12, 30, 100, 300):
        rng = generator("mcnemar", n)
        both = rng.multinomial(n, [0.15, 0.15, 0.7], size=runs)
        alarms["mcnemar", n] = np.mean([mcnemar(int(b), int(c)) <= 0.05 for b, c, _ in both])
    for n in (8, 20, 60):
        rng = generator("sign flips", n)
        values = rng.choice([-4, -2, -1, 0, 1, 2, 4], p=[0.05, 0.1, 0.15, 0.4, 0.15, 0.1, 0.05], size=(runs // 4, n))
        alarms["sign flips", n] = np.mean([sign_flip([Fraction(int(v), 4) for v in row]).p <= 0.05 for row in values])
    assert max(alarms.values()) <= 0.055, alarms
    # They are not so only because they never reject.
    assert alarms["mcnemar", 300] >= 0.03
    assert alarms["sign flips", 60] >= 0.03


@pytest.mark.parametrize(("n", "share"), [(60, 0.4), (150, 0.3), (400, 0.2)])
def test_the_detectable_difference_is_found_in_four_of_five_cases(n, share):
    # The difference at which the true standard error makes the test's power 80 %.
    drop = 0.1
    for _ in range(50):
        drop = detectable(math.sqrt((share - drop**2) / n), n - 1) + 1 / n
    rng = generator("power", n)
    both = rng.multinomial(n, [(share + drop) / 2, (share - drop) / 2, 1 - share], size=4000)
    power = np.mean([mcnemar(int(b), int(c)) <= 0.05 for b, c, _ in both])
    assert 0.77 <= power <= 0.84


def test_a_planned_sample_finds_the_difference():
    share, drop = 0.3, 0.05
    n = sample_size(share - drop**2, drop)
    rng = generator("plan", n)
    both = rng.multinomial(n, [(share + drop) / 2, (share - drop) / 2, 1 - share], size=2000)
    assert 0.77 <= np.mean([mcnemar(int(b), int(c)) <= 0.05 for b, c, _ in both]) <= 0.83


def test_what_is_printed_beside_no_difference_is_near_what_would_be_found():
    n, share = 100, 0.3
    rng = generator("printed", n)
    _, _, _, error = intervals(flips(share, 0.0)(rng, (2000, n, 1)))
    true = detectable(math.sqrt(share / n), n - 1)
    assert np.median([detectable(float(e), n - 1) for e in error]) == pytest.approx(true, rel=0.05)
