"""Reading the journal of a run: everything in it, or the little that scores need.

Apart from ``journal``, which also writes, because a command that only reads should start at once: nothing of asyncio or
locks is imported here.
"""

from __future__ import annotations

import itertools
import sqlite3
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

import msgspec

from kibitz.results.abridged import Answer, Moves
from kibitz.results.logs import EpisodeLog, episode_logs
from kibitz.results.records import (
    CallRecord,
    EpisodeRecord,
    GradeRecord,
    MessageRecord,
    RunInfo,
    Spent,
    StepRecord,
    UnitRecord,
    WaveRecord,
)
from kibitz.results.runfolder import require_run, sqlite_errors
from kibitz.results.schema import connect_checked, require_no_log

_T = TypeVar("_T")

_NUMBER = "(SELECT idx FROM unit WHERE key = ?)"
"""The number of a unit, by which rows name it."""

_PLACE = "unit, step, seat, subproblem"
"""What names an answer, in the order of the index: grades of one answer lie side by side there."""

PIECES = 1000
"""Pieces of conversations that a reader keeps."""

_MESSAGES = msgspec.json.Decoder(list[MessageRecord])


class JournalReader:
    """The journal of one run, opened with ``read``."""

    def __init__(self, folder: Path, connection: sqlite3.Connection) -> None:
        self.folder = folder
        self._db = connection
        self._pieces: dict[int, tuple[int, int, list[MessageRecord]]] = {}

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Open the journal read-only; a run that is still being written can be read.

        Raises:
            JournalError: The folder holds no run, or it cannot be read.
        """
        require_run(folder)
        with sqlite_errors(folder):
            try:
                db = connect_checked(folder, "ro")
            except sqlite3.OperationalError:
                require_no_log(folder)
                # WAL needs to make a shared-memory file; in a read-only folder nobody writes, so none is needed.
                db = connect_checked(folder, "ro&immutable=1")
        return cls(folder, db)

    def __enter__(self) -> Self:
        """Use the journal in a ``with`` block; it is closed at the end."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the journal."""
        self.close()

    def close(self) -> None:
        """Give the file back; safe to call twice."""
        self._db.close()

    @property
    def info(self) -> RunInfo:
        """What the run is."""
        return next(self._each("SELECT info FROM run", RunInfo))

    def units(self) -> list[UnitRecord]:
        """All episodes to be played, in schedule order."""
        return list(self._each("SELECT record FROM unit ORDER BY idx", UnitRecord))

    def episodes(self) -> dict[str, EpisodeRecord]:
        """How episodes ended, by unit key, in schedule order; failed ones included, unfinished ones absent."""
        found = self._each("SELECT record FROM episode ORDER BY unit", EpisodeRecord)
        return {record.unit: record for record in found}

    def episode(self, unit: str) -> EpisodeRecord | None:
        """How one episode ended; None while it has not."""
        query = f"SELECT record FROM episode WHERE unit = {_NUMBER}"  # noqa: S608
        return next(self._each(query, EpisodeRecord, unit), None)

    def begun(self) -> set[str]:
        """Keys of the units of which the journal holds a call or a step."""
        query = "SELECT key FROM unit WHERE idx IN (SELECT unit FROM call UNION SELECT unit FROM step)"
        return {key for (key,) in self._select(query)}

    def steps(self, unit: str) -> list[StepRecord]:
        """The finished steps of one episode."""
        query = f"SELECT record FROM step WHERE unit = {_NUMBER} ORDER BY step"  # noqa: S608
        return list(self._each(query, StepRecord, unit))

    def all_steps(self) -> Iterator[StepRecord]:
        """The finished steps of all episodes, in schedule order."""
        return self._each("SELECT record FROM step ORDER BY unit, step", StepRecord)

    def logs(self, first: int = 0, last: int | None = None) -> Iterator[EpisodeLog]:
        """Everything that happened, episode by episode in schedule order, read once from end to end.

        Args:
            first: Index of the first unit.
            last: Index of the last one; None for all that follow.
        """
        part = (first, sys.maxsize if last is None else last)

        def found(query: str, record: type[_T]) -> Iterator[_T]:
            return self._each(query, record, *part)

        ended = found("SELECT record FROM episode WHERE unit BETWEEN ? AND ? ORDER BY unit", EpisodeRecord)
        return episode_logs(
            list(found("SELECT record FROM unit WHERE idx BETWEEN ? AND ? ORDER BY idx", UnitRecord)),
            {record.unit: record for record in ended},
            found("SELECT record FROM step WHERE unit BETWEEN ? AND ? ORDER BY unit, step", StepRecord),
            _latest(
                found("SELECT record FROM grade WHERE unit BETWEEN ? AND ? ORDER BY unit, step, seat, id", GradeRecord)
            ),
            found(
                "SELECT record FROM call WHERE unit BETWEEN ? AND ? ORDER BY unit, trial, step, seat, scope, i",
                CallRecord,
            ),
        )

    def grades(self, unit: str | None = None, *, first: bool = False) -> Iterator[GradeRecord]:
        """The latest grade of each answer, of one episode or of all, in schedule order.

        Args:
            unit: The episode; None for all.
            first: The first grade instead, made when the episode was played: what its digest covers.
        """
        if unit is None:
            graded = self._each("SELECT record FROM grade ORDER BY unit, step, seat, id", GradeRecord)
        else:
            query = f"SELECT record FROM grade WHERE unit = {_NUMBER} ORDER BY step, seat, id"  # noqa: S608
            graded = self._each(query, GradeRecord, unit)
        return _latest(graded, first=first)

    def moves(self) -> Iterator[tuple[int, Moves]]:
        """What scores read of the finished steps of all episodes, each with its unit's index, in any order."""
        return self._of_all("SELECT unit, record FROM step", Moves)

    def answers(self) -> Iterator[tuple[int, Answer]]:
        """What scores read of the latest grade of each answer, each with its unit's index, in any order."""
        query = "SELECT unit, record FROM grade"
        # Asking costs a third of the query that leaves out what was replaced, and in most runs nothing was.
        again = f"SELECT 1 FROM grade GROUP BY {_PLACE} HAVING COUNT(*) > 1 LIMIT 1"  # noqa: S608
        if any(self._select(again)):
            query += f" WHERE id IN (SELECT MAX(id) FROM grade GROUP BY {_PLACE})"  # noqa: S608
        return self._of_all(query, Answer)

    def calls(self, unit: str | None = None) -> Iterator[CallRecord]:
        """The calls of one episode or of all, in the order of their keys."""
        if unit is not None:
            query = f"SELECT record FROM call WHERE unit = {_NUMBER} ORDER BY trial, step, seat, scope, i"  # noqa: S608
            return self._each(query, CallRecord, unit)
        return self._each("SELECT record FROM call ORDER BY unit, trial, step, seat, scope, i", CallRecord)

    def conversation(self, context: int) -> list[MessageRecord]:
        """The messages of a call, the first one first.

        Args:
            context: ``CallRecord.context``: the number of its last piece.
        """
        found: list[MessageRecord] = []
        last: int | None = None
        while context:
            parent, kept, messages = self._piece(context)
            found[:0] = messages[:last]
            context, last = parent, kept
        return found

    def prepare(self, contexts: Iterable[int]) -> None:
        """Read the last pieces of several conversations at once: a query an episode costs less than one a call."""
        wanted = [number for number in dict.fromkeys(contexts) if number not in self._pieces][:PIECES]
        if len(self._pieces) + len(wanted) > PIECES:
            self._pieces.clear()
        self._flush()
        query = f"SELECT id, parent, kept, messages FROM talk WHERE id IN ({','.join('?' * len(wanted))})"  # noqa: S608
        with sqlite_errors(self.folder):
            for number, parent, kept, messages in self._db.execute(query, wanted):
                self._pieces[number] = parent, kept, _MESSAGES.decode(messages)

    def _piece(self, number: int) -> tuple[int, int, list[MessageRecord]]:
        """One piece of a conversation: its parent, how much it keeps of that, and its own messages.

        The calls of an episode name the same pieces again and again, so the latest ones are kept.
        """
        found = self._pieces.get(number)
        if found is not None:
            return found
        self._flush()
        with sqlite_errors(self.folder):
            row = self._db.execute("SELECT parent, kept, messages FROM talk WHERE id = ?", (number,)).fetchone()
            if row is None:
                return 0, 0, []
            found = row[0], row[1], _MESSAGES.decode(row[2])
        if len(self._pieces) >= PIECES:
            self._pieces.clear()
        self._pieces[number] = found
        return found

    def spent(self) -> dict[str, Spent]:
        """What the calls of each agent cost so far, those that nobody waited for included; all tokens as input."""
        query = "SELECT agent, COUNT(*), SUM(tokens), COALESCE(SUM(usd), 0), SUM(usd IS NULL) FROM call GROUP BY agent"
        return {
            agent: Spent(calls=calls, input_tokens=tokens, usd=usd, unpriced=unpriced)
            for agent, calls, tokens, usd, unpriced in self._select(query)
        }

    def waves(self) -> list[WaveRecord]:
        """What was learned, wave by wave."""
        return list(self._each("SELECT record FROM wave ORDER BY idx, agent", WaveRecord))

    def blob(self, digest: str) -> tuple[str, bytes] | None:
        """A picture by SHA-256: media type and bytes."""
        return next(self._select("SELECT media_type, data FROM blob WHERE digest = ?", digest), None)

    def _flush(self) -> None:
        """Called before everything that is read: a journal that is being written makes readable what was put."""

    def _select(self, query: str, *parameters: object) -> Iterator[Any]:
        self._flush()
        with sqlite_errors(self.folder):
            yield from self._db.execute(query, parameters)

    def _each(self, query: str, record: type[_T], *parameters: object) -> Iterator[_T]:
        decode = msgspec.json.Decoder(record).decode
        self._flush()
        with sqlite_errors(self.folder):
            for (data,) in self._db.execute(query, parameters):
                yield decode(data)

    def _of_all(self, query: str, record: type[_T]) -> Iterator[tuple[int, _T]]:
        decode = msgspec.json.Decoder(record).decode
        with sqlite_errors(self.folder):
            for number, data in self._select(query):
                yield number, decode(data)


def _latest(graded: Iterable[GradeRecord], *, first: bool = False) -> Iterator[GradeRecord]:
    """Of grades in the order of places and time, the latest of each answer, or the first."""
    for _, turn in itertools.groupby(graded, lambda grade: (grade.unit, grade.step, grade.seat)):
        chosen: dict[str, GradeRecord] = {}
        for grade in turn:
            if not first or grade.subproblem not in chosen:
                chosen[grade.subproblem] = grade
        yield from chosen.values()
