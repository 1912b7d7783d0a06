"""Several trials of the same tasks: the second interval, where its width comes from, and how reliable the agent is.

Repeated trials come from several runs of one suite with one run seed: the same episode in another run is another trial
of it. A run that only repeats another one in this respect (a replay, or an agent without chance) is no new trial.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from kibitz.results.sample import Played, Sample
from kibitz.results.statistics.intervals import Interval, equal_weights, grouped, standard_error
from kibitz.results.statistics.reliability import mean_chance, pass_all_k, pass_at_k
from kibitz.results.statistics.repeated import Tasks, Variance, decompose, fixed_tasks, repeats

MOST_TRIALS = 10
"""The largest k of pass@k and pass^k that is computed."""

Task = tuple[str, str, int]


@dataclass(frozen=True, slots=True)
class Flaky:
    """A task that was won in some trials and not in others: the unit's key, the run seed, and the seat held."""

    task: str
    seed: str
    seat: int
    passed: int
    trials: int


@dataclass(frozen=True, slots=True)
class Reliability:
    """How reliably tasks are won.

    Attributes:
        tasks: Number of tasks with several trials; ``trials`` is the largest number of trials of one.
        at_least_once: pass@k by k: the chance to win at least once in k trials, mean over the tasks.
        every_time: pass^k by k: the chance to win in all k trials.
        flaky: Tasks that were won in some trials and not in others, by name.
    """

    tasks: int
    trials: int
    at_least_once: Mapping[int, Interval]
    every_time: Mapping[int, Interval]
    flaky: tuple[Flaky, ...]

    def as_json(self) -> dict[str, object]:
        """The figures as a JSON object; k is a string there."""
        return {
            "tasks": self.tasks,
            "trials": self.trials,
            "pass_at_k": {str(k): found.as_json() for k, found in self.at_least_once.items()},
            "pass_all_k": {str(k): found.as_json() for k, found in self.every_time.items()},
            "flaky": [
                {"task": one.task, "seed": one.seed, "seat": one.seat, "passed": one.passed, "trials": one.trials}
                for one in self.flaky
            ],
        }


@dataclass(frozen=True, slots=True)
class Repeats:
    """What several trials of the same tasks add; all None where every task has a single one.

    Attributes:
        fixed_tasks: The outcome for this very set of tasks: the noise of the trials alone.
        variance: Where the squared standard error of "tasks like these" comes from, on the outcome's own scale.
        reliability: None also where nothing says what a passed task is.
    """

    fixed_tasks: Interval | None = None
    variance: Variance | None = None
    reliability: Reliability | None = None


@dataclass(frozen=True, slots=True)
class _Trials:
    """The trials of each task, by name of the task; ``cluster`` is that of the task."""

    of: Mapping[Task, Sequence[Played]] = field(default_factory=dict)
    cluster: Mapping[Task, int] = field(default_factory=dict)


def repeated(sample: Sample, low: float, high: float, *, winnable: bool) -> Repeats:
    """What the trials of one agent in one game add.

    Args:
        sample: What the agent did.
        low: Lowest possible reward.
        high: Highest possible reward.
        winnable: Whether winning is what the game is about (a contest, or a goal).
    """
    trials = _trials(sample)
    tasks = [[p.reward for p in found] for found in trials.of.values()]
    if not repeats(tasks):
        return Repeats()
    kept = [(p.reward, trials.cluster[task]) for task, found in trials.of.items() for p in found]
    error = standard_error(grouped([reward for reward, _ in kept], [cluster for _, cluster in kept]))
    return Repeats(
        fixed_tasks=fixed_tasks(tasks, low, high),
        variance=decompose(tasks, error),
        reliability=_reliability(trials, passed)
        if (passed := _criterion(tasks, low, high, winnable=winnable))
        else None,
    )


def _criterion(tasks: Tasks, low: float, high: float, *, winnable: bool) -> Callable[[Played], bool] | None:
    """What a passed task is: a won one, or one with the highest reward where there are but two; None if neither."""
    if winnable:
        return lambda played: played.result == 1
    only_ends = all(reward in (low, high) for trials in tasks for reward in trials)
    return (lambda played: played.reward == high) if only_ends else None


def repeated_together(games: Sequence[tuple[Repeats, tuple[float, float]]]) -> Repeats:
    """Over several games, each with the same weight and on a scale of -1 to 1; None where one game has none.

    Args:
        games: The repeats in each game in which the agent has an outcome, and the game's scale.
    """
    fixed = [one.fixed_tasks.scaled(*scale) for one, scale in games if one.fixed_tasks is not None]
    split = [(one.variance, scale) for one, scale in games if one.variance is not None]
    if not games or len(fixed) < len(games) or len(split) < len(games):
        return Repeats()
    # The mean over G games has 1 / G^2 of the sum of their variances.
    shares = [(4 / (high - low) ** 2 / len(games) ** 2, variance) for variance, (low, high) in split]
    tasks = sum(variance.tasks for _, variance in shares)
    return Repeats(
        fixed_tasks=equal_weights(fixed),
        variance=Variance(
            between=math.fsum(weight * variance.between for weight, variance in shares),
            within=math.fsum(weight * variance.within for weight, variance in shares),
            tasks=tasks,
            trials=math.fsum(variance.trials * variance.tasks for _, variance in shares) / tasks,
        ),
        reliability=_together([one.reliability for one, _ in games]),
    )


def _trials(sample: Sample) -> _Trials:
    """The trials of each task, runs that only repeat another one left out."""
    runs: defaultdict[int, dict[Task, tuple[Played, int]]] = defaultdict(dict)
    for played, cluster in zip(sample.played, sample.clusters, strict=True):
        runs[played.attempt][played.task] = played, cluster
    kept: list[dict[Task, tuple[Played, int]]] = []
    # By what happened in them, so that the order in which runs are named changes nothing; the fullest first.
    for run in sorted(runs.values(), key=lambda run: (-len(run), _course(run))):
        if any(_repeats(run, other) for other in kept):
            run = {task: item for task, item in run.items() if not any(task in other for other in kept)}
        kept.append(run)
    of: defaultdict[Task, list[Played]] = defaultdict(list)
    numbers: dict[Task, int] = {}
    for run in kept:
        for task, (played, number) in run.items():
            of[task].append(played)
            numbers[task] = number
    return _Trials({task: of[task] for task in sorted(of)}, numbers)


def _course(run: Mapping[Task, tuple[Played, int]]) -> list[tuple[Task, str, float]]:
    return sorted((task, played.episode.trajectory, played.reward) for task, (played, _) in run.items())


def _repeats(run: Mapping[Task, tuple[Played, int]], other: Mapping[Task, tuple[Played, int]]) -> bool:
    """Whether all that both runs played went exactly alike."""
    shared = run.keys() & other.keys()
    courses = ((run[task][0].episode.trajectory, other[task][0].episode.trajectory) for task in shared)
    return bool(shared) and all(mine == theirs != "" for mine, theirs in courses)


def _reliability(trials: _Trials, passed: Callable[[Played], bool]) -> Reliability:
    several = {task: found for task, found in trials.of.items() if len(found) > 1}
    counts = {task: (len(found), sum(map(passed, found))) for task, found in several.items()}
    most = max(n for n, _ in counts.values())

    def mean(chance: Callable[[int, int, int], float], k: int) -> Interval:
        tasks = [(task, n, c) for task, (n, c) in counts.items() if n >= k]
        values = [chance(n, c, k) for _, n, c in tasks]
        return mean_chance(grouped(values, [trials.cluster[task] for task, _, _ in tasks]), k)

    ks = range(1, min(most, MOST_TRIALS) + 1)
    return Reliability(
        tasks=len(counts),
        trials=most,
        at_least_once={k: mean(pass_at_k, k) for k in ks},
        every_time={k: mean(pass_all_k, k) for k in ks},
        flaky=tuple(Flaky(task[1], task[0], task[2], c, n) for task, (n, c) in counts.items() if 0 < c < n),
    )


def _together(games: Sequence[Reliability | None]) -> Reliability | None:
    """Over several games, for each k that all of them have; None where one game has no such figures."""
    known = [one for one in games if one is not None]
    if len(known) < len(games):
        return None
    ks = [k for k in known[0].at_least_once if all(k in one.at_least_once for one in known)]
    return Reliability(
        tasks=sum(one.tasks for one in known),
        trials=max(one.trials for one in known),
        at_least_once={k: equal_weights([one.at_least_once[k] for one in known]) for k in ks},
        every_time={k: equal_weights([one.every_time[k] for one in known]) for k in ks},
        flaky=tuple(flaky for one in known for flaky in one.flaky),
    )
