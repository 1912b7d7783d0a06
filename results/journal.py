"""The journal: everything that happened in a run, in one SQLite file, written by one process.

Why SQLite: a torn JSON line loses what follows it, a torn transaction loses nothing before it; and a board over 100,000
steps should not parse 100,000 lines. Why group commit: one commit a call costs about twice the CPU of waiting for the
commit that the event loop makes once per turn for everybody who wrote in it.

What survives: ``committed()`` returns after the commit that holds everything written before it. In WAL mode with
``synchronous=NORMAL`` a killed process loses nothing that was committed; a power cut may lose the last commits, never
the file.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self, TypeVar

import msgspec
from filelock import BaseFileLock

from kibitz.results.records import (
    CallRecord,
    EpisodeRecord,
    GradeRecord,
    MessageRecord,
    RunInfo,
    StepRecord,
    UnitRecord,
)
from kibitz.results.runfolder import (
    FILE_NAME,
    DamagedJournalError,
    JournalError,
    NewerSchemaError,
    NotARunError,
    locked,
    require_free,
    require_local,
    require_run,
    require_whole,
    sqlite_errors,
)

SCHEMA_VERSION = 1

Sync = Literal["normal", "full"]
"""What a commit waits for: ``normal`` survives the death of the process, ``full`` a power cut too."""

_TABLES = """
CREATE TABLE run (info BLOB NOT NULL);
CREATE TABLE unit (idx INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, record BLOB NOT NULL);
CREATE TABLE episode (unit TEXT PRIMARY KEY, status TEXT NOT NULL, record BLOB NOT NULL);
CREATE TABLE step (unit TEXT NOT NULL, step INTEGER NOT NULL, record BLOB NOT NULL, PRIMARY KEY (unit, step))
    WITHOUT ROWID;
CREATE TABLE grade (id INTEGER PRIMARY KEY, unit TEXT NOT NULL, step INTEGER NOT NULL, seat INTEGER NOT NULL,
    subproblem TEXT NOT NULL, record BLOB NOT NULL);
CREATE INDEX grade_place ON grade (unit, step, seat, subproblem);
CREATE TABLE call (unit TEXT NOT NULL, trial INTEGER NOT NULL, step INTEGER NOT NULL, seat INTEGER NOT NULL,
    scope TEXT NOT NULL, i INTEGER NOT NULL, record BLOB NOT NULL,
    PRIMARY KEY (unit, trial, step, seat, scope, i)) WITHOUT ROWID;
CREATE TABLE message (digest TEXT PRIMARY KEY, record BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE blob (digest TEXT PRIMARY KEY, media_type TEXT NOT NULL, data BLOB NOT NULL) WITHOUT ROWID
"""

_T = TypeVar("_T")


class Journal:
    """The journal of one run; made by ``create``, ``open`` (to go on writing) or ``read``."""

    def __init__(self, folder: Path, connection: sqlite3.Connection, lock: BaseFileLock | None) -> None:
        self.folder = folder
        self._db = connection
        self._lock = lock
        self._known: set[str] = set()
        self._waiting: list[asyncio.Future[None]] = []
        self._closed = False

    # -- opening ---------------------------------------------------------------------------------------------------

    @classmethod
    def create(cls, folder: Path, info: RunInfo, units: Iterable[UnitRecord], sync: Sync = "normal") -> Journal:
        """Start the journal of a new run; the folder is made, and must not hold anything.

        Raises:
            RunExistsError: The folder is not empty.
            UnsafePlaceError: The folder lies on a network file system.
            NotARunError: The folder cannot be made or written to.
        """
        require_free(folder)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            lock = locked(folder)
        except OSError as error:
            raise NotARunError(f"{folder}: cannot be written to ({error.strerror}); choose another --out") from error
        try:
            with sqlite_errors(folder):
                return cls._started(folder, lock, info, units, sync)
        except JournalError:
            lock.release()
            raise

    @classmethod
    def _started(
        cls, folder: Path, lock: BaseFileLock, info: RunInfo, units: Iterable[UnitRecord], sync: Sync
    ) -> Journal:
        db = _connect(folder / FILE_NAME, "rwc", sync)
        try:
            journal = cls(folder, db, lock)
            with journal._writing():  # one transaction: a killed start leaves no half of a journal
                for statement in _TABLES.split(";"):
                    db.execute(statement)
                db.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
                db.execute("INSERT INTO run VALUES (?)", (msgspec.json.encode(info),))
                rows = ((unit.index, unit.key, msgspec.json.encode(unit)) for unit in units)
                db.executemany("INSERT INTO unit VALUES (?, ?, ?)", rows)
            journal.commit()
        except BaseException:
            db.close()
            raise
        return journal

    @classmethod
    def open(cls, folder: Path, sync: Sync = "normal") -> Journal:
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
        try:
            with sqlite_errors(folder):
                _connect_checked(folder, "ro").close()
                require_whole(folder)
                return cls(folder, _connect_checked(folder, "rw", sync), lock)
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
                db = _connect_checked(folder, "ro")
            except sqlite3.OperationalError:
                _require_no_log(folder)
                # WAL needs to make a shared-memory file; in a read-only folder nobody writes, so none is needed.
                db = _connect_checked(folder, "ro&immutable=1")
        return cls(folder, db, None)

    def __enter__(self) -> Self:
        """Use the journal in a ``with`` block; it is closed at the end."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the journal."""
        self.close()

    def close(self) -> None:
        """Commit what is written and give the file back; safe to call twice."""
        if self._closed:
            return
        self._closed = True
        try:
            self.commit()
        finally:
            self._db.close()
            if self._lock is not None:
                self._lock.release()

    # -- writing ---------------------------------------------------------------------------------------------------

    def put_call(self, record: CallRecord, messages: Iterable[MessageRecord]) -> None:
        """Write a call and those of its messages that are new."""
        with self._writing():
            for message in messages:
                if message.digest not in self._known:
                    self._db.execute(
                        "INSERT OR IGNORE INTO message VALUES (?, ?)", (message.digest, msgspec.json.encode(message))
                    )
                    self._known.add(message.digest)
            key = (record.unit, record.trial, record.step, record.seat, record.scope, record.i)
            self._db.execute("INSERT INTO call VALUES (?, ?, ?, ?, ?, ?, ?)", (*key, msgspec.json.encode(record)))

    def put_seen(self, record: CallRecord) -> None:
        """Write that a call whose reply came too late has been seen after all."""
        with self._writing():
            key = (record.unit, record.trial, record.step, record.seat, record.scope, record.i)
            self._db.execute(
                "UPDATE call SET record = ?"
                " WHERE unit = ? AND trial = ? AND step = ? AND seat = ? AND scope = ? AND i = ?",
                (msgspec.json.encode(record), *key),
            )

    def put_blob(self, digest: str, media_type: str, data: bytes) -> None:
        """Write a picture once by its SHA-256."""
        with self._writing():
            self._db.execute("INSERT OR IGNORE INTO blob VALUES (?, ?, ?)", (digest, media_type, data))

    def put_step(self, record: StepRecord, grades: Iterable[GradeRecord]) -> None:
        """Write a finished step and its grades, together."""
        with self._writing():
            self._db.execute(
                "INSERT INTO step VALUES (?, ?, ?)", (record.unit, record.step, msgspec.json.encode(record))
            )
            self.put_grades(grades)

    def put_grades(self, grades: Iterable[GradeRecord]) -> None:
        """Append grades; an earlier grade of the same answer stays in the journal and is no longer read."""
        with self._writing():
            rows = ((g.unit, g.step, g.seat, g.subproblem, msgspec.json.encode(g)) for g in grades)
            self._db.executemany(
                "INSERT INTO grade (unit, step, seat, subproblem, record) VALUES (?, ?, ?, ?, ?)", rows
            )

    def put_episode(self, record: EpisodeRecord) -> None:
        """Write how an episode ended; a failed one may be written again after another try."""
        with self._writing():
            self._db.execute(
                "INSERT OR REPLACE INTO episode VALUES (?, ?, ?)",
                (record.unit, record.status, msgspec.json.encode(record)),
            )

    async def committed(self) -> None:
        """Return after the commit that holds everything written so far.

        Raises:
            JournalError: The commit failed, for example because the disk is full.
        """
        if not self._db.in_transaction:
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
            JournalError: The commit failed.
        """
        with sqlite_errors(self.folder):
            if self._db.in_transaction:
                self._db.execute("COMMIT")

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with sqlite_errors(self.folder):
            if not self._db.in_transaction:
                self._db.execute("BEGIN IMMEDIATE")
            yield

    # -- reading ---------------------------------------------------------------------------------------------------

    @property
    def info(self) -> RunInfo:
        """What the run is."""
        found = self._all("SELECT info FROM run", (), RunInfo)
        if not found:
            raise DamagedJournalError(f"{self.folder / FILE_NAME}: is damaged (it does not say what the run is)")
        return found[0]

    def units(self) -> list[UnitRecord]:
        """All episodes to be played, in schedule order."""
        return self._all("SELECT record FROM unit ORDER BY idx", (), UnitRecord)

    def episodes(self) -> dict[str, EpisodeRecord]:
        """How episodes ended, by unit key, in schedule order; failed ones included, unfinished ones absent."""
        query = "SELECT episode.record FROM unit JOIN episode ON episode.unit = unit.key ORDER BY idx"
        return {record.unit: record for record in self._all(query, (), EpisodeRecord)}

    def steps(self, unit: str) -> list[StepRecord]:
        """The finished steps of one episode."""
        return self._all("SELECT record FROM step WHERE unit = ? ORDER BY step", (unit,), StepRecord)

    def all_steps(self) -> Iterator[StepRecord]:
        """The finished steps of all episodes, in schedule order."""
        return self._each(
            "SELECT step.record FROM unit JOIN step ON step.unit = unit.key ORDER BY idx, step", StepRecord
        )

    def grades(self, unit: str | None = None, *, first: bool = False) -> Iterator[GradeRecord]:
        """The latest grade of each answer, of one episode or of all, in schedule order.

        Args:
            unit: The episode; None for all.
            first: The first grade instead, made when the episode was played: what its digest covers.
        """
        chosen = "first" if first else "latest"
        if unit is not None:
            query = (
                "SELECT record FROM grade JOIN (SELECT MIN(id) AS first, MAX(id) AS latest FROM grade WHERE unit = ?"  # noqa: S608
                f" GROUP BY step, seat, subproblem) ON id = {chosen} ORDER BY step, seat, first"
            )
            return self._each(query, GradeRecord, unit)
        query = (
            "SELECT grade.record FROM unit JOIN grade ON grade.unit = unit.key JOIN (SELECT MIN(id) AS first,"  # noqa: S608
            " MAX(id) AS latest FROM grade GROUP BY unit, step, seat, subproblem)"
            f" ON id = {chosen} ORDER BY idx, step, seat, first"
        )
        return self._each(query, GradeRecord)

    def calls(self, unit: str | None = None) -> Iterator[CallRecord]:
        """The calls of one episode or of all, in the order of their keys."""
        if unit is not None:
            query = "SELECT record FROM call WHERE unit = ? ORDER BY trial, step, seat, scope, i"
            return self._each(query, CallRecord, unit)
        query = (
            "SELECT call.record FROM unit JOIN call ON call.unit = unit.key ORDER BY idx, trial, step, seat, scope, i"
        )
        return self._each(query, CallRecord)

    def messages(self, digests: Sequence[str]) -> dict[str, MessageRecord]:
        """Messages by digest."""
        found: dict[str, MessageRecord] = {}
        for digest in dict.fromkeys(digests):
            for record in self._all("SELECT record FROM message WHERE digest = ?", (digest,), MessageRecord):
                found[digest] = record
        return found

    def blob(self, digest: str) -> tuple[str, bytes] | None:
        """A picture by SHA-256: media type and bytes."""
        with sqlite_errors(self.folder):
            row = self._db.execute("SELECT media_type, data FROM blob WHERE digest = ?", (digest,)).fetchone()
        return None if row is None else (row[0], row[1])

    def _all(self, query: str, parameters: tuple[Any, ...], record: type[_T]) -> list[_T]:
        return list(self._each(query, record, *parameters))

    def _each(self, query: str, record: type[_T], *parameters: Any) -> Iterator[_T]:  # noqa: ANN401
        decode = msgspec.json.Decoder(record).decode
        with sqlite_errors(self.folder):
            for (data,) in self._db.execute(query, parameters):
                yield decode(data)


def _connect(path: Path, mode: str, sync: Sync = "normal") -> sqlite3.Connection:
    # Statements are autocommitted; transactions are begun and ended by hand, so that commits can be shared.
    db = sqlite3.connect(f"{path.resolve().as_uri()}?mode={mode}", uri=True, isolation_level=None, timeout=10)
    if not mode.startswith("ro"):
        try:
            db.execute("PRAGMA journal_mode = WAL")
            db.execute(f"PRAGMA synchronous = {sync.upper()}")
        except BaseException:
            db.close()
            raise
    return db


def _require_no_log(folder: Path) -> None:
    """What a killed run wrote last stands in a log beside the journal; without it the journal would be an older one."""
    log = folder / f"{FILE_NAME}-wal"
    if log.exists() and log.stat().st_size:
        raise NotARunError(
            f"{folder}: the run was killed, and its last records cannot be read where nothing may be written;"
            " copy the folder to where you may write"
        )


def _connect_checked(folder: Path, mode: str, sync: Sync = "normal") -> sqlite3.Connection:
    db = _connect(folder / FILE_NAME, mode, sync)
    try:
        _check_schema(folder, db)
    except BaseException:
        db.close()
        raise
    return db


def _check_schema(folder: Path, db: sqlite3.Connection) -> None:
    (version,) = db.execute("PRAGMA user_version").fetchone()
    if version > SCHEMA_VERSION:
        raise NewerSchemaError(
            f"{folder}: written by a newer Kibitz (journal version {version}, this one reads {SCHEMA_VERSION});"
            " upgrade Kibitz to read it"
        )
    if version == 0:
        raise NotARunError(f"{folder}: the run was stopped before it began; remove the folder and start again")
    db.execute("SELECT info FROM run").fetchone()
