"""The leaderboard: one row an agent and game, and one an agent over all games.

Several runs make one board. An agent, or a game, that is not the same in all of them (another hash, another protocol,
another setting) is never pooled: its name gets the run's name behind it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from kibitz.results.decision import Decision
from kibitz.results.ratings.arena import arena
from kibitz.results.ratings.table import Rating, RatingTable, WinMatrix
from kibitz.results.records import AgentInfo, GameInfo, UnitRecord
from kibitz.results.rundata import RunData
from kibitz.results.sample import Missing, Played, Sample
from kibitz.results.scores import ALL_GAMES, Score, pool, score

if TYPE_CHECKING:
    from kibitz.results.comparing.reactivity import Reactivity

SCHEMA = 1

DRAWING = "random"
"""The kind of agent that draws its actions, on which ratings are anchored; how it answers changes no action."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the board.

    Attributes:
        rank: Place by outcome (in position suites by intermediate) among the agents without privilege; equals share a
            place. None for privileged agents, agents without an episode, and, over all games, agents that did not play
            them all.
        privilege: What the agent knows that others do not: ``none``, ``sampled``, ``true`` or ``truth``.
        scheduled: Number of seats of episodes that were planned for it, played or not.
        rating: Strength in games against others; None without such games.
    """

    score: Score
    rank: int | None
    privilege: str
    kind: str
    answers: str
    scheduled: int
    rating: Rating | None = None

    @property
    def privileged(self) -> bool:
        """Whether the row is a reference, listed apart and never ranked."""
        return self.privilege != "none"


@dataclass(frozen=True, slots=True)
class BoardData:
    """A leaderboard as data; all renderings show these numbers.

    Attributes:
        complete: Whether all episodes were played.
        ended: Whether every run is complete or was ended by a decision: nothing is missing that was to be played.
        rows: By game in the order of the runs, ``*`` last; in a game by rank, references at the end.
        games: The games by label.
        failures: Number of failed episodes by cause.
        replayed: The runs whose model calls were answered from another run.
        ratings: By game in which agents met, ``*`` for all of them; empty if they met in none.
        matrices: Who beat whom, by the same names.
        reactivity: What asking did, where two runs differ in nothing else.
        decided: The runs that are not complete because a gate was certain before, by name.
        files: Whether it was made of scores in files, so that runs can neither be gone on with nor looked into.
    """

    runs: tuple[str, ...]
    complete: bool
    scored: int
    scheduled: int
    rows: tuple[Row, ...]
    games: Mapping[str, GameInfo]
    failures: Mapping[str, int]
    replayed: tuple[str, ...] = ()
    ratings: Mapping[str, RatingTable] = field(default_factory=dict)
    matrices: Mapping[str, WinMatrix] = field(default_factory=dict)
    reactivity: tuple[Reactivity, ...] = ()
    decided: Mapping[str, Decision] = field(default_factory=dict)
    ended: bool = False
    files: bool = False

    def of_game(self, game: str) -> tuple[Row, ...]:
        """The rows of one game."""
        return tuple(row for row in self.rows if row.score.game == game)

    def to_json(self) -> str:
        """The board as one line of JSON with sorted keys, as the formats page describes it; ASCII only."""
        return json.dumps(self.as_json(), sort_keys=True, allow_nan=False)

    def as_json(self) -> dict[str, object]:
        """The board as a JSON object."""
        return {
            "schema": SCHEMA,
            "runs": list(self.runs),
            "complete": self.complete,
            "episodes": {"scored": self.scored, "scheduled": self.scheduled},
            "rows": [row_as_json(row) for row in self.rows],
            "failures": dict(self.failures),
            "replayed": list(self.replayed),
            "ratings": {game: table.as_json() for game, table in self.ratings.items()},
            "matrices": {game: matrix.as_json() for game, matrix in self.matrices.items()},
            "reactivity": [one.as_json() for one in self.reactivity],
            "decided": {
                name: {"verdict": one.verdict, "deals": one.deals, "episodes": one.episodes}
                for name, one in self.decided.items()
            },
        }


def row_as_json(row: Row) -> dict[str, object]:
    """One row as a JSON object."""
    s = row.score
    return {
        "agent": s.agent,
        "game": s.game,
        "rank": row.rank,
        "privilege": row.privilege,
        "kind": row.kind,
        "answers": row.answers,
        "scheduled": row.scheduled,
        "episodes": s.episodes,
        "distinct": s.distinct,
        "games": s.games,
        "wins": s.wins,
        "draws": s.draws,
        "losses": s.losses,
        "scale": list(s.scale),
        "outcome": s.outcome.as_json(),
        "fixed_tasks": None if s.repeats.fixed_tasks is None else s.repeats.fixed_tasks.as_json(),
        "variance": None if s.repeats.variance is None else s.repeats.variance.as_json(),
        "reliability": None if s.repeats.reliability is None else s.repeats.reliability.as_json(),
        "few_clusters": s.few_clusters,
        "treatments": s.treatments.as_json(),
        "outcome_with_fallback": s.outcome_with_fallback.as_json(),
        "intermediate": s.intermediate.as_json(),
        "per_subproblem": {name: sub.accuracy.as_json() for name, sub in s.per_subproblem.items()},
        "reasoning": {name: sub.as_json() for name, sub in s.per_subproblem.items()},
        "consistency": s.consistency.as_json(),
        "regret": s.regret.as_json(),
        "regret_methods": dict(s.regret_methods),
        "overall": None if s.overall is None else round(s.overall, 6) + 0.0,
        "legality": s.legality.as_json(),
        "turns": s.turns,
        "fallbacks": s.fallbacks,
        "effectless": s.effectless,
        "rating": None if row.rating is None else row.rating.brief(),
        "calls": s.calls,
        "tokens": s.tokens,
        "usd": None if s.usd is None else round(s.usd, 6),
        "unpriced": s.unpriced,
        "seconds": round(s.seconds, 3),
        "tokens_each": s.tokens_each.as_json(),
        "usd_each": s.usd_each.as_json(),
        "seconds_each": s.seconds_each.as_json(),
    }


def board(runs: Sequence[RunData]) -> BoardData:
    """Score the runs together.

    Raises:
        ValueError: No run is given.
        DamagedJournalError: The records of a run do not fit together.
    """
    if not runs:
        raise ValueError("a board needs at least one run")
    names = Names(runs)
    planned: dict[tuple[str, str], int] = {}
    for place, run in enumerate(runs):
        for unit in run.units:
            for key in _rows_of(unit, place, names):
                planned[key] = planned.get(key, 0) + 1
    failures: dict[str, int] = {}
    for run in runs:
        for cause, count in run.failures.items():
            failures[cause] = failures.get(cause, 0) + count
    met = arena(runs, names, names.of_kind(DRAWING), names.privileged)
    rows = _rows(names, _samples(runs, names), planned)
    return BoardData(
        runs=names.runs,
        complete=all(run.complete for run in runs),
        scored=sum(len(run.scored) for run in runs),
        scheduled=sum(len(run.units) for run in runs),
        rows=tuple(_rated(row, met.ratings) for row in rows),
        games=names.games,
        failures=dict(sorted(failures.items())),
        replayed=tuple(name for name, run in zip(names.runs, runs, strict=True) if run.replayed),
        ratings=met.ratings,
        matrices=met.matrices,
        reactivity=_reactivity(runs, names.runs),
        decided={
            name: run.decision
            for name, run in zip(names.runs, runs, strict=True)
            if run.decision is not None and not run.complete
        },
        ended=all(run.complete or run.decision is not None for run in runs),
    )


def _reactivity(runs: Sequence[RunData], names: Sequence[str]) -> tuple[Reactivity, ...]:
    if len({str(run.info.protocol.get("ask")) for run in runs}) < 2:
        return ()
    from kibitz.results.comparing.reactivity import reactivity  # imports numpy, which few boards need

    return reactivity(runs, names)


def _rated(row: Row, ratings: Mapping[str, RatingTable]) -> Row:
    table = ratings.get(row.score.game)
    return row if table is None else replace(row, rating=table.of(row.score.agent))


class Names:
    """Names of runs, agents and games on a board: unique, and telling apart what is not the same.

    Raises:
        DamagedJournalError: The records of a run do not fit together.
    """

    def __init__(self, runs: Sequence[RunData]) -> None:
        for run in runs:
            run.require_whole()
        plain = [run.info.name for run in runs]
        self.runs = tuple(
            f"{name}#{plain[: i + 1].count(name)}" if plain.count(name) > 1 else name for i, name in enumerate(plain)
        )
        self._agents: dict[tuple[int, str], str] = {}
        self._games: dict[tuple[int, str], str] = {}
        self.agents: dict[str, AgentInfo] = {}
        self.games: dict[str, GameInfo] = {}
        identity: dict[str, set[str]] = {}
        settings: dict[str, set[str]] = {}
        for run in runs:
            for agent in run.info.agents.values():
                identity.setdefault(agent.name, set()).add(agent.hash + run.info.protocol_hash)
            for game in run.info.games.values():
                settings.setdefault(game.label, set()).add(game.setting)
        for place, run in enumerate(runs):
            for name, agent in run.info.agents.items():
                shown = name if len(identity[agent.name]) == 1 else f"{name}@{self.runs[place]}"
                self._agents[place, name] = shown
                self.agents.setdefault(shown, agent)
            for name, game in run.info.games.items():
                shown = name if len(settings[game.label]) == 1 else f"{name}@{self.runs[place]}"
                self._games[place, name] = shown
                self.games.setdefault(shown, game)

    def agent(self, place: int, name: str) -> str:
        """The board's name of an agent of the run at ``place``."""
        return self._agents[place, name]

    def game(self, place: int, label: str) -> str:
        """The board's name of a game of the run at ``place``."""
        return self._games[place, label]

    def of_kind(self, kind: str) -> frozenset[str]:
        """The agents of a kind."""
        return frozenset(name for name, agent in self.agents.items() if agent.kind == kind)

    @property
    def privileged(self) -> frozenset[str]:
        """The references."""
        return frozenset(name for name, agent in self.agents.items() if agent.privilege != "none")


def answers_of(agent: AgentInfo) -> str:
    """How an agent answers questions: ``truth`` and ``random`` are references; ``own`` otherwise, ``none`` if never."""
    if not agent.answers:
        return "none"
    declared = agent.identity.get("answers")
    return declared if declared in ("truth", "random") else "own"


def _rows_of(unit: UnitRecord, place: int, names: Names) -> Iterator[tuple[str, str]]:
    """Game and agent of the rows to which the seats of a unit belong, by seat."""
    game = names.game(place, unit.game)
    return ((game, names.agent(place, agent)) for agent in unit.agents)


def _samples(runs: Sequence[RunData], names: Names) -> Mapping[tuple[str, str], Sample]:
    """What each agent did in each game, under the names of both."""
    played: dict[tuple[str, str], list[Played]] = {}
    missing: dict[tuple[str, str], list[Missing]] = {}
    # Where each seat of a unit stands in the list of its row, by run and index of the unit.
    places: list[dict[int, list[tuple[tuple[str, str], int]]]] = []
    for place, run in enumerate(runs):
        scope = str(run.info.seed)
        places.append({})
        for unit in run.units:
            episode = run.episodes.get(unit.key)
            agents = tuple(names.agent(place, agent) for agent in unit.agents)
            for seat, key in enumerate(_rows_of(unit, place, names)):
                if episode is not None and episode.status == "done":
                    items = played.setdefault(key, [])
                    places[-1].setdefault(unit.index, []).append((key, len(items)))
                    items.append(Played(scope, unit, episode, seat, place, agents))
                else:
                    cause = "" if episode is None else episode.cause or "unknown"
                    missing.setdefault(key, []).append(Missing(scope, unit, cause))
    samples = {key: Sample(played.get(key, ()), missing.get(key, ())) for key in (*played, *missing)}
    for run, found in zip(runs, places, strict=True):
        _collect(run, {index: [(samples[key], at) for key, at in seats] for index, seats in found.items()})
    return samples


def _collect(run: RunData, seats: Mapping[int, Sequence[tuple[Sample, int]]]) -> None:
    """Enter moves and answers; ``seats`` holds sample and place in it, seat by seat, by index of the unit."""
    nobody: Sequence[tuple[Sample, int]] = ()
    for unit, moves in run.moves():
        held = seats.get(unit, nobody)
        for move in moves.seats:
            if move.seat < len(held):
                sample, place = held[move.seat]
                sample.moves[move].append(place)
    for unit, answer in run.answers():
        held = seats.get(unit, nobody)
        if answer.seat < len(held):
            sample, place = held[answer.seat]
            sample.answers[answer].append(place)


def _rows(
    names: Names, samples: Mapping[tuple[str, str], Sample], planned: Mapping[tuple[str, str], int]
) -> tuple[Row, ...]:
    rows: list[Row] = []
    for label, game in names.games.items():
        group = [
            (score(agent, game, label, samples.get((label, agent), Sample())), planned[label, agent])
            for agent in names.agents
            if (label, agent) in planned
        ]
        rows += _ranked(group, names, 1)
    seats: dict[str, int] = {}
    for (_, agent), count in planned.items():
        seats[agent] = seats.get(agent, 0) + count
    pooled = [(pool(a, [r.score for r in rows if r.score.agent == a]), seats[a]) for a in seats]
    return (*rows, *_ranked(pooled, names, len({game for game, _ in planned})))


def _ranked(group: Sequence[tuple[Score, int]], names: Names, games: int) -> list[Row]:
    """Order by outcome, references last, and give ranks to those that can be compared."""

    def outcome(score: Score) -> float:
        # Rounded as shown in JSON, so that equal numbers never get different ranks.
        mean = score.deciding.mean
        return float("-inf") if mean is None else round(mean, 6)

    def ranked(score: Score) -> bool:
        return names.agents[score.agent].privilege == "none" and score.episodes > 0 and score.games == games

    order = sorted(group, key=lambda item: (not ranked(item[0]), -outcome(item[0]), item[0].agent))
    order.sort(key=lambda item: names.agents[item[0].agent].privilege != "none")
    results = [outcome(score) for score, _ in order if ranked(score)]
    return [
        Row(
            score=score,
            rank=1 + sum(other > outcome(score) for other in results) if ranked(score) else None,
            privilege=names.agents[score.agent].privilege,
            kind=names.agents[score.agent].kind,
            answers=answers_of(names.agents[score.agent]),
            scheduled=seats,
        )
        for score, seats in order
    ]


__all__ = ["ALL_GAMES", "BoardData", "Names", "Row", "answers_of", "board", "row_as_json"]
