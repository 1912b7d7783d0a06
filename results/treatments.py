"""Episodes without a score, under three treatments: left out, counted as lost, and as good or as bad as can be.

Whoever drops failed episodes in silence reports the mean of those that went well. So beside the outcome over scored
episodes stand what it is if every failed one had got the lowest reward, and between which bounds it must lie whatever
the missing ones would have brought (Manski 1990, the worst-case bounds of a mean under missing data).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from kibitz.results.sample import Sample
from kibitz.results.statistics.intervals import Interval, bounded_mean, equal_weights, grouped


@dataclass(frozen=True, slots=True)
class Treatments:
    """What becomes of an outcome that not all episodes have; all on the outcome's own scale.

    Attributes:
        failures: Number of failed episodes by cause; each seat counts.
        graded: Share of the scheduled episodes that are scored; None if nothing was scheduled.
        excluded: The outcome over scored episodes: failed ones left out.
        zero: The outcome with the lowest reward for every failed episode; those not played are left out.
        worst: Mean over all scheduled episodes if those without a score had got the lowest reward, and ``best`` the
            highest: graded * mean + (1 - graded) * lowest or highest. None if nothing was scheduled.
    """

    failures: Mapping[str, int] = field(default_factory=dict)
    graded: float | None = None
    excluded: Interval = field(default_factory=Interval)
    zero: Interval = field(default_factory=Interval)
    worst: float | None = None
    best: float | None = None

    def as_json(self) -> dict[str, object]:
        """The treatments as a JSON object."""
        return {
            "failures": dict(self.failures),
            "graded": _six(self.graded),
            "excluded": self.excluded.as_json(),
            "zero": self.zero.as_json(),
            "worst": _six(self.worst),
            "best": _six(self.best),
        }

    def scaled(self, low: float, high: float) -> Treatments:
        """The same after mapping the range ``low..high`` to ``-1..1``."""

        def place(value: float | None) -> float | None:
            return Interval(value, value, value).scaled(low, high).mean

        excluded, zero = self.excluded.scaled(low, high), self.zero.scaled(low, high)
        return Treatments(self.failures, self.graded, excluded, zero, place(self.worst), place(self.best))


def treated(sample: Sample, low: float, high: float, *, contest: bool) -> Treatments:
    """The three treatments of one agent in one game; where nothing can be won only counts and share.

    Raises:
        ValueError: A reward is outside ``low..high``.
    """
    scored, missing = len(sample.played), len(sample.failed) + sample.unplayed
    failures = dict(sorted(Counter(item.cause for item in sample.failed).items()))
    graded = scored / (scored + missing) if scored + missing else None
    if not contest or graded is None:
        return Treatments(failures, graded)
    rewards = [p.reward for p in sample.played]
    excluded = bounded_mean(grouped(rewards, sample.clusters), low, high)
    known = graded * excluded.mean if excluded.mean is not None else 0.0
    return Treatments(
        failures=failures,
        graded=graded,
        excluded=excluded,
        zero=bounded_mean(
            grouped([*rewards, *[low] * len(sample.failed)], [*sample.clusters, *sample.failed_clusters]), low, high
        ),
        worst=known + (1 - graded) * low,
        best=known + (1 - graded) * high,
    )


def treated_together(games: Sequence[tuple[Treatments, tuple[float, float]]]) -> Treatments:
    """Over several games, each with the same weight and on a scale of -1 to 1.

    Args:
        games: The treatments in each game, and its scale.
    """
    scaled = [treatments.scaled(*scale) for treatments, scale in games]
    failures: Counter[str] = Counter()
    for one in scaled:
        failures.update(one.failures)
    return Treatments(
        failures=dict(sorted(failures.items())),
        graded=_mean([one.graded for one in scaled]),
        excluded=equal_weights([one.excluded for one in scaled]),
        zero=equal_weights([one.zero for one in scaled]),
        worst=_mean([one.worst for one in scaled]),
        best=_mean([one.best for one in scaled]),
    )


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return math.fsum(known) / len(known) if known else None


def _six(value: float | None) -> float | None:
    return None if value is None else round(value, 6) + 0.0
