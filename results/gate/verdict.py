"""The verdict: PASS, FAIL or INCONCLUSIVE, from how far each drop is certain.

A question is one metric of one agent in one game, or over all. It FAILs where the drop is certainly above what is
tolerated (in strict mode: above zero), and PASSes where it is certainly below. The gate FAILs where any question does,
PASSes where all do, and is INCONCLUSIVE otherwise: no evidence of a drop is not evidence of none. What the candidate
does not show stands for no PASS: there is none where a game has no pair, nor where too many episodes in which the
baseline has the metric lack it.

Errors. Within a family the probability of any wrong FAIL is at most alpha: its questions are tested by Holm's procedure
(1979), step by step at alpha / (questions left), in both modes (the inverse of what a gambler won at best is a p-value
at any time). A wrong PASS of the gate has a probability of at most alpha without a correction, since all questions
must pass (an intersection-union test, Berger 1982).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

import numpy as np

from kibitz.results.gate.evidence import Anytime, Evidence
from kibitz.results.gate.policy import Metric, Policy

Verdict = Literal["PASS", "FAIL", "INCONCLUSIVE"]


@dataclass(frozen=True)
class Question:
    """One figure that is held to a bound.

    Attributes:
        agent: Name of the baseline's agent, and of the candidate's.
        group: The game; ``*`` for all of them.
        games: The games that the figure is about, those that the baseline has.
        lacking: Pairs that were graded and have the metric on one side only; in how many of them the candidate is
            that which does not have it is ``unsaid``.
    """

    agent: tuple[str, str]
    metric: Metric
    group: str
    evidence: Evidence = field(repr=False)
    games: tuple[str, ...] = ()
    lacking: int = 0
    unsaid: int = 0

    def bound(self, policy: Policy) -> float:
        """The drop above which it FAILs."""
        return 0.0 if policy.strict else self.metric.drop

    def enough(self, policy: Policy) -> bool:
        """Whether there are enough different observations for a verdict, and of every game."""
        return self.evidence.clusters >= policy.clusters and not self.absent

    @cached_property
    def absent(self) -> tuple[str, ...]:
        """Games of which no pair has the metric on both sides: without them the figure is of something else."""
        there = {pair.baseline.group for pair in self.evidence.pairs}
        return tuple(game for game in self.games if game not in there)

    def told(self, policy: Policy) -> bool:
        """Whether the candidate has the metric where the baseline has it, often enough for a PASS."""
        pairs = len(self.evidence.pairs)
        return pairs >= policy.graded * (pairs + self.unsaid)


@dataclass(frozen=True)
class Finding:
    """What was found for one question.

    Attributes:
        share: Error probability that a wrong FAIL of this question may have, from Holm's procedure.
        reason: Why there is no verdict yet; empty where there is one.
        more: How many pairs more it takes, if all stays as it seems; None if unknown or out of reach.
    """

    question: Question
    verdict: Verdict
    share: float
    alpha: float
    reason: str
    more: int | None

    @property
    def drop(self) -> float | None:
        """The estimate."""
        return self.question.evidence.drop

    @cached_property
    def low(self) -> float | None:
        """The drop is at least this, with all questions of the family."""
        return None if self.drop is None else self.question.evidence.low(self.share)

    @cached_property
    def high(self) -> float | None:
        """The drop is at most this."""
        return None if self.drop is None else self.question.evidence.high(self.alpha)

    @cached_property
    def mde(self) -> float | None:
        """The smallest drop that would have been found."""
        return None if self.drop is None else self.question.evidence.mde(self.share)


def judge(questions: Sequence[Question], policy: Policy) -> list[Finding]:
    """What is found for each question, in their order."""
    shares = _shares(questions, policy)
    return [_finding(question, share, policy) for question, share in zip(questions, shares, strict=True)]


def together(findings: Sequence[Finding]) -> Verdict:
    """The verdict of all."""
    verdicts = {finding.verdict for finding in findings}
    if "FAIL" in verdicts:
        return "FAIL"
    return "PASS" if verdicts == {"PASS"} else "INCONCLUSIVE"


def certain_from(questions: Sequence[Question], policy: Policy) -> int | None:
    """The first block after which the verdict of the gate is certain; None if it never is.

    Args:
        questions: All with ``Anytime`` evidence.
        policy: The policy.
    """
    sizes = {name: len(found) for name, found in _families(questions).items()}
    fails = [_first(one, policy, policy.alpha / sizes[one.metric.family], fail=True) for one in questions]
    passes = [_first(one, policy, policy.alpha, fail=False) for one in questions]
    # Holm's procedure rejects something exactly when it rejects something in its first step.
    found = [block for block in fails if block is not None]
    if questions and all(block is not None for block in passes):
        found.append(max(block for block in passes if block is not None))
    return min(found, default=None)


def _first(question: Question, policy: Policy, alpha: float, *, fail: bool) -> int | None:
    evidence = question.evidence
    assert isinstance(evidence, Anytime)
    if fail:
        logs = evidence.above_at(question.bound(policy))
    else:
        logs = evidence.below_at(question.metric.drop)
    there = (logs >= -np.log(alpha)) & (np.array([block.clusters for block in evidence.blocks]) >= policy.clusters)
    return evidence.blocks[int(np.argmax(there))].number if there.any() else None


def _families(questions: Sequence[Question]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for place, question in enumerate(questions):
        found.setdefault(question.metric.family, []).append(place)
    return found


def _shares(questions: Sequence[Question], policy: Policy) -> list[float]:
    """The level at which Holm's procedure tests each question last."""
    shares = [policy.alpha] * len(questions)
    for family in _families(questions).values():
        left = list(family)
        while left:
            level = policy.alpha / len(left)
            for place in left:
                shares[place] = level
            failed = [place for place in left if _fails(questions[place], level, policy)]
            if not failed:
                break
            left = [place for place in left if place not in failed]
    return shares


def _fails(question: Question, level: float, policy: Policy) -> bool:
    return question.enough(policy) and question.evidence.above(question.bound(policy), level)


def _finding(question: Question, share: float, policy: Policy) -> Finding:
    evidence = question.evidence
    if not question.enough(policy):
        return Finding(question, "INCONCLUSIVE", share, policy.alpha, _too_few(question, policy), None)
    if _fails(question, share, policy):
        return Finding(question, "FAIL", share, policy.alpha, "", None)
    below = evidence.below(question.metric.drop, policy.alpha)
    if below and not question.told(policy):
        return Finding(question, "INCONCLUSIVE", share, policy.alpha, _unsaid(question, policy), None)
    if below:
        return Finding(question, "PASS", share, policy.alpha, "", None)
    drop = evidence.drop
    assert drop is not None
    towards_pass = drop <= question.metric.drop
    bound, alpha = (question.metric.drop, policy.alpha) if towards_pass else (question.bound(policy), share)
    more = evidence.more(bound, alpha)
    reason = "" if more is not None else "the drop is too near to the tolerated one to be told from it"
    return Finding(question, "INCONCLUSIVE", share, policy.alpha, reason, more)


def _too_few(question: Question, policy: Policy) -> str:
    pairs, clusters = len(question.evidence.pairs), question.evidence.clusters
    if not pairs:
        return "no episode was graded on both sides"
    if question.absent:
        return f"no episode of {' and '.join(question.absent)} was graded on both sides, and every game counts"
    return (
        f"{clusters} different {'observation' if clusters == 1 else 'observations'} in {pairs} paired "
        f"{'episode' if pairs == 1 else 'episodes'}; at least {policy.clusters} are needed. Episodes of one deal, and "
        "those that go exactly alike, are one: more tasks, or a varied start, help"
    )


def _unsaid(question: Question, policy: Policy) -> str:
    name, pairs = question.metric.name, len(question.evidence.pairs)
    return (
        f"the candidate has {name} in only {pairs} of the {pairs + question.unsaid} episodes in which the baseline has "
        f"it; the policy wants {policy.graded:.0%} at least"
    )
