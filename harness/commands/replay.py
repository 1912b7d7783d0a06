"""``kibitz replay``: one episode in the terminal: what a seat saw, what it said, and its answers beside the truths."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from kibitz.harness.commands.output import columns, indented, shortened, tame
from kibitz.harness.errors import DONE, UsageError
from kibitz.harness.suitefile import nearest
from kibitz.results.journal import Journal
from kibitz.results.records import EpisodeRecord, GradeRecord, SeatRecord, StepRecord, UnitRecord

MARKS = {"right": "right", "wrong": "WRONG", "malformed": "UNREADABLE", "missing": "missing", "unknown": "not known"}


def main(args: argparse.Namespace) -> int:
    """Print the episode, step by step where somebody can press a key."""
    with Journal.read(Path(args.run)) as journal:
        unit = find(journal.units(), args.episode)
        steps, grades = journal.steps(unit.key), list(journal.grades(unit.key))
        pages = [header(unit), *(page(step, grades) for step in steps), ending(journal.episodes().get(unit.key))]
    stepping = not args.all and sys.stdin.isatty() and sys.stdout.isatty()
    for place, text in enumerate(pages):
        print(tame(text) + "\n")
        if stepping and place < len(pages) - 1 and not _next():
            break
    return DONE


def _next() -> bool:
    try:
        return input("[Enter] next step, q to leave: ").strip().lower() not in ("q", "quit")
    except (EOFError, KeyboardInterrupt):
        print()
        return False


def find(units: Sequence[UnitRecord], name: str) -> UnitRecord:
    """The episode called ``name``: its key, or its number in the schedule.

    Raises:
        UsageError: There is no such episode.
    """
    for unit in units:
        if unit.key == name or (name.isascii() and name.isdigit() and len(name) < 10 and unit.index == int(name)):
            return unit
    numbers = f"{units[0].index}..{units[-1].index}" if units else "none"
    guess = nearest(name, [unit.key for unit in units]).split("; there are")[0]
    raise UsageError(
        f"no episode {name!r} in this run{guess}; there are the numbers {numbers}, or a key such as "
        f"{units[0].key if units else '...'}"
    )


def header(unit: UnitRecord) -> str:
    """Who plays what."""
    seats = ", ".join(f"seat {seat}: {agent}" for seat, agent in enumerate(unit.agents))
    return f"episode {unit.index}: {unit.key}\n{unit.game}, {seats}, environment seed {unit.seed}"


def page(step: StepRecord, grades: Sequence[GradeRecord]) -> str:
    """One step."""
    parts = []
    for seat in step.seats:
        asked = [grade for grade in grades if grade.step == step.step and grade.seat == seat.seat]
        parts.append("\n".join(_seat(step.step, seat, asked)))
    return "\n".join(parts)


def _seat(step: int, seat: SeatRecord, grades: Sequence[GradeRecord]) -> Iterator[str]:
    yield f"--- step {step}, seat {seat.seat}, {seat.agent}"
    yield indented(seat.observation)
    for complaint in seat.complaints:
        yield f"complaint: {complaint.problem}: {complaint.reason}"
    if seat.reasoning:
        yield "thought:\n" + indented(shortened(seat.reasoning))
    if seat.reply:
        yield "said:\n" + indented(shortened(seat.reply))
    if grades:
        yield columns([_graded(grade) for grade in grades])
    if not seat.action:
        about = next((grade.action for grade in grades if grade.action is not None), None)
        yield "asked, not played" + (f"; the questions about an action: after {about}" if about else "")
        return
    played = f"played: {seat.action}"
    if seat.fallback:
        played += "  (the fallback: no reply gave a legal action)"
    if seat.regret is not None:
        by = f", by a search: {seat.regret_method}" if seat.regret_method not in ("", "exact") else ""
        played += f"  (regret {seat.regret:.3g}{by})"
    if seat.consistent is False:
        played += "  (contradicts its own answers)"
    yield played


def _graded(grade: GradeRecord) -> tuple[str, str, str]:
    given = grade.parsed if grade.parsed is not None else grade.raw
    said = "nothing" if given is None else given[:200]
    truth = f"truth: {grade.truth}" if grade.truth is not None else f"truth unknown: {grade.note}"
    note = f" ({grade.note})" if grade.verdict == "malformed" and grade.note else ""
    return f"  {grade.subproblem}", f"{MARKS[grade.verdict]}: {said}{note}".replace("\n", " "), truth


def ending(record: EpisodeRecord | None) -> str:
    """How it ended."""
    if record is None:
        return "--- not finished"
    if record.status == "failed":
        return f"--- failed: {record.cause}: {record.message}"
    rewards = ", ".join(f"seat {seat}: {reward:g}" for seat, reward in enumerate(record.reward))
    text = f"--- ended after {record.steps} step{'s' if record.steps != 1 else ''}: {record.reason}\nrewards: {rewards}"
    if record.forfeit is not None:
        seats = " and ".join(map(str, record.forfeit.seats))
        played = ", ".join(f"{reward:g}" for reward in record.played)
        text += f"\nforfeited by seat {seats} at step {record.forfeit.step}; as played on: {played}"
    return text
