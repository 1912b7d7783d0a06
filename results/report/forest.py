"""The interval plot beside the leaderboard: how strong each agent is, how sure that is, and who is tied with whom.

Ratings where agents met, otherwise the outcome (in position suites the share of right answers). Agents that cannot be
told apart stand on one upright line, as in the diagrams of critical differences (Demsar 2006): a line says at a glance
what a column of letters says on a second look.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from kibitz.results import figures, tables
from kibitz.results.leaderboard import BoardData, Row
from kibitz.results.ratings.table import Rating, RatingTable
from kibitz.results.report import charts
from kibitz.results.report.charts import NARROW, Spec
from kibitz.results.report.plot import elo

ROW = 28
"""Height of an agent's row in pixels."""

LANE = 14.0
"""Width in pixels of the lane of tied groups, less where there are many."""

LANES = 0.25
"""Share of the whole width that lanes may take."""


@dataclass(frozen=True, slots=True)
class Line:
    """One agent; a limit is None where the data do not bound that side. ``detail`` says all of it in words."""

    agent: str
    value: float
    low: float | None
    high: float | None
    reference: bool
    groups: str
    shown: str
    detail: str


@dataclass(frozen=True, slots=True)
class Forest:
    """The plot as data.

    Attributes:
        title: What is measured, for the axis.
        anchor: Where the upright line stands; None without one.
        lines: Best first.
        groups: Tied groups of more than one agent, as the places of their members among the lines.
    """

    title: str
    anchor: float | None
    lines: tuple[Line, ...]
    groups: tuple[tuple[int, ...], ...]

    @property
    def open(self) -> bool:
        """Whether the data leave a side of any interval unbounded."""
        return any(line.low is None or line.high is None for line in self.lines)

    @property
    def label(self) -> str:
        """The plot in words, for those who do not see it."""
        return f"{self.title}, with 95 % intervals. " + ". ".join(line.detail for line in self.lines)


def forest(board: BoardData, game: str) -> Forest | None:
    """The plot of one game, or of all; None where there are not two agents to compare."""
    table = board.ratings.get(game)
    if table is not None and table.connected and len(table.ratings) > 1:
        return _rated(board, game, table)
    rows = [row for row in board.of_game(game) if row.score.deciding.mean is not None]
    if len(rows) < 2:
        return None
    lines = sorted((_scored(row) for row in rows), key=lambda line: -line.value)
    title = tables.ranked_by(board, game)
    asked_only = all(row.score.outcome.mean is None for row in rows)
    return Forest(title[0].upper() + title[1:], None if asked_only else 0.0, tuple(lines), ())


def _rated(board: BoardData, game: str, table: RatingTable) -> Forest:
    references = {row.score.agent for row in board.of_game(game) if row.privileged}
    lines = tuple(_line(rating, rating.agent in references) for rating in table.ratings)
    letters = sorted({letter for line in lines for letter in line.groups})
    members = [tuple(i for i, line in enumerate(lines) if letter in line.groups) for letter in letters]
    tied = tuple(sorted(places for places in members if len(places) > 1))
    return Forest(f"Rating in Elo points, {table.anchor.text}", table.anchor.value, lines, tied)


def _line(rating: Rating, reference: bool) -> Line:
    group = f", tied group {rating.group}" if rating.group else ""
    detail = f"{rating.agent}: {elo(rating)}{group}; {rating.games} games" + (", a reference" if reference else "")
    shown = figures.number(rating.value, 0)
    return Line(rating.agent, rating.value, rating.low, rating.high, reference, rating.group, shown, detail)


def _scored(row: Row) -> Line:
    value = row.score.deciding
    detail = f"{row.score.agent}: {figures.interval(value)}" + (", a reference" if row.privileged else "")
    mean = value.mean or 0.0
    return Line(row.score.agent, mean, value.low, value.high, row.privileged, "", figures.number(mean), detail)


def spec(plot: Forest, width: int) -> Spec:
    """The Vega specification of a plot of ``width`` pixels, names and lanes of groups included."""
    narrow = width <= NARROW
    lanes = _lanes(plot.groups)
    count = max((lane["lane"] for lane in lanes), default=-1) + 1
    lane = min(LANE, LANES * width / count) if count else LANE
    names, right = (112 if narrow else 200), 52 + lane * count
    inner = width - names - right
    return {
        "width": inner,
        "height": ROW * len(plot.lines),
        "padding": {"left": names, "top": 4, "right": right, "bottom": 46},
        "autosize": "none",
        "data": [
            {"name": "lines", "values": [_datum(place, line) for place, line in enumerate(plot.lines)]},
            {"name": "lanes", "values": lanes},
            {"name": "anchor", "values": [] if plot.anchor is None else [{"at": plot.anchor}]},
        ],
        "scales": _scales(plot),
        "axes": [_axis(plot, -names if narrow else 0, width)],
        # Names are cut at 0.8 of their room: the reader's font may be wider than the one that text is measured with.
        "marks": [
            _mark("rule", "anchor", x="at", y=0, y2={"signal": "height"}, stroke="var(--faint)", strokeDash=[3, 3]),
            *_intervals(inner),
            _text("agent", -10, "right", 0.8 * names),
            _text("shown", inner + 40, "right", 48),
            *_groups(inner + 40 + lane, lane),
        ],
    }


def _axis(plot: Forest, left: int, width: int) -> dict[str, Any]:
    title = {"title": plot.title, "titleAlign": "left", "titleAnchor": "start", "titleX": left, "titleLimit": width}
    count = 3 if width <= NARROW else 8
    return {"orient": "bottom", "scale": "x", "grid": True, "tickCount": count, "format": ".4~r"} | title


def _scales(plot: Forest) -> list[dict[str, Any]]:
    limits = [(line.low, line.value, line.high) for line in plot.lines] + [(None, plot.anchor, None)]
    ends = [end for three in limits for end in three if end is not None]
    room = 0.06 * ((max(ends) - min(ends)) or 1.0)
    domain = [min(ends) - room, max(ends) + room]
    places = list(range(len(plot.lines)))
    return [
        {"name": "x", "type": "linear", "zero": False, "domain": domain, "range": "width"},
        {"name": "y", "type": "point", "domain": places, "range": "height", "padding": 0.5},
    ]


def _datum(place: int, line: Line) -> dict[str, Any]:
    return {
        "place": place,
        "agent": line.agent,
        "value": line.value,
        "low": line.low,
        "high": line.high,
        "shown": line.shown,
        "detail": line.detail,
        "dot": "var(--faint)" if line.reference else "var(--accent)",
        "ink": "var(--soft)" if line.reference else "currentColor",
    }


def _lanes(groups: Sequence[tuple[int, ...]]) -> list[dict[str, Any]]:
    """Where each member of each group stands; groups that do not overlap share a lane."""
    ends: list[int] = []
    found = []
    for places in groups:
        lane = next((i for i, end in enumerate(ends) if end < places[0]), len(ends))
        ends[lane:] = [places[-1], *ends[lane + 1 :]]
        found += [{"lane": lane, "place": place, "first": places[0], "last": places[-1]} for place in places]
    return found


def _mark(kind: str, source: str, **channels: object) -> dict[str, Any]:
    """A mark whose positions that are texts are fields on the scale of their letter."""
    placed = {
        name: {"scale": name[0], "field": value} if isinstance(value, str) and name[0] in "xy" else value
        for name, value in channels.items()
    }
    return charts.mark(kind, source, **placed)


def _intervals(inner: float) -> list[dict[str, Any]]:
    """Interval, an arrowhead on each side that the data leave open, and the estimate."""
    low = {"signal": "datum.low === null ? 0 : scale('x', datum.low)"}
    high = {"signal": f"datum.high === null ? {inner} : scale('x', datum.high)"}
    colour = {"field": "dot"}
    size = {side: {"signal": f"datum.{side} === null ? 50 : 0"} for side in ("low", "high")}
    return [
        _mark("rule", "lines", x=low, x2=high, y="place", stroke=colour, strokeWidth=3, strokeCap="round", opacity=0.5),
        _mark("symbol", "lines", x=0, y="place", shape="triangle-left", size=size["low"], fill=colour),
        _mark("symbol", "lines", x=inner, y="place", shape="triangle-right", size=size["high"], fill=colour),
        _mark("symbol", "lines", x="value", y="place", size=64, fill=colour, description={"field": "detail"}),
    ]


def _text(field: str, x: float, align: str, limit: float) -> dict[str, Any]:
    style = {"align": align, "baseline": "middle", "fontSize": 13, "limit": limit, "fill": {"field": "ink"}}
    return _mark("text", "lines", x=x, y="place", text={"field": field}, **style)


def _groups(left: float, lane: float) -> list[dict[str, Any]]:
    at = {"signal": f"{left} + {lane} * datum.lane"}
    return [
        _mark("rule", "lanes", x=at, y="first", y2="last", stroke="var(--soft)", strokeWidth=2, strokeCap="round"),
        _mark("symbol", "lanes", x=at, y="place", size=30, fill="var(--soft)"),
    ]
