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
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import msgspec
from filelock import BaseFileLock

from kibitz.results.reader import JournalReader
from kibitz.results.records import (
    CallRecord,
    EpisodeRecord,
    GradeRecord,
    MessageRecord,
    RunInfo,
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
from kibitz.results.schema import Sync, begin, go_on

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


class Journal(JournalReader):
    """The journal of one run; made by ``create``, ``open`` (to go on writing) or ``read``."""

    def __init__(self, folder: Path, connection: sqlite3.Connection, lock: BaseFileLock | None = None) -> None:
        super().__init__(folder, connection)
        self._lock = lock
        self._rows: dict[str, list[tuple[Any, ...]]] = {kind: [] for kind in _PUT}
        self._pending = False
        self._waiting: list[asyncio.Future[None]] = []
        self._loop: asyncio.AbstractEventLoop | None = None
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

    def _number(self) -> None:
        """Learn the numbers of the units, by which rows name them, and of the last piece of a conversation."""
        self._numbers = dict(self._db.execute("SELECT key, idx FROM unit"))
        (self._last_talk,) = self._db.execute("SELECT COALESCE(MAX(id), 0) FROM talk").fetchone()

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
        loop = self._loop
        if loop is None:
            loop = self._loop = asyncio.get_running_loop()  # asking for it costs a system call
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
        except Exception as error:
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
        except Exception as error:
            self._broken = JournalError(f"{self.folder}: a record cannot be written ({type(error).__name__}: {error})")
            raise self._broken from error

    def _write(self, rows: Sequence[tuple[str, Sequence[tuple[Any, ...]]]]) -> None:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            for sql, put in rows:
                self._db.executemany(sql, put)
            self._db.execute("COMMIT")
        except BaseException:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise

    def _flush(self) -> None:
        if self._pending:
            self.commit()
