"""The journal: everything that happened in a run, in one SQLite file, written by one process.

Why SQLite: a torn JSON line loses what follows it, a torn transaction loses nothing before it; and a board over 100,000
steps should not parse 100,000 lines. Why group commit: one commit a call costs about twice the CPU of waiting for the
commit that the event loop makes once per turn for everybody who wrote in it. So what is put is kept until that commit,
which writes row after row of one kind: that, too, is cheaper than a statement at a time.

What survives: ``committed()`` returns after the commit that holds everything put before it. In WAL mode with
``synchronous=NORMAL`` a killed process loses nothing that was committed; a power cut may lose the last commits, never
the file.
"""

from __future__ import annotations

import asyncio
import itertools
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

import msgspec
from filelock import BaseFileLock

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
from kibitz.results.runfolder import (
    JournalError,
    NotARunError,
    locked,
    require_free,
    require_local,
    require_run,
    sqlite_errors,
)
from kibitz.results.schema import Sync, begin, connect_checked, go_on, require_no_log

_T = TypeVar("_T")

_encode = msgspec.json.Encoder().encode

_PUT = {
    "blob": "INSERT OR IGNORE INTO blob VALUES (?, ?, ?)",
    "talk": "INSERT INTO talk VALUES (?, ?, ?, ?)",
    "call": "INSERT INTO call VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    "seen": "UPDATE call SET record = ? WHERE unit = ? AND trial = ? AND step = ? AND seat = ? AND scope = ? AND i = ?",
    "step": "INSERT INTO step VALUES (NULL, ?, ?, ?)",
    "grade": "INSERT INTO grade (unit, step, seat, subproblem, record) VALUES (?, ?, ?, ?, ?)",
    "episode": "INSERT OR REPLACE INTO episode VALUES (?, ?, ?)",
    "wave": "INSERT INTO wave VALUES (?, ?, ?)",
}
"""How rows are written, in the order in which one commit writes them."""


class Journal:
    """The journal of one run; made by ``create``, ``open`` (to go on writing) or ``read``."""

    def __init__(self, folder: Path, connection: sqlite3.Connection, lock: BaseFileLock | None) -> None:
        self.folder = folder
        self._db = connection
        self._lock = lock
        self._rows: dict[str, list[tuple[Any, ...]]] = {kind: [] for kind in _PUT}
        self._pending = False
        self._waiting: list[asyncio.Future[None]] = []
        self._broken: JournalError | None = None
        self._closed = False
        self._numbers: dict[str, int] = {}
        self._last_talk = 0

    # -- opening ---------------------------------------------------------------------------------------------------

    @classmethod
    def create(cls, folder: Path, info: RunInfo, units: Iterable[UnitRecord], *, sync: Sync = "normal") -> Journal:
        """Start the journal of a new run; the folder is made, and must not hold anything.

        Raises:
            RunExistsError: The folder is not empty.
            UnsafePlaceError: The folder lies on a network file system.
            NotARunError: The folder cannot be made or written to.
        """
        require_free(folder)
        rows = ((unit.index, unit.key, _encode(unit)) for unit in units)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            lock = locked(folder)
        except OSError as error:
            raise NotARunError(f"{folder}: cannot be written to ({error.strerror}); choose another --out") from error
        return cls._on(folder, lock, lambda: begin(folder, sync, _encode(info), rows))

    @classmethod
    def open(cls, folder: Path, *, sync: Sync = "normal") -> Journal:
        """Open the journal of a run to go on with it; it is checked before a byte of it is changed.

        Raises:
            JournalError: The folder holds no run, lies on a network file system, another process writes to it, or the
                journal is damaged or cannot be read.
        """
        require_run(folder)
        require_local(folder, "copy the run to a local disk and go on there")
        try:
            lock = locked(folder)
        except OSError as error:
            raise NotARunError(
                f"{folder}: cannot be written to ({error.strerror}); give yourself the right to, or work on a copy"
            ) from error
        return cls._on(folder, lock, lambda: go_on(folder, sync))

    @classmethod
    def _on(cls, folder: Path, lock: BaseFileLock, connect: Callable[[], sqlite3.Connection]) -> Journal:
        try:
            with sqlite_errors(folder):
                journal = cls(folder, connect(), lock)
                journal._number()
                return journal
        except JournalError:
            lock.release()
            raise

    @classmethod
    def read(cls, folder: Path) -> Journal:
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
            journal = cls(folder, db, None)
            journal._number()
        return journal

    def _number(self) -> None:
        """Learn the numbers of the units, by which rows name them, and of the last piece of a conversation."""
        self._numbers = dict(self._db.execute("SELECT key, idx FROM unit"))
        (self._last_talk,) = self._db.execute("SELECT COALESCE(MAX(id), 0) FROM talk").fetchone()

    def __enter__(self) -> Self:
        """Use the journal in a ``with`` block; it is closed at the end."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the journal."""
        self.close()

    def close(self) -> None:
        """Commit what was put and give the file back; safe to call twice."""
        if self._closed:
            return
        self._closed = True
        try:
            if self._broken is None:
                self.commit()
        finally:
            self._db.close()
            if self._lock is not None:
                self._lock.release()

    # -- writing ---------------------------------------------------------------------------------------------------

    def put_talk(self, messages: Sequence[MessageRecord], parent: int = 0, kept: int = 0) -> int:
        """Write messages that go on with a conversation; returns the number of the new piece.

        Args:
            messages: What is added.
            parent: The piece that they follow; 0 begins a conversation.
            kept: How many messages of that piece stand before them.
        """
        self._last_talk = number = self._last_talk + 1
        self._put("talk", (number, parent, kept, _encode(messages)))
        return number

    def put_call(self, record: CallRecord, tokens: int = 0, usd: float | None = None) -> None:
        """Write a call; its conversation was put before.

        Args:
            record: The call; ``context`` is the number of the last piece of its conversation.
            tokens: Input and output together.
            usd: What it cost; None if the price is unknown.
        """
        self._put("call", (*self._place(record), record.agent, tokens, usd, _encode(record)))

    def put_seen(self, record: CallRecord) -> None:
        """Write that a call whose reply came too late has been seen after all."""
        self._put("seen", (_encode(record), *self._place(record)))

    def _place(self, call: CallRecord) -> tuple[int, int, int, int, str, int]:
        return (self._numbers[call.unit], call.trial, call.step, call.seat, call.scope, call.i)

    def put_blob(self, digest: str, media_type: str, data: bytes) -> None:
        """Write a picture once by its SHA-256."""
        self._put("blob", (digest, media_type, data))

    def put_step(self, record: StepRecord, grades: Iterable[GradeRecord]) -> None:
        """Write a finished step and its grades, together."""
        self._put("step", (self._numbers[record.unit], record.step, _encode(record)))
        self.put_grades(grades)

    def put_grades(self, grades: Iterable[GradeRecord]) -> None:
        """Append grades; an earlier grade of the same answer stays in the journal and is no longer read."""
        for g in grades:
            self._put("grade", (self._numbers[g.unit], g.step, g.seat, g.subproblem, _encode(g)))

    def put_episode(self, record: EpisodeRecord) -> None:
        """Write how an episode ended; a failed one may be written again after another try."""
        self._put("episode", (self._numbers[record.unit], record.status, _encode(record)))

    def put_wave(self, record: WaveRecord) -> None:
        """Write what an agent had learned when a wave was over."""
        self._put("wave", (record.wave, record.agent, _encode(record)))

    def _put(self, kind: str, row: tuple[Any, ...]) -> None:
        self._rows[kind].append(row)
        self._pending = True

    async def committed(self) -> None:
        """Return after the commit that holds everything put so far.

        Raises:
            JournalError: The commit failed, for example because the disk is full.
        """
        if not self._pending and self._broken is None:
            return
        loop = asyncio.get_running_loop()
        if not self._waiting:
            # Everybody who writes in this turn of the loop shares one commit.
            loop.call_soon(self._commit_for_all)
        future = loop.create_future()
        self._waiting.append(future)
        await future

    def _commit_for_all(self) -> None:
        waiting, self._waiting = self._waiting, []
        try:
            self.commit()
        except JournalError as error:
            for future in waiting:
                if not future.done():
                    future.set_exception(error)
        else:
            for future in waiting:
                if not future.done():
                    future.set_result(None)

    def commit(self) -> None:
        """Commit at once.

        Raises:
            JournalError: The commit failed, or an earlier one did: nothing is written behind a hole.
        """
        if self._broken is not None:
            raise self._broken
        if not self._pending:
            return
        rows = [(sql, put) for kind, sql in _PUT.items() if (put := self._rows[kind])]
        self._rows = {kind: [] for kind in _PUT}
        self._pending = False
        try:
            with sqlite_errors(self.folder):
                self._write(rows)
        except JournalError as error:
            self._broken = error
            raise

    def _write(self, rows: Sequence[tuple[str, Sequence[tuple[Any, ...]]]]) -> None:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            for sql, put in rows:
                self._db.executemany(sql, put)
            self._db.execute("COMMIT")
        except sqlite3.Error:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise

    # -- reading ---------------------------------------------------------------------------------------------------

    @property
    def info(self) -> RunInfo:
        """What the run is."""
        return self._all("SELECT info FROM run", (), RunInfo)[0]

    def units(self) -> list[UnitRecord]:
        """All episodes to be played, in schedule order."""
        return self._all("SELECT record FROM unit ORDER BY idx", (), UnitRecord)

    def episodes(self) -> dict[str, EpisodeRecord]:
        """How episodes ended, by unit key, in schedule order; failed ones included, unfinished ones absent."""
        found = self._all("SELECT record FROM episode ORDER BY unit", (), EpisodeRecord)
        return {record.unit: record for record in found}

    def begun(self) -> set[str]:
        """Keys of the units of which the journal holds a call or a step."""
        self._flush()
        query = "SELECT key FROM unit WHERE idx IN (SELECT unit FROM call UNION SELECT unit FROM step)"
        with sqlite_errors(self.folder):
            return {key for (key,) in self._db.execute(query)}

    def steps(self, unit: str) -> list[StepRecord]:
        """The finished steps of one episode."""
        query = "SELECT record FROM step WHERE unit = ? ORDER BY step"
        return self._all(query, (self._numbers.get(unit, -1),), StepRecord)

    def all_steps(self) -> Iterator[StepRecord]:
        """The finished steps of all episodes, in schedule order."""
        return self._each("SELECT record FROM step ORDER BY unit, step", StepRecord)

    def grades(self, unit: str | None = None, *, first: bool = False) -> Iterator[GradeRecord]:
        """The latest grade of each answer, of one episode or of all, in schedule order.

        Args:
            unit: The episode; None for all.
            first: The first grade instead, made when the episode was played: what its digest covers.
        """
        query, which = "SELECT record FROM grade ORDER BY unit, step, seat, id", tuple[int, ...]()
        if unit is not None:
            query = "SELECT record FROM grade WHERE unit = ? ORDER BY step, seat, id"
            which = (self._numbers.get(unit, -1),)
        graded = self._each(query, GradeRecord, *which)
        for _, turn in itertools.groupby(graded, lambda grade: (grade.unit, grade.step, grade.seat)):
            chosen: dict[str, GradeRecord] = {}
            for grade in turn:
                if not first or grade.subproblem not in chosen:
                    chosen[grade.subproblem] = grade
            yield from chosen.values()

    def calls(self, unit: str | None = None) -> Iterator[CallRecord]:
        """The calls of one episode or of all, in the order of their keys."""
        if unit is not None:
            query = "SELECT record FROM call WHERE unit = ? ORDER BY trial, step, seat, scope, i"
            return self._each(query, CallRecord, self._numbers.get(unit, -1))
        return self._each("SELECT record FROM call ORDER BY unit, trial, step, seat, scope, i", CallRecord)

    def conversation(self, context: int) -> list[MessageRecord]:
        """The messages of a call, the first one first.

        Args:
            context: ``CallRecord.context``: the number of its last piece.
        """
        self._flush()
        query = (
            "WITH RECURSIVE back (parent, kept, messages) AS (SELECT parent, kept, messages FROM talk WHERE id = ?"
            " UNION ALL SELECT t.parent, t.kept, t.messages FROM talk t JOIN back ON t.id = back.parent)"
            " SELECT kept, messages FROM back"
        )
        found: list[MessageRecord] = []
        with sqlite_errors(self.folder):
            last: int | None = None
            for kept, data in self._db.execute(query, (context,)):
                found[:0] = msgspec.json.decode(data, type=list[MessageRecord])[:last]
                last = kept
        return found

    def spent(self) -> dict[str, Spent]:
        """What the calls of each agent cost so far, those that nobody waited for included; all tokens as input."""
        self._flush()
        query = "SELECT agent, COUNT(*), SUM(tokens), COALESCE(SUM(usd), 0), SUM(usd IS NULL) FROM call GROUP BY agent"
        with sqlite_errors(self.folder):
            return {
                agent: Spent(calls=calls, input_tokens=tokens, usd=usd, unpriced=unpriced)
                for agent, calls, tokens, usd, unpriced in self._db.execute(query)
            }

    def waves(self) -> list[WaveRecord]:
        """What was learned, wave by wave."""
        return self._all("SELECT record FROM wave ORDER BY idx, agent", (), WaveRecord)

    def blob(self, digest: str) -> tuple[str, bytes] | None:
        """A picture by SHA-256: media type and bytes."""
        self._flush()
        with sqlite_errors(self.folder):
            row = self._db.execute("SELECT media_type, data FROM blob WHERE digest = ?", (digest,)).fetchone()
        return None if row is None else (row[0], row[1])

    def _flush(self) -> None:
        """Reading sees what was put."""
        if self._pending:
            self.commit()

    def _all(self, query: str, parameters: tuple[Any, ...], record: type[_T]) -> list[_T]:
        return list(self._each(query, record, *parameters))

    def _each(self, query: str, record: type[_T], *parameters: Any) -> Iterator[_T]:  # noqa: ANN401
        self._flush()
        decode = msgspec.json.Decoder(record).decode
        with sqlite_errors(self.folder):
            for (data,) in self._db.execute(query, parameters):
                yield decode(data)
