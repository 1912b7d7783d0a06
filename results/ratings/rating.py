"""From head-to-head games to a table of ratings."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np

from kibitz.results.ratings.bounds import Bounds, Limiting
from kibitz.results.ratings.davidson import Floats, Integers, Strengths, fit
from kibitz.results.ratings.design import Design
from kibitz.results.ratings.games import Game, digest
from kibitz.results.ratings.graph import components, connecting, letters
from kibitz.results.ratings.sensitivity import sensitivity
from kibitz.results.ratings.table import DIGITS, ELO, Anchor, Limits, Rating, RatingTable
from kibitz.results.ratings.uncertainty import Uncertainty, bootstrap

BOT_VALUE = 1000.0
"""Rating of the bots that draw actions at random."""

MEAN_VALUE = 1500.0
"""Mean rating where there are none."""

SAMPLES = 400
"""Bootstrap samples."""


@dataclass(frozen=True)
class Estimates:
    """Differences in Elo points with the ends of their intervals, which are infinite where the games set no bound."""

    values: Floats
    low: Floats
    high: Floats


class Fitted:
    """Everything that is known about one set of games."""

    def __init__(self, games: Sequence[Game], bots: Collection[str]) -> None:
        self.design = design = Design.of(games)
        names = design.agents
        met = [(names[i], names[j]) for i, j in np.argwhere(design.met).tolist()]
        parts = components(names, met)
        # The part with the bots first: its ratings are on the scale that everybody knows.
        self.parts = tuple(sorted(parts, key=lambda part: not set(part) & set(bots)))
        number = {name: place for place, part in enumerate(self.parts) for name in part}
        self.components: Integers = np.array([number[name] for name in names], dtype=np.int64)
        self.model: Strengths = fit(design.weighted + design.made_up, self.components)
        self.uncertainty = Uncertainty(design, self.model, self.components)
        self.limiting = Limiting(design, self.components)
        self.anchors = tuple(self._anchor(part, bots) for part in self.parts)

    @property
    def size(self) -> int:
        """Number of parameters."""
        return len(self.design.agents) + 2 * len(self.design.labels)

    def contrast(self, above: str, below: Collection[str]) -> Floats:
        """The difference of one agent to the mean of others, as a row."""
        row = np.zeros(self.size)
        for name in below:
            row[self.design.agents.index(name)] -= 1 / len(below)
        row[self.design.agents.index(above)] += 1
        return row

    def seat(self, label: int) -> Floats:
        """The effect of the first seat in a game, as a row."""
        row = np.zeros(self.size)
        row[len(self.design.agents) + label] = 1
        return row

    def estimates(self, contrasts: Sequence[Floats]) -> Estimates:
        """Values and intervals of differences."""
        if not contrasts:
            return Estimates(np.zeros(0), np.zeros(0), np.zeros(0))
        rows = np.array(contrasts)
        values = rows[:, : -len(self.design.labels)] @ np.concatenate([self.model.agents, self.model.seats])
        halves = self.uncertainty.spread(rows).halves
        bounds: Bounds = self.limiting.of(rows)
        return Estimates(
            ELO * values,
            np.where(bounds.low, ELO * (values - halves), -np.inf),
            np.where(bounds.high, ELO * (values + halves), np.inf),
        )

    def _anchor(self, part: tuple[str, ...], bots: Collection[str]) -> Anchor:
        if found := tuple(name for name in part if name in bots):
            return Anchor(found, BOT_VALUE, bot=True)
        return Anchor(self._core(part), MEAN_VALUE, bot=False)

    def _core(self, part: tuple[str, ...]) -> tuple[str, ...]:
        """The largest set of agents of which no difference runs away; all, if that is a single one."""
        sets: list[tuple[str, ...]] = []
        free = list(part)
        while free:
            rows = np.array([self.contrast(name, [free[0]]) for name in free])
            bounds = self.limiting.of(rows)
            tied = tuple(name for name, *both in zip(free, bounds.low, bounds.high, strict=True) if all(both))
            sets.append(tied)
            free = [name for name in free if name not in tied]
        core = max(sets, key=len)
        return core if len(core) > 1 else part


def rate(games: Sequence[Game], game: str, bots: Collection[str] = (), references: Collection[str] = ()) -> RatingTable:
    """Rate the agents of head-to-head games.

    Args:
        games: The games, sorted and not empty (``kibitz.results.ratings.games.head_to_head``).
        game: What the table is of: a label, or ``*``.
        bots: The agents that draw actions at random, on which the scale hangs.
        references: The agents that are rated but never ranked.
    """
    fitted = Fitted(games, bots)
    ratings = _ratings(fitted, game, games)
    values = {rating.agent: rating.value for rating in ratings}
    ranked = [r.agent for r in ratings if r.agent not in references] if len(fitted.parts) == 1 else []
    places, groups = _ranks(fitted, ranked)
    return RatingTable(
        game=game,
        ratings=tuple(replace(r, rank=places.get(r.agent), group=groups.get(r.agent, "")) for r in ratings),
        seat_effect=_seat_effects(fitted),
        ties={label: _ties(nu) for label, nu in zip(fitted.design.labels, np.exp(fitted.model.draws), strict=True)},
        components=fitted.parts,
        anchors=fitted.anchors,
        connecting=connecting(fitted.parts, values),
        sensitivity=sensitivity(fitted.design, fitted.model, fitted.uncertainty, fitted.components, values),
    )


def _ratings(fitted: Fitted, game: str, games: Sequence[Game]) -> list[Rating]:
    """The ratings without ranks, in the order of a table."""
    order = [(anchor, name) for part, anchor in zip(fitted.parts, fitted.anchors, strict=True) for name in part]
    rows = [fitted.contrast(name, anchor.agents) for anchor, name in order]
    found = fitted.estimates(rows)
    drawn = bootstrap(fitted.design, fitted.model, fitted.components, digest(games), SAMPLES)
    ends = None
    if drawn is not None:
        sampled = ELO * drawn @ np.array(rows)[:, : len(fitted.design.agents)].T
        ends = np.sort(sampled, axis=0)[[_place(0.025), _place(0.975)]]
    ratings = []
    for i, (anchor, name) in enumerate(order):
        played = int(fitted.design.played[fitted.design.agents.index(name)])
        ratings.append(
            Rating(
                agent=name,
                value=_hundredths(anchor.value + found.values[i]),
                low=_end(anchor.value + found.low[i]),
                high=_end(anchor.value + found.high[i]),
                games=played,
                bootstrap=None if ends is None else _both(anchor.value + ends[:, i]),
            )
        )
    part = {name: place for place, names in enumerate(fitted.parts) for name in names}
    return sorted(ratings, key=lambda rating: (part[rating.agent], -rating.value, rating.agent))


def _ranks(fitted: Fitted, ranked: Sequence[str]) -> tuple[dict[str, int], dict[str, str]]:
    """Rank and group of those that are ranked, who are given best first."""
    pairs = [(one, other) for i, one in enumerate(ranked) for other in ranked[i + 1 :]]
    found = fitted.estimates([fitted.contrast(one, [other]) for one, other in pairs])
    above = [pair for pair, low in zip(pairs, found.low, strict=True) if round(low, DIGITS) > 0]
    places = {name: 1 + sum(lower == name for _, lower in above) for name in ranked}
    return places, letters(ranked, above) if ranked else {}


def _seat_effects(fitted: Fitted) -> dict[str, Limits]:
    labels = fitted.design.labels
    found = fitted.estimates([fitted.seat(place) for place in range(len(labels))])
    columns = zip(labels, found.values, found.low, found.high, strict=True)
    return {label: Limits(_hundredths(value), _end(low), _end(high)) for label, value, low, high in columns}


def _ties(nu: float) -> float:
    """Share of draws between equal agents, the seat aside."""
    return float(nu / (2 + nu))


def _hundredths(value: float) -> float:
    return round(float(value), DIGITS) + 0.0


def _end(value: float) -> float | None:
    return _hundredths(value) if math.isfinite(value) else None


def _place(share: float) -> int:
    """Which of the sorted bootstrap samples has so many below it."""
    return round(share * (SAMPLES - 1))


def _both(ends: Floats) -> tuple[float, float]:
    return _hundredths(ends[0]), _hundredths(ends[1])
