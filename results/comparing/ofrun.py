"""What one agent did in a run, as trials.

The metrics, each a mean over the decisions or questions of one episode, on a scale of 0 (worst) to 1 (best):

- ``outcome``: the reward, where the first fallback counts as a forfeit; ``outcome_with_fallback``: as it was played on;
- ``intermediate``: the mean over subproblems of the share of right answers; ``answers.ID``: that share for one of them;
- ``legality``: share of decisions whose first reply gave a legal action; ``consistency``: share of actions that follow
  from the agent's own answers.

An episode counts the same, however long it was; the board counts decisions. So means may differ a little from there.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction

from kibitz.results.comparing.trials import OUTCOME, Results, Trial
from kibitz.results.records import AgentInfo, EpisodeRecord, GameInfo, RunInfo, Spent, UnitRecord
from kibitz.results.rundata import RunData
from kibitz.results.scores import NOTHING_WON

HELD = "_"
"""Stands for the agent itself in the name of a task: the same task has the same name whoever is measured."""

Place = tuple[int, int]
"""Index of the unit, and seat."""


class NoAgentError(ValueError):
    """The run has no such agent, or several and none is named."""


def players(run: RunData) -> tuple[str, ...]:
    """The agents of a run that are measured: those without a privilege that call a model, else all without one."""
    free = [agent for agent in run.info.agents.values() if agent.privilege == "none"]
    models = [agent.name for agent in free if "models" in agent.identity]
    return tuple(models or [agent.name for agent in free])


def of_run(run: RunData, source: str, agent: str | None = None) -> Results:
    """What an agent did.

    Args:
        run: The run.
        source: The run as the user named it.
        agent: The agent's name; None where there is only one to be measured.

    Raises:
        NoAgentError: There is no such agent, or it must be named.
        DamagedJournalError: The records of the run do not fit together.
    """
    run.require_whole()
    name = _chosen(run, source, agent)
    held = [(unit, seat) for unit in run.units for seat, who in enumerate(unit.agents) if who == name]
    scores = _scores(run, {(unit.index, seat) for unit, seat in held})
    played = ((unit, seat, run.episodes.get(unit.key)) for unit, seat in held)
    met = {other for unit, _ in held for other in unit.agents if other != name}
    return Results(
        source=source,
        subject=name,
        trials=tuple(
            _trial(unit, seat, episode, run.info.games[unit.game], scores.get((unit.index, seat), {}))
            for unit, seat, episode in played
            if episode is not None
        ),
        scheduled=len(held),
        planned={(unit.game, _task(unit, seat), 0): unit.k for unit, seat in held},
        conditions=_conditions(run.info, {unit.game for unit, _ in held}, met),
        identity=_identity(run.info.agents[name]),
    )


def places_of(run: RunData, agent: str) -> Mapping[tuple[str, str, int], tuple[UnitRecord, int]]:
    """Where the trials of an agent are, by their keys: unit and seat."""
    held = ((unit, seat) for unit in run.units for seat, who in enumerate(unit.agents) if who == agent)
    return {(unit.game, _task(unit, seat), 0): (unit, seat) for unit, seat in held}


def _chosen(run: RunData, source: str, agent: str | None) -> str:
    known = ", ".join(run.info.agents)
    if agent is not None:
        if agent not in run.info.agents:
            raise NoAgentError(f"{source}: there is no agent {agent!r}; its agents are {known}")
        return agent
    found = players(run)
    if len(found) != 1:
        raise NoAgentError(f"{source}: name the agent that is compared with --agent; its agents are {known}")
    return found[0]


def _trial(unit: UnitRecord, seat: int, episode: EpisodeRecord, game: GameInfo, scores: Mapping[str, float]) -> Trial:
    done = episode.status == "done"
    spent = episode.spent[seat] if seat < len(episode.spent) else Spent()
    times = episode.measured.seat_seconds
    return Trial(
        task=_task(unit, seat),
        group=unit.game,
        cluster=str(unit.k),
        course=episode.trajectory,
        block=unit.k,
        scores={**_outcomes(episode, seat, game), **scores} if done else {},
        failed="" if done else episode.cause or "unknown",
        fault="" if done else _fault(episode, unit.agents[seat]),
        usd=None if spent.unpriced else spent.usd,
        tokens=spent.tokens,
        seconds=times[seat] if seat < len(times) else None,
    )


def _fault(episode: EpisodeRecord, name: str) -> str:
    """Whose fault it is, as seen by one agent: what another agent broke is part of its surroundings."""
    return "environment" if episode.fault == "agent" and episode.blamed != name else episode.fault


def _task(unit: UnitRecord, seat: int) -> str:
    name = unit.agents[seat]
    seats = [HELD if who == name else who for who in unit.agents]
    where = f" seat {seat}" if seats.count(HELD) > 1 else ""
    return f"{unit.k}/{','.join(seats)}{where}"


def _outcomes(episode: EpisodeRecord, seat: int, game: GameInfo) -> dict[str, float]:
    if game.payoff == NOTHING_WON:
        return {}
    low, high = game.reward_range
    primary, played = ((rewards[seat] - low) / (high - low) for rewards in (episode.reward, episode.played))
    return {OUTCOME: primary, "outcome_with_fallback": played}


def _scores(run: RunData, held: set[Place]) -> Mapping[Place, dict[str, float]]:
    """Shares of right decisions and answers, by place."""
    seen: defaultdict[Place, defaultdict[str, list[bool]]] = defaultdict(lambda: defaultdict(list))
    for place, metric, good in _decided(run):
        if place in held:
            seen[place][metric].append(good)
    found = {place: {metric: _share(times) for metric, times in sorted(of.items())} for place, of in seen.items()}
    for scores in found.values():
        if answers := [score for metric, score in scores.items() if metric.startswith("answers.")]:
            # The mean of shares must not depend on the order of the questions.
            scores["intermediate"] = float(sum(map(Fraction, answers)) / len(answers))
    return found


def _decided(run: RunData) -> Iterator[tuple[Place, str, bool]]:
    won = {unit.index: run.info.games[unit.game].payoff != NOTHING_WON for unit in run.units}
    for index, moves in run.moves():
        for move in moves.seats if won[index] else ():
            yield (index, move.seat), "legality", not move.complaints and not move.fallback
            if move.consistent is not None:
                yield (index, move.seat), "consistency", move.consistent
    for index, answer in run.answers():
        if answer.truth is not None:
            yield (index, answer.seat), f"answers.{answer.subproblem}", answer.verdict == "right"


def _share(times: Iterable[bool]) -> float:
    found = list(times)
    return sum(found) / len(found)


def _conditions(info: RunInfo, games: set[str], opponents: set[str]) -> dict[str, str]:
    found = {"seed": str(info.seed)}
    found |= {f"protocol.{key}": _text(value) for key, value in info.protocol.items()}
    for label in sorted(games):
        game = info.games[label]
        found[f"game.{label}"] = f"{game.id} version {game.version} {_text(game.options)} ({game.setting[:12]})"
    found |= {f"opponent.{name}": info.agents[name].hash for name in sorted(opponents)}
    return found


def _identity(agent: AgentInfo) -> dict[str, str]:
    return {
        "kind": agent.kind,
        "privilege": agent.privilege,
        "hash": agent.hash,
        **{f"identity.{key}": _text(value) for key, value in agent.identity.items()},
    }


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True)
