"""The noise floor: how much two runs differ that were made alike (an A/A comparison).

What differs between two runs of one suite with one seed is no effect of anything: providers batch, models sample,
something is undecided. A difference between two agents means something only where it is larger.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest

import msgspec

from kibitz.results import figures
from kibitz.results.comparing.diff import SCHEMA, Diff, diff
from kibitz.results.comparing.ofrun import of_run
from kibitz.results.comparing.pairs import NotComparableError, pair
from kibitz.results.comparing.trials import Results
from kibitz.results.records import SeatRecord, StepRecord, UnitRecord
from kibitz.results.rundata import RunData
from kibitz.results.statistics.intervals import Interval, grouped, proportion

GAME = ""
"""Stands for the agent where the positions differ although nobody did otherwise: the game itself is not repeatable."""


@dataclass(frozen=True)
class AgentNoise:
    """What one agent did otherwise in the second run.

    Attributes:
        agent: Its name.
        diff: Its two runs compared.
        flips: Share of pairs whose result changed, with its interval.
        strayed: Episodes that differ, and in which this agent was the first to do otherwise.
        episodes: Episodes of it that ended in both runs.
    """

    agent: str
    diff: Diff
    flips: Interval
    strayed: int
    episodes: int

    @property
    def repeats_itself(self) -> bool:
        """Whether it never did otherwise in the same situation."""
        return not self.strayed

    def as_json(self) -> dict[str, object]:
        """The noise of the agent as a JSON object."""
        return {
            "agent": self.agent,
            "episodes": self.episodes,
            "strayed": self.strayed,
            "repeats_itself": self.repeats_itself,
            "metric": self.diff.metric,
            "flips": self.flips.as_json(),
            "change": self.diff.main.as_json(),
        }


@dataclass(frozen=True)
class Noise:
    """What differs between two runs that were made alike.

    Attributes:
        runs: Both runs, as they were named.
        episodes: Episodes that ended in both; ``equal`` of them to the byte, measured times apart.
        agents: In the order of the run.
        game: Episodes that differ although no agent did otherwise first.
        unfinished: Episodes that did not end in one of the runs.
        replayed: Whether replies came from a recording in one of the runs, so that nothing was asked again.
    """

    runs: tuple[str, str]
    episodes: int
    equal: int
    agents: tuple[AgentNoise, ...]
    game: int
    unfinished: int
    replayed: bool

    def as_json(self) -> dict[str, object]:
        """The noise as a JSON object, as the formats page describes it."""
        return {
            "schema": SCHEMA,
            "runs": list(self.runs),
            "episodes": self.episodes,
            "equal": self.equal,
            "agents": [agent.as_json() for agent in self.agents],
            "game": self.game,
            "unfinished": self.unfinished,
            "replayed": self.replayed,
        }


def noise(first: RunData, second: RunData, names: tuple[str, str]) -> Noise:
    """Compare two runs that were made alike, agent by agent.

    Args:
        first: A run.
        second: The same suite again.
        names: Both, as the user named them.

    Raises:
        NotComparableError: The runs were not made alike, or no episode ended in both.
    """
    if first.info.config_hash != second.info.config_hash:
        raise NotComparableError(
            f"{names[0]} and {names[1]} are runs of two suites, or of one that was changed; kibitz diff compares them"
        )
    both = [unit for unit in first.units if _done(first, unit) and _done(second, unit)]
    if not both:
        raise NotComparableError(f"no episode of {names[0]} and {names[1]} ended in both, so there is no noise to see")
    differing = [unit for unit in both if first.episodes[unit.key].digest != second.episodes[unit.key].digest]
    strayed = Counter(who for unit in differing for who in _strayed(first, second, unit))
    return Noise(
        runs=names,
        episodes=len(both),
        equal=len(both) - len(differing),
        agents=tuple(
            _agent(of_run(first, names[0], name), of_run(second, names[1], name), strayed[name], episodes)
            for name in first.info.agents
            if (episodes := sum(name in unit.agents for unit in both))
        ),
        game=strayed[GAME],
        unfinished=len(first.units) - len(both),
        replayed=first.replayed or second.replayed,
    )


def _agent(before: Results, after: Results, strayed: int, episodes: int) -> AgentNoise:
    # Both runs are of one suite: an agent that differs, such as a model that its provider changed, is noise as well.
    found = diff(pair(before, after, ["*"]))
    flipped = {flip.pair.baseline.key for flip in found.flips}
    scored = [one for one in found.paired.pairs if one.change(found.metric) is not None]
    flips = proportion(grouped([float(one.baseline.key in flipped) for one in scored], [one.cluster for one in scored]))
    return AgentNoise(before.subject, found, flips, strayed, episodes)


def _done(run: RunData, unit: UnitRecord) -> bool:
    episode = run.episodes.get(unit.key)
    return episode is not None and episode.status == "done"


def _strayed(first: RunData, second: RunData, unit: UnitRecord) -> set[str]:
    """The agents that were the first to do otherwise, or ``GAME``."""
    for before, after in zip_longest(first.steps(unit.key), second.steps(unit.key)):
        if before is None or after is None:
            return {GAME}
        if found := set(_otherwise(before, after)):
            return found
        if before.position != after.position:
            return {GAME}
    # Every step is the same: what was answered about them is not. The last to be asked are those who acted.
    return set(_answered_otherwise(first, second, unit)) or {GAME}


def _otherwise(before: StepRecord, after: StepRecord) -> Iterator[str]:
    """The agents that saw the same and did otherwise."""
    if before.position != after.position:
        return
    others = {seat.seat: seat for seat in after.seats}
    for seat in before.seats:
        other = others.get(seat.seat)
        if other is None or _unbilled(seat) != _unbilled(other):
            yield seat.agent


def _answered_otherwise(first: RunData, second: RunData, unit: UnitRecord) -> Iterator[str]:
    before, after = (list(run.grades(unit.key)) for run in (first, second))
    for one, other in zip_longest(before, after):
        if one != other:
            yield (one or other).agent


def _unbilled(seat: SeatRecord) -> SeatRecord:
    return msgspec.structs.replace(seat, spent=seat.spent.unbilled)


def conclusion(found: Noise) -> str:
    """What was found, in a sentence."""
    if found.equal == found.episodes:
        return f"The noise is 0: all {found.episodes:,} episodes are equal to the byte in both runs."
    share = figures.percent(found.equal / found.episodes)
    text = f"{found.equal:,} of {found.episodes:,} episodes ({share}) are equal to the byte in both runs."
    # What flips for others is the doing of those who strayed.
    flipping = [one for one in found.agents if one.diff.flips and (one.strayed or found.game)]
    for one in flipping:
        mde = one.diff.main.mde
        seen = "" if mde is None or mde >= 1 else f"; so many pairs show changes of {100 * mde:.1f} points or more"
        text += (
            f" {figures.percent(one.flips.mean)} of {one.agent}'s results in {one.diff.metric} flip between identical "
            f"runs [{figures.percent(one.flips.low)}, {figures.percent(one.flips.high)}]{seen}."
        )
    return text if flipping else f"{text} No result flips."
