"""Hand-made runs for the tests of scores, boards and reports."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeVar

import msgspec
import pytest

from kibitz.results.abridged import Answer, Moves
from kibitz.results.records import (
    AgentInfo,
    CallMeasured,
    CallRecord,
    EpisodeMeasured,
    EpisodeRecord,
    GameInfo,
    GradeRecord,
    MessageRecord,
    RunInfo,
    SeatRecord,
    Spent,
    StepRecord,
    UnitRecord,
)
from kibitz.results.rundata import RunData

T = TypeVar("T")


def game(label: str = "connect4", **changes: Any) -> GameInfo:
    fields: dict[str, Any] = {
        "label": label,
        "id": label,
        "version": "1",
        "title": label.capitalize(),
        "seats": 2,
        "payoff": "zero_sum",
        "reward_range": (-1.0, 1.0),
        "options": {},
        "setting": f"setting-{label}",
        "subproblems": {"wins": "Which cells win?", "count": "How many?"},
    }
    return GameInfo(**(fields | changes))


def agent(name: str, **changes: Any) -> AgentInfo:
    fields: dict[str, Any] = {
        "name": name,
        "kind": "llm",
        "identity": {"kind": "llm"},
        "hash": f"hash-{name}",
        "answers": True,
    }
    return AgentInfo(**(fields | changes))


class Builder:
    """Builds a run episode by episode."""

    game = staticmethod(game)
    agent = staticmethod(agent)

    def __init__(self, name: str = "run", *, games: Sequence[GameInfo] = (), agents: Sequence[AgentInfo] = ()) -> None:
        self.name = name
        self.games = {g.label: g for g in games or [game()]}
        self.agents = {a.name: a for a in agents or [agent("ann"), agent("bob")]}
        self.units: list[UnitRecord] = []
        self.episodes: dict[str, EpisodeRecord] = {}
        self.steps: dict[str, list[StepRecord]] = {}
        self.grades: dict[str, list[GradeRecord]] = {}
        self.calls: dict[str, list[CallRecord]] = {}
        self.talks: list[list[MessageRecord]] = []

    def unit(self, *agents: str, game: str = "", k: int | None = None, pair: str | None = None) -> UnitRecord:
        """Schedule an episode without playing it; its deal is that of its pair, else a new one."""
        index, label = len(self.units), game or next(iter(self.games))
        key = f"{label}/{index}/{','.join(agents)}"
        if k is None:
            deals = (unit.k for unit in self.units if pair and (unit.game, unit.pair) == (label, pair))
            k = next(deals, len({(unit.game, unit.k) for unit in self.units}))
        unit = UnitRecord(
            index=index, key=key, game=label, task=None, k=k, agents=agents, pair=pair or key, seed=1000 + k
        )
        self.units.append(unit)
        return unit

    def play(
        self,
        *agents: str,
        reward: Sequence[float],
        game: str = "",
        k: int | None = None,
        pair: str | None = None,
        **changes: Any,
    ) -> UnitRecord:
        """Schedule an episode and record how it ended."""
        unit = self.unit(*agents, game=game, k=k, pair=pair)
        fields: dict[str, Any] = {
            "unit": unit.key,
            "status": "done",
            "reward": tuple(reward),
            "played": tuple(reward),
            "reason": "four in a row",
            "position": {"board": ["___"], "to_move": None},
            "trajectory": f"way-{unit.key}",
            "digest": f"digest-{unit.key}",
            "spent": tuple(Spent(calls=1, input_tokens=10, output_tokens=5, usd=0.01) for _ in agents),
            "measured": EpisodeMeasured(seconds=2.0, seat_seconds=(1.5,) * len(agents)),
        }
        self.episodes[unit.key] = EpisodeRecord(**(fields | changes))
        return unit

    def move(self, unit: UnitRecord, seat: int = 0, action: str = "1", **changes: Any) -> int:
        """Add a step in which one seat moves; returns its number."""
        steps = self.steps.setdefault(unit.key, [])
        mover = SeatRecord(seat=seat, agent=unit.agents[seat], observation="a board", action=action, **changes)
        position = {"board": ["X__"], "to_move": "XO"[seat % 2], "step": len(steps)}
        steps.append(StepRecord(unit=unit.key, step=len(steps), position=position, seats=(mover,)))
        return len(steps) - 1

    def answer(
        self,
        unit: UnitRecord,
        verdict: str = "right",
        *,
        sub: str = "wins",
        seat: int = 0,
        step: int = 0,
        **changes: Any,
    ) -> None:
        """Add a graded question about the set of winning cells, truth "none" unless said otherwise."""
        given = verdict in ("right", "wrong")
        truth = changes.pop("truth", "none")
        fields: dict[str, Any] = {
            "unit": unit.key,
            "step": step,
            "seat": seat,
            "agent": unit.agents[seat],
            "subproblem": sub,
            "about": "view",
            "ask": "same",
            "action": None,
            "raw": None if verdict == "missing" else "said",
            "parsed": (truth if verdict == "right" else "0,0") if given else None,
            "truth": truth,
            "kind": "set",
            "verdict": verdict,
            "grader": "1",
        }
        self.grades.setdefault(unit.key, []).append(GradeRecord(**(fields | changes)))

    def call(
        self, unit: UnitRecord, *, step: int = 0, seat: int = 0, prompt: str = "your move", reply: str = "1"
    ) -> None:
        """Add a model call."""
        self.talks.append([MessageRecord(role="user", text=prompt)])
        record = CallRecord(
            unit=unit.key,
            trial=0,
            step=step,
            seat=seat,
            scope="try0/greedy",
            i=len(self.calls.get(unit.key, [])),
            agent=unit.agents[seat],
            role="policy",
            request="r",
            parameters={"max_tokens": 64},
            context=len(self.talks) - 1,
            completion={"choices": [{"text": reply}], "usage": {"input": 10, "output": 5}},
            measured=CallMeasured(seconds=0.25),
        )
        self.calls.setdefault(unit.key, []).append(record)

    def data(self, **changes: Any) -> RunData:
        """The run."""
        fields: dict[str, Any] = {
            "name": self.name,
            "seed": 0,
            "protocol": {"ask": "same", "retries": 1, "fallback": "random"},
            "protocol_hash": "protocol",
            "games": self.games,
            "agents": self.agents,
            "config": {"name": self.name, "seed": 0},
            "config_hash": "config",
            "versions": {"kibitz": "0.1.0", "python": "3.11"},
            "command": ["kibitz", "run", "demo"],
            "started": "2026-01-02T03:04:05Z",
        }

        return RunData(
            info=RunInfo(**(fields | changes)),
            units=tuple(self.units),
            episodes=self.episodes,
            steps=lambda unit: self.steps.get(unit, []),
            grades=lambda unit: self.grades.get(unit, []),
            moves=lambda: self._abridged(self.steps, Moves),
            answers=lambda: self._abridged(self.grades, Answer),
            calls=lambda unit: self.calls.get(unit, []),
            conversation=self.talks.__getitem__,
        )

    def _abridged(self, records: Mapping[str, Sequence[Any]], kind: type[T]) -> Iterator[tuple[int, T]]:
        number = {unit.key: unit.index for unit in self.units}
        for unit, found in records.items():
            yield from ((number[unit], msgspec.convert(record, kind, from_attributes=True)) for record in found)


@pytest.fixture
def builder() -> type[Builder]:
    return Builder
