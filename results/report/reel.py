"""All episodes of a page: read, drawn and packed, in slices that do not know of each other.

A slice is so many consecutive episodes of one run, whatever the machine: so the same runs give the same bytes, and
slices may be made in several processes at a time. Many of them are, where the runs lie on disk.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Self

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

WORTH_IT = 600
"""Episodes; where there are fewer, starting a process takes longer than what it would do."""

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


class Filming:
    """The making of a reel, begun at once in other processes where that pays, so that this one can go on meanwhile.

    Args:
        runs: The runs; their journals stay open until the reel is there.
        names: What runs, agents and games are called.
        draw: Draws positions; other processes get a copy of it.
    """

    def __init__(self, runs: Sequence[RunData], names: Names, draw: Draw) -> None:
        self._runs = runs
        self._tasks = [
            _Task(run.folder, place, start, units[0].index, units[-1].index, names, draw)
            for place, run in enumerate(runs)
            for start in range(0, len(run.units), SLICE)
            for units in [run.units[start : start + SLICE]]
        ]
        self._pool: ProcessPoolExecutor | None = None
        self._begun: list[Future[Slice]] = []

    def __enter__(self) -> Self:
        """Begin."""
        processes = min(os.cpu_count() or 1, len(self._tasks), PROCESSES)
        enough = sum(len(run.units) for run in self._runs) >= WORTH_IT
        if enough and processes > 1 and all(task.folder is not None for task in self._tasks):
            # Where none can be started, this process does all of it.
            with suppress(OSError):
                # Spawned ones know nothing of this process: no open journal, no thread, no lock.
                self._pool = ProcessPoolExecutor(processes, mp_context=get_context("spawn"))
                self._begun = [self._pool.submit(_apart, task) for task in self._tasks]
        return self

    def __exit__(self, *_: object) -> None:
        """End, also in the middle."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def reel(self) -> Reel:
        """All scheduled episodes."""
        lines: list[Line] = []
        starts: list[tuple[int, int]] = []
        blocks: list[str] = []
        shared: list[str] = []
        images: dict[str, int] = {}
        for made in self._made():
            starts += [(len(lines) + start, len(shared)) for start in made.starts]
            lines += made.lines
            blocks += made.blocks
            shared.append(made.shared)
            for digest in made.images:
                images.setdefault(digest, made.place)
        found = tuple((place, digest) for digest, place in images.items())
        return Reel(tuple(lines), tuple(starts), tuple(blocks), tuple(shared), found)

    def _made(self) -> Iterator[Slice]:
        done = 0
        # A process that was killed takes its pool with it: this one does the rest.
        with suppress(OSError, BrokenProcessPool):
            for future in self._begun:
                yield future.result()
                done += 1
        for task in self._tasks[done:]:
            run = self._runs[task.place]
            units = run.units[task.start : task.start + SLICE]
            yield _fill(map(run.log, units), run.info, run.conversation, task)


def _apart(task: _Task) -> Slice:
    """Make a slice in a process of its own."""
    assert task.folder is not None
    with JournalReader.read(task.folder) as journal:
        return _fill(_prepared(journal, task), journal.info, journal.conversation, task)


def _prepared(journal: JournalReader, task: _Task) -> Iterator[EpisodeLog]:
    """The logs of a slice, each with its conversations read ahead."""
    for log in journal.logs(task.first, task.last):
        journal.prepare(call.context for call in log.calls)
        yield log


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
