import pytest
from scipy import stats

from kibitz.results.comparing.change import UnknownMetricError, adjusted, change_of, digits, metrics
from kibitz.results.comparing.pairs import pair
from kibitz.results.comparing.trials import Trial
from kibitz.results.statistics.multiplicity import holm
from kibitz.results.statistics.significance import MCNEMAR, NOTHING_DIFFERS, SIGN_FLIP


def test_right_and_wrong_on_separate_tasks_is_mcnemar_s(make):
    # 8 got worse, 1 better, 11 the same.
    found = change_of(make.paired([1] * 8 + [0] + [1] * 11, [0] * 8 + [1] + [1] * 11), "outcome")
    assert (found.test, found.p) == (MCNEMAR, 20 / 512)
    assert (found.pairs, found.worse, found.better, found.discordant) == (20, 8, 1, 9)
    assert (found.baseline.mean, found.candidate.mean, found.change.mean) == (0.95, 0.6, pytest.approx(-0.35))
    assert found.change.high < 0


def test_draws_and_shares_are_sign_flips(make):
    found = change_of(make.paired([1, 1, 0.5, 0], [0.5, 0, 0.5, 0.5]), "outcome")
    # Sums of 1/2, 1 and 1/2: as far as 1 from 0 in 6 of 8 cases.
    assert (found.test, found.p) == (SIGN_FLIP, 0.75)


def test_pairs_of_one_deal_are_flipped_together(make):
    trials = [Trial(task=f"{i}", cluster=str(i // 2), scores={"outcome": 1.0}) for i in range(12)]
    lost = [Trial(task=f"{i}", cluster=str(i // 2), scores={"outcome": 0.0}) for i in range(12)]
    found = change_of(pair(make.side("a", *trials), make.side("b", *lost)), "outcome")
    assert (found.test, found.change.clusters, found.p) == (SIGN_FLIP, 6, 2 / 64)


def test_games_weigh_the_same_in_mean_interval_and_test(make):
    found = change_of(make.grouped({"g": ([1, 1], [0, 0]), "h": ([0] * 20, [0] * 20)}), "outcome")
    assert found.change.mean == -0.5
    assert found.baseline.mean == 0.5
    # Two pairs that could each be flipped: both minus, or both plus.
    assert (found.test, found.p) == (SIGN_FLIP, 0.5)
    assert change_of(make.grouped({"g": ([1, 1], [0, 0]), "h": ([0] * 2, [0] * 2)}), "outcome").test == MCNEMAR


def test_one_game_alone(make):
    both = make.grouped({"g": ([1, 1], [0, 0]), "h": ([0] * 4, [1, 0, 0, 0])})
    found = change_of(both, "outcome", "h")
    assert (found.group, found.pairs, found.change.mean) == ("h", 4, 0.25)


def test_a_metric_that_a_game_does_not_have_is_not_in_the_mean(make):
    sides = [
        make.side(
            name,
            Trial(task="0", group="g", scores={"outcome": 1.0, "answers.x": score}),
            Trial(task="0", group="h", scores={"outcome": 1.0}),
        )
        for name, score in (("a", 0.2), ("b", 0.6))
    ]
    found = change_of(pair(*sides), "answers.x")
    assert found.change.mean == pytest.approx(0.4)
    assert found.pairs == 1


def test_nothing_differs(make):
    found = change_of(make.paired([1.0] * 30, [1.0] * 30), "outcome")
    assert (found.p, found.test, found.discordant) == (1.0, NOTHING_DIFFERS, 0)
    assert found.change.low < 0 < found.change.high
    assert 0.05 < found.mde < 0.2


def test_what_a_test_cannot_reject_it_cannot_detect(make):
    # Five pairs: the smallest p is 2 / 32.
    assert change_of(make.paired([1] * 5, [0] * 5), "outcome").mde == 1.0
    assert change_of(make.paired([1, 1, 0, 0, 1, 0], [1, 1, 0, 0, 1, 1]), "outcome").mde < 1.0


def test_mde_by_hand(make):
    found = change_of(make.paired([1, 0] * 10, [1, 0] * 9 + [0, 1]), "outcome")
    t = stats.t.ppf([0.975, 0.8], 19).sum()
    # Two of 20 differ, mean 0; the exact test takes away one pair.
    assert found.mde == pytest.approx(t * ((2 + 2) * 22 / 21) ** 0.5 / 22 + 1 / 20)


def test_pairs_without_a_score_on_a_side_are_not_counted(make):
    failed = Trial(task="1", failed="timeout", fault="provider")
    both = pair(
        make.side("a", Trial(task="0", scores={"outcome": 1.0}), Trial(task="1", scores={"outcome": 1.0})),
        make.side("b", Trial(task="0", scores={"outcome": 0.0}), failed),
    )
    assert change_of(both, "outcome").pairs == 1


def test_a_metric_of_one_side_only_has_no_change(make):
    both = pair(
        make.side("a", Trial(task="0", scores={"outcome": 1.0})),
        make.side("b", Trial(task="0", scores={"legality": 1.0})),
    )
    found = change_of(both, "legality")
    assert (found.p, found.mde, found.change.mean, found.pairs) == (None, None, None, 0)
    assert found.as_json()["p"] is None
    assert metrics(both) == ("outcome", "legality")


def test_an_unknown_metric_is_refused_with_what_is_meant(make):
    with pytest.raises(UnknownMetricError, match=r"a and b: there is no metric 'outcom'; did you mean 'outcome'\?"):
        change_of(make.paired([1], [0]), "outcom")


def test_neither_the_order_of_tasks_nor_of_games_changes_a_digit(make):
    groups = {"g": ([1, 0.5, 0, 1 / 3], [0, 0.5, 0.25, 1]), "h": ([0.1] * 5, [0.7, 0.1, 0.2, 0.15, 0])}
    there = make.grouped(groups)
    turned = {name: (a[::-1], b[::-1]) for name, (a, b) in reversed(groups.items())}
    assert change_of(make.grouped(turned), "outcome") == change_of(there, "outcome")


def test_adjusting_leaves_out_what_has_no_p_value(make):
    none = change_of(pair(make.side("a", Trial(task="0", scores={"x": 1.0})), make.side("b", Trial(task="0"))), "x")
    found = change_of(make.paired([1] * 8, [0] * 8), "outcome")
    assert [one.adjusted_p for one in adjusted([found, none])] == [found.p, None]
    assert [one.adjusted_p for one in adjusted([found, none, found], holm)] == [2 * found.p, None, 2 * found.p]


def test_small_p_values_are_not_rounded_away():
    assert digits(1.23456789e-9) == 1.23457e-9
    assert digits(None) is None
