"""All episodes of a page: read, drawn and packed, in slices that do not know of each other.

A slice is so many consecutive episodes of one run, whatever the machine: so the same runs give the same bytes, and
slices may be made in several processes at a time. Two or more of them are, where the runs lie on disk.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from kibitz.results.leaderboard import Names
from kibitz.results.logs import EpisodeLog
from kibitz.results.reader import JournalReader
from kibitz.results.records import MessageRecord, RunInfo
from kibitz.results.report.listing import Line, line
from kibitz.results.report.packing import pack
from kibitz.results.report.pictures import Album, Draw
from kibitz.results.report.replaydata import Shared
from kibitz.results.report.replays import Writer
from kibitz.results.rundata import RunData

SLICE = 1000
"""Episodes."""

PROCESSES = 8
"""At most; each holds a slice in memory."""


@dataclass(frozen=True, slots=True)
class Reel:
    """All episodes of a page, in the order of runs and schedules.

    Attributes:
        starts: Of each block, the first line, and the number of its slice.
        blocks: The packed replays.
        shared: Of each slice, the packed strings that its blocks share.
        images: The pictures that were sent to models: place of a run that has it, and SHA-256.
    """

    lines: tuple[Line, ...]
    starts: tuple[tuple[int, int], ...]
    blocks: tuple[str, ...]
    shared: tuple[str, ...]
    images: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class Slice:
    """Some episodes: fields as in ``Reel``, ``starts`` from the first line of the slice."""

    place: int
    lines: tuple[Line, ...]
    starts: tuple[int, ...]
    blocks: tuple[str, ...]
    shared: str
    images: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Task:
    """A slice to be made: of the run at ``place``, the units from ``start`` on."""

    folder: Path | None
    place: int
    start: int
    first: int
    last: int
    names: Names
    draw: Draw


def reel(runs: Sequence[RunData], names: Names, draw: Draw) -> Reel:
    """Collect all scheduled episodes.

    Args:
        runs: The runs.
        names: What runs, agents and games are called.
        draw: Draws positions; other processes get a copy of it.
    """
    tasks = [
        _Task(run.folder, place, start, units[0].index, units[-1].index, names, draw)
        for place, run in enumerate(runs)
        for start in range(0, len(run.units), SLICE)
        for units in [run.units[start : start + SLICE]]
    ]
    lines: list[Line] = []
    starts: list[tuple[int, int]] = []
    blocks: list[str] = []
    shared: list[str] = []
    images: dict[str, int] = {}
    for made in _made(runs, tasks):
        starts += [(len(lines) + start, len(shared)) for start in made.starts]
        lines += made.lines
        blocks += made.blocks
        shared.append(made.shared)
        for digest in made.images:
            images.setdefault(digest, made.place)
    return Reel(
        tuple(lines),
        tuple(starts),
        tuple(blocks),
        tuple(shared),
        tuple((place, name) for name, place in images.items()),
    )


def _made(runs: Sequence[RunData], tasks: Sequence[_Task]) -> Iterator[Slice]:
    processes = min(os.cpu_count() or 1, len(tasks), PROCESSES)
    done = 0
    if processes > 1 and all(task.folder is not None for task in tasks):
        try:
            # Spawned ones know nothing of this process: no open journal, no thread, no lock.
            with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
                for made in pool.map(_apart, tasks):
                    yield made
                    done += 1
        except (OSError, BrokenProcessPool):
            # Where no process can be started, or one was killed, this one does the rest.
            pass
    for task in tasks[done:]:
        run = runs[task.place]
        units = run.units[task.start : task.start + SLICE]
        yield _fill(map(run.log, units), run.info, run.conversation, task)


def _apart(task: _Task) -> Slice:
    """Make a slice in a process of its own."""
    assert task.folder is not None
    with JournalReader.read(task.folder) as journal:
        return _fill(journal.logs(task.first, task.last), journal.info, journal.conversation, task)


def _fill(
    logs: Iterable[EpisodeLog], info: RunInfo, conversation: Callable[[int], Sequence[MessageRecord]], task: _Task
) -> Slice:
    writer = Writer(Album(task.draw), info, conversation)
    lines: list[Line] = []
    starts: list[int] = []
    blocks: list[str] = []
    for log in logs:
        if writer.empty:
            starts.append(len(lines))
        lines.append(line(task.place, task.names, log))
        writer.put(log)
        if writer.full:
            blocks.append(pack(writer.take()))
    if not writer.empty:
        blocks.append(pack(writer.take()))
    shared = pack(Shared(strings=tuple(writer.shared)))
    return Slice(task.place, tuple(lines), tuple(starts), tuple(blocks), shared, tuple(writer.images))
