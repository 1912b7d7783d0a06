"""Two sides side by side: what changed, how sure that is, and which tasks flipped."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from kibitz.results.comparing.change import (
    Change,
    adjusted,
    by_group,
    change_of,
    metrics,
    require_known,
)
from kibitz.results.comparing.pairs import Difference, Pair, Paired
from kibitz.results.comparing.trials import OUTCOME, Results, Trial
from kibitz.results.statistics.differences import NOISE
from kibitz.results.statistics.power import ALPHA

SCHEMA = 1

BETTER = "better"
WORSE = "worse"
NO_DIFFERENCE = "no difference"
UNKNOWN = "unknown"

PRIMARY = (OUTCOME, "intermediate")
"""What a comparison is about where nobody says: the first of these that both sides have."""


@dataclass(frozen=True)
class Flip:
    """A pair whose score changed.

    Attributes:
        before: Score of the baseline; ``after`` of the candidate.
    """

    pair: Pair
    metric: str
    before: float
    after: float

    @property
    def change(self) -> float:
        """After minus before."""
        return self.after - self.before

    def as_json(self) -> dict[str, object]:
        """The flip as a JSON object."""
        return {
            **_named(self.pair.baseline),
            "cluster": self.pair.cluster,
            "metric": self.metric,
            "before": round(self.before, 6),
            "after": round(self.after, 6),
        }


@dataclass(frozen=True)
class Diff:
    """The comparison of two sides.

    Attributes:
        metric: What the comparison is about: its p-value is not adjusted in the verdict, it was named beforehand.
        changes: One a metric, the one in question first; p-values adjusted for all of them (Benjamini-Hochberg).
        groups: The metric in question by game; empty where there is only one.
        flips: Pairs whose score in this metric changed, worse ones first.
        failed: Pairs of which a side has no scores.
        alpha: Level of the test.
    """

    paired: Paired
    metric: str
    changes: tuple[Change, ...]
    groups: tuple[Change, ...]
    flips: tuple[Flip, ...]
    failed: tuple[Pair, ...]
    alpha: float = ALPHA

    @property
    def main(self) -> Change:
        """The change in the metric in question."""
        return self.changes[0]

    @property
    def verdict(self) -> str:
        """``better``, ``worse``, ``no difference`` (that was found), or ``unknown`` where nothing can be said."""
        p, mean = self.main.p, self.main.change.mean
        if p is None or mean is None or self.main.change.clusters < 2:
            return UNKNOWN
        if p >= self.alpha or mean == 0:
            return NO_DIFFERENCE
        return BETTER if mean > 0 else WORSE

    @property
    def same_subject(self) -> bool:
        """Whether both sides are the same agent under the same conditions, so that all that differs is noise."""
        return bool(self.paired.baseline.identity) and not self.paired.identity and not self.paired.arms

    def as_json(self) -> dict[str, object]:
        """The comparison as a JSON object, as the formats page describes it."""
        return {
            "schema": SCHEMA,
            "comparable": True,
            "baseline": _side(self.paired.baseline),
            "candidate": _side(self.paired.candidate),
            "metric": self.metric,
            "verdict": self.verdict,
            "alpha": self.alpha,
            "changes": [change.as_json() for change in self.changes],
            "groups": [change.as_json() for change in self.groups],
            "flips": [flip.as_json() for flip in self.flips],
            "failed": [
                {**_named(pair.baseline), "baseline": pair.baseline.failed, "candidate": pair.candidate.failed}
                for pair in self.failed
            ],
            "only_baseline": [_named(trial) for trial in self.paired.only_baseline],
            "only_candidate": [_named(trial) for trial in self.paired.only_candidate],
            "arms": differences_as_json(self.paired.arms),
            "identity": differences_as_json(self.paired.identity),
            "same_subject": self.same_subject,
        }


def differences_as_json(differences: Sequence[Difference]) -> list[dict[str, str | None]]:
    """Conditions that are not the same on both sides, as JSON."""
    return [{"name": one.name, "baseline": one.baseline, "candidate": one.candidate} for one in differences]


def diff(paired: Paired, metric: str | None = None, *, alpha: float = ALPHA) -> Diff:
    """Compare two sides.

    Args:
        paired: The two sides.
        metric: What the comparison is about; by default the outcome, or where nothing can be won the answers.
        alpha: Level of the test.

    Raises:
        UnknownMetricError: No trial of either side has the metric, or any.
    """
    known = metrics(paired)
    chosen = metric or primary(known)
    require_known((paired.baseline, paired.candidate), chosen)
    order = (chosen, *(one for one in known if one != chosen))
    groups = [change_of(paired, chosen, name, alpha=alpha) for name in by_group(paired)]
    return Diff(
        paired=paired,
        metric=chosen,
        changes=adjusted([change_of(paired, one, alpha=alpha) for one in order]),
        groups=adjusted(groups) if len(groups) > 1 else (),
        flips=flips_of(paired, chosen),
        failed=tuple(sorted(_failed(paired), key=_place)),
        alpha=alpha,
    )


def primary(known: Sequence[str]) -> str:
    """The metric that is meant where none is named: the outcome, the answers, or whatever comes first."""
    return next((one for one in PRIMARY if one in known), known[0] if known else OUTCOME)


def flips_of(paired: Paired, metric: str) -> tuple[Flip, ...]:
    """The pairs whose score in a metric changed: those that got worse first, large changes before small ones."""
    found = [
        Flip(one, metric, one.baseline.scores[metric], one.candidate.scores[metric])
        for one in paired.pairs
        if abs(one.change(metric) or 0.0) > NOISE
    ]
    return tuple(sorted(found, key=lambda flip: (flip.change > 0, -round(abs(flip.change), 9), _place(flip.pair))))


def _failed(paired: Paired) -> list[Pair]:
    """The pairs of which a side has no score."""
    return [one for one in paired.pairs if not (one.baseline.scores and one.candidate.scores)]


def _place(pair: Pair) -> tuple[str, list[tuple[int, str]], int]:
    """Order by name in which 10 comes after 9."""
    group, task, trial = pair.baseline.key
    parts = re.split(r"(\d+)", task)
    return group, [(int(part), "") if i % 2 else (0, part) for i, part in enumerate(parts)], trial


def _named(trial: Trial) -> dict[str, object]:
    return {"group": trial.group, "task": trial.task, "trial": trial.trial}


def _side(side: Results) -> dict[str, object]:
    return {"source": side.source, "subject": side.subject, "scheduled": side.scheduled, "graded": side.graded}


__all__ = [
    "BETTER",
    "NO_DIFFERENCE",
    "UNKNOWN",
    "WORSE",
    "Diff",
    "Flip",
    "diff",
    "differences_as_json",
    "flips_of",
    "primary",
]
