"""Abridged records: of a step and of a grade, what scores read.

A record's JSON holds fields that a struct does not name; the decoder passes over them. So a board over 100,000 steps
builds none of the texts that it never shows, and what it keeps is small enough to be counted instead of listed.
"""

from __future__ import annotations

import msgspec

from kibitz.results.records import Verdict


class Complaint(msgspec.Struct, frozen=True, gc=False):
    """A ``ComplaintRecord`` without its texts: for scores it only matters that there was one."""


class Move(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What scores read of a ``SeatRecord``; fields as there."""

    seat: int
    fallback: bool = False
    complaints: tuple[Complaint, ...] = ()
    consistent: bool | None = None
    regret: float | None = None
    regret_method: str = ""
    effect: str = "ok"


class Moves(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What scores read of a ``StepRecord``."""

    seats: tuple[Move, ...]


class Answer(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What scores read of a ``GradeRecord``; fields as there."""

    seat: int
    subproblem: str
    ask: str
    truth: str | None
    kind: str
    verdict: Verdict
    f1: float | None = None
    cell: str | None = None
