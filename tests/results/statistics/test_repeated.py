import pytest

from kibitz.results.statistics.intervals import bounded_mean, grouped, standard_error
from kibitz.results.statistics.repeated import Variance, decompose, fixed_tasks, repeats, trial_variance

# Two tasks of four trials: 3/4 and 1/4 passed. Squares within: 0.75 each, so a variance of 1.5 / 6 = 0.25 a trial.
TASKS = [[1.0, 1.0, 1.0, 0.0], [0.0, 0.0, 0.0, 1.0]]


def test_trial_variance_by_hand() -> None:
    assert trial_variance(TASKS) == pytest.approx(0.25)


def test_fixed_tasks_by_hand() -> None:
    # error^2 = (4 * 0.25 + 4 * 0.25) / 8^2 = 0.03125; t_6 = 2.446912, z = 1.959964: 0.220695 for z;
    # n = 0.25 / 0.0487063 = 5.132796, half = 1.959964 * 0.5 / sqrt(n + 3.841459) = 0.327127.
    found = fixed_tasks(TASKS, 0.0, 1.0)
    assert (found.mean, found.low, found.high) == pytest.approx((0.5, 0.172873, 0.827127), abs=1e-5)
    assert (found.n, found.clusters) == (8, 8)


def test_the_decomposition_adds_up() -> None:
    # Task means 0.75 and 0.25: error^2 = (0.0625 + 0.0625) / (2 * 1) = 0.0625; within 0.25 / 8 = 0.03125.
    error = standard_error(grouped([s for t in TASKS for s in t], [0] * 4 + [1] * 4))
    found = decompose(TASKS, error)
    assert (found.between, found.within) == pytest.approx((0.03125, 0.03125))
    assert (found.tasks, found.trials, found.advice) == (2, 4.0, "either")
    assert found.trials_share == pytest.approx(0.5)


def test_more_trials_do_not_help_where_tasks_differ() -> None:
    tasks = [[1.0, 1.0, 1.0, 0.0], [0.0] * 4, [1.0] * 4]
    error = standard_error(grouped([s for t in tasks for s in t], [i for i in range(3) for _ in range(4)]))
    assert decompose(tasks, error).advice == "tasks"


def test_noise_that_the_tasks_do_not_show_is_not_negative() -> None:
    assert decompose([[0.0, 1.0], [1.0, 0.0]], 0.0) == Variance(0.0, 0.125, 2, 2.0)
    assert Variance(0.0, 0.0, 2, 2.0).as_json()["trials_share"] is None
    assert Variance(0.0, 0.0, 2, 2.0).advice == ""


def test_this_set_is_narrower_than_tasks_like_these() -> None:
    tasks = [[1.0] * 5 if i % 2 else [0.0] * 4 + [1.0] for i in range(10)]
    like = bounded_mean(grouped([s for t in tasks for s in t], [i for i in range(10) for _ in range(5)]), 0, 1)
    this = fixed_tasks(tasks, 0.0, 1.0)
    assert None not in (this.low, this.high, like.low, like.high)
    assert this.mean == pytest.approx(like.mean)
    assert this.high - this.low < 0.5 * (like.high - like.low)  # type: ignore[operator]


def test_trials_that_never_differ_are_not_certain() -> None:
    found = fixed_tasks([[1.0] * 3] * 4, 0.0, 1.0)
    assert (found.mean, found.high) == (1.0, 1.0)
    assert found.low == pytest.approx(0.757506, abs=1e-6)  # Wilson for 12 of 12


def test_a_task_with_one_trial_takes_the_noise_of_the_others() -> None:
    assert fixed_tasks([*TASKS, [1.0]], 0.0, 1.0).n == 9


def test_one_trial_a_task_says_nothing_of_noise() -> None:
    assert not repeats([[1.0], [0.0], []])
    for refused in (trial_variance, lambda tasks: fixed_tasks(tasks, 0, 1), lambda tasks: decompose(tasks, 0.1)):
        with pytest.raises(ValueError, match="no task has two trials"):
            refused([[1.0], [0.0]])
