"""Scores of stated reasoning: answers to subproblems beside their truths.

The rule, for each subproblem: *accuracy* is right answers over questions whose truth is known. A missing or unreadable
answer is not right, so it lowers accuracy, but it is not counted as wrong either: both have columns of their own, so
that "could not say it" and "said it wrong" stay apart. Questions whose truth is unknown are counted and left out.

An accuracy means little alone, since most truths are "none" or "no". So beside it stands the *baseline*: the best
constant answer, chosen in hindsight on the very same questions, and the *lift*, accuracy minus baseline, with an
interval of its own (the two are paired, question by question).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from kibitz.results.intervals import Interval, bounded_mean, mean_of_means, proportion
from kibitz.results.records import GradeRecord

NONE = "none"
"""How an empty set is written in records."""


@dataclass(frozen=True, slots=True)
class Question:
    """One graded question and the cluster of its episode."""

    grade: GradeRecord
    cluster: int

    @property
    def right(self) -> bool:
        """Whether the answer was right."""
        return self.grade.verdict == "right"


@dataclass(frozen=True, slots=True)
class SubproblemScore:
    """One agent's answers to one subproblem.

    Attributes:
        accuracy: Right answers over questions with a known truth.
        lift: Accuracy minus baseline, in -1..1.
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
            "nonempty": None if self.nonempty is None else self.nonempty.as_json(),
            "f1": _six(self.f1),
            "verdicts": self.verdicts,
            "confusion": self.cells,
            "ask": list(self.ask),
        }


def score_subproblems(questions: Sequence[Question], order: Sequence[str]) -> dict[str, SubproblemScore]:
    """Score each subproblem that was asked, in the given order of ids, others after them by name."""
    groups: dict[str, list[Question]] = {}
    for question in questions:
        groups.setdefault(question.grade.subproblem, []).append(question)
    ids = [id for id in order if id in groups] + sorted(set(groups) - set(order))  # noqa: A001
    return {id: _score(id, groups[id]) for id in ids}  # noqa: A001


def mean_accuracy(questions: Sequence[Question]) -> Interval:
    """Intermediate score: the mean over subproblems of their accuracies."""
    groups: dict[str, tuple[list[float], list[int]]] = {}
    for question in questions:
        if question.grade.truth is not None:
            values, clusters = groups.setdefault(question.grade.subproblem, ([], []))
            values.append(float(question.right))
            clusters.append(question.cluster)
    return mean_of_means([values for values, _ in groups.values()], [c for _, c in groups.values()], 0.0, 1.0)


def _score(id: str, questions: Sequence[Question]) -> SubproblemScore:  # noqa: A002
    known = [question for question in questions if question.grade.truth is not None]
    clusters = [question.cluster for question in known]
    constant, hits = _best_constant(known)
    is_set = any(question.grade.kind == "set" for question in questions)
    full = [question for question in known if question.grade.truth != NONE]
    verdicts = Counter("unknown" if q.grade.truth is None else q.grade.verdict for q in questions)
    cells = Counter(question.grade.cell for question in known if question.grade.cell is not None)
    return SubproblemScore(
        id=id,
        kind=questions[0].grade.kind,
        accuracy=proportion([question.right for question in known], clusters),
        lift=bounded_mean([float(q.right) - float(q.grade.truth == constant) for q in known], clusters, -1.0, 1.0),
        baseline=_share(hits, len(known)),
        baseline_answer=constant,
        always_none=_share(len(known) - len(full), len(known)) if is_set else None,
        nonempty=proportion([q.right for q in full], [q.cluster for q in full]) if is_set else None,
        f1=_share(sum(question.grade.f1 or 0.0 for question in known), len(known)) if is_set else None,
        verdicts={name: verdicts[name] for name in ("right", "wrong", "malformed", "missing", "unknown")},
        cells={name: cells[name] for name in ("tp", "tn", "fp", "fn", "mismatch")},
        ask=tuple(sorted({question.grade.ask for question in questions})),
    )


def _best_constant(known: Sequence[Question]) -> tuple[str | None, int]:
    """The most frequent truth and how often it occurs; ties go to "none", then to the first by name."""
    counts = Counter(question.grade.truth for question in known if question.grade.truth is not None)
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0] != NONE, item[0]))
    return ranked[0] if ranked else (None, 0)


def _share(part: float, whole: int) -> float | None:
    return part / whole if whole else None


def _six(value: float | None) -> float | None:
    return None if value is None else round(value, 6)
