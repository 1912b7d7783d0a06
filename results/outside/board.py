"""A leaderboard of results that are only scores: files instead of runs.

One row is one subject and group. What only a game has (won and lost, legality, reasoning, regret) does not exist here and
is shown as such. Clusters are the file's, else tasks: all trials of a task are one observation.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from kibitz.results.comparing.trials import OUTCOME, Results, Trial
from kibitz.results.leaderboard import BoardData, Row
from kibitz.results.records import GameInfo
from kibitz.results.scores import ALL_GAMES, Score
from kibitz.results.statistics.clusters import merge
from kibitz.results.statistics.intervals import Interval, bounded_mean, equal_weights, grouped

SCALE = (0.0, 1.0)
ONLY_GROUP = "all"
"""The name of the group where the results name none."""

NO_INTERVAL = Interval()


def board_of(sides: Sequence[Results]) -> BoardData:
    """One board of all that was measured.

    Args:
        sides: Who was measured; the same name in two places is two rows.

    Raises:
        ValueError: Nothing is given.
    """
    if not sides:
        raise ValueError("a board needs at least one file")
    names = _names(sides)
    groups = tuple(dict.fromkeys(_group(trial) for side in sides for trial in side.trials))
    rows: list[Row] = []
    for group in groups:
        held = {name: [t for t in side.trials if _group(t) == group] for name, side in zip(names, sides, strict=True)}
        rows += _ranked([_score(name, group, trials) for name, trials in held.items() if trials], held, 1)
    pooled = [_pool(name, [row.score for row in rows if row.score.agent == name]) for name in names]
    rows += _ranked(pooled, dict(zip(names, (side.trials for side in sides), strict=True)), len(groups))
    failures = Counter(trial.failed for side in sides for trial in side.trials if trial.failed)
    return BoardData(
        runs=tuple(side.source for side in sides),
        complete=all(side.graded == side.scheduled for side in sides),
        scored=sum(side.graded for side in sides),
        scheduled=sum(side.scheduled for side in sides),
        rows=tuple(rows),
        games={group: _info(group) for group in groups},
        failures=dict(sorted(failures.items())),
        files=True,
    )


def _names(sides: Sequence[Results]) -> tuple[str, ...]:
    """The subjects' names, with where they come from behind those that occur twice."""
    count = Counter(side.subject for side in sides)
    names = [f"{side.subject}@{side.source}" if count[side.subject] > 1 else side.subject for side in sides]
    again = Counter(names)
    return tuple(f"{name}#{names[: i + 1].count(name)}" if again[name] > 1 else name for i, name in enumerate(names))


def _group(trial: Trial) -> str:
    return trial.group or ONLY_GROUP


def _info(group: str) -> GameInfo:
    return GameInfo(
        label=group,
        id=group,
        version="",
        title=group,
        seats=1,
        payoff="score",
        reward_range=SCALE,
        options={},
        setting="",
        subproblems={},
    )


def _score(name: str, group: str, trials: Sequence[Trial]) -> Score:
    graded = [trial for trial in trials if OUTCOME in trial.scores]
    clusters = merge(
        (("cluster", t.cluster or t.task), ("task", t.task), *([("course", t.course)] if t.course else []))
        for t in graded
    )
    # Money and time of what failed were spent too.
    usd = [trial.usd for trial in trials]
    known = [amount for amount in usd if amount is not None]
    return Score(
        agent=name,
        game=group,
        scale=SCALE,
        episodes=len(graded),
        distinct=len({t.course or str(t.key) for t in graded}),
        wins=0,
        draws=0,
        losses=0,
        outcome=bounded_mean(grouped([t.scores[OUTCOME] for t in graded], clusters), *SCALE),
        outcome_with_fallback=NO_INTERVAL,
        intermediate=NO_INTERVAL,
        consistency=NO_INTERVAL,
        regret=NO_INTERVAL,
        legality=NO_INTERVAL,
        turns=0,
        fallbacks=0,
        effectless=0,
        calls=0,
        tokens=sum(trial.tokens or 0 for trial in trials),
        usd=_sum(known) if len(known) == len(usd) else None,
        unpriced=len(usd) - len(known),
        seconds=_sum([trial.seconds or 0.0 for trial in trials]),
    )


def _sum(amounts: Sequence[float]) -> float:
    """A sum that does not depend on the order."""
    return float(sum(map(Fraction, amounts)))


def _pool(name: str, scores: Sequence[Score]) -> Score:
    """All groups together, each with the same weight; the scale stays that of the scores."""
    known = [score.usd for score in scores if score.usd is not None]
    return replace(
        scores[0],
        game=ALL_GAMES,
        episodes=sum(score.episodes for score in scores),
        distinct=sum(score.distinct for score in scores),
        outcome=equal_weights([score.outcome for score in scores]),
        tokens=sum(score.tokens for score in scores),
        usd=_sum(known) if len(known) == len(scores) else None,
        unpriced=sum(score.unpriced for score in scores),
        seconds=_sum([score.seconds for score in scores]),
        games=sum(bool(score.episodes) for score in scores),
    )


def _ranked(scores: Sequence[Score], held: Mapping[str, Sequence[Trial]], groups: int) -> list[Row]:
    """Order by outcome; who has no score, or not one in every group, has no place."""

    def outcome(score: Score) -> float:
        # Rounded as shown in JSON, so that equal numbers never get different ranks.
        return float("-inf") if score.outcome.mean is None else round(score.outcome.mean, 6)

    def ranked(score: Score) -> bool:
        return score.episodes > 0 and (groups == 1 or score.games == groups)

    results = [outcome(score) for score in scores if ranked(score)]
    return [
        Row(
            score=score,
            rank=1 + sum(other > outcome(score) for other in results) if ranked(score) else None,
            privilege="none",
            kind="",
            answers="none",
            scheduled=len(held[score.agent]),
        )
        for score in sorted(scores, key=lambda score: (not ranked(score), -outcome(score), score.agent))
    ]
