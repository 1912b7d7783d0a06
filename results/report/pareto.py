"""Quality against cost: what each agent scores, what an episode of it costs, and whom nobody beats at its price.

Dollars where any agent costs some, tokens where agents use tokens of which not all have a price. An agent whose price
is unknown is neither cheap nor dear: it stands apart, on no scale, and may belong to the front. What costs nothing has
no place on a logarithmic scale and stands apart on the other side.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from kibitz.results import figures
from kibitz.results.leaderboard import BoardData, Row
from kibitz.results.statistics.intervals import Interval

Unit = Literal["usd", "tokens"]


@dataclass(frozen=True, slots=True)
class Point:
    """One agent.

    Attributes:
        cost: Dollars or tokens of one episode on average, over several games the mean of the games' own averages;
            None if the price of any call is unknown.
        quality: What the board ranks by.
        front: Whether no other player has as much quality for as little cost, or more for less.
    """

    agent: str
    cost: float | None
    quality: Interval
    reference: bool
    front: bool = False

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


def paretos(board: BoardData, game: str) -> tuple[Pareto, ...]:
    """The plots of a game: by dollars, by tokens, both, or none where nobody spent anything."""
    found = [_pareto(board, game, unit) for unit in ("usd", "tokens")]
    dollars, tokens = found
    priced = any(point.cost for point in dollars.points)
    used = any(point.cost for point in tokens.points)
    unpriced = bool(dollars.unknown) or not priced
    return (*([dollars] if priced else []), *([tokens] if used and unpriced else []))


def _pareto(board: BoardData, game: str, unit: Unit) -> Pareto:
    rows = [row for row in board.of_game(game) if row.score.deciding.mean is not None]
    most = max((row.score.games for row in rows), default=0)
    points = [
        Point(row.score.agent, cost(board, row, unit), row.score.deciding, row.privileged)
        for row in rows
        if row.score.games == most
    ]
    points.sort(key=lambda p: (p.cost is None, p.cost or 0.0, -p.value, p.agent))
    left_out = tuple(row.score.agent for row in rows if row.score.games < most)
    return Pareto(game, unit, _marked(points), left_out)


def cost(board: BoardData, row: Row, unit: Unit) -> float | None:
    """Dollars or tokens of one episode of an agent on average; None if unknown.

    Over all games it is the mean of the games' averages, each with the same weight, like every figure over all games.
    """
    parts = [row] if row.score.game in board.games else [r for r in board.rows if r.score.game in board.games]
    own = [r.score for r in parts if r.score.agent == row.score.agent and r.score.episodes]
    spent = [score.usd if unit == "usd" else float(score.tokens) for score in own]
    known = [value / score.episodes for value, score in zip(spent, own, strict=True) if value is not None]
    return sum(known) / len(known) if known and len(known) == len(own) else None


def _marked(points: Sequence[Point]) -> tuple[Point, ...]:
    """The points with the front marked: going up in cost, whoever is better than all before."""
    best, marked = float("-inf"), []
    for point in points:
        front = point.cost is not None and not point.reference and point.value > best
        if front:
            best = point.value
        marked.append(Point(point.agent, point.cost, point.quality, point.reference, front))
    return tuple(marked)
