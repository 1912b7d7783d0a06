"""Exporting runs: the tables one after the other, each row by row, into a new folder."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from kibitz.results.export.answers import ANSWERS
from kibitz.results.export.calls import CALLS
from kibitz.results.export.card import card
from kibitz.results.export.destination import building
from kibitz.results.export.episodes import EPISODES
from kibitz.results.export.mending import Mender
from kibitz.results.export.moves import MOVES
from kibitz.results.export.runs import RUNS
from kibitz.results.export.table import Record, Table
from kibitz.results.leaderboard import Names
from kibitz.results.rundata import RunData

TABLES = (RUNS, EPISODES, MOVES, ANSWERS, CALLS)

WRITERS = {"jsonl": "jsonlines", "parquet": "parquet", "datasets": "hub"}
"""By format: the module that writes a table, imported when it is asked for."""

SUFFIXES = {"jsonl": ".jsonl", "parquet": ".parquet"}
"""Formats that the Hugging Face hub reads from one file a table."""


@dataclass(frozen=True, slots=True)
class Written:
    """What an export holds.

    Attributes:
        counts: By table or log, the number of rows or samples.
        mended: How many texts could not be written as they were.
    """

    counts: Mapping[str, int]
    mended: int


def export_tables(runs: Sequence[RunData], form: str, out: Path, *, prompts: bool = False) -> Written:
    """Write the tables of runs into the folder ``out``.

    Args:
        runs: The runs, whose journals are open.
        form: ``jsonl``, ``parquet`` or ``datasets``.
        out: A folder that does not exist.
        prompts: Whether to write the table of calls too.

    Raises:
        ExportError: The folder is taken or cannot be written, or a library is missing.
        DamagedJournalError: The records of a run do not fit together.
    """
    named = by_name(runs)
    write = importlib.import_module(f"kibitz.results.export.{WRITERS[form]}").write
    tables = [table for table in TABLES if prompts or table is not CALLS]
    mender = Mender()
    with building(out) as folder:
        counts = {table.name: write(table, _rows(table, named, mender), folder) for table in tables}
        files = {table.name: table.name + SUFFIXES[form] for table in tables} if form in SUFFIXES else {}
        text = mender.text(card(named, tables, files))
        (folder / "README.md").write_text(text, encoding="utf-8", newline="\n")
    return Written(counts, mender.mended)


def by_name(runs: Sequence[RunData]) -> dict[str, RunData]:
    """The runs by their names in the export, the same as on a board."""
    return dict(zip(Names(runs).runs, runs, strict=True))


def _rows(table: Table, runs: Mapping[str, RunData], mender: Mender) -> Iterator[Record]:
    for name, run in runs.items():
        for record in table.rows(run, name):
            yield mender.record(record)
