"""What a gate says in words: the same sentences in the terminal, in the Markdown comment and in JUnit XML.

Points are hundredths of a score's range 0..1. Names in these sentences are other people's: whoever prints them escapes
them for where they go.
"""

from __future__ import annotations

import math

from kibitz.results import figures
from kibitz.results.comparing.pairs import Difference, said
from kibitz.results.comparing.words import many
from kibitz.results.gate.gate import Match, Result
from kibitz.results.gate.sides import Graded, bounds
from kibitz.results.gate.verdict import Finding
from kibitz.results.scores import ALL_GAMES

MARKS = {"PASS": "✅", "FAIL": "❌", "INCONCLUSIVE": "⚠️"}

MOST_FLIPS = 10
MOST_DIFFERENCES = 5
LONGEST_VALUE = 60

SCALE = "Scores go from 0 to 1 (a drawn contest is 0.5; the board shows contests from −1 to 1), a point is a hundredth."


def headline(result: Result) -> str:
    """The verdict and the number to act on: ``INCONCLUSIVE: 2.1 points lower, about 340 more episodes, about $4``."""
    if result.failed:
        return f"FAIL: {'; '.join(result.failed)}"
    main = result.main
    name = "" if len(result.findings) == 1 and main.question.metric.name == "outcome" else f"{title(result, main)} "
    if main.verdict == "INCONCLUSIVE":
        return f"INCONCLUSIVE: {', '.join(filter(None, [name + moved(main), advice(result, main)]))}"
    return f"{main.verdict}: {name}{measured(main)}, {tolerated(result, main)}"


def title(result: Result, finding: Finding) -> str:
    """What a finding is about, as short as it can be told apart from the others."""
    question = finding.question
    parts = [question.metric.name]
    if question.group != ALL_GAMES:
        parts.append(f"in {question.group}")
    if len(result.matches) > 1:
        parts.append(f"of {question.agent[1]}")
    return " ".join(parts)


def moved(finding: Finding) -> str:
    """The estimate: ``2.1 points lower``."""
    if finding.drop is None:
        return "nothing to compare"
    drop = round(100 * finding.drop, 1)
    return f"{abs(drop):.1f} points {'lower' if drop > 0 else 'higher'}" if drop else "no difference"


def measured(finding: Finding) -> str:
    """The estimate with its interval, both the way the word says: ``20.0 points higher [4.7, 35.3]``."""
    low, high = finding.low, finding.high
    if finding.drop is not None and round(100 * finding.drop, 1) < 0:
        low, high = (None if limit is None else -limit for limit in (high, low))
    return f"{moved(finding)} [{points(low)}, {points(high)}]"


def points(value: float | None) -> str:
    """A difference of scores in points, with a true minus sign."""
    return figures.NOTHING if value is None else figures.number(100 * value, 1)


def tolerated(result: Result, finding: Finding) -> str:
    """What would have been tolerated."""
    return "no drop is tolerated" if result.policy.strict else f"{points(finding.question.metric.drop)} are tolerated"


def advice(result: Result, finding: Finding) -> str:
    """What would make an inconclusive finding certain."""
    more = result.more(finding)
    if more is None:
        return finding.reason
    episodes, usd = more
    said = f"about {_about(episodes):,} more episodes"
    return f"{said}, about {figures.estimated_dollars(usd)}" if usd else said


def _about(number: int) -> int:
    """To two digits, upwards: it is an estimate."""
    step = int(10 ** max(0, len(str(number)) - 2))
    return math.ceil(number / step) * step


HEADINGS = ("metric", "baseline", "candidate", "drop in points", "tolerated", "p", "smallest visible drop", "verdict")


def rows(result: Result) -> list[tuple[str, ...]]:
    """The findings as a table, one cell a heading; the name first."""
    return [_row(result, finding) for finding in result.findings]


def _row(result: Result, finding: Finding) -> tuple[str, ...]:
    before, after = finding.question.evidence.sides or (None, None)
    p, drop = finding.question.evidence.p, finding.drop
    return (
        title(result, finding),
        figures.number(before, 3),
        figures.number(after, 3),
        figures.NOTHING if drop is None else f"{points(drop)} [{points(finding.low)}, {points(finding.high)}]",
        "0.0" if result.policy.strict else points(finding.question.metric.drop),
        figures.NOTHING if p is None else "<0.001" if p < 0.001 else f"{p:.3f}",
        points(finding.mde),
        finding.verdict,
    )


def flips(result: Result) -> tuple[list[tuple[str, str]], str]:
    """The pairs that changed, worse ones first: name and scores of the first ones, and what became of the others."""
    found = result.flips(result.main)
    shown = [
        (flip.pair.baseline.label, f"{figures.number(flip.before)} → {figures.number(flip.after)}")
        for flip in found[:MOST_FLIPS]
    ]
    rest = found[MOST_FLIPS:]
    worse = sum(flip.change < 0 for flip in rest)
    return shown, f"and {len(rest)} more: {worse} worse, {len(rest) - worse} better" if rest else ""


def notes(result: Result) -> list[str]:
    """How the figures came about, and what is not in them."""
    found = [_how(result), *_lacking(result), SCALE]
    for match in result.matches:
        found += _missing(result, match)
        if match.paired.identity:
            found.append(f"{match.agent[1]} differs in {_differences(match.paired.identity)}.")
        elif match.paired.baseline.identity:
            found.append(f"{match.agent[1]} is the same agent on both sides: what differs is noise.")
    if result.arms:
        found.append(f"Declared to differ: {_differences(result.arms)}.")
    return found


def _how(result: Result) -> str:
    policy, main = result.policy, result.main
    pairs, clusters = len(main.question.evidence.pairs), main.question.evidence.clusters
    alpha = f"{100 * policy.alpha:g} %"
    said = f"{many(pairs, 'paired episode')}, {many(clusters, 'different observation')}. "
    if policy.mode == "fixed":
        return f"{said}Each end of an interval is wrong with a probability of {alpha} at most; to be looked at once."
    when = f"The verdict was certain after {many(result.decided, 'deal')}. " if result.decided is not None else ""
    were = "was" if result.unread == 1 else "were"
    unread = f"{many(result.unread, 'pair')} that came later {were} not read. " if result.unread else ""
    return (
        f"{said}{when}{unread}Each end of an interval is wrong with a probability of {alpha} at most, however often "
        "one looks."
    )


def _missing(result: Result, match: Match) -> list[str]:
    found = []
    for side, what, name in zip(match.graded, ("baseline", "candidate"), match.agent, strict=True):
        if side.zeros:
            counts = "counts" if side.zeros == 1 else "count"
            found.append(f"{_episodes(side.zeros)} of {name} ({what}) {counts} as 0: the agent's own code failed.")
    if match.excluded:
        causes = "; ".join(
            f"{what}: {told}" for side, what in zip(match.graded, ("baseline", "candidate"), strict=True)
            if (told := _failures(side))
        )  # fmt: skip
        verb = "is" if len(match.excluded) == 1 else "are"
        found.append(
            f"{_episodes(len(match.excluded))} {verb} in no figure, a side failed ({causes}){_at_worst(result)}."
        )
    for count, what in (
        (len(match.paired.only_baseline), "only the baseline has"),
        (len(match.paired.only_candidate), "only the candidate has"),
    ):
        if count:
            found.append(f"{_episodes(count)} that {what} {'is' if count == 1 else 'are'} not compared.")
    found += _unread(result, match)
    return found


def _lacking(result: Result) -> list[str]:
    """Which figures leave out episodes that one side has no such score for."""
    return [
        f"Not in the figure of {title(result, one)}: {_episodes(one.question.lacking)} with {one.question.metric.name} "
        "on one side only."
        for one in result.findings
        if one.question.lacking
    ]


def _unread(result: Result, match: Match) -> list[str]:
    """What a gate that reads blocks cannot use."""
    if result.policy.mode == "fixed":
        return []
    main = result.main
    used = {pair.baseline.key for pair in main.question.evidence.pairs}
    spare = sum(
        pair.baseline.key not in used and main.question.group in (ALL_GAMES, pair.baseline.group)
        for pair in match.paired.pairs
    )
    if not spare:
        return []
    verb = "is" if spare == 1 else "are"
    return [f"{_episodes(spare)} {verb} not used: the deal is not whole, or not every game has it."]


def _at_worst(result: Result) -> str:
    main = result.main
    left_out = result.left_out(main) - main.question.lacking
    if main.drop is None or not left_out:
        return ""
    low, high = bounds(main.drop, len(main.question.evidence.pairs), left_out)
    return f"; had they gone as well or as badly as possible, the drop would be {points(low)} or {points(high)}"


def _failures(side: Graded) -> str:
    return ", ".join(f"{count} {cause}" for cause, count in sorted(side.failures.items()))


def _episodes(count: int) -> str:
    return many(count, "episode")


def _differences(differences: tuple[Difference, ...]) -> str:
    # A description repeats what identifies its agent: each is told once.
    told = list(
        dict.fromkeys(
            f"{one.name.removeprefix('identity.')}: {_short(one.baseline)} → {_short(one.candidate)}"
            for one in differences
            if one.name != "hash"
        )
    )
    more = len(told) - MOST_DIFFERENCES
    return ", ".join(told[:MOST_DIFFERENCES] or ["its hash"]) + (f" and {more} more" if more > 0 else "")


def _short(value: str | None) -> str:
    shown = said(value)
    return shown if len(shown) <= LONGEST_VALUE else f"{shown[:LONGEST_VALUE]}..."
