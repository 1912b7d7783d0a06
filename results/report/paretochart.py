"""The plot of quality against cost as a Vega specification, and the part of the page that holds it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial
from typing import Any

from kibitz.results import figures, tables
from kibitz.results.report import charts
from kibitz.results.report.labels import Box, placed
from kibitz.results.report.pareto import Pareto, Point, paretos
from kibitz.results.report.sections import Section, Source

STRIP = 84
"""Width in pixels of what stands beside the scale: agents that cost nothing, and agents of unknown price."""

SPREAD = 8.0
"""Ratio of the dearest to the cheapest from which on the scale is logarithmic."""

FEW = 300.0
"""Ratio of the ends of a logarithmic scale up to which it has ticks between the powers of ten."""

LONGEST = 26
"""Characters of a name in the plot."""

TITLES = {"usd": "dollars per episode", "tokens": "tokens per episode"}


def section(source: Source) -> Section | None:
    """The plots over all games, or of the only game; None where nobody spent anything."""
    games = tables.sections(source.board)
    plots = paretos(source.board, games[0]) if games else ()
    if not plots:
        return None
    asked_only = all(row.score.outcome.mean is None for row in source.board.of_game(games[0]))
    quality = tables.ranked_by(source.board, games[0])
    shown = [
        {
            "plot": plot,
            "quality": "right answers" if asked_only else "outcome",
            "deciding": "intermediate" if asked_only else "outcome",
            "title": TITLES[plot.unit].capitalize(),
            "chart": charts.both(partial(spec, plot, quality), label(plot)),
        }
        for plot in plots
    ]
    return Section(
        "cost",
        "Cost",
        "cost.html.j2",
        {
            "plots": shown,
            "game": games[0],
            "title": tables.title(games[0], source.board),
            "verdict": _verdict(plots[0]),
        },
    )


def label(plot: Pareto) -> str:
    """The plot in words, for those who do not see it."""
    agents = ". ".join(_detail(plot, point) for point in plot.points)
    return f"Quality against {TITLES[plot.unit]}. {agents}"


def _detail(plot: Pareto, point: Point) -> str:
    unit = "per episode" if plot.unit == "usd" else "tokens per episode"
    price = "price unknown" if point.cost is None else f"{plot.interval(point)} {unit}"
    roles = (", on the front" if point.front else "") + (", a reference" if point.reference else "")
    return f"{point.agent}: {figures.interval(point.quality)}, {price}{roles}"


def _verdict(plot: Pareto) -> str:
    """What the plot says, in a sentence or two."""
    unit = "" if plot.unit == "usd" else " tokens"
    front = [f"{point.agent} ({plot.written(point.cost)}{unit})" for point in plot.front]
    who = front[0] if len(front) == 1 else f"{', '.join(front[:-1])} and {front[-1]}"
    text = f"On the front, where no player is estimated better for less: {who}." if front else ""
    if plot.unknown:
        text += f" No price is known for {', '.join(point.agent for point in plot.unknown)}."
    return text.strip()


def spec(plot: Pareto, quality: str, width: int) -> charts.Spec:
    """The Vega specification of a plot of ``width`` pixels; ``quality`` is the title of the upright axis."""
    frame = _Frame.of(plot, width)
    return {
        "width": frame.width,
        "height": frame.height,
        "padding": {"left": 52, "top": 10, "right": 12, "bottom": 48},
        "autosize": "none",
        "data": [
            {"name": "points", "values": [frame.datum(point, _detail(plot, point)) for point in plot.points]},
            {
                "name": "front",
                "values": [{"x": frame.x(point.cost), "y": frame.y(point.value)} for point in plot.front],
            },
            {"name": "names", "values": _names(plot, frame)},
            {"name": "strips", "values": _strips(plot, frame)},
        ],
        "scales": [
            {"name": "x", "type": "log" if frame.logarithmic else "linear", "zero": False}
            | {"domain": frame.costs, "range": [frame.start, frame.end]},
            {"name": "y", "type": "linear", "zero": False, "domain": frame.qualities, "range": "height"},
        ],
        "axes": [
            _below(plot, frame, width),
            {"orient": "left", "scale": "y", "tickCount": 5, "grid": True, "title": quality},
        ],
        "marks": _marks(),
    }


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where things are, in pixels: the scale of costs between the strips for what is free and what is unknown."""

    width: int
    height: int
    left: int
    right: int
    costs: tuple[float, float]
    qualities: tuple[float, float]
    logarithmic: bool

    @classmethod
    def of(cls, plot: Pareto, width: int) -> _Frame:
        costs = [cost for point in plot.known for cost in (point.price.low, point.cost, point.price.high) if cost]
        ends = [
            end
            for point in plot.points
            for end in (point.quality.low, point.value, point.quality.high)
            if end is not None
        ]
        room = 0.05 * ((max(ends) - min(ends)) or 1.0)
        logarithmic = max(costs) / min(costs) >= SPREAD
        factor = (max(costs) / min(costs)) ** 0.1
        wide = width > charts.NARROW
        strip = STRIP if wide else STRIP // 2
        return cls(
            width=width - 64,
            height=320 if wide else 280,
            left=strip if logarithmic and any(point.cost == 0 for point in plot.known) else 0,
            right=strip if plot.unknown else 0,
            costs=(min(costs) / factor, max(costs) * factor) if logarithmic else (0.0, 1.1 * max(costs)),
            qualities=(min(ends) - room, max(ends) + room),
            logarithmic=logarithmic,
        )

    @property
    def start(self) -> float:
        """Where the scale of costs begins."""
        return self.left + (12 if self.left else 0)

    @property
    def end(self) -> float:
        """Where the scale of costs ends."""
        return self.width - self.right - (12 if self.right else 0)

    def x(self, cost: float | None) -> float:
        """Where a cost stands."""
        if cost is None:
            return self.width - self.right / 2
        if cost == 0 and self.logarithmic:
            return self.left / 2
        low, high = self.costs
        share = math.log(cost / low) / math.log(high / low) if self.logarithmic else (cost - low) / (high - low)
        return self.start + (self.end - self.start) * share

    def y(self, quality: float) -> float:
        """Where a quality stands, from the top."""
        low, high = self.qualities
        return self.height * (high - quality) / (high - low)

    def datum(self, point: Point, detail: str) -> dict[str, Any]:
        """A point as data for Vega."""
        colour = "var(--faint)" if point.reference else "var(--accent)"
        low, high = point.quality.low, point.quality.high
        cheap, dear = point.price.low, point.price.high
        return {
            "x": self.x(point.cost),
            # A lower limit of zero has no place on a logarithmic scale: the bar runs to the scale's end.
            "cheap": max(self.start, self.x(cheap or self.costs[0])) if cheap is not None else self.x(point.cost),
            "dear": self.x(dear) if dear is not None else self.x(point.cost),
            "y": self.y(point.value),
            "low": self.y(point.value if low is None else low),
            "high": self.y(point.value if high is None else high),
            "stroke": colour,
            "fill": colour if point.front else "var(--ground)",
            "detail": detail,
        }


def _names(plot: Pareto, frame: _Frame) -> list[dict[str, Any]]:
    """Names beside their points, those of the front first; where there is no room the table has them."""
    order = sorted(plot.points, key=lambda point: (not point.front, point.reference, -point.value))
    spots = [(frame.x(point.cost), frame.y(point.value)) for point in order]
    bars = [frame.datum(point, "") for point in order]
    upright = [Box(bar["x"] - 2, bar["high"], bar["x"] + 2, bar["low"]) for bar in bars]
    taken = upright + [Box(bar["cheap"], bar["y"] - 2, bar["dear"], bar["y"] + 2) for bar in bars]
    labels = placed([point.agent for point in order], spots, taken, Box(0, 0, frame.width + 10, frame.height), LONGEST)
    return [
        {"text": label.text, "x": label.x, "y": label.y, "align": label.align}
        | {"ink": "var(--soft)" if point.reference else "currentColor"}
        for point, label in zip(order, labels, strict=True)
        if label is not None
    ]


def _strips(plot: Pareto, frame: _Frame) -> list[dict[str, Any]]:
    free: dict[str, Any] = {"x": 0, "x2": frame.left, "text": "free" if plot.unit == "usd" else "none"}
    unknown: dict[str, Any] = {"x": frame.width - frame.right, "x2": frame.width, "text": "unknown"}
    return [
        strip | {"middle": (strip["x"] + strip["x2"]) / 2, "below": frame.height + 15, "end": frame.height}
        for strip in (free, unknown)
        if strip["x2"] > strip["x"]
    ]


def _below(plot: Pareto, frame: _Frame, width: int) -> dict[str, Any]:
    axis: dict[str, Any] = {
        "orient": "bottom",
        "scale": "x",
        "grid": True,
        "title": TITLES[plot.unit] + (", logarithmic scale" if frame.logarithmic else ""),
        "format": "$~r" if plot.unit == "usd" else "~s",
        "tickCount": 3 if width <= charts.NARROW else 6,
        "labelOverlap": True,
    }
    if plot.unit == "tokens":
        # The unit of the format stands on every number, zero included, which has none.
        text = {"signal": "datum.value === 0 ? '0' : datum.label"}
        axis |= {"encode": {"labels": {"update": {"text": text}}}}
    return axis | {"values": _decades(*frame.costs)} if frame.logarithmic else axis


def _decades(low: float, high: float) -> list[float]:
    """The ticks of a logarithmic scale: powers of ten, with steps between where there are few."""
    steps = (1, 2, 5) if high / low < FEW else (1,)
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    # A power below one is written as a quotient, which is the nearest number to it; 10**-3 need not be.
    ticks = [step * 10**power if power >= 0 else step / 10**-power for power in powers for step in steps]
    return [tick for tick in ticks if low <= tick <= high]


def _marks() -> list[dict[str, Any]]:
    at = {"x": _field("x"), "y": _field("y")}
    text = {"baseline": "middle", "fontSize": 12, "text": _field("text")}
    bar = {"x": _field("x"), "y": _field("low"), "y2": _field("high"), "stroke": _field("stroke")}
    level = {"x": _field("cheap"), "x2": _field("dear"), "y": _field("y"), "stroke": _field("stroke")}
    dot = {"fill": _field("fill"), "stroke": _field("stroke"), "strokeWidth": 2, "size": 80}
    halo = {"stroke": "var(--ground)", "strokeWidth": 4}
    beside = {"x": _field("middle"), "y": _field("below"), "align": "center", "fill": "var(--soft)"}
    return [
        charts.mark("rect", "strips", x=_field("x"), x2=_field("x2"), y=0, y2=_field("end"), fill="var(--strip)"),
        charts.mark("text", "strips", **beside, **text),
        charts.mark("line", "front", **at, stroke="var(--accent)", strokeWidth=1.5, strokeDash=[5, 4]),
        charts.mark("rule", "points", **bar, strokeWidth=2, opacity=0.45),
        charts.mark("rule", "points", **level, strokeWidth=2, opacity=0.45),
        charts.mark("symbol", "points", **at, **dot, description=_field("detail")),
        charts.mark("text", "names", **at, **text, align=_field("align"), fill=_field("ink"), **halo),
    ]


def _field(name: str) -> dict[str, str]:
    return {"field": name}
