"""Two runs compared, as a part of the page: the numbers of ``kibitz diff``, and both episodes of each flip."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from kibitz.results import figures
from kibitz.results.comparing.change import Change
from kibitz.results.comparing.diff import Flip, diff
from kibitz.results.comparing.difftables import HEADINGS, P_NOTE, SCALE_NOTE, cells, what_differs
from kibitz.results.comparing.ofrun import of_run, places_of
from kibitz.results.comparing.pairs import pair
from kibitz.results.comparing.sides import both_names
from kibitz.results.comparing.words import conclusion
from kibitz.results.gate.sides import charged
from kibitz.results.report.packing import embedded
from kibitz.results.report.sections import Block, Compared, Section, Source
from kibitz.results.rundata import RunData
from kibitz.results.scores import ALL_GAMES

ROWS = 200
"""Flips that are on the page without scripts; the filter of the episode list finds all of them."""


def compare(
    runs: Sequence[RunData], sources: Sequence[str], agent: str | None = None, arms: Collection[str] = ()
) -> Compared:
    """Compare two runs, or two agents of one run, as ``kibitz diff`` does.

    Args:
        runs: The baseline and the candidate; a single one where two of its agents are compared.
        sources: The runs as the user named them.
        agent: Who is compared, or ``OLD:NEW``; None where there is only one on each side.
        arms: Conditions that may differ.

    Raises:
        NotComparableError: The two were measured under different conditions, or have no task in common.
        NoAgentError: There is no such agent, or it must be named.
    """
    old, new = both_names(agent)
    first, last = of_run(runs[0], sources[0], old), of_run(runs[-1], sources[-1], new)
    return Compared(diff(pair(*charged(first, last), arms)), 0, len(runs) - 1)


def section(source: Source) -> Section | None:
    """The comparison, flips first; None where none was asked for."""
    compared = source.compared
    if compared is None:
        return None
    found = compared.diff
    lines = _lines(source, compared)
    flips = [_flip(flip) for flip in found.flips]
    tables = [("Metrics", "metric", found.changes), (f"{found.metric} by game", "game", found.groups)]
    values = {
        "conclusion": conclusion(found),
        "verdict": found.verdict,
        "sides": (found.paired.baseline, found.paired.candidate),
        "differs": what_differs(found),
        "failed": len(found.failed),
        "unpaired": (len(found.paired.only_baseline), len(found.paired.only_candidate)),
        "flips": flips[:ROWS],
        "rest": max(0, len(flips) - ROWS),
        "worse": sum(flip.change < 0 for flip in found.flips),
        "metric": found.metric,
        "tables": [(title, first, [_row(change) for change in changes]) for title, first, changes in tables if changes],
        "headings": HEADINGS,
        "notes": (SCALE_NOTE, P_NOTE),
    }
    data = {"flips": [list(pair) for pair in lines], "sides": [_side(source, compared, n) for n in (0, 1)]}
    return Section("diff", "Diff", "diff.html.j2", values, [Block("flips", "application/json", embedded(data))])


def _lines(source: Source, compared: Compared) -> list[tuple[int, int]]:
    """Of each flip, the lines of both episodes in the list of the page."""
    places = (compared.baseline, compared.candidate)
    before = [sum(len(run.units) for run in source.runs[:place]) for place in places]
    order = [{unit.key: n for n, unit in enumerate(source.runs[place].units)} for place in places]
    paired = compared.diff.paired
    subjects = (paired.baseline.subject, paired.candidate.subject)
    where = [places_of(source.runs[place], who) for place, who in zip(places, subjects, strict=True)]

    def line(side: int, key: tuple[str, str, int]) -> int:
        unit, _ = where[side][key]
        return before[side] + order[side][unit.key]

    return [(line(0, flip.pair.baseline.key), line(1, flip.pair.candidate.key)) for flip in compared.diff.flips]


def _side(source: Source, compared: Compared, side: int) -> str:
    place = (compared.baseline, compared.candidate)[side]
    who = (compared.diff.paired.baseline, compared.diff.paired.candidate)[side].subject
    several = compared.baseline != compared.candidate
    return f"{who} in {source.names.runs[place]}" if several else who


def _flip(flip: Flip) -> dict[str, Any]:
    return {
        "label": flip.pair.baseline.label,
        "before": flip.before,
        "after": flip.after,
        "change": figures.signed(100 * flip.change, 1),
    }


def _row(change: Change) -> dict[str, Any]:
    by_game = change.group != ALL_GAMES
    return {"name": change.group if by_game else change.metric, "cells": cells(change), "json": change.as_json()}
