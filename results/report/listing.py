"""The list of episodes: one line each, for the table and for the script that filters and sorts it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from kibitz.results import figures
from kibitz.results.leaderboard import Names
from kibitz.results.logs import EpisodeLog
from kibitz.results.records import EpisodeRecord, UnitRecord
from kibitz.results.sample import Played

RESULTS = {1: "won", 0: "drawn", -1: "lost"}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the list.

    Attributes:
        index: Number in the schedule of its run, from 0: the one that ``kibitz replay`` takes.
        results: By seat: won, drawn, lost, or empty where not scored.
        cause: Of a failed episode, a row of the failure table; ``open`` where it has not ended; else empty.
        illegal: Decisions whose first reply gave no legal action.
        inconsistent: Actions that contradict the agent's own answers.
        right: Right answers, of ``asked`` whose truth is known.
        usd: None if the price of a call is unknown.
        opens: Whether there is anything to replay.
    """

    index: int
    run: str
    key: str
    game: str
    agents: tuple[str, ...]
    results: tuple[str, ...]
    result: str
    cause: str
    steps: int
    illegal: int
    inconsistent: int
    right: int
    asked: int
    tokens: int
    usd: float | None
    seconds: float
    opens: bool

    @property
    def cells(self) -> tuple[str, ...]:
        """The numbers as people read them: tokens, cost, time."""
        cost = figures.dollars(self.usd) if self.usd != 0 else ""
        return figures.count(self.tokens) if self.tokens else "", cost, figures.duration(self.seconds)


def line(place: int, names: Names, log: EpisodeLog) -> Line:
    """The line of an episode; ``place`` is that of its run on the page."""
    unit, ended = log.unit, log.ended
    moves = [move for step in log.steps for move in step.seats]
    agents = tuple(names.agent(place, agent) for agent in unit.agents)
    results = _results(unit, ended)
    known = [grade for grade in log.grades if grade.truth is not None]
    unpriced = any(move.spent.unpriced for move in moves)
    return Line(
        index=unit.index,
        run=names.runs[place],
        key=unit.key,
        game=names.game(place, unit.game),
        agents=agents,
        results=results,
        result=_result(ended, agents, results),
        cause="open" if ended is None else "" if ended.status == "done" else ended.cause or "unknown",
        steps=len(log.steps),
        illegal=sum(bool(move.complaints) or move.fallback for move in moves),
        inconsistent=sum(move.consistent is False for move in moves),
        right=sum(grade.verdict == "right" for grade in known),
        asked=len(known),
        tokens=sum(move.spent.tokens for move in moves),
        usd=None if unpriced else sum(move.spent.usd for move in moves),
        seconds=0.0 if ended is None else round(ended.measured.seconds, 3),
        opens=bool(log.steps or log.calls or ended is not None),
    )


def _results(unit: UnitRecord, ended: EpisodeRecord | None) -> tuple[str, ...]:
    if ended is None or ended.status != "done":
        return ("",) * len(unit.agents)
    return tuple(RESULTS[Played("", unit, ended, seat).result] for seat in range(len(unit.agents)))


def _result(ended: EpisodeRecord | None, agents: Sequence[str], results: Sequence[str]) -> str:
    if ended is None:
        return "not played"
    if ended.status != "done":
        return f"failed: {ended.cause or 'unknown'}"
    if ended.success is None and len(agents) == 1:
        return ended.reason or "ended"
    if ended.success is not None:
        return {"won": "goal reached", "lost": "goal missed"}[results[0]]
    winners = [agent for agent, result in zip(agents, results, strict=True) if result == "won"]
    if not winners:
        return "draw" if "drawn" in results else "all lost"
    return f"{' and '.join(winners)} won"


class _Table:
    """Texts that repeat, by number."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}

    def __call__(self, text: str) -> int:
        return self.numbers.setdefault(text, len(self.numbers))


def index(lines: Iterable[Line]) -> dict[str, Any]:
    """What the script needs of all lines."""
    text = _Table()
    rows = [
        [
            one.index,
            text(one.run),
            one.key,
            text(one.game),
            [text(agent) for agent in one.agents],
            [text(result) for result in one.results],
            text(one.result),
            text(one.cause),
            [one.steps, one.illegal, one.inconsistent, one.right, one.asked, one.tokens],
            one.usd if one.usd is None else round(one.usd, 6),
            one.seconds,
            int(one.opens),
        ]
        for one in lines
    ]
    return {"texts": list(text.numbers), "rows": rows}
