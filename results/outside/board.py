"""A leaderboard of results that are only scores: files instead of runs.

One row is one subject and group, with the figures of a run's row that scores alone can give: a trial is scored as an
episode of one seat. What only a game has (won and lost, legality, reasoning, regret) does not exist here. Clusters are
the file's, else tasks: all trials of a task are one observation.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from kibitz.results.comparing.trials import OUTCOME, Results, Trial
from kibitz.results.leaderboard import BoardData, Row
from kibitz.results.records import EpisodeMeasured, EpisodeRecord, GameInfo, Spent, UnitRecord
from kibitz.results.sample import Missing, Played, Sample
from kibitz.results.scores import Score, pool, score
from kibitz.results.statistics.intervals import Interval

SCALE = (0.0, 1.0)
POOLED = (-1.0, 1.0)
ONLY_GROUP = "tasks"
"""The name of the group where the results name none."""


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
        runs=tuple(dict.fromkeys(side.source for side in sides)),
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
        title=group.capitalize() if group == ONLY_GROUP else group,
        seats=1,
        payoff="score",
        reward_range=SCALE,
        options={},
        setting="",
        subproblems={},
    )


def _score(name: str, group: str, trials: Sequence[Trial]) -> Score:
    numbers: dict[str, int] = {}
    played: list[Played] = []
    missing: list[Missing] = []
    for place, trial in enumerate(trials):
        unit = _unit(name, trial, place, numbers.setdefault(trial.cluster or trial.task, len(numbers)))
        if OUTCOME in trial.scores:
            played.append(Played("", unit, _episode(unit, trial), 0, trial.trial))
        else:
            missing.append(Missing("", unit, trial.failed))
    found = score(name, _info(group), group, Sample(played, missing))
    # A score is no game won or lost.
    return replace(found, wins=0, draws=0, losses=0, outcome_with_fallback=Interval())


def _unit(name: str, trial: Trial, place: int, cluster: int) -> UnitRecord:
    # Trials of one task are tied as the episodes of a pair are, whatever clusters they name.
    return UnitRecord(
        index=place,
        key=trial.task,
        game=trial.group,
        task=trial.task,
        k=cluster,
        agents=(name,),
        pair=trial.task,
        seed=0,
    )


def _episode(unit: UnitRecord, trial: Trial) -> EpisodeRecord:
    outcome = trial.scores[OUTCOME]
    return EpisodeRecord(
        unit=unit.key,
        status="done",
        reward=(outcome,),
        played=(outcome,),
        trajectory=trial.course or f"{trial.task}/{trial.trial}",
        spent=(Spent(input_tokens=trial.tokens or 0, usd=trial.usd or 0.0, unpriced=int(trial.usd is None)),),
        measured=EpisodeMeasured(seat_seconds=(trial.seconds or 0.0,)),
    )


def _pool(name: str, scores: Sequence[Score]) -> Score:
    """All groups together, each with the same weight; the scale stays that of the scores."""
    # Said to be on the scale on which games are pooled, they are not moved to it.
    return replace(pool(name, [replace(one, scale=POOLED) for one in scores]), scale=SCALE)


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
