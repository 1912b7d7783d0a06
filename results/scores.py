"""Scores of one agent in one game, and over all games of a board.

Definitions, the same for every game:

- *Episodes* are scored episodes: those that ended and did not fail for a cause outside the game. An agent that holds
  several seats of an episode counts once a seat.
- *Outcome* is the mean final reward on the game's own scale (contests: -1 to 1), where an agent's first fallback
  counts as a forfeit; *outcome with fallback* is the mean reward as the game ended with fallbacks playing on.
- *Won* means the goal was reached without a forfeit, for games with a goal; for contests the sign of the reward.
- *Intermediate* is the mean over subproblems of their accuracy (``kibitz.results.reasoning``).
- *Overall* is half the sum of outcome (on -1 to 1) and intermediate, for comparison with GAMEBoT only.
- *Legality* is the share of decisions whose first reply gave a legal action.
- *Consistency* is the share of decisions, among those where the stated answers commit to something, in which the
  action followed them. *Regret* is the mean reward an action gives away against the best one, where that is known.

Clusters, for every interval: mirrored pairs, and episodes with identical trajectories, are one observation.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypedDict

from kibitz.results.clusters import merge
from kibitz.results.intervals import Interval, bounded_mean, equal_weights, proportion
from kibitz.results.reasoning import Question, SubproblemScore, mean_accuracy, score_subproblems
from kibitz.results.records import EpisodeRecord, GameInfo, GradeRecord, SeatRecord, Spent, UnitRecord

ALL_GAMES = "*"


@dataclass(frozen=True, slots=True)
class Played:
    """One seat of one scored episode, with what the seat did and said.

    Attributes:
        scope: What tells equal pair names of different runs apart (the run seed: equal seeds are equal tasks).
    """

    scope: str
    unit: UnitRecord
    episode: EpisodeRecord
    seat: int
    decisions: tuple[SeatRecord, ...]
    grades: tuple[GradeRecord, ...]

    @property
    def forfeited(self) -> bool:
        """Whether a fallback cost this seat its reward: its own first one, or in a team anybody's."""
        episode = self.episode
        own = episode.forfeit is not None and self.seat in episode.forfeit.seats
        return own or (episode.forfeit is not None and episode.reward[self.seat] < episode.played[self.seat])

    @property
    def result(self) -> int:
        """1 won, 0 drawn, -1 lost: against a goal, or by more or less reward than the best of the other seats."""
        if self.episode.success is not None:
            return 1 if self.episode.success and not self.forfeited else -1
        reward = self.episode.reward[self.seat]
        best_other = max((r for seat, r in enumerate(self.episode.reward) if seat != self.seat), default=0.0)
        return (reward > best_other) - (reward < best_other)

    @property
    def spent(self) -> Spent:
        """What the seat spent."""
        return self.episode.spent[self.seat] if self.seat < len(self.episode.spent) else Spent()

    @property
    def seconds(self) -> float:
        """How long the seat thought, in seconds."""
        times = self.episode.measured.seat_seconds
        return times[self.seat] if self.seat < len(times) else 0.0


@dataclass(frozen=True, slots=True)
class Score:
    """All figures of one row of a board.

    Attributes:
        game: Label of the game; ``*`` for all games.
        scale: Lowest and highest possible outcome.
        distinct: Number of different trajectories among the episodes.
        turns: Number of decisions; ``effectless`` counts actions that a game accepted without effect.
        usd: Dollars, None if the price of any call is unknown (``unpriced`` counts those calls).
        per_subproblem: In the order they are asked; in ``*`` under ``game/id``.
        games: Number of games that the row covers.
    """

    agent: str
    game: str
    scale: tuple[float, float]
    episodes: int
    distinct: int
    wins: int
    draws: int
    losses: int
    outcome: Interval
    outcome_with_fallback: Interval
    intermediate: Interval
    consistency: Interval
    regret: Interval
    legality: Interval
    turns: int
    fallbacks: int
    effectless: int
    calls: int
    tokens: int
    usd: float | None
    unpriced: int
    seconds: float
    per_subproblem: Mapping[str, SubproblemScore] = field(default_factory=dict)
    games: int = 1

    @property
    def overall(self) -> float | None:
        """Half the sum of outcome (on -1 to 1) and intermediate; None where either is missing."""
        outcome = self.outcome.scaled(*self.scale).mean
        return None if outcome is None or self.intermediate.mean is None else (outcome + self.intermediate.mean) / 2


def score(agent: str, game: GameInfo, label: str, played: Sequence[Played]) -> Score:
    """Score the seats that one agent held in one game.

    Args:
        agent: Name on the board.
        game: The game.
        label: Name of the game on the board.
        played: One item a seat and scored episode.
    """
    low, high = game.reward_range
    cluster = merge(
        ((p.scope, "pair", p.unit.pair or p.unit.key), ("trajectory", p.episode.trajectory or p.unit.key))
        for p in played
    )
    moves = [(move, c) for p, c in zip(played, cluster, strict=True) for move in p.decisions]
    questions = [Question(grade, c) for p, c in zip(played, cluster, strict=True) for grade in p.grades]
    stated = [(move.consistent, c) for move, c in moves if move.consistent is not None]
    regrets = [(min(move.regret, high - low), c) for move, c in moves if move.regret is not None]
    return Score(
        agent=agent,
        game=label,
        scale=(low, high),
        **_counts(played, [move for move, _ in moves]),
        outcome=bounded_mean([p.episode.reward[p.seat] for p in played], cluster, low, high),
        outcome_with_fallback=bounded_mean([p.episode.played[p.seat] for p in played], cluster, low, high),
        intermediate=mean_accuracy(questions),
        consistency=proportion([value for value, _ in stated], [c for _, c in stated]),
        regret=bounded_mean([value for value, _ in regrets], [c for _, c in regrets], 0.0, high - low),
        legality=proportion([not m.complaints and not m.fallback for m, _ in moves], [c for _, c in moves]),
        per_subproblem=score_subproblems(questions, list(game.subproblems)),
    )


class _Counts(TypedDict):
    episodes: int
    distinct: int
    wins: int
    draws: int
    losses: int
    turns: int
    fallbacks: int
    effectless: int
    calls: int
    tokens: int
    usd: float | None
    unpriced: int
    seconds: float


def _counts(played: Sequence[Played], moves: Sequence[SeatRecord]) -> _Counts:
    spent = sum((p.spent for p in played), Spent())
    return _Counts(
        episodes=len(played),
        distinct=len({p.episode.trajectory or p.unit.key for p in played}),
        wins=sum(p.result > 0 for p in played),
        draws=sum(p.result == 0 for p in played),
        losses=sum(p.result < 0 for p in played),
        turns=len(moves),
        fallbacks=sum(move.fallback for move in moves),
        effectless=sum(move.effect == "no_effect" for move in moves),
        calls=spent.calls,
        tokens=spent.tokens,
        usd=None if spent.unpriced else spent.usd,
        unpriced=spent.unpriced,
        seconds=sum(p.seconds for p in played),
    )


def pool(agent: str, scores: Sequence[Score]) -> Score:
    """One row over several games: counts are added, means give each game the same weight.

    Outcomes are put on a scale of -1 to 1 first, and regrets on one of 0 to 2, so that games with other rewards count
    alike. A game in which a figure does not exist (no questions, no solver) does not enter the mean of that figure.
    """
    return Score(
        agent=agent,
        game=ALL_GAMES,
        scale=(-1.0, 1.0),
        **_added(scores),
        outcome=equal_weights([s.outcome.scaled(*s.scale) for s in scores]),
        outcome_with_fallback=equal_weights([s.outcome_with_fallback.scaled(*s.scale) for s in scores]),
        intermediate=equal_weights([s.intermediate for s in scores]),
        consistency=equal_weights([s.consistency for s in scores]),
        regret=equal_weights([_per_range(s.regret, s.scale) for s in scores]),
        legality=equal_weights([s.legality for s in scores]),
        per_subproblem={f"{s.game}/{id}": sub for s in scores for id, sub in s.per_subproblem.items()},  # noqa: A001
        games=len(scores),
    )


def _added(scores: Sequence[Score]) -> _Counts:
    known = [s.usd for s in scores if s.usd is not None]
    return _Counts(
        episodes=sum(s.episodes for s in scores),
        distinct=sum(s.distinct for s in scores),
        wins=sum(s.wins for s in scores),
        draws=sum(s.draws for s in scores),
        losses=sum(s.losses for s in scores),
        turns=sum(s.turns for s in scores),
        fallbacks=sum(s.fallbacks for s in scores),
        effectless=sum(s.effectless for s in scores),
        calls=sum(s.calls for s in scores),
        tokens=sum(s.tokens for s in scores),
        usd=sum(known) if len(known) == len(scores) else None,
        unpriced=sum(s.unpriced for s in scores),
        seconds=sum(s.seconds for s in scores),
    )


def _per_range(regret: Interval, scale: tuple[float, float]) -> Interval:
    factor = 2 / (scale[1] - scale[0])

    def per(value: float | None) -> float | None:
        return None if value is None else value * factor

    return Interval(per(regret.mean), per(regret.low), per(regret.high), regret.n, regret.clusters)
