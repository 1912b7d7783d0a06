import itertools
import math
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from kibitz.results.statistics import significance
from kibitz.results.statistics.significance import (
    MONTE_CARLO,
    NOTHING_DIFFERS,
    SIGN_FLIP,
    exact,
    generator,
    mcnemar,
    sign_flip,
)


@pytest.mark.parametrize(
    ("b", "c", "p"),
    [
        (0, 0, 1.0),
        (1, 8, 20 / 512),  # 2 (1 + 9) / 2^9
        (8, 1, 20 / 512),
        (0, 5, 2 / 32),
        (0, 6, 2 / 64),
        (3, 3, 1.0),
        (5, 6, 1.0),  # capped
    ],
)
def test_mcnemar_by_hand(b, c, p):
    assert mcnemar(b, c) == p


def test_mid_p_by_hand():
    # Half of the probability of what was seen: 2 (1 + 9/2) / 2^9.
    assert mcnemar(1, 8, mid_p=True) == 11 / 512
    assert mcnemar(3, 3, mid_p=True) == 1.0


@given(st.integers(0, 60), st.integers(0, 60))
def test_mcnemar_is_a_binomial_test(b, c):
    oracle = stats.binomtest(min(b, c), b + c, 0.5).pvalue if b + c else 1.0
    assert mcnemar(b, c) == pytest.approx(oracle, rel=1e-9)


def test_mcnemar_refuses_negative_counts():
    with pytest.raises(ValueError, match="-1 and 3"):
        mcnemar(-1, 3)


def brute_force(sums):
    """Share of all sign patterns whose sum is as far from 0 as the one seen; exact with fractions."""
    seen = abs(sum(sums))
    patterns = list(itertools.product((1, -1), repeat=len(sums)))
    return sum(abs(sum(s * v for s, v in zip(signs, sums, strict=True))) >= seen for signs in patterns) / len(patterns)


fractions = st.lists(st.fractions(-2, 2, max_denominator=12), min_size=1, max_size=7)


@settings(max_examples=40)
@given(fractions)
def test_sign_flips_counted_by_steps_are_all_patterns(sums):
    found = sign_flip(sums)
    assert found.p == pytest.approx(brute_force(sums), abs=1e-12)
    assert found.test == (SIGN_FLIP if any(sums) else NOTHING_DIFFERS)


@settings(max_examples=40)
@given(fractions)
def test_sign_flips_counted_by_halves_are_all_patterns(sums):
    kept = [value for value in sums if value]
    if kept:
        sizes = significance.np.sort([abs(float(value)) for value in kept])[::-1]
        p = significance._halved(sizes, abs(float(sum(kept))))
        assert p == pytest.approx(brute_force(kept), abs=1e-12)


def test_sums_without_a_common_step_are_counted_by_halves():
    # Irrational, so all 2^11 sums differ.
    sums = [Fraction(math.sqrt(k) - 1.9) for k in range(1, 12)]
    found = sign_flip(sums)
    assert found.test == SIGN_FLIP
    assert found.p == pytest.approx(brute_force(sums), abs=1e-12)


def test_the_step_is_half_of_what_lies_between_two_sums():
    # Sums of four halves: -2, -1, 0, 1, 2.
    assert sign_flip([Fraction(1, 2), Fraction(-1, 2)] * 2).step == 0.5
    assert sign_flip([Fraction(2), Fraction(3)]).step == 1.0
    assert sign_flip(irregular(20)).step == 0.0


def test_mcnemar_is_the_sign_flip_test_of_single_pairs():
    for b, c in ((1, 8), (30, 17), (200, 260)):
        ones = [Fraction(1)] * b + [Fraction(-1)] * c
        assert sign_flip(ones).p == pytest.approx(mcnemar(b, c), rel=1e-9)


def irregular(n):
    return [Fraction(math.sin(k) * (0.4 + (k % 3 == 0))) for k in range(1, n + 1)]


def normal_limit(sums):
    return 2 * stats.norm.sf(abs(float(sum(sums))) / math.sqrt(sum(float(v) ** 2 for v in sums)))


def test_many_clusters_without_a_common_step_are_rounded():
    few = [v if i % 5 else abs(v) for i, v in enumerate(irregular(40))]
    many = [*few, Fraction(1, 10**9)]
    # One cluster more that weighs nothing: now rounded, and the same to three digits.
    assert (sign_flip(few).test, sign_flip(many).test) == (SIGN_FLIP, SIGN_FLIP)
    assert sign_flip(many).p == pytest.approx(sign_flip(few).p, rel=2e-3)
    sums = [v if i % 9 else abs(v) for i, v in enumerate(irregular(2000))]
    assert sign_flip(sums).p == pytest.approx(normal_limit(sums), rel=0.02)


def test_very_many_are_drawn(monkeypatch):
    monkeypatch.setattr(significance, "MOST_ROUNDED", 50)
    sums = [v if i % 4 else abs(v) for i, v in enumerate(irregular(60))]
    found = sign_flip(sums)
    assert found.test == MONTE_CARLO
    assert found.p == pytest.approx(normal_limit(sums), abs=0.01)
    assert sign_flip(sums[::-1]) == found
    assert sign_flip([abs(v) for v in sums]).p == 1 / (1 + significance.DRAWS)


def test_large_counts_need_no_whole_numbers():
    for b, c in ((450, 560), (5000, 5200), (60_000, 61_000)):
        assert mcnemar(b, c) == pytest.approx(stats.binomtest(b, b + c, 0.5).pvalue, rel=1e-8)
        assert 0 < mcnemar(b, c, mid_p=True) < mcnemar(b, c)
    assert mcnemar(0, 5000) > 0


def test_p_is_never_zero():
    assert sign_flip([Fraction(1)] * 2000).p > 0
    assert sign_flip([abs(v) for v in irregular(1500)]).p > 0


def test_neither_the_order_nor_the_unit_nor_the_sides_change_a_digit():
    for sums in (irregular(60), irregular(30), [Fraction(k, 7) for k in (-3, 1, 2, 5, 5)]):
        p = sign_flip(sums).p
        assert sign_flip(sums[::-1]).p == p
        assert sign_flip([-value for value in sums]).p == p
        assert sign_flip([value * 2 for value in sums]).p == pytest.approx(p, abs=0.005)


def test_a_score_is_read_as_the_share_that_it_is():
    assert exact(1 / 3) == Fraction(1, 3)
    assert exact(0.0) == 0
    assert exact(-17 / 23) == Fraction(-17, 23)
    assert float(exact(math.pi - 3)) == math.pi - 3
    with pytest.raises(ValueError, match="nan cannot be tested"):
        exact(math.nan)


def test_random_numbers_follow_from_the_content():
    assert generator("a", 1).random() == generator("a", 1).random()
    assert generator("a", 1).random() != generator("a", 2).random()
