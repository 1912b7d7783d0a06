"""How far one metric of the candidate is from the baseline's: difference, interval, test, and what could be seen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from fractions import Fraction
from math import lcm

from kibitz.results.comparing.pairs import Pair, Paired
from kibitz.results.comparing.trials import Results
from kibitz.results.scores import ALL_GAMES
from kibitz.results.statistics.differences import MeanDifference, equal_groups, mean_difference
from kibitz.results.statistics.intervals import LEVEL, Interval, bounded_mean, equal_weights, grouped
from kibitz.results.statistics.multiplicity import benjamini_hochberg
from kibitz.results.statistics.power import ALPHA, POWER, detectable
from kibitz.results.statistics.significance import MCNEMAR, NOTHING_DIFFERS, Significance, exact, mcnemar, sign_flip


class UnknownMetricError(ValueError):
    """No side of the comparison has this metric; the message names those that there are."""


@dataclass(frozen=True)
class Change:
    """One metric on both sides, over the pairs in which both have it.

    Attributes:
        metric: Its name; scores are in 0..1, where more is better.
        group: The game; ``*`` for the mean over all, each with the same weight.
        baseline: Mean of the baseline; ``candidate`` likewise.
        change: Candidate minus baseline, in -1..1.
        p: Two-sided p-value of "no difference"; None where there is no pair.
        adjusted_p: The same, adjusted for all metrics that were looked at; None until that was done.
        test: Name of the test.
        pairs: Number of pairs.
        discordant: Those whose scores differ; ``better`` and ``worse`` are those in which the candidate's is.
        mde: Smallest true difference that the test would find with the usual power, 80 %.
        error: Standard error of the change; None where there is no pair, infinite for a single cluster.
        df: Degrees of freedom of that error.
        level: Confidence level of the intervals.
    """

    metric: str
    group: str
    baseline: Interval
    candidate: Interval
    change: Interval
    p: float | None
    adjusted_p: float | None
    test: str
    pairs: int
    better: int
    worse: int
    mde: float | None
    error: float | None
    df: int = 0
    level: float = LEVEL

    @property
    def discordant(self) -> int:
        """Number of pairs whose scores differ."""
        return self.better + self.worse

    def as_json(self) -> dict[str, object]:
        """The change as a JSON object; means and limits to six decimals, p-values to six digits."""
        return {
            "metric": self.metric,
            "group": self.group,
            "baseline": self.baseline.as_json(),
            "candidate": self.candidate.as_json(),
            "change": self.change.as_json(),
            "p": digits(self.p),
            "adjusted_p": digits(self.adjusted_p),
            "test": self.test,
            "pairs": self.pairs,
            "clusters": self.change.clusters,
            "discordant": self.discordant,
            "better": self.better,
            "worse": self.worse,
            "mde": None if self.mde is None else round(self.mde, 6),
        }


def digits(p: float | None) -> float | None:
    """A p-value to six significant digits: rounding to decimals would make small ones 0."""
    return None if p is None else float(f"{p:.6g}")


def change_of(
    paired: Paired, metric: str, group: str = ALL_GAMES, *, level: float = LEVEL, alpha: float = ALPHA
) -> Change:
    """One metric on both sides.

    Args:
        paired: The two sides.
        metric: The metric.
        group: The game; ``*`` for the mean over all, each with the same weight.
        level: Confidence level of the intervals.
        alpha: Level of the test, for the smallest difference that it would find.

    Raises:
        UnknownMetricError: No trial of either side has the metric.
    """
    require_known((paired.baseline, paired.candidate), metric)
    groups = [
        found
        for name, pairs in by_group(paired).items()
        if group in (name, ALL_GAMES) and (found := _Group.of(pairs, metric))
    ]
    if groups:
        return _changed(groups, metric, group, level, alpha)
    empty = (Interval(), Interval(), Interval(), None, None)
    return Change(metric, group, *empty, NOTHING_DIFFERS, 0, 0, 0, mde=None, error=None, level=level)


def _changed(groups: Sequence[_Group], metric: str, group: str, level: float, alpha: float) -> Change:
    mean = equal_groups([one.difference(level) for one in groups])
    tested = _test(groups)
    changes = [change for one in groups for change in one.changes]
    return Change(
        metric=metric,
        group=group,
        baseline=equal_weights([one.side(0, level) for one in groups]),
        candidate=equal_weights([one.side(1, level) for one in groups]),
        change=mean.interval,
        p=tested.p,
        adjusted_p=None,
        test=tested.test,
        pairs=len(changes),
        better=sum(change > 0 for change in changes),
        worse=sum(change < 0 for change in changes),
        mde=_visible_from(mean, tested.step, alpha),
        error=mean.error,
        df=mean.df,
        level=level,
    )


def _visible_from(found: MeanDifference, step: float, alpha: float) -> float:
    """The smallest true change that the test would find; 1 where it could find none, however large.

    Args:
        found: The change.
        step: How much nearer to zero an exact test takes it, since only so many values can be seen.
        alpha: Level of the test.
    """
    # The smallest p-value of sign flips is that of all clusters with one sign.
    if 2.0 ** (1 - found.interval.clusters) > alpha:
        return 1.0
    return min(1.0, detectable(found.error, found.df, alpha, POWER) + step)


def adjusted(
    changes: Sequence[Change], method: Callable[[Sequence[float]], list[float]] = benjamini_hochberg
) -> tuple[Change, ...]:
    """The changes with p-values adjusted for looking at all of them; those without a p-value do not count."""
    adjust = iter(method([change.p for change in changes if change.p is not None]))
    return tuple(change if change.p is None else replace(change, adjusted_p=next(adjust)) for change in changes)


def metrics(paired: Paired) -> tuple[str, ...]:
    """Every metric of either side, the outcome first."""
    both = dict.fromkeys((*paired.baseline.metrics, *paired.candidate.metrics))
    return tuple(sorted(both, key=lambda metric: (not metric.startswith("outcome"), metric)))


def require_known(sides: Sequence[Results], metric: str) -> None:
    """Check that a side has a metric.

    Raises:
        UnknownMetricError: None does.
    """
    known = tuple(dict.fromkeys(one for side in sides for one in side.metrics))
    if metric in known:
        return
    near = get_close_matches(metric, known, 1)
    where = " and ".join(side.source for side in sides)
    raise UnknownMetricError(
        f"{where}: there is no metric {metric!r}"
        + (f"; did you mean {near[0]!r}?" if near else "")
        + (f" (there are {', '.join(known)})" if known else "; no trial has a score")
    )


def by_group(paired: Paired) -> dict[str, list[Pair]]:
    """The pairs by game, games in alphabetical order."""
    found: dict[str, list[Pair]] = {}
    for one in paired.pairs:
        found.setdefault(one.baseline.group, []).append(one)
    return dict(sorted(found.items()))


@dataclass(frozen=True)
class _Group:
    """The scores of both sides in one game, pair by pair."""

    scores: tuple[tuple[float, float], ...]
    clusters: tuple[int, ...]

    @classmethod
    def of(cls, pairs: Sequence[Pair], metric: str) -> _Group | None:
        both = [one for one in pairs if one.change(metric) is not None]
        scores = tuple((one.baseline.scores[metric], one.candidate.scores[metric]) for one in both)
        return cls(scores, tuple(one.cluster for one in both)) if both else None

    @property
    def changes(self) -> list[float]:
        return [after - before for before, after in self.scores]

    @property
    def single(self) -> bool:
        """Whether every score is 0 or 1, and every pair a cluster of its own."""
        zero_one = all(score in (0, 1) for both in self.scores for score in both)
        return zero_one and len(set(self.clusters)) == len(self.clusters)

    def difference(self, level: float) -> MeanDifference:
        return mean_difference(self.changes, self.clusters, level)

    def side(self, which: int, level: float) -> Interval:
        return bounded_mean(grouped([both[which] for both in self.scores], self.clusters), 0.0, 1.0, level)

    def sums(self) -> dict[int, Fraction]:
        """The changes summed by cluster."""
        found: dict[int, Fraction] = {}
        for (before, after), cluster in zip(self.scores, self.clusters, strict=True):
            found[cluster] = found.get(cluster, Fraction(0)) + exact(after) - exact(before)
        return found


def _test(groups: Sequence[_Group]) -> Significance:
    """McNemar's test for right and wrong on separate tasks of games of one size, else sign flips by cluster.

    The step of the result is in units of the change.
    """
    sizes = [len(one.scores) for one in groups]
    if len(set(sizes)) == 1 and all(one.single for one in groups):
        seen = Counter(both for one in groups for both in one.scores)
        if seen[1, 0] + seen[0, 1]:
            return Significance(mcnemar(seen[1, 0], seen[0, 1]), MCNEMAR, 1 / sum(sizes))
    # Each game weighs the same, whatever its number of pairs.
    whole = lcm(*sizes)
    weighted = ((size, one) for size, one in zip(sizes, groups, strict=True))
    found = sign_flip([total * (whole // size) for size, one in weighted for total in one.sums().values()])
    return replace(found, step=found.step / (whole * len(sizes)))
