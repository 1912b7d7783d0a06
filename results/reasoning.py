"""Scores of stated reasoning: answers to subproblems beside their truths.

The rule, for each subproblem: *accuracy* is right answers over questions whose truth is known. A missing or unreadable
answer is not right, so it lowers accuracy, but it is not counted as wrong either: both have columns of their own, so
that "could not say it" and "said it wrong" stay apart. Questions whose truth is unknown are counted and left out.

An accuracy means little alone, since most truths are "none" or "no". So beside it stands the *baseline*: the best
constant answer, chosen in hindsight on the very same questions, and the *lift*, accuracy minus baseline, with an
interval of its own (the two are paired, question by question).

The *outcome lift* is the mean outcome of episodes over right answers minus that over wrong ones: whether who answers
right also wins. It is an association and no cause: an agent that is ahead may find both easier.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, repeat

from kibitz.results.abridged import Answer
from kibitz.results.statistics.association import difference
from kibitz.results.statistics.intervals import (
    Interval,
    Observed,
    bounded_mean,
    mean_of_means,
    observations,
    proportion,
)

NONE = "none"
"""How an empty set is written in records."""


Answers = Mapping[Answer, Sequence[int]]
"""For each different graded answer, the cluster of every episode in which it was given, once each time."""


@dataclass(frozen=True, slots=True)
class SubproblemScore:
    """One agent's answers to one subproblem.

    Attributes:
        accuracy: Right answers over questions with a known truth.
        lift: Accuracy minus baseline, in -1..1.
        outcome_lift: Mean outcome where the answer was right minus that where it was wrong, each answer counted with
            the outcome of its episode, on the game's scale; missing and unreadable answers are neither. An association.
        baseline: Share of the questions that the best constant answer gets right.
        baseline_answer: That answer.
        always_none: For sets, the share that the answer "none" gets right.
        nonempty: For sets, accuracy on the questions whose truth is not empty.
        f1: For sets, mean F1 of the members; an answer that could not be read counts 0.
        verdicts: Number of questions by verdict; ``unknown`` holds those whose truth is unknown.
        cells: Confusion counts by cell; positive is a non-empty set or "yes".
        ask: The ways in which the questions were put.
    """

    id: str
    kind: str
    accuracy: Interval
    lift: Interval
    baseline: float | None
    baseline_answer: str | None
    always_none: float | None
    nonempty: Interval | None
    f1: float | None
    verdicts: dict[str, int]
    cells: dict[str, int]
    ask: tuple[str, ...]
    outcome_lift: Interval = field(default_factory=Interval)

    @property
    def asked(self) -> int:
        """Questions with a known truth."""
        return self.accuracy.n

    @property
    def answered(self) -> float | None:
        """Share of the questions for which an answer could be read."""
        return _share(self.verdicts["right"] + self.verdicts["wrong"], self.asked)

    @property
    def format_errors(self) -> float | None:
        """Share of the questions with an answer that could not be read."""
        return _share(self.verdicts["malformed"], self.asked)

    @property
    def missing(self) -> float | None:
        """Share of the questions without an answer."""
        return _share(self.verdicts["missing"], self.asked)

    def as_json(self) -> dict[str, object]:
        """Everything but the accuracy's interval, which stands apart on the board."""
        return {
            "kind": self.kind,
            "asked": self.asked,
            "answered": _six(self.answered),
            "format_errors": _six(self.format_errors),
            "missing": _six(self.missing),
            "baseline": _six(self.baseline),
            "baseline_answer": self.baseline_answer,
            "always_none": _six(self.always_none),
            "lift": self.lift.as_json(),
            "outcome_lift": self.outcome_lift.as_json(),
            "nonempty": None if self.nonempty is None else self.nonempty.as_json(),
            "f1": _six(self.f1),
            "verdicts": self.verdicts,
            "confusion": self.cells,
            "ask": list(self.ask),
        }


def score_subproblems(answers: Answers, order: Sequence[str]) -> dict[str, SubproblemScore]:
    """Score each subproblem that was asked, in the given order of ids, others after them by name."""
    groups = _by_subproblem(answers)
    ids = [id for id in order if id in groups] + sorted(set(groups) - set(order))  # noqa: A001
    return {id: _score(id, groups[id]) for id in ids}  # noqa: A001


def outcome_lifts(
    answers: Mapping[Answer, Sequence[int]],
    outcomes: Sequence[float],
    clusters: Sequence[int],
    scale: tuple[float, float],
) -> dict[str, Interval]:
    """The outcome lift of each subproblem.

    Args:
        answers: For each different answer the number of the episode of every time it was given.
        outcomes: The agent's outcome in each episode.
        clusters: The cluster of each episode.
        scale: Lowest and highest possible outcome.
    """

    def ended(group: Answers, verdict: str) -> Observed:
        found: dict[float, list[Hashable]] = {}
        for answer, places in group.items():
            if answer.verdict == verdict and answer.truth is not None:
                for place in places:
                    found.setdefault(outcomes[place], []).append(clusters[place])
        return found

    return {
        name: difference(ended(group, "right"), ended(group, "wrong"), *scale)
        for name, group in _by_subproblem(answers).items()
    }


def mean_accuracy(answers: Answers) -> Interval:
    """Intermediate score: the mean over subproblems of their accuracies."""
    return mean_of_means([observations(_known(group), _right) for group in _by_subproblem(answers).values()], 0.0, 1.0)


def _by_subproblem(answers: Answers) -> dict[str, Answers]:
    groups: dict[str, dict[Answer, Sequence[int]]] = {}
    for answer, clusters in answers.items():
        groups.setdefault(answer.subproblem, {})[answer] = clusters
    return dict(groups)


def _known(answers: Answers) -> Answers:
    return {answer: clusters for answer, clusters in answers.items() if answer.truth is not None}


def _right(answer: Answer) -> float:
    return float(answer.verdict == "right")


def _count(answers: Answers, name: Callable[[Answer], str | None]) -> Counter[str | None]:
    """How many answers have each name."""
    counts: Counter[str | None] = Counter()
    for answer, clusters in answers.items():
        counts[name(answer)] += len(clusters)
    return counts


def _score(id: str, answers: Answers) -> SubproblemScore:  # noqa: A002
    known = _known(answers)
    asked = sum(map(len, known.values()))
    truths = _count(known, lambda answer: answer.truth)
    constant = _best_constant(truths)
    is_set = any(answer.kind == "set" for answer in answers)
    full = {answer: clusters for answer, clusters in known.items() if answer.truth != NONE}
    verdicts = _count(answers, lambda answer: "unknown" if answer.truth is None else answer.verdict)
    cells = _count(known, lambda answer: answer.cell)
    return SubproblemScore(
        id=id,
        kind=min(answer.kind for answer in answers),
        accuracy=proportion(observations(known, _right)),
        lift=bounded_mean(observations(known, lambda a: _right(a) - float(a.truth == constant)), -1.0, 1.0),
        baseline=_share(truths[constant], asked),
        baseline_answer=constant,
        always_none=_share(truths[NONE], asked) if is_set else None,
        nonempty=proportion(observations(full, _right)) if is_set else None,
        f1=_share(_total_f1(known), asked) if is_set else None,
        verdicts={name: verdicts[name] for name in ("right", "wrong", "malformed", "missing", "unknown")},
        cells={name: cells[name] for name in ("tp", "tn", "fp", "fn", "mismatch")},
        ask=tuple(sorted({answer.ask for answer in answers})),
    )


def _best_constant(truths: Mapping[str | None, int]) -> str | None:
    """The most frequent truth; ties go to "none", then to the first by name."""
    ranked = sorted(truths, key=lambda truth: (-truths[truth], truth != NONE, truth or ""))
    return ranked[0] if ranked else None


def _total_f1(known: Answers) -> float:
    return math.fsum(chain.from_iterable(repeat(a.f1 or 0.0, len(clusters)) for a, clusters in known.items()))


def _share(part: float, whole: int) -> float | None:
    return part / whole if whole else None


def _six(value: float | None) -> float | None:
    return None if value is None else round(value, 6)
