"""The table of moves: what each seat did in each step."""

from __future__ import annotations

from collections.abc import Iterator

from kibitz.results.export.episodes import SPENT, spendings
from kibitz.results.export.table import PLACE, Column, Record, Table, as_json, place
from kibitz.results.records import SeatRecord, StepRecord
from kibitz.results.rundata import RunData


def rows(run: RunData, name: str) -> Iterator[Record]:
    """All moves, those of episodes that did not end included."""
    for unit in run.units:
        for step in run.steps(unit.key):
            times = step.measured.seat_seconds
            for i, move in enumerate(step.seats):
                seconds = times[i] if i < len(times) else None
                yield {**place(name, unit.key, step.step, move.seat, move.agent), **_move(step, move, seconds)}


def _move(step: StepRecord, move: SeatRecord, seconds: float | None) -> Record:
    return {
        "position": as_json(step.position),
        "observation": move.observation,
        "action": move.action,
        "fallback": move.fallback,
        "complaints": [f"{complaint.problem}: {complaint.reason}" for complaint in move.complaints],
        "reply": move.reply,
        "reasoning": move.reasoning,
        "greedy": move.greedy,
        "deliberated": move.deliberated,
        "candidates": as_json(move.candidates),
        "consistent": move.consistent,
        "regret": move.regret,
        "regret_method": move.regret_method,
        "effect": move.effect,
        "memo": move.memo,
        "reward": step.rewards.get(move.seat),
        **spendings(move.spent),
        "seconds": seconds,
    }


MOVES = Table(
    "moves",
    "what one seat did in one step",
    (
        *PLACE,
        Column("position", "json", "the position in which it moved, as `kibitz truth` reads it"),
        Column("observation", "text", "what the seat saw"),
        Column("action", "text", "the action that was played"),
        Column("fallback", "boolean", "no reply was usable, so the declared fallback acted"),
        Column("complaints", "texts", "what was wrong with earlier replies of this step: `problem: reason`"),
        Column("reply", "text", "the reply that acted"),
        Column("reasoning", "text", "what the model reasoned apart from the reply"),
        Column("greedy", "text", "the first action that was thought of", "none was"),
        Column("deliberated", "boolean", "the agent weighed several candidates"),
        Column("candidates", "json", "list of `{action, replies, scores, veto}`"),
        Column("consistent", "boolean", "the action follows from the agent's own answers", "they commit to nothing"),
        Column("regret", "number", "reward given away against the best action", "not known"),
        Column("regret_method", "text", "`exact`, or the search that estimated it; empty where there is no regret"),
        Column("effect", "text", "what the seat's previous action did: `ok` or `no_effect`"),
        Column("memo", "text", "what the agent keeps for its next turn"),
        Column("reward", "number", "reward of the step", "none was given"),
        *SPENT,
        Column("seconds", "number", "time that the agent took (measured)", "not recorded"),
    ),
    rows,
)
