"""From runs to head-to-head games: who sat where, and who won.

A game counts where two agents sit against each other (two seats, payoff ``zero_sum`` or ``general``). The better reward
wins, equal rewards are a draw; who made the first fallback has lost, as in the primary outcome, also where the other's
reward is no better. If both made it in the same step it is a draw. Games that failed for a cause outside the game count
nowhere.

A game of an agent against itself says nothing about its strength, but what the first seat is worth and how often equal
agents draw: it is kept for those two, as long as the agents of the game also met others.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from kibitz.results.records import EpisodeRecord, GameInfo
from kibitz.results.rundata import RunData

AGAINST = ("zero_sum", "general")
"""Payoffs of games in which seats are opponents."""


class Naming(Protocol):
    """Names of agents and games over several runs, by the place of the run."""

    def agent(self, place: int, name: str) -> str:
        """The name of an agent of a run."""

    def game(self, place: int, label: str) -> str:
        """The name of a game of a run."""


@dataclass(frozen=True, slots=True, order=True)
class Game:
    """One game between two agents.

    Attributes:
        label: The game that was played.
        first: Who sat in the first seat; ``second`` in the other.
        result: 1 won by the first, 0 drawn, -1 lost.
        deal: What all games with the same opening or deal share; a cluster.
        pair: The mirrored pair, which is a part of a deal.
        course: Digest of how it went: games between the same agents that went exactly alike are copies.
    """

    label: str
    first: str
    second: str
    result: int
    deal: tuple[str, int]
    pair: tuple[str, str]
    course: str


def head_to_head(runs: Sequence[RunData], names: Naming) -> tuple[Game, ...]:
    """All head-to-head games of runs, in an order that does not depend on that of the runs or of the schedule."""
    found: list[Game] = []
    for place, run in enumerate(runs):
        against = {label for label, game in run.info.games.items() if opposed(game)}
        for unit, episode in run.scored:
            if unit.game not in against:
                continue
            first, second = (names.agent(place, agent) for agent in unit.agents)
            scope = str(run.info.seed)
            found.append(
                Game(
                    label=names.game(place, unit.game),
                    first=first,
                    second=second,
                    result=result(episode),
                    deal=(scope, unit.k),
                    pair=(scope, unit.pair or unit.key),
                    course=episode.trajectory or unit.key,
                )
            )
    return telling(found)


def opposed(game: GameInfo) -> bool:
    """Whether two seats of the game are opponents."""
    return game.seats == 2 and game.payoff in AGAINST


def result(episode: EpisodeRecord) -> int:
    """Who won an episode of two seats: 1 the first, 0 nobody, -1 the second."""
    if episode.forfeit is not None and len(episode.forfeit.seats) == 1:
        return -1 if episode.forfeit.seats[0] == 0 else 1
    first, second = episode.reward
    return (first > second) - (first < second)


def telling(games: Iterable[Game]) -> tuple[Game, ...]:
    """The games that say anything, sorted: those of agents against themselves only where these also met others."""
    found = sorted(games)
    met: dict[str, set[str]] = {}
    for game in found:
        if game.first != game.second:
            met.setdefault(game.label, set()).update((game.first, game.second))
    return tuple(game for game in found if game.first in met.get(game.label, ()))


def digest(games: Sequence[Game]) -> bytes:
    """SHA-256 of the games: what every random number about them is derived from."""
    told = [(g.label, g.first, g.second, g.result, g.deal, g.pair, g.course) for g in games]
    return hashlib.sha256(json.dumps(told).encode()).digest()
