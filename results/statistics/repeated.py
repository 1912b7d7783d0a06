"""Several trials of the same tasks: what is noise of the trials, and what is difference between tasks.

Two questions need two intervals. "How does it do on *these* tasks?": only the noise of the trials counts. "How does it
do on tasks *like these*?": the choice of tasks counts too. The second is what every other interval here answers.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from kibitz.results.statistics.intervals import LEVEL, Interval, clipped, nothing_else_seen, score_limits
from kibitz.results.statistics.quantiles import normal, student_t

Tasks = Sequence[Sequence[float]]
"""For each task what each of its trials scored."""


@dataclass(frozen=True, slots=True)
class Variance:
    """Where the squared standard error of a mean comes from: Var(task) / n + E[Var(trial | task)] / (n K).

    Attributes:
        between: The first term, which only more tasks make smaller.
        within: The second term, which more trials of the same tasks make smaller, and more tasks as well.
        tasks: Number of tasks, n.
        trials: Mean number of trials of a task, K.
    """

    between: float
    within: float
    tasks: int
    trials: float

    @property
    def trials_share(self) -> float | None:
        """The most that further trials of the same tasks could take off the variance; None without any variance."""
        total = self.between + self.within
        return self.within / total if total else None

    @property
    def advice(self) -> Literal["tasks", "either", ""]:
        """What to play next for a narrower interval of "tasks like these"; empty without any variance."""
        share = self.trials_share
        return "" if share is None else "tasks" if share < 0.5 else "either"

    def as_json(self) -> dict[str, float | int | str | None]:
        """The decomposition as a JSON object."""
        share = self.trials_share
        return {
            "between": round(self.between, 9),
            "within": round(self.within, 9),
            "tasks": self.tasks,
            "trials": round(self.trials, 3),
            "trials_share": None if share is None else round(share, 6),
            "advice": self.advice,
        }


def repeats(tasks: Tasks) -> bool:
    """Whether any task has two trials, so that their noise can be told."""
    return any(len(trials) > 1 for trials in tasks)


def trial_variance(tasks: Tasks) -> float:
    """Variance of a trial given its task, pooled over tasks.

    Raises:
        ValueError: No task has two trials.
    """
    if not repeats(tasks):
        raise ValueError("no task has two trials, so that the noise of trials cannot be told")
    spread = math.fsum(_squares(trials) for trials in tasks)
    return spread / sum(len(trials) - 1 for trials in tasks if trials)


def _squares(trials: Sequence[float]) -> float:
    if not trials:
        return 0.0
    mean = math.fsum(trials) / len(trials)
    return math.fsum((score - mean) ** 2 for score in trials)


def fixed_tasks(tasks: Tasks, low: float, high: float, level: float = LEVEL) -> Interval:
    """Mean over all trials, with the interval for this very set of tasks: the noise of the trials alone.

    The standard error is sqrt(sum K_i s_i^2) / N, with the pooled variance for tasks with a single trial, in the score
    form of ``bounded_mean`` with N - n degrees of freedom. The number of clusters is that of the trials.

    Raises:
        ValueError: No task has two trials.
    """
    pooled = trial_variance(tasks)
    n = sum(map(len, tasks))
    mean = math.fsum(score for trials in tasks for score in trials) / n
    noise = math.fsum(
        len(trials) * (_squares(trials) / (len(trials) - 1) if len(trials) > 1 else pooled) for trials in tasks
    )
    error = math.sqrt(noise) / n
    freedom = sum(len(trials) - 1 for trials in tasks if trials)
    if error <= 1e-12 * (high - low):
        below, above = nothing_else_seen(mean, n, low, high, level)
    else:
        below, above = score_limits(mean, error * student_t(freedom, level) / normal(level), low, high, level)
    return clipped(mean, below, above, low, high, n, n)


def decompose(tasks: Tasks, error: float) -> Variance:
    """Split the squared standard error of the mean over all trials.

    Args:
        tasks: The trials.
        error: Standard error of "tasks like these", clustered as in the interval that is shown.

    Raises:
        ValueError: No task has two trials.
    """
    n = sum(map(len, tasks))
    within = trial_variance(tasks) / n
    count = sum(1 for trials in tasks if trials)
    return Variance(max(0.0, error * error - within), within, count, n / count)
