"""Scores of one agent in one game, and over all games of a board.

Definitions, the same for every game:

- *Episodes* are scored episodes: those that ended and did not fail for a cause outside the game. An agent that holds
  several seats of an episode counts once a seat.
- *Outcome* is the mean final reward on the game's own scale (contests: -1 to 1), where an agent's first fallback
  counts as a forfeit; *outcome with fallback* is the mean reward as the game ended with fallbacks playing on.
- *Won* means the goal was reached without a forfeit, for games with a goal; for contests more reward than all others.
- *Intermediate* is the mean over subproblems of their accuracy (``kibitz.results.reasoning``).
- *Overall* is half the sum of outcome (on -1 to 1) and intermediate, for comparison with GAMEBoT only.
- *Legality* is the share of decisions whose first reply gave a legal action.
- In *position suites* nobody acts: outcome, legality and regret do not exist, and rows are ranked by intermediate.
- *Consistency* is the share of decisions, among those where the stated answers commit to something, in which the
  action followed them. *Regret* is the mean reward an action gives away against the best one, where that is known.

Clusters, for every interval: episodes of one deal, and those with identical trajectories, are one observation
(``kibitz.results.sample``).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypedDict

from kibitz.results.abridged import Move
from kibitz.results.reasoning import SubproblemScore, mean_accuracy, outcome_lifts, score_subproblems
from kibitz.results.records import GameInfo
from kibitz.results.repeats import Repeats, repeated, repeated_together
from kibitz.results.sample import Played, Sample
from kibitz.results.statistics.intervals import (
    Interval,
    bounded_mean,
    equal_weights,
    grouped,
    observations,
    proportion,
    unbounded_mean,
)
from kibitz.results.treatments import Treatments, treated, treated_together

ALL_GAMES = "*"
EXACT = "exact"
"""The method of values that hold under best play of all."""
NOTHING_WON = "none"
"""The payoff of games in which only answers count."""
CONTEST = "zero_sum"
"""The payoff of games that are about winning."""


@dataclass(frozen=True, slots=True)
class Score:
    """All figures of one row of a board.

    Attributes:
        game: Label of the game; ``*`` for all games.
        scale: Lowest and highest possible outcome.
        distinct: Number of different trajectories among the episodes.
        turns: Number of decisions; ``effectless`` counts actions that a game accepted without effect.
        regret_methods: How the worth of actions was found, and in how many decisions: ``exact``, or a search such as
            ``depth 4``, whose regrets are estimates on that search's own scale.
        usd: Dollars, None if the price of any call is unknown (``unpriced`` counts those calls).
        per_subproblem: In the order they are asked; in ``*`` under ``game/id``.
        games: Number of games that the row covers.
        treatments: Failed and missing episodes: by cause, and what they could change.
        repeats: What several trials of the same tasks add: the interval for this set of tasks, the variance by source,
            pass@k, pass^k and flaky tasks.
        tokens_each: Tokens an episode; ``usd_each`` and ``seconds_each`` likewise. Their intervals have no limits where
            all clusters cost the same. No dollars where the price of any call is unknown.
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
    regret_methods: Mapping[str, int] = field(default_factory=dict)
    per_subproblem: Mapping[str, SubproblemScore] = field(default_factory=dict)
    games: int = 1
    treatments: Treatments = field(default_factory=Treatments)
    repeats: Repeats = field(default_factory=Repeats)
    tokens_each: Interval = field(default_factory=Interval)
    usd_each: Interval = field(default_factory=Interval)
    seconds_each: Interval = field(default_factory=Interval)

    @property
    def few_clusters(self) -> bool:
        """Whether what ranks are made of rests on few independent observations."""
        return self.deciding.few

    @property
    def deciding(self) -> Interval:
        """What ranks are made of: the outcome, and where nothing can be won the answers."""
        return self.outcome if self.outcome.mean is not None else self.intermediate

    @property
    def overall(self) -> float | None:
        """Half the sum of outcome (on -1 to 1) and intermediate; None where either is missing."""
        outcome = self.outcome.scaled(*self.scale).mean
        return None if outcome is None or self.intermediate.mean is None else (outcome + self.intermediate.mean) / 2


def score(agent: str, game: GameInfo, label: str, sample: Sample) -> Score:
    """Score the seats that one agent held in one game.

    Args:
        agent: Name on the board.
        game: The game.
        label: Name of the game on the board.
        sample: What the agent did.
    """
    low, high = game.reward_range
    contest = game.payoff != NOTHING_WON
    # Where nobody acts there is no outcome and no legality, not a bad one.
    played: Sequence[Played] = sample.played if contest else ()
    clusters = sample.clusters if contest else []
    moves: Mapping[Move, list[int]] = sample.clustered(sample.moves) if contest else {}
    answers = sample.clustered(sample.answers)
    return Score(
        agent=agent,
        game=label,
        scale=(low, high),
        **_counts(sample, contest=contest),
        outcome=bounded_mean(grouped([p.reward for p in played], clusters), low, high),
        outcome_with_fallback=bounded_mean(grouped([p.episode.played[p.seat] for p in played], clusters), low, high),
        intermediate=mean_accuracy(answers),
        consistency=proportion(observations(moves, lambda move: move.consistent)),
        regret=bounded_mean(
            observations(moves, lambda move: None if move.regret is None else min(move.regret, high - low)),
            0.0,
            high - low,
        ),
        legality=proportion(observations(moves, lambda move: not move.complaints and not move.fallback)),
        regret_methods=_methods((m.regret_method, len(times)) for m, times in moves.items() if m.regret is not None),
        per_subproblem=_subproblems(sample, game) if contest else score_subproblems(answers, list(game.subproblems)),
        treatments=treated(sample, low, high, contest=contest),
        repeats=_repeats(sample, game) if contest else Repeats(),
        **_costs(sample),
    )


def _subproblems(sample: Sample, game: GameInfo) -> dict[str, SubproblemScore]:
    """The answers, and what they have to do with the outcome."""
    found = score_subproblems(sample.clustered(sample.answers), list(game.subproblems))
    outcomes = [p.reward for p in sample.played]
    lifts = outcome_lifts(sample.answers, outcomes, sample.clusters, game.reward_range)
    return {name: replace(sub, outcome_lift=lifts[name]) for name, sub in found.items()}


def _repeats(sample: Sample, game: GameInfo) -> Repeats:
    winnable = game.payoff == CONTEST or any(p.episode.success is not None for p in sample.played)
    return repeated(sample, *game.reward_range, winnable=winnable)


class _Costs(TypedDict):
    tokens_each: Interval
    usd_each: Interval
    seconds_each: Interval


def _costs(sample: Sample) -> _Costs:
    """What an episode takes."""
    spent, clusters = [p.spent for p in sample.played], sample.clusters
    priced = not any(s.unpriced for s in spent)
    return _Costs(
        tokens_each=unbounded_mean(grouped([s.tokens for s in spent], clusters)),
        usd_each=unbounded_mean(grouped([s.usd for s in spent], clusters)) if priced else Interval(),
        seconds_each=unbounded_mean(grouped([p.seconds for p in sample.played], clusters)),
    )


def _methods(counted: Iterable[tuple[str, int]]) -> dict[str, int]:
    """How often each way to value actions was taken, by its name."""
    found: Counter[str] = Counter()
    for method, times in counted:
        found[method or "not recorded"] += times
    return dict(sorted(found.items()))


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


def _counts(sample: Sample, *, contest: bool) -> _Counts:
    played, moves = sample.played, sample.moves.items()
    results = Counter(p.result for p in played if contest)
    spent = [p.spent for p in played]
    unpriced = sum(s.unpriced for s in spent)
    return _Counts(
        episodes=len(played),
        distinct=len({p.episode.trajectory or p.unit.key for p in played}),
        wins=results[1],
        draws=results[0],
        losses=results[-1],
        turns=sum(len(times) for _, times in moves) if contest else 0,
        fallbacks=sum(len(times) for move, times in moves if move.fallback),
        effectless=sum(len(times) for move, times in moves if move.effect == "no_effect"),
        calls=sum(s.calls for s in spent),
        tokens=sum(s.tokens for s in spent),
        usd=None if unpriced else math.fsum(s.usd for s in spent),
        unpriced=unpriced,
        seconds=math.fsum(p.seconds for p in played),
    )


def pool(agent: str, scores: Sequence[Score]) -> Score:
    """One row over several games: counts are added, means give each game the same weight.

    Outcomes are put on a scale of -1 to 1 first, and regrets on one of 0 to 2, so that games with other rewards count
    alike. A game without a scored episode counts among the treatments of failures only. A game in which a figure does
    not exist (no questions, no solver) does not enter the mean of that figure, nor does a regret that a search has
    estimated: it is on that search's own scale.
    """
    every, scores = scores, [s for s in scores if s.episodes]
    solved = [s for s in scores if s.regret_methods.keys() <= {EXACT}]
    return Score(
        agent=agent,
        game=ALL_GAMES,
        scale=(-1.0, 1.0),
        **_added(scores),
        outcome=equal_weights([s.outcome.scaled(*s.scale) for s in scores]),
        outcome_with_fallback=equal_weights([s.outcome_with_fallback.scaled(*s.scale) for s in scores]),
        intermediate=equal_weights([s.intermediate for s in scores]),
        consistency=equal_weights([s.consistency for s in scores]),
        regret=equal_weights([_per_range(s.regret, s.scale) for s in solved]),
        legality=equal_weights([s.legality for s in scores]),
        regret_methods=_methods(item for s in solved for item in s.regret_methods.items()),
        per_subproblem={f"{s.game}/{id}": sub for s in scores for id, sub in s.per_subproblem.items()},  # noqa: A001
        games=len(scores),
        treatments=treated_together([(s.treatments, s.scale) for s in every]),
        repeats=repeated_together([(s.repeats, s.scale) for s in scores if s.outcome.mean is not None]),
        tokens_each=equal_weights([s.tokens_each for s in scores]),
        usd_each=Interval() if any(s.unpriced for s in scores) else equal_weights([s.usd_each for s in scores]),
        seconds_each=equal_weights([s.seconds_each for s in scores]),
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
        usd=math.fsum(known) if len(known) == len(scores) else None,
        unpriced=sum(s.unpriced for s in scores),
        seconds=math.fsum(s.seconds for s in scores),
    )


def _per_range(regret: Interval, scale: tuple[float, float]) -> Interval:
    factor = 2 / (scale[1] - scale[0])

    def per(value: float | None) -> float | None:
        return None if value is None else value * factor

    return Interval(per(regret.mean), per(regret.low), per(regret.high), regret.n, regret.clusters)
