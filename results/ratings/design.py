"""Head-to-head games as arrays: what the model is fitted to.

All arrays are over (game label, first agent, second agent), labels and agents in alphabetical order, so that neither
the order of the games nor that of the runs changes a digit: what is added up are whole numbers.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from kibitz.results.ratings.davidson import Floats, Integers, prior
from kibitz.results.ratings.games import Game

OUTCOMES = (1, 0, -1)
"""Won by the first, drawn, lost: the last axis of results."""


@dataclass(frozen=True)
class Design:
    """Games as arrays.

    Attributes:
        labels: Game labels; ``agents`` likewise are all who played against another.
        cells: For each game its label, first agent, second agent and outcome, as four columns of places.
        deals: For each game the number of its deal; ``pairs`` likewise of its mirrored pair.
        copies: Sum over the different courses of the number of games that went so, squared; without copies as many as
            games.
    """

    labels: tuple[str, ...]
    agents: tuple[str, ...]
    cells: Integers
    deals: Integers
    pairs: Integers
    copies: Floats

    @classmethod
    def of(cls, games: Sequence[Game]) -> Design:
        """Put games, which must be sorted and not empty, into arrays."""
        labels = tuple(sorted({game.label for game in games}))
        agents = tuple(sorted({name for game in games for name in (game.first, game.second)}))
        label, agent = _places(labels), _places(agents)
        outcome = _places(OUTCOMES)
        cells = np.array(
            [(label[g.label], agent[g.first], agent[g.second], outcome[g.result]) for g in games], dtype=np.int64
        )
        course = _numbered([(g.label, g.first, g.second, g.course) for g in games])
        alike = np.bincount(course).astype(np.float64)[course]
        # Each of m copies brings m, which makes m squared together.
        copies = np.zeros((len(labels), len(agents), len(agents)))
        np.add.at(copies, (cells[:, 0], cells[:, 1], cells[:, 2]), alike)
        return cls(
            labels=labels,
            agents=agents,
            cells=cells,
            deals=_numbered([(g.label, g.deal) for g in games]),
            pairs=_numbered([(g.label, g.pair) for g in games]),
            copies=copies,
        )

    @cached_property
    def results(self) -> Floats:
        """Number of games won, drawn and lost by the first."""
        return self.counted(np.ones(len(self.cells)))

    def counted(self, times: Floats) -> Floats:
        """The results where each game happened so many times."""
        shape = (len(self.labels), len(self.agents), len(self.agents), len(OUTCOMES))
        places = np.ravel_multi_index(tuple(self.cells.T), shape)
        return np.bincount(places, times, math.prod(shape)).reshape(shape).astype(np.float64)

    @cached_property
    def weights(self) -> Floats:
        """Weight of each label's games: labels count the same, and all games together as many as they are."""
        others = self.results.sum(-1) * (1 - np.eye(len(self.agents)))
        played = others.sum((-1, -2))
        return np.asarray(played.sum() / len(self.labels) / played)

    @cached_property
    def weighted(self) -> Floats:
        """The results with these weights."""
        return self.results * self.weights[:, None, None, None]

    @cached_property
    def made_up(self) -> Floats:
        """The games of the prior."""
        return prior(self.weighted.sum(-1), self.results[..., 1].sum((-1, -2)) > 0)

    @cached_property
    def met(self) -> NDArray[np.bool_]:
        """Whether two different agents met."""
        games = self.results.sum((0, -1))
        return np.asarray((games + games.T) * (1 - np.eye(len(self.agents))) > 0)

    @cached_property
    def played(self) -> Integers:
        """Number of games of each agent against others."""
        games = self.results.sum((0, -1)) * (1 - np.eye(len(self.agents)))
        return np.asarray((games.sum(0) + games.sum(1)).astype(np.int64))


def _places(names: Sequence[Hashable]) -> dict[Hashable, int]:
    return {name: place for place, name in enumerate(names)}


def _numbered(names: Sequence[Hashable]) -> Integers:
    numbers: dict[Hashable, int] = {}
    return np.array([numbers.setdefault(name, len(numbers)) for name in names], dtype=np.int64)
