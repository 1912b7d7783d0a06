"""Grades: what a reply answered beside what is true, as records.

Answers belong to the reply: graded are those of the first reply of the chosen candidate, after a retry those of the
reply that acted. About-action truths are of the stated legal action and are not asked where there is none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from msgspec.structs import replace

from kibitz.agents.agent import Reply, Stated, Turn
from kibitz.agents.asking import asked
from kibitz.games.game import Values
from kibitz.games.subproblem import GRADER_VERSION, Answer, Malformed, Subproblem, Unknown
from kibitz.games.table import Table
from kibitz.results.records import GradeRecord


@dataclass(frozen=True, slots=True)
class Regret:
    """Reward given away by an action, how its worth was found (``exact``, ``depth 4``), and why it is not known."""

    value: float | None
    method: str = ""
    unknown: str = ""


Asked = tuple[tuple[Subproblem, str | None], ...]


def asked_of(turn: Turn, reply: Reply | None) -> Asked:
    """The questions that were put, each with the action that it is about.

    Asked after the action, they are not put where none was stated.
    """
    if "action" not in turn.wants:
        return tuple((problem, turn.given if problem.about == "action" else None) for problem in asked(turn))
    action = None if reply is None else reply.action
    if turn.ask in ("after", "probe") and action is None:
        return ()
    view = tuple((problem, None) for problem in turn.asks if problem.about == "view")
    about_action = tuple((problem, action) for problem in turn.asks if problem.about == "action" and action is not None)
    return view + about_action


def grade_all(
    unit: str,
    step: int,
    agent: str,
    turn: Turn,
    reply: Reply | None,
    asked: Asked,
    truths: Mapping[str, Answer | Unknown],
) -> list[GradeRecord]:
    """One record for each question that was asked in this step."""
    answers = {} if reply is None else reply.answers
    return [
        _grade(unit, step, agent, turn, answers.get(problem.id), problem, action, truths[problem.id])
        for problem, action in asked
    ]


def _grade(
    unit: str,
    step: int,
    agent: str,
    turn: Turn,
    stated: Stated | None,
    problem: Subproblem,
    action: str | None,
    truth: Answer | Unknown,
) -> GradeRecord:
    kind = problem.kind
    record = GradeRecord(
        unit=unit,
        step=step,
        seat=turn.seat,
        agent=agent,
        subproblem=problem.id,
        about=problem.about,
        ask=turn.ask,
        action=action,
        raw=None if stated is None else stated.raw,
        parsed=None if stated is None or isinstance(stated.answer, Malformed) else kind.show(stated.answer),
        truth=None if isinstance(truth, Unknown) else kind.show(truth),
        kind=kind.name,
        verdict="unknown",
        grader=GRADER_VERSION,
    )
    return _judged(record, problem, None if stated is None else stated.answer, truth)


def _judged(
    record: GradeRecord, problem: Subproblem, answer: Answer | Malformed | None, truth: Answer | Unknown
) -> GradeRecord:
    if isinstance(truth, Unknown):
        return replace(record, note=truth.reason)
    if answer is None:
        return replace(record, verdict="missing")
    if isinstance(answer, Malformed):
        return replace(record, verdict="malformed", note=answer.reason)
    grade = problem.kind.grade(answer, truth)
    return replace(record, verdict=grade.verdict, f1=grade.f1, cell=grade.cell)


async def consistency(table: Table, seat: int, reply: Reply | None) -> bool | None:
    """Whether the reply's action is among those to which its own answers commit it; None where they say nothing."""
    if reply is None or reply.action is None:
        return None
    answers = {
        name: stated.answer for name, stated in reply.answers.items() if not isinstance(stated.answer, Malformed)
    }
    implied = await table.implied(seat, answers) if answers else None
    return None if implied is None else reply.action in implied


def regret(values: Values | Unknown | None, action: str) -> Regret:
    """How much ``action`` falls short of the best one, or why that is not known."""
    if values is None:
        return Regret(None, unknown="no solver")
    if isinstance(values, Unknown):
        return Regret(None, unknown=values.reason)
    return Regret(float(max(values.by_action.values()) - values.by_action[action]), values.method)
