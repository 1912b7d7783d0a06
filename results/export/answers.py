"""The table of answers: every question that was asked, with what was said and what is true."""

from __future__ import annotations

from collections.abc import Iterator

from kibitz.results.export.table import PLACE, Column, Record, Table, place
from kibitz.results.rundata import RunData


def rows(run: RunData, name: str) -> Iterator[Record]:
    """The latest grade of each question."""
    for unit in run.units:
        questions = run.info.games[unit.game].subproblems
        for grade in run.grades(unit.key):
            yield {
                **place(name, unit.key, grade.step, grade.seat, grade.agent),
                "game": unit.game,
                "subproblem": grade.subproblem,
                "question": questions.get(grade.subproblem),
                "about": grade.about,
                "ask": grade.ask,
                "action": grade.action,
                "kind": grade.kind,
                "raw": grade.raw,
                "parsed": grade.parsed,
                "truth": grade.truth,
                "verdict": grade.verdict,
                "f1": grade.f1,
                "cell": grade.cell,
                "note": grade.note,
                "grader": grade.grader,
            }


ANSWERS = Table(
    "answers",
    "one question that was asked in one step",
    (
        *PLACE,
        Column("game", "text", "name of the game in the run"),
        Column("subproblem", "text", "which question"),
        Column("question", "text", "its words", "the game asks it only on the way"),
        Column("about", "text", "`view` (what the seat saw) or `action` (the position after its action)"),
        Column("ask", "text", "how it was put: `same`, `before`, `after` or `probe`"),
        Column("action", "text", "the action that it is about", "it is about the view"),
        Column("kind", "text", "kind of answer, such as `set` or `integer`"),
        Column("raw", "text", "the answer as written", "none was given"),
        Column("parsed", "text", "the answer as read", "none could be read"),
        Column("truth", "text", "the true answer", "not known"),
        Column("verdict", "text", "`right`, `wrong`, `malformed`, `missing` or `unknown`"),
        Column("f1", "number", "partial credit from 0 to 1", "none is defined"),
        Column("cell", "text", "`tp`, `tn`, `fp`, `fn` or `mismatch`", "the kind of answer has none"),
        Column("note", "text", "why the answer could not be read, or the truth is not known"),
        Column("grader", "text", "version of the grading"),
    ),
    rows,
)
