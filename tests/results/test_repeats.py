import random
from collections.abc import Sequence
from typing import Any

import pytest

from kibitz.results.leaderboard import board
from kibitz.results.repeats import Flaky
from kibitz.results.scores import Score


def line(builder: Any) -> Any:
    return builder.game("line", seats=1, payoff="single", reward_range=(0.0, 1.0))


def run_of(builder: Any, passed: Sequence[bool], name: str, **changes: Any) -> Any:
    """A run of one-seat tasks, by whether each was passed."""
    run = builder(name, games=[line(builder)], agents=[builder.agent("ann")])
    for k, good in enumerate(passed):
        run.play("ann", reward=(float(good),), success=good, trajectory=f"{name}-{k}")
    return run.data(**changes)


def row(runs: Sequence[Any], game: str = "line") -> Score:
    return next(r.score for r in board(runs).rows if (r.score.agent, r.score.game) == ("ann", game))


TRIED = [(True, True, False, False), (True, False, False, True), (True, True, False, False)]
"""Three trials of four tasks: passed 3, 2, 0 and 1 times."""


@pytest.fixture
def three(builder: Any) -> list[Any]:
    return [run_of(builder, passed, f"r{i}") for i, passed in enumerate(TRIED)]


def test_runs_of_one_seed_are_trials(three: list[Any]) -> None:
    found = row(three)
    assert (found.outcome.mean, found.outcome.n, found.outcome.clusters) == (0.5, 12, 4)
    assert found.repeats.fixed_tasks is not None
    assert (found.repeats.fixed_tasks.mean, found.repeats.fixed_tasks.n) == (0.5, 12)
    # Within: 2/3 in tasks 2 and 4, over 8 degrees of freedom, over 12: 0.0138889.
    # All: task sums off by 1.5, 0.5, -1.5, -0.5 of 12: (4.5 + 0.5) / 144 * 4 / 3 = 0.0462963.
    variance = found.repeats.variance
    assert variance is not None
    assert (variance.within, variance.between) == pytest.approx((0.0138889, 0.0324074), abs=1e-6)
    assert (variance.tasks, variance.trials, variance.advice) == (4, 3.0, "tasks")


def test_reliability_by_hand(three: list[Any]) -> None:
    found = row(three).repeats.reliability
    assert found is not None
    # Of 3 trials 3, 2, 0, 1 passed. k = 2: at least once 1, 1, 0, 2/3; every time 1, 1/3, 0, 0.
    assert [found.at_least_once[k].mean for k in (1, 2, 3)] == pytest.approx([0.5, 8 / 12, 0.75])
    assert [found.every_time[k].mean for k in (1, 2, 3)] == pytest.approx([0.5, 1 / 3, 0.25])
    assert found.flaky == (Flaky("line/1/ann", "0", 0, 2, 3), Flaky("line/3/ann", "0", 0, 1, 3))
    assert (found.tasks, found.trials) == (4, 3)
    assert found.as_json()["flaky"] == [
        {"task": "line/1/ann", "seed": "0", "seat": 0, "passed": 2, "trials": 3},
        {"task": "line/3/ann", "seed": "0", "seat": 0, "passed": 1, "trials": 3},
    ]


def test_one_trial_a_task_has_no_second_interval(builder: Any) -> None:
    apart = [run_of(builder, (True, False), "a"), run_of(builder, (True, True), "b", seed=1)]
    for runs in (apart, apart[:1]):
        found = row(runs).repeats
        assert (found.fixed_tasks, found.variance, found.reliability) == (None, None, None)


def test_a_copy_of_a_run_is_no_new_trial(builder: Any, three: list[Any]) -> None:
    copy = run_of(builder, TRIED[0], "r0")
    assert row([three[0], copy]).repeats.fixed_tasks is None
    assert row([*three, copy]).repeats == row(three).repeats


def test_the_order_of_the_runs_changes_nothing(builder: Any) -> None:
    draw = random.Random(1)
    runs = [run_of(builder, [draw.random() < 0.6 for _ in range(7 + i)], f"r{i}") for i in range(5)]
    first = row(runs)
    for _ in range(5):
        draw.shuffle(runs)
        again = row(runs)
        assert (again.repeats, again.outcome) == (first.repeats, first.outcome)


def test_a_contest_is_passed_by_winning(builder: Any) -> None:
    runs = []
    for name, reward in (("a", (1, -1)), ("b", (0, 0))):
        run = builder(name)
        run.play("ann", "bob", reward=reward, trajectory=name)
        runs.append(run.data())
    found = row(runs, "connect4").repeats
    assert found.reliability is not None
    assert found.reliability.every_time[1].mean == 0.5
    assert [(f.passed, f.trials) for f in found.reliability.flaky] == [(1, 2)]


def test_shares_of_a_pie_are_neither_passed_nor_failed(builder: Any) -> None:
    runs = []
    for name, reward in (("a", (0.75, 0.25)), ("b", (0.5, 0.5))):
        run = builder(name, games=[builder.game("deal", payoff="general", reward_range=(0.0, 1.0))])
        run.play("ann", "bob", reward=reward, trajectory=name)
        runs.append(run.data())
    found = row(runs, "deal").repeats
    assert found.fixed_tasks is not None
    assert found.reliability is None


def test_over_all_games_each_counts_alike(builder: Any) -> None:
    runs = []
    for name, good in (("a", True), ("b", False)):
        run = builder(name, games=[line(builder), builder.game("crosses", seats=1, payoff="single")])
        run.play("ann", game="line", reward=(float(good),), success=good, trajectory=name)
        run.play("ann", game="crosses", reward=(1.0,), success=True, trajectory=f"c{name}")
        runs.append(run.data())
    pooled, each = row(runs, "*").repeats, row(runs, "line").repeats
    assert pooled.fixed_tasks is not None
    assert pooled.reliability is not None
    assert pooled.variance is not None
    assert each.variance is not None
    # On -1 to 1 twice as wide, and halved by two games: the variance of the one that varies.
    assert pooled.variance.within == pytest.approx(each.variance.within)
    assert pooled.fixed_tasks.mean == pytest.approx(0.5)
    assert pooled.reliability.at_least_once[2].mean == 1.0
    assert pooled.reliability.every_time[1].mean == 0.75


def test_over_all_games_it_takes_trials_in_all(builder: Any) -> None:
    runs = []
    for name in ("a", "b"):
        run = builder(name, games=[line(builder), builder.game("crosses", seats=1, payoff="single")])
        run.play("ann", game="line", reward=(float(name == "a"),), trajectory=name)
        if name == "a":
            run.play("ann", game="crosses", reward=(1.0,), trajectory="c")
        runs.append(run.data())
    assert row(runs, "*").repeats.fixed_tasks is None
