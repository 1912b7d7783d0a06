"""The two sides as a gate reads them: whose failure counts as what, and how much could be graded.

An episode that an agent itself broke (its code raised) counts as zero in every metric: an agent that crashes where it
is hard must not be better for it. Every other failure (the provider, the environment, Kibitz) says nothing about the
agent: the episode is left out on both sides, is counted, and the worst and best that it could have been is told. The
share that was graded has a floor, so that failures cannot stand for a verdict.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import msgspec

from kibitz.results.comparing.pairs import Pair, Paired
from kibitz.results.comparing.trials import Results, Trial

AT_FAULT = "agent"
"""The fault that counts as zero."""

Key = tuple[str, str, int]


@dataclass(frozen=True, slots=True)
class Graded:
    """How much of one side could be graded.

    Attributes:
        scored: Trials with scores, those that count as zero included.
        expected: Trials that should have scores.
        zeros: Those that count as zero because the agent failed.
        failures: Number of failed trials by cause, those that count as zero not among them.
    """

    scored: int
    expected: int
    zeros: int
    failures: Mapping[str, int]

    @property
    def share(self) -> float:
        """Part of the trials that could be graded; 0 where none was expected."""
        return self.scored / self.expected if self.expected else 0.0

    def as_json(self) -> dict[str, object]:
        """The counts as a JSON object."""
        return {
            "scored": self.scored,
            "expected": self.expected,
            "zeros": self.zeros,
            "failures": dict(sorted(self.failures.items())),
        }


def charged(baseline: Results, candidate: Results) -> tuple[Results, Results]:
    """Both sides, where a trial that failed by the agent's own fault has the score 0 in every metric of its group."""
    metrics: dict[str, set[str]] = {}
    for trial in (*baseline.trials, *candidate.trials):
        metrics.setdefault(trial.group, set()).update(trial.scores)

    def side(results: Results) -> Results:
        return replace(results, trials=tuple(_charged(trial, metrics[trial.group]) for trial in results.trials))

    return side(baseline), side(candidate)


def _charged(trial: Trial, metrics: Collection[str]) -> Trial:
    if not trial.failed or trial.fault != AT_FAULT:
        return trial
    return msgspec.structs.replace(trial, scores=dict.fromkeys(sorted(metrics), 0.0))


def graded(trials: Sequence[Trial], expected: int) -> Graded:
    """How much of these (charged) trials could be graded, of so many that should."""
    failures = Counter(trial.failed for trial in trials if trial.failed and trial.fault != AT_FAULT)
    return Graded(
        scored=sum(bool(trial.scores) for trial in trials),
        expected=max(expected, len(trials)),
        zeros=sum(bool(trial.failed) and trial.fault == AT_FAULT for trial in trials),
        failures=failures,
    )


def excluded(paired: Paired) -> list[Pair]:
    """Pairs of which a side has no scores: they are in no figure."""
    return [pair for pair in paired.pairs if not pair.baseline.scores or not pair.candidate.scores]


def lacking(paired: Paired, metric: str, games: Collection[str]) -> list[Pair]:
    """Pairs that are graded on both sides and have a metric on only one, such as an answer that was never given."""
    return [
        pair
        for pair in paired.pairs
        if pair.baseline.group in games
        and pair.baseline.scores
        and pair.candidate.scores
        and (metric in pair.baseline.scores) != (metric in pair.candidate.scores)
    ]


def bounds(drop: float, pairs: int, left_out: int) -> tuple[float, float]:
    """The least and the greatest drop that there can be if the excluded pairs had gone one way or the other.

    With c the share of pairs that was graded the mean is in ``c * drop - (1 - c) .. c * drop + (1 - c)``, since the
    drop of one pair is in -1..1.
    """
    share = pairs / (pairs + left_out)
    return share * drop - (1 - share), share * drop + (1 - share)
