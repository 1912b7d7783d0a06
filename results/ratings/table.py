"""Ratings and win matrices as data; how they are found is told in the modules beside this one.

A rating is on the scale of Elo: 400 points are odds of ten to one. Only differences mean anything, so every interval is
one of the difference to the anchor, and the anchor's own has no width.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from kibitz.results.statistics.intervals import Interval

ELO = 400 / math.log(10)
"""Elo points of one unit of log-odds."""

DIGITS = 2
"""Decimals of ratings in outputs: beyond hundredths of a point nothing is known, and machines may differ."""


SHOWN = 4
"""How many agents an anchor names."""


@dataclass(frozen=True, slots=True)
class Limits:
    """An estimate in Elo points with its 95 % interval; a limit is None where the games do not bound that side."""

    value: float
    low: float | None
    high: float | None

    def as_json(self) -> dict[str, float | None]:
        """The estimate as a JSON object."""
        return {"value": rounded(self.value), "low": rounded(self.low), "high": rounded(self.high)}


@dataclass(frozen=True, slots=True)
class Rating:
    """How strong one agent is.

    Attributes:
        value: Elo points. Always finite: a weak prior keeps it so.
        low: Lower end of the 95 % interval of the difference to the anchor; None where the games set no lower bound, as
            for an agent that lost everything. Equal to ``value`` for the anchor.
        high: Upper end; None where the games set no upper bound, as for an agent that won everything.
        games: Number of games against others.
        rank: 1 + number of ranked agents that are better for certain: the interval of the difference lies wholly above
            zero. None for references, and where not all agents can be compared.
        group: Letters: two agents that share one cannot be told apart. Empty where there is no rank.
        bootstrap: The interval by bootstrap over clusters, for comparison; None where it was not computed.
    """

    agent: str
    value: float
    low: float | None
    high: float | None
    games: int
    rank: int | None = None
    group: str = ""
    bootstrap: tuple[float, float] | None = None

    @property
    def bounded(self) -> bool:
        """Whether the games bound the rating on both sides."""
        return self.low is not None and self.high is not None

    def brief(self) -> dict[str, float | None]:
        """What a row of the board says: value, low and high."""
        return Limits(self.value, self.low, self.high).as_json()

    def as_json(self) -> dict[str, object]:
        """The rating as a JSON object."""
        return {
            **self.brief(),
            "agent": self.agent,
            "games": self.games,
            "rank": self.rank,
            "group": self.group,
            "bootstrap": None if self.bootstrap is None else [rounded(limit) for limit in self.bootstrap],
        }


@dataclass(frozen=True, slots=True)
class Anchor:
    """What a scale hangs on: the mean rating of ``agents`` is ``value``.

    Attributes:
        bot: Whether these are the bots that draw actions at random; else they are the agents that are compared, without
            those whose difference to the others nothing bounds.
    """

    agents: tuple[str, ...]
    value: float
    bot: bool

    @property
    def text(self) -> str:
        """The anchor in words; of many agents the first are named."""
        named, rest = self.agents[:SHOWN], len(self.agents) - SHOWN
        *most, last = [*named, f"{rest} more"] if rest > 0 else named
        who = f"{', '.join(most)} and {last}" if most else last
        return f"{who if self.bot else f'the mean of {who}'} = {self.value:.0f}"

    def as_json(self) -> dict[str, object]:
        """The anchor as a JSON object."""
        return {"agents": list(self.agents), "value": self.value, "bot": self.bot}


@dataclass(frozen=True, slots=True)
class Swap:
    """Two agents whose order by rating turns: ``above`` was above ``below`` and no longer is."""

    above: str
    below: str

    def as_json(self) -> dict[str, str]:
        """The swap as a JSON object."""
        return {"above": self.above, "below": self.below}


@dataclass(frozen=True, slots=True)
class LeftOut:
    """The ratings without the games of one agent.

    Attributes:
        agent: Who is left out.
        values: Ratings of the others, on a scale where their mean is what it was with all games.
        swaps: What changes in the order of the others.
        connected: Whether the others can still be compared; without that ``values`` and ``swaps`` are empty.
    """

    agent: str
    values: Mapping[str, float]
    swaps: tuple[Swap, ...]
    connected: bool = True

    def as_json(self) -> dict[str, object]:
        """The ratings without the agent as a JSON object."""
        return {
            "agent": self.agent,
            "values": {name: rounded(value) for name, value in self.values.items()},
            "swaps": [swap.as_json() for swap in self.swaps],
            "connected": self.connected,
        }


@dataclass(frozen=True, slots=True)
class Fragile:
    """How few mirrored pairs must be dropped to turn the order of two neighbours (Huang et al. 2025).

    Attributes:
        swap: The two neighbours.
        dropped: Number of the pairs that were dropped, the most influential first.
        share: The same as a share of all pairs, in 0..1.
    """

    swap: Swap
    dropped: int
    share: float

    def as_json(self) -> dict[str, object]:
        """The finding as a JSON object."""
        return {**self.swap.as_json(), "dropped": self.dropped, "share": round(self.share, 6)}


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """How far the order hangs on single opponents and on a few games.

    Attributes:
        left_out: One item an agent whose games were left out.
        fragile: Neighbours whose order turns when at most ``limit`` of the pairs are dropped.
        limit: The largest share of pairs that was tried, in 0..1.
    """

    left_out: tuple[LeftOut, ...] = ()
    fragile: tuple[Fragile, ...] = ()
    limit: float = 0.0

    def as_json(self) -> dict[str, object]:
        """The findings as a JSON object."""
        return {
            "left_out": [one.as_json() for one in self.left_out],
            "fragile": [one.as_json() for one in self.fragile],
            "limit": self.limit,
        }


@dataclass(frozen=True)
class RatingTable:
    """The ratings of one game, or of all games of a board.

    Attributes:
        game: Label of the game; ``*`` for all games, each with the same weight.
        ratings: By component, the first one first; in each by value, best first.
        seat_effect: By game label, what sitting in the first seat is worth, in Elo points.
        ties: By game label, the share of draws between two equal agents, in 0..1, seats averaged out.
        components: The agents that can be compared with each other. The one with the anchor bot comes first, otherwise
            the largest.
        anchors: The anchor of each component.
        connecting: A smallest set of pairings that, once played, would make all agents comparable.
        sensitivity: How far the order hangs on single opponents and on a few games.
    """

    game: str
    ratings: tuple[Rating, ...]
    seat_effect: Mapping[str, Limits]
    ties: Mapping[str, float]
    components: tuple[tuple[str, ...], ...]
    anchors: tuple[Anchor, ...]
    connecting: tuple[tuple[str, str], ...] = ()
    sensitivity: Sensitivity = field(default_factory=Sensitivity)

    @property
    def anchor(self) -> Anchor:
        """What the scale of the first component hangs on."""
        return self.anchors[0]

    @property
    def connected(self) -> bool:
        """Whether all agents can be compared, so that there are ranks."""
        return len(self.components) == 1

    def of(self, agent: str) -> Rating | None:
        """The rating of an agent; None if it played no game against another."""
        return next((rating for rating in self.ratings if rating.agent == agent), None)

    def as_json(self) -> dict[str, object]:
        """The table as a JSON object."""
        return {
            "game": self.game,
            "ratings": [rating.as_json() for rating in self.ratings],
            "seat_effect": {label: effect.as_json() for label, effect in self.seat_effect.items()},
            "ties": {label: round(share, 6) for label, share in self.ties.items()},
            "anchor": self.anchor.as_json(),
            "anchors": [anchor.as_json() for anchor in self.anchors],
            "connected": self.connected,
            "components": [list(agents) for agents in self.components],
            "connecting": [list(pairing) for pairing in self.connecting],
            "sensitivity": self.sensitivity.as_json(),
        }


@dataclass(frozen=True, slots=True)
class Meeting:
    """How one agent fared against another.

    Attributes:
        share: Share of points, a draw half of one, in 0..1, with its 95 % interval.
    """

    wins: int
    draws: int
    losses: int
    share: Interval

    def as_json(self) -> dict[str, object]:
        """The meeting as a JSON object."""
        return {"wins": self.wins, "draws": self.draws, "losses": self.losses, "share": self.share.as_json()}


@dataclass(frozen=True)
class WinMatrix:
    """Who beat whom.

    Attributes:
        game: Label of the game; ``*`` for all games: counts are added, shares give each game the same weight.
        agents: By rating, best first.
        meetings: By agent and opponent, in the eyes of the former; pairs that never met are absent.
    """

    game: str
    agents: tuple[str, ...]
    meetings: Mapping[tuple[str, str], Meeting]

    def as_json(self) -> dict[str, object]:
        """The matrix as a JSON object, one entry a meeting."""
        return {
            "game": self.game,
            "agents": list(self.agents),
            "meetings": [
                {"agent": one, "opponent": other, **meeting.as_json()}
                for (one, other), meeting in self.meetings.items()
            ],
        }


def rounded(value: float | None) -> float | None:
    """Elo points as outputs have them."""
    # Adding 0.0 turns a negative zero into zero.
    return None if value is None else round(value, DIGITS) + 0.0
