import math

import pytest

from kibitz.results.comparing.change import UnknownMetricError
from kibitz.results.comparing.plan import PlanError, plan
from kibitz.results.comparing.plantext import lines
from kibitz.results.comparing.trials import Trial
from kibitz.results.statistics.differences import mean_difference
from kibitz.results.statistics.power import sample_size


def scored(make, scores, name="a", **fields):
    return make.side(name, *(Trial(task=str(i), scores={"outcome": x}, **fields) for i, x in enumerate(scores)))


def test_the_variance_of_the_pairs_decides_where_there_are_two_runs(make):
    before, after = [1.0, 0.0, 1.0, 0.5] * 10, [1.0, 0.5, 1.0, 0.5] * 9 + [0.0, 0.0, 1.0, 0.5]
    found = plan(scored(make, before), 0.05, scored(make, after, "b"))
    error = mean_difference([y - x for x, y in zip(before, after, strict=True)], range(40)).error
    assert found.expected.pairs == sample_size(error**2 * 40, 0.05)
    assert (found.expected.assumption, found.lowest, found.highest) == ("measured", None, None)
    assert (found.pairs, found.clusters) == (40, 40)


def test_what_is_not_known_is_assumed_and_has_bounds(make):
    found = plan(scored(make, [1.0, 0.0] * 20), 0.1)
    error = mean_difference([1.0, 0.0] * 20, range(40)).error
    assert found.expected.pairs == sample_size(2 * error**2 * 40, 0.1)
    assert found.lowest.pairs == sample_size(error**2 * 40, 0.1)
    assert found.lowest.pairs < found.expected.pairs <= found.highest.pairs
    text = " ".join(lines(found))
    assert "have nothing in common with them" in text
    assert "A second run measures it: --against RUN." in text


def test_a_smaller_change_more_power_and_a_lower_level_all_need_more(make):
    run = scored(make, [1.0, 0.0, 0.5] * 12)
    usual = plan(run, 0.1).expected.pairs
    assert plan(run, 0.05).expected.pairs == pytest.approx(4 * usual, abs=4)
    assert plan(run, 0.1, power=0.9).expected.pairs > usual
    assert plan(run, 0.1, alpha=0.01).expected.pairs > usual


def test_pairs_that_hang_together_need_more_pairs_in_as_many_clusters(make):
    trials = [Trial(task=str(i), cluster=str(i // 4), scores={"outcome": float(i // 4 % 2)}) for i in range(80)]
    found = plan(make.side("a", *trials), 0.1)
    assert found.clusters == 20
    assert found.expected.pairs == 4 * found.expected.clusters


def test_what_it_costs(make):
    found = plan(scored(make, [1.0, 0.0] * 10, usd=0.02, tokens=1000, seconds=3.0), 0.2)
    episodes = found.expected.pairs
    assert found.as_json()["cost"] == {
        "usd": round(0.02 * episodes, 6),
        "tokens": 1000 * episodes,
        "seconds": 3.0 * episodes,
    }
    assert (
        f"{episodes} episodes a side, one of each pair; about ${0.02 * episodes:.2f}, {1000 * episodes:,} tokens"
        in " ".join(lines(found))
    )


def test_an_unknown_price_is_not_free(make):
    found = plan(scored(make, [1.0, 0.0] * 10), 0.2)
    assert found.as_json()["cost"] == {"usd": None, "tokens": None, "seconds": None}
    assert " episodes a side, one of each pair; not known: dollars, tokens, time." in " ".join(lines(found))
    half = " ".join(lines(plan(scored(make, [1.0, 0.0] * 10, usd=0.001), 0.2)))
    assert "episodes a side, one of each pair; about $0." in half
    assert "; not known: tokens, time." in half


def attempts(make, tasks):
    return make.side(
        "a",
        *(Trial(task=str(i), trial=k, scores={"outcome": x}) for i, xs in enumerate(tasks) for k, x in enumerate(xs)),
    )


def test_tasks_or_trials(make):
    differing = plan(attempts(make, [(1.0, 1.0), (0.0, 0.0), (1.0, 1.0), (0.0, 0.0)] * 4), 0.1)
    assert differing.narrower == pytest.approx((1 - math.sqrt(0.5), 0.0))
    assert "twice the tasks narrow the interval by 29%, twice the trials by 0%. Add tasks." in lines(differing)[-1]
    noisy = plan(attempts(make, [(1.0, 0.0), (0.0, 1.0), (1.0, 0.0), (0.0, 1.0)] * 4), 0.1)
    assert noisy.narrower[1] == pytest.approx(noisy.narrower[0], abs=0.15)
    once = plan(attempts(make, [(1.0,), (0.0,)] * 8), 0.1)
    assert once.narrower is None
    assert "every task was attempted once" in lines(once)[-1]


def test_the_plan_says_how_far_what_there_is_goes(make):
    found = plan(scored(make, [1.0, 0.0] * 10), 0.1)
    text = " ".join(lines(found))
    assert f"20 pairs in 20 clusters, would show changes of {100 * found.detectable:.1f} points or more" in text


def test_bad_input(make):
    with pytest.raises(PlanError, match="a: a game's trials are one observation"):
        plan(scored(make, [1.0]), 0.05)
    with pytest.raises(UnknownMetricError, match="no trial has a score"):
        plan(make.side("a", Trial(task="0", failed="timeout")), 0.05)
    with pytest.raises(UnknownMetricError, match="did you mean 'outcome'"):
        plan(scored(make, [1.0, 0.0]), 0.05, metric="outcomes")
    with pytest.raises(PlanError, match="a and b have no pair with outcome on both sides"):
        plan(scored(make, [1.0]), 0.05, make.side("b", Trial(task="0", failed="timeout")))
