import math
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kibitz.results.statistics.betting import SHARES, Wealth, at_least, at_most, detectable, path

DROPS = st.lists(st.sampled_from([-1.0, -0.5, 0.0, 0.5, 1.0]), max_size=40)


def test_one_bet_by_hand() -> None:
    # The mean of 0..1 in question is 1/2: a share c turns a win into 1 + c and a loss into 1 - c.
    shares = [0.05 * 18 ** (i / 7) for i in range(8)]
    wealth = Wealth(0.5)
    wealth.bet(1.0)
    assert math.exp(wealth.log) == pytest.approx(1 + sum(shares) / 8)
    wealth.bet(0.0)
    assert math.exp(wealth.log) == pytest.approx(1 - sum(share**2 for share in shares) / 8)
    assert math.exp(wealth.best) == pytest.approx(1 + sum(shares) / 8)


@pytest.mark.parametrize(
    ("mean", "law"),
    [
        (0.0, {-1.0: 0.5, 1.0: 0.5}),
        (0.05, {-1.0: 0.2, 0.0: 0.55, 1.0: 0.25}),
        (0.1, {-1.0: 0.3, 0.5: 0.6, 1.0: 0.1}),
        (0.25, {0.25: 1.0}),
    ],
)
def test_whoever_bets_against_the_truth_cannot_expect_to_win(mean: float, law: dict[float, float]) -> None:
    # Exactly, over all sequences of seven values: the expected wealth is 1, and ever to own 4 is rarer than 1 in 4.
    expected = ever = 0.0
    for values in product(law, repeat=7):
        chance = math.prod(law[value] for value in values)
        logs = path(values, mean, -1.0, 1.0)
        expected += chance * math.exp(logs[-1])
        ever += chance * (logs.max() >= math.log(4))
    assert expected == pytest.approx(1.0, abs=1e-12)
    assert ever <= 0.25


@given(DROPS, st.sampled_from([-0.4, 0.0, 0.05, 0.3]))
def test_one_bet_after_the_other_is_the_path(values: list[float], mean: float) -> None:
    wealth = Wealth(mean, -1.0, 1.0)
    logs = []
    for value in values:
        wealth.bet(value)
        logs.append(float(wealth.log))
    assert logs == pytest.approx(list(path(values, mean, -1.0, 1.0)), abs=1e-9)
    assert float(wealth.best) == pytest.approx(max([0.0, *logs]), abs=1e-9)


@given(DROPS, st.sampled_from([0.01, 0.05, 0.2]))
def test_the_interval_holds_what_was_not_refuted(values: list[float], alpha: float) -> None:
    low, high = at_least(values, alpha, -1.0, 1.0), at_most(values, alpha, -1.0, 1.0)
    assert -1.0 <= low <= 1.0
    assert -1.0 <= high <= 1.0
    for mean in np.linspace(-0.99, 0.99, 23):
        refuted = path(values, mean, -1.0, 1.0).max(initial=0.0) >= math.log(1 / alpha)
        assert refuted == (mean <= low)
    # It only ever shrinks.
    assert at_least(values[:-1], alpha, -1.0, 1.0) <= low


def test_nothing_is_known_before_the_first_value() -> None:
    assert (at_least([], 0.05), at_most([], 0.05)) == (0.0, 1.0)


def test_ten_thousand_values_neither_overflow_nor_vanish() -> None:
    assert at_least([1.0] * 10_000, 0.05) > 0.999
    assert at_most([1.0] * 10_000, 0.05) == 1.0
    assert math.isfinite(path([0.0] * 10_000, 0.5)[-1])


def test_many_sequences_at_once_are_each_one() -> None:
    values = np.random.default_rng(3).uniform(size=(30, 4))
    together = Wealth(0.4)
    for row in values:
        together.bet(row)
    alone = [path(values[:, i], 0.4) for i in range(4)]
    assert together.log == pytest.approx([one[-1] for one in alone])
    assert together.best == pytest.approx([max(0.0, one.max()) for one in alone])


@pytest.mark.parametrize("value", [-0.1, 1.1, math.nan, math.inf])
def test_values_outside_the_range_are_refused(value: float) -> None:
    with pytest.raises(ValueError, match="outside the range"):
        Wealth(0.5).bet(value)
    with pytest.raises(ValueError, match="outside the range"):
        at_least([value], 0.05)


def test_impossible_questions_are_refused() -> None:
    with pytest.raises(ValueError, match="not inside"):
        Wealth(1.0)
    with pytest.raises(ValueError, match="alpha = 0"):
        at_least([0.5], 0.0)


def test_more_of_the_same_reaches_what_was_foretold() -> None:
    wealth = Wealth(0.05, -1.0, 1.0)
    values = [1.0, 0.0, 0.0, 0.0, 0.0] * 4
    for value in values:
        wealth.bet(value)
    more = wealth.more(20, 0.05)
    assert more is not None
    longer = path([1.0, 0.0, 0.0, 0.0, 0.0] * (4 + more // 5 + 1), 0.05, -1.0, 1.0)
    # The best of the eight parts decides; foretold is when it alone would do.
    reached = int(np.argmax(longer >= math.log(20)))
    assert 0.6 * (20 + more) < reached <= 20 + more


def test_what_never_comes_is_not_foretold() -> None:
    wealth = Wealth(0.05, -1.0, 1.0)
    for _ in range(20):
        wealth.bet(0.0)
    assert wealth.more(20, 0.05) is None
    wealth = Wealth(0.05, -1.0, 1.0)
    for _ in range(200):
        wealth.bet(1.0)
    assert wealth.more(200, 0.05) == 0


def test_what_can_be_detected_shrinks_with_more_values() -> None:
    values = [1.0, 0.0, -1.0, 0.0] * 20
    few, many = detectable(values, 0.05, -1.0, 1.0), detectable(values * 8, 0.05, -1.0, 1.0)
    assert few is not None
    assert many is not None
    assert 0.02 < many < few < 0.6
    assert detectable([0.0], 0.05) is None
    assert detectable([0.0, 0.0], 0.05) is None


def test_stakes_never_break_a_gambler() -> None:
    assert SHARES.min() > 0
    assert SHARES.max() < 1
