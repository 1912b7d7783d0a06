"""Which trials of two sides are a pair, and whether the two sides may be compared at all."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

from kibitz.results.comparing.trials import Results, Trial
from kibitz.results.statistics.clusters import merge


@dataclass(frozen=True, slots=True)
class Difference:
    """A condition that is not the same on both sides; None where a side does not have it."""

    name: str
    baseline: str | None
    candidate: str | None

    def __str__(self) -> str:
        return f"{self.name}: {said(self.baseline)} / {said(self.candidate)}"


def said(value: str | None) -> str:
    """One side of a difference as people read it: twelve digits tell hashes apart, and JSON has all of them."""
    return "absent" if value is None else re.sub(r"\b([0-9a-f]{12})[0-9a-f]{52}\b", r"\1", value)


class NotComparableError(ValueError):
    """The two sides were measured under different conditions, or have no task in common.

    Attributes:
        differences: What differs; empty where there is no task in common.
    """

    def __init__(self, message: str, differences: tuple[Difference, ...] = ()) -> None:
        super().__init__(message)
        self.differences = differences


@dataclass(frozen=True, slots=True)
class Pair:
    """The same task, attempted on both sides; ``cluster`` is its number, equal for what counts as one observation."""

    baseline: Trial
    candidate: Trial
    cluster: int

    def change(self, metric: str) -> float | None:
        """Candidate minus baseline, in -1..1; None where a side has no such score."""
        before, after = self.baseline.scores.get(metric), self.candidate.scores.get(metric)
        return None if before is None or after is None else after - before


@dataclass(frozen=True)
class Paired:
    """Two sides, task by task.

    Attributes:
        pairs: In the order of the baseline's trials; those that failed on a side are there too.
        only_baseline: Trials that the other side does not have; ``only_candidate`` likewise.
        arms: Conditions that differ and were declared to.
        identity: What differs between the two subjects.
    """

    baseline: Results
    candidate: Results
    pairs: tuple[Pair, ...]
    only_baseline: tuple[Trial, ...]
    only_candidate: tuple[Trial, ...]
    arms: tuple[Difference, ...]
    identity: tuple[Difference, ...]


def pair(baseline: Results, candidate: Results, arms: Collection[str] = ()) -> Paired:
    """Put the trials of two sides side by side.

    Args:
        baseline: The side that is compared with.
        candidate: The side that is judged.
        arms: Conditions that may differ, because their effect is what is measured; patterns such as ``protocol.*``.

    Raises:
        NotComparableError: A condition differs that is no arm, or no task is on both sides.
    """
    found = _forbidding(baseline, candidate)
    declared = tuple(one for one in found if any(fnmatchcase(one.name, arm) for arm in arms))
    if forbidden := tuple(one for one in found if one not in declared):
        raise NotComparableError(
            f"{baseline.source} and {candidate.source} cannot be compared: {'; '.join(map(str, forbidden))}. "
            "Measure both under the same conditions, or declare what is compared with --arm NAME",
            forbidden,
        )
    others = {trial.key: trial for trial in candidate.trials}
    both = [(trial, others[trial.key]) for trial in baseline.trials if trial.key in others]
    if not both:
        raise NotComparableError(
            f"{baseline.source} and {candidate.source} have no task in common, so nothing can be paired; "
            f"{_example(baseline)}, {_example(candidate)}"
        )
    clusters = merge(links(before, after) for before, after in both)
    known = {before.key for before, _ in both}
    return Paired(
        baseline=baseline,
        candidate=candidate,
        pairs=tuple(Pair(before, after, c) for (before, after), c in zip(both, clusters, strict=True)),
        only_baseline=tuple(trial for trial in baseline.trials if trial.key not in known),
        only_candidate=tuple(trial for trial in candidate.trials if trial.key not in known),
        arms=declared,
        identity=differing(baseline.identity, candidate.identity),
    )


def _forbidding(baseline: Results, candidate: Results) -> list[Difference]:
    """The conditions that are not the same.

    Two agents of one tournament met each other: each is an opponent of the other, and none of itself. Those games have
    no counterpart and are not compared; all others are of equal conditions.
    """
    theirs = {(f"opponent.{baseline.subject}", "baseline"), (f"opponent.{candidate.subject}", "candidate")}

    def judged(one: Difference) -> bool:
        side = "baseline" if one.baseline is None else "candidate" if one.candidate is None else ""
        return (one.name, side) in theirs

    return [one for one in differing(baseline.conditions, candidate.conditions) if not judged(one)]


def differing(baseline: Mapping[str, str], candidate: Mapping[str, str]) -> tuple[Difference, ...]:
    """What is not the same in two sets of names and values, in the order of the names."""
    names = sorted({*baseline, *candidate})
    sides = ((name, baseline.get(name), candidate.get(name)) for name in names)
    return tuple(Difference(name, before, after) for name, before, after in sides if before != after)


def links(before: Trial, after: Trial) -> list[tuple[str, ...]]:
    """What ties a pair to others: its deal on either side, and both sides going exactly as they did in another."""
    group = before.group
    found = [("baseline", group, before.cluster or before.task), ("candidate", group, after.cluster or after.task)]
    # Attempts at one task are tied, whatever cluster each side names.
    ties: list[tuple[str, ...]] = [*found, ("task", group, before.task)]
    if before.course and after.course:
        ties.append(("course", group, before.course, after.course))
    return ties


def _example(side: Results) -> str:
    return f"{side.source} has {side.trials[0].label}" if side.trials else f"{side.source} has no trial"
