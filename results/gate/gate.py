"""A gate: two sides and a policy become a verdict with everything that it rests on."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from kibitz.results.comparing.change import digits, require_known
from kibitz.results.comparing.diff import Flip, differences_as_json, flips_of
from kibitz.results.comparing.pairs import Difference, Pair, Paired, pair
from kibitz.results.comparing.trials import Results, Trial
from kibitz.results.gate.blocks import blocks_of, finished, numbered
from kibitz.results.gate.evidence import Anytime, Evidence, Fixed
from kibitz.results.gate.policy import Metric, Policy
from kibitz.results.gate.sides import Graded, bounds, charged, excluded, graded, lacking
from kibitz.results.gate.verdict import Finding, Question, Verdict, certain_from, judge, together
from kibitz.results.scores import ALL_GAMES
from kibitz.results.statistics.multiplicity import holm

SCHEMA = 1


class GateError(ValueError):
    """The gate cannot be held: nothing is there to compare, or the baseline is no base."""


@dataclass(frozen=True)
class Match:
    """One agent on both sides, as far as it is read.

    Attributes:
        agent: Its name in the baseline and in the candidate.
        graded: How much could be graded, of the baseline and of the candidate.
        blocks: Number of blocks that are over; None where the gate does not read blocks.
        games: The games that have each metric of the policy, in the baseline: known before the candidate plays.
    """

    agent: tuple[str, str]
    paired: Paired
    graded: tuple[Graded, Graded]
    blocks: int | None
    games: Mapping[str, tuple[str, ...]]

    @cached_property
    def excluded(self) -> list[Pair]:
        """Pairs that are in no figure."""
        return excluded(self.paired)

    def until(self, block: int) -> Match:
        """The same with what comes after a block cut off."""
        numbers = numbered(self.paired.baseline.trials)
        kept = tuple(one for one in self.paired.pairs if numbers[one.baseline.key] <= block)
        paired = replace(self.paired, pairs=kept)
        sides = [[getattr(one, side) for one in kept] for side in ("baseline", "candidate")]
        return Match(self.agent, paired, (graded(sides[0], 0), graded(sides[1], 0)), block + 1, self.games)


@dataclass(frozen=True)
class Result:
    """What a gate says.

    Attributes:
        findings: One a question, in the order of the policy.
        matches: One an agent.
        failed: Why the gate fails whatever the figures are: too little of the candidate could be graded.
        decided: After how many blocks the verdict was certain; None where it is none or blocks are not read.
        unread: Pairs that were there and not read, because the verdict was certain before.
    """

    policy: Policy
    findings: tuple[Finding, ...]
    matches: tuple[Match, ...]
    failed: tuple[str, ...] = ()
    decided: int | None = None
    unread: int = 0

    @property
    def verdict(self) -> Verdict:
        """PASS, FAIL or INCONCLUSIVE."""
        return "FAIL" if self.failed else together(self.findings)

    @property
    def main(self) -> Finding:
        """The finding that the verdict is about: the first one with this verdict."""
        return next((one for one in self.findings if one.verdict == self.verdict), self.findings[0])

    def match(self, finding: Finding) -> Match:
        """The agent that a finding is about."""
        return next(one for one in self.matches if one.agent == finding.question.agent)

    def flips(self, finding: Finding) -> tuple[Flip, ...]:
        """The pairs that changed in the metric of a finding, worse ones first."""
        paired = replace(self.match(finding).paired, pairs=finding.question.evidence.pairs)
        return flips_of(paired, finding.question.metric.name)

    def more(self, finding: Finding) -> tuple[int, float | None] | None:
        """How many episodes more on each side would do, and what they cost on both together; None if unknown."""
        if finding.more is None:
            return None
        pairs = finding.question.evidence.pairs
        spent = [trial.usd for one in pairs for trial in (one.baseline, one.candidate)]
        known = [usd for usd in spent if usd is not None]
        price = math.fsum(known) / len(pairs) if len(known) == len(spent) else None
        return finding.more, None if price is None else price * finding.more

    @property
    def arms(self) -> tuple[Difference, ...]:
        """Conditions that differ and were declared to."""
        return tuple(dict.fromkeys(arm for match in self.matches for arm in match.paired.arms))

    def as_json(self) -> dict[str, object]:
        """The gate as a JSON object, as the formats page describes it."""
        main = self.main
        return {
            "schema": SCHEMA,
            "verdict": self.verdict,
            "mode": self.policy.mode,
            "alpha": self.policy.alpha,
            "strict": self.policy.strict,
            "baseline": self.matches[0].paired.baseline.source,
            "candidate": self.matches[0].paired.candidate.source,
            **{key: value for key, value in self._figures(main).items() if key not in ("verdict", "reason")},
            "flips": [flip.as_json() for flip in self.flips(main)],
            "differences": differences_as_json(self.arms),
            "failed": list(self.failed),
            "decided_after": self.decided,
            "unread": self.unread,
            "metrics": [self._figures(one) for one in self.findings],
            "agents": [_match_as_json(match) for match in self.matches],
        }

    def _figures(self, finding: Finding) -> dict[str, object]:
        question, evidence, more = finding.question, finding.question.evidence, self.more(finding)
        drop, left_out, sides = finding.drop, self.left_out(finding), evidence.sides or (None, None)
        return {
            "metric": question.metric.name,
            "group": question.group,
            "agent": list(question.agent),
            "family": question.metric.family,
            "verdict": finding.verdict,
            "reason": finding.reason,
            "delta0": question.metric.drop,
            "share": _rounded(finding.share),
            "means": {"baseline": _rounded(sides[0]), "candidate": _rounded(sides[1])},
            "drop": {"estimate": _rounded(drop), "low": _rounded(finding.low), "high": _rounded(finding.high)},
            "pairs": len(evidence.pairs),
            "clusters": evidence.clusters,
            "discordant": len(self.flips(finding)),
            "excluded": left_out,
            "bounds": None if drop is None else list(map(_rounded, bounds(drop, len(evidence.pairs), left_out))),
            "p": digits(evidence.p),
            "adjusted_p": digits(self.adjusted(finding)),
            "test": evidence.test,
            "mde": _rounded(finding.mde),
            "more": None if more is None else {"episodes": more[0], "usd": _rounded(more[1])},
        }

    def adjusted(self, finding: Finding) -> float | None:
        """The p-value of a finding, adjusted for all of its family by Holm's procedure."""
        family = finding.question.metric.family
        known = {
            place: one.question.evidence.p
            for place, one in enumerate(self.findings)
            if one.question.metric.family == family and one.question.evidence.p is not None
        }
        place = self.findings.index(finding)
        return dict(zip(known, holm(list(known.values())), strict=True)).get(place)

    def left_out(self, finding: Finding) -> int:
        """Pairs of the question's games that are not in its figure: a side was not graded, or lacks the metric."""
        question = finding.question
        ungraded = sum(question.group in (ALL_GAMES, one.baseline.group) for one in self.match(finding).excluded)
        return ungraded + question.lacking


def gate(sides: Sequence[tuple[Results, Results]], policy: Policy) -> Result:
    """Hold the candidate to the policy.

    Args:
        sides: Baseline and candidate, for each agent.
        policy: The policy.

    Raises:
        GateError: A side has no graded trial, or too little of the baseline could be graded.
        NotComparableError: The sides were measured under different conditions, or have no task in common.
        UnknownMetricError: No side has a metric of the policy.
    """
    if not sides:
        raise GateError("there is no agent to compare")
    matches = [_match(baseline, candidate, policy) for baseline, candidate in sides]
    questions = [one for match in matches for one in _questions(match, policy)]
    decided, unread = None, 0
    if policy.mode == "anytime" and (block := _certain(matches, questions, policy)) is not None:
        whole = sum(len(match.paired.pairs) for match in matches)
        matches = [match.until(block) for match in matches]
        questions = [one for match in matches for one in _questions(match, policy)]
        decided, unread = block + 1, whole - sum(len(match.paired.pairs) for match in matches)
    failed = tuple(text for match in matches for text in _under_floor(match, policy))
    return Result(policy, tuple(judge(questions, policy)), tuple(matches), failed, decided, unread)


def _match(baseline: Results, candidate: Results, policy: Policy) -> Match:
    for side, what in ((baseline, "baseline"), (candidate, "candidate")):
        if not side.trials:
            raise GateError(f"{side.source}: {side.subject} has played no episode, so the {what} says nothing")
    sides, blocks = charged(baseline, candidate), None
    # Whether they may be compared at all is asked of everything that was played.
    paired = pair(*sides, policy.arms)
    anytime = policy.mode == "anytime"
    # Where one may stop at any time, what was not played yet is not missing.
    expected = [0, 0] if anytime else [sides[0].scheduled, _due(sides[1], paired)]
    _require_base(graded(sides[0].trials, expected[0]), baseline, policy)
    games: dict[str, tuple[str, ...]] = {}
    for metric in policy.metrics:
        require_known(sides, metric.name)
        games[metric.name] = _games(sides[0].trials, metric)
    if anytime:
        before, after, blocks = finished(*sides)
        sides = (before, after)
        known = {trial.key for side in sides for trial in side.trials}
        plans = [set(side.planned) for side in sides]
        paired = replace(
            paired,
            baseline=sides[0],
            candidate=sides[1],
            pairs=tuple(one for one in paired.pairs if one.baseline.key in known),
            only_baseline=tuple(one for one in paired.only_baseline if one.key not in plans[1]),
            only_candidate=tuple(one for one in paired.only_candidate if one.key not in plans[0]),
        )
    found = [graded(side.trials, size) for side, size in zip(sides, expected, strict=True)]
    return Match((baseline.subject, candidate.subject), paired, (found[0], found[1]), blocks, games)


def _due(candidate: Results, paired: Paired) -> int:
    """How many trials the candidate should have: a file says nothing of those that never came to be written."""
    written = 0 if candidate.planned else len(candidate.trials) + len(paired.only_baseline)
    return max(candidate.scheduled, written)


def _require_base(base: Graded, baseline: Results, policy: Policy) -> None:
    if base.share < policy.graded:
        raise GateError(
            f"{baseline.source}: only {base.scored} of {base.expected} episodes of {baseline.subject} could be graded"
            f"{_causes(base)}, and the policy wants {policy.graded:.0%} at least; play the rest "
            "(kibitz run --resume) or make the baseline again"
        )


def _questions(match: Match, policy: Policy) -> list[Question]:
    found = []
    for metric in policy.metrics:
        every = match.games[metric.name]
        for group in (ALL_GAMES,) if metric.games == "pooled" else every:
            games = every if group == ALL_GAMES else (group,)
            evidence: Evidence
            if policy.mode == "anytime":
                evidence = Anytime(blocks_of(match.paired, metric.name, games))
            else:
                evidence = Fixed(match.paired, metric.name, group)
            lack = lacking(match.paired, metric.name, games)
            unsaid = sum(metric.name in one.baseline.scores for one in lack)
            found.append(Question(match.agent, metric, group, evidence, games, len(lack), unsaid))
    return found


def _games(trials: Sequence[Trial], metric: Metric) -> tuple[str, ...]:
    return tuple(sorted({trial.group for trial in trials if metric.name in trial.scores}))


def _certain(matches: Sequence[Match], questions: Sequence[Question], policy: Policy) -> int | None:
    """The first block after which the verdict is certain and enough was graded, of every metric too."""
    first = certain_from(questions, policy)
    if first is None:
        return None
    for block in range(first, max(match.blocks or 0 for match in matches)):
        there = [match.until(block) for match in matches]
        if any(min(side.share for side in match.graded) < policy.graded for match in there):
            continue
        if together(judge([one for match in there for one in _questions(match, policy)], policy)) != "INCONCLUSIVE":
            return block
    return None


def _under_floor(match: Match, policy: Policy) -> list[str]:
    candidate = match.graded[1]
    if candidate.share >= policy.graded or not candidate.expected:
        return []
    said = f"only {candidate.scored} of {candidate.expected} episodes of {match.agent[1]} could be graded"
    return [f"{said}{_causes(candidate)}; the policy wants {policy.graded:.0%} at least"]


def _causes(side: Graded) -> str:
    causes = [f"{count} {cause}" for cause, count in sorted(side.failures.items())]
    if open_ := side.expected - side.scored - sum(side.failures.values()):
        causes.append(f"{open_} not played")
    return f" ({', '.join(causes)})" if causes else ""


def _match_as_json(match: Match) -> dict[str, object]:
    return {
        "agent": list(match.agent),
        "baseline": match.graded[0].as_json(),
        "candidate": match.graded[1].as_json(),
        "only_baseline": len(match.paired.only_baseline),
        "only_candidate": len(match.paired.only_candidate),
        "blocks": match.blocks,
        "identity": differences_as_json(match.paired.identity),
    }


def _rounded(value: float | None) -> float | None:
    # Adding 0.0 turns a negative zero into zero.
    return None if value is None else round(value, 6) + 0.0
