"""Trials: what a comparison reads of one side, wherever it was measured.

A run, a baseline file and a table from another tool all become ``Results``: who was measured, under which conditions,
and one ``Trial`` for each attempt at a task. Whatever compares, gates or plans reads nothing else.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec

OUTCOME = "outcome"
"""The metric that a comparison is about where no other is named."""


class Trial(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One attempt at one task.

    Attributes:
        task: Names the task within its group: equal names on both sides are a pair.
        trial: Number of the attempt at the same task, from 0.
        group: The game or data set; means over several groups give each the same weight. Empty if there is only one.
        cluster: What holds observations together within the group, such as a deal; by default the task.
        course: Digest of how the attempt went: attempts that went exactly alike are one observation. Empty if unknown.
        block: Place among the tasks of its group, from 0, where all groups are played in turns; else None.
        scores: By metric, in 0..1, where more is better. A metric that does not exist here is absent.
        failed: Why the attempt has no scores, a cause of the failure table; empty for a graded one.
        fault: Whose fault that is: ``agent``, ``environment``, ``provider`` or ``harness``.
        usd: What the attempt cost, in dollars; None if unknown. ``tokens`` and ``seconds`` likewise.
    """

    task: str
    trial: int = 0
    group: str = ""
    cluster: str = ""
    course: str = ""
    block: int | None = None
    scores: dict[str, float] = {}
    failed: str = ""
    fault: str = ""
    usd: float | None = None
    tokens: int | None = None
    seconds: float | None = None

    @property
    def key(self) -> tuple[str, str, int]:
        """Names the attempt; the same on both sides of a comparison."""
        return self.group, self.task, self.trial

    @property
    def label(self) -> str:
        """The attempt in words that fit into a list."""
        name = f"{self.group}/{self.task}" if self.group else self.task
        return f"{name} (trial {self.trial + 1})" if self.trial else name


class TrialError(ValueError):
    """Results cannot be used: two trials have one name, or a score is outside 0..1."""


@dataclass(frozen=True)
class Results:
    """One side of a comparison.

    Attributes:
        source: Where it comes from, as the user named it.
        subject: Who was measured.
        trials: In the order of the schedule; failed ones are there too, without scores.
        scheduled: How many trials were planned, played or not.
        planned: By key the block of each of them, in the order of the schedule, where they are known; else empty.
        conditions: What must be equal on both sides, by name: protocol, settings, opponents, seed.
        identity: What the subject is, by name: it may differ, and a difference is told.

    Raises:
        TrialError: Two trials have the same key, or a score is no number in 0..1.
    """

    source: str
    subject: str
    trials: tuple[Trial, ...]
    scheduled: int
    conditions: Mapping[str, str] = field(default_factory=dict)
    identity: Mapping[str, str] = field(default_factory=dict)
    planned: Mapping[tuple[str, str, int], int | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        seen: set[tuple[str, str, int]] = set()
        for trial in self.trials:
            if trial.key in seen:
                raise TrialError(
                    f"{self.source}: {trial.label} occurs twice; number the attempts at a task by their trial"
                )
            seen.add(trial.key)
            for metric, score in trial.scores.items():
                # NaN compares false with everything.
                if not 0 <= score <= 1:
                    said = score if math.isfinite(score) else str(score)
                    raise TrialError(f"{self.source}: {trial.label} has {metric} = {said}, which is not in 0..1")

    @property
    def metrics(self) -> tuple[str, ...]:
        """Every metric that a trial has, the outcome first, then in alphabetical order."""
        found = {metric for trial in self.trials for metric in trial.scores}
        return tuple(sorted(found, key=lambda metric: (metric != OUTCOME, metric)))

    @property
    def graded(self) -> int:
        """Number of trials with scores."""
        return sum(not trial.failed for trial in self.trials)
