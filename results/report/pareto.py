"""Quality against cost: what each agent scores, what an episode of it costs, and whom nobody beats at its price.

Dollars where any agent costs some, tokens where agents use tokens of which not all have a price. An agent whose price
is unknown is neither cheap nor dear: it stands apart, on no scale, and may belong to the front.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from kibitz.results import figures
from kibitz.results.leaderboard import BoardData, Row
from kibitz.results.statistics.intervals import Interval

Unit = Literal["usd", "tokens"]


@dataclass(frozen=True, slots=True)
class Point:
    """One agent.

    Attributes:
        price: Dollars or tokens an episode, without a mean if the price of any call is unknown. Its limits are None
            where all episodes cost the same.
        quality: What the board ranks by.
        front: Whether no other player has as much quality for as little cost, or more for less, by the estimates.
    """

    agent: str
    price: Interval
    quality: Interval
    reference: bool
    front: bool = False

    @property
    def cost(self) -> float | None:
        """The estimate of the cost."""
        return self.price.mean

    @property
    def value(self) -> float:
        """The estimate of the quality."""
        return self.quality.mean or 0.0


@dataclass(frozen=True, slots=True)
class Pareto:
    """A plot of quality against cost, for one game or all (``*``).

    Attributes:
        points: By cost, cheapest first; agents of unknown cost at the end.
        left_out: Agents that did not play all games, so that neither their quality nor their cost compares.
    """

    game: str
    unit: Unit
    points: tuple[Point, ...]
    left_out: tuple[str, ...]

    @property
    def known(self) -> tuple[Point, ...]:
        """The agents whose cost is known."""
        return tuple(point for point in self.points if point.cost is not None)

    @property
    def unknown(self) -> tuple[Point, ...]:
        """The agents whose cost is not."""
        return tuple(point for point in self.points if point.cost is None)

    @property
    def front(self) -> tuple[Point, ...]:
        """The agents that nobody beats at their price, cheapest first."""
        return tuple(point for point in self.points if point.front)

    def written(self, cost: float | None) -> str:
        """A cost as people read it."""
        if cost is None:
            return "unknown"
        return figures.dollars(cost) if self.unit == "usd" else figures.count(round(cost))

    def interval(self, point: Point) -> str:
        """A point's cost with its interval as people read it."""
        price = point.price
        if price.low is None or price.high is None:
            return self.written(price.mean)
        return f"{self.written(price.mean)} [{self.written(price.low)}, {self.written(price.high)}]"


def paretos(board: BoardData, game: str) -> tuple[Pareto, ...]:
    """The plots of a game: by dollars, by tokens, both; none where nobody spent anything or there is one agent only."""
    dollars, tokens = _pareto(board, game, "usd"), _pareto(board, game, "tokens")
    if len(dollars.points) < 2:
        return ()
    priced = any(point.cost for point in dollars.points)
    unpriced = bool(dollars.unknown) or not priced
    used = any(point.cost for point in tokens.points)
    return (*([dollars] if priced else []), *([tokens] if used and unpriced else []))


def _pareto(board: BoardData, game: str, unit: Unit) -> Pareto:
    rows = [row for row in board.of_game(game) if row.score.deciding.mean is not None]
    most = max((row.score.games for row in rows), default=0)
    points = [
        Point(row.score.agent, _price(row, unit), row.score.deciding, row.privileged)
        for row in rows
        if row.score.games == most
    ]
    points.sort(key=lambda p: (p.cost is None, p.cost or 0.0, -p.value, p.agent))
    left_out = tuple(row.score.agent for row in rows if row.score.games < most)
    return Pareto(game, unit, _marked(points), left_out)


def _price(row: Row, unit: Unit) -> Interval:
    return row.score.usd_each if unit == "usd" else row.score.tokens_each


def _marked(points: Sequence[Point]) -> tuple[Point, ...]:
    """The points with the front marked: going up in cost, whoever is better than all before."""
    best, marked = float("-inf"), []
    for point in points:
        front = point.cost is not None and not point.reference and point.value > best
        if front:
            best = point.value
        marked.append(replace(point, front=front))
    return tuple(marked)
