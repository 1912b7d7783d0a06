"""The journal's tables, and the connection to them.

Rows are appended in the order in which things happen, and units are known by their number: episodes that run side by
side then share pages, and a commit writes few of them. (Tables clustered by text keys wrote about four times as much.)
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from kibitz.results.runfolder import (
    FILE_NAME,
    DamagedJournalError,
    NewerSchemaError,
    NotARunError,
    OlderSchemaError,
    require_whole,
)

SCHEMA_VERSION = 2

Sync = Literal["normal", "full"]
"""What a commit waits for. ``normal``: a killed process loses nothing, a power cut may lose the last commits. ``full``:
nothing is lost by a power cut either, at the price of a disk's flush a commit."""

TABLES = """
CREATE TABLE run (info BLOB NOT NULL);
CREATE TABLE unit (idx INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, record BLOB NOT NULL);
CREATE TABLE episode (unit INTEGER PRIMARY KEY, status TEXT NOT NULL, record BLOB NOT NULL);
CREATE TABLE step (id INTEGER PRIMARY KEY, unit INTEGER NOT NULL, step INTEGER NOT NULL, record BLOB NOT NULL);
CREATE UNIQUE INDEX step_place ON step (unit, step);
CREATE TABLE grade (id INTEGER PRIMARY KEY, unit INTEGER NOT NULL, step INTEGER NOT NULL, seat INTEGER NOT NULL,
    subproblem TEXT NOT NULL, record BLOB NOT NULL);
CREATE INDEX grade_place ON grade (unit, step, seat, subproblem);
CREATE TABLE talk (id INTEGER PRIMARY KEY, parent INTEGER NOT NULL, kept INTEGER NOT NULL, messages BLOB NOT NULL);
CREATE TABLE call (id INTEGER PRIMARY KEY, unit INTEGER NOT NULL, trial INTEGER NOT NULL, step INTEGER NOT NULL,
    seat INTEGER NOT NULL, scope TEXT NOT NULL, i INTEGER NOT NULL, agent TEXT NOT NULL, tokens INTEGER NOT NULL,
    usd REAL, record BLOB NOT NULL);
CREATE UNIQUE INDEX call_place ON call (unit, trial, step, seat, scope, i);
CREATE TABLE wave (idx INTEGER NOT NULL, agent TEXT NOT NULL, record BLOB NOT NULL, PRIMARY KEY (idx, agent));
CREATE TABLE blob (digest TEXT PRIMARY KEY, media_type TEXT NOT NULL, data BLOB NOT NULL) WITHOUT ROWID
"""
"""A conversation is a chain of ``talk``: a row holds the messages that a call added, behind the first ``kept`` messages
of the row ``parent`` (0 for none) and all that comes before those. So a call costs the same however long it is."""

PAGE_SIZE = 8192
"""Bytes; a little less work a row than with SQLite's 4096, since rows of a kilobyte are the rule."""


def connect(path: Path, mode: str, sync: Sync = "normal") -> sqlite3.Connection:
    """Open the file; ``mode`` is SQLite's: ``rwc``, ``rw``, ``ro``, with ``&immutable=1`` for a file nobody writes."""
    # Statements are autocommitted; transactions are begun and ended by hand, so that commits can be shared.
    db = sqlite3.connect(f"{path.resolve().as_uri()}?mode={mode}", uri=True, isolation_level=None, timeout=10)
    if not mode.startswith("ro"):
        try:
            if "c" in mode:
                db.execute(f"PRAGMA page_size = {PAGE_SIZE}")
            db.execute("PRAGMA journal_mode = WAL")
            db.execute(f"PRAGMA synchronous = {sync}")
        except BaseException:
            db.close()
            raise
    return db


def begin(folder: Path, sync: Sync, info: bytes, units: Iterable[tuple[int, str, bytes]]) -> sqlite3.Connection:
    """Make the journal of a new run, in one transaction: a start that is killed leaves no half of one."""
    db = connect(folder / FILE_NAME, "rwc", sync)
    try:
        db.execute("BEGIN IMMEDIATE")
        for statement in TABLES.split(";"):
            db.execute(statement)
        db.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        db.execute("INSERT INTO run VALUES (?)", (info,))
        db.executemany("INSERT INTO unit VALUES (?, ?, ?)", units)
        db.execute("COMMIT")
    except BaseException:
        db.close()
        raise
    return db


def go_on(folder: Path, sync: Sync) -> sqlite3.Connection:
    """Open the journal of a run for writing, once it has been found to be whole.

    Raises:
        JournalError: It is damaged, of another version, or the run never began.
        sqlite3.Error: It cannot be opened or read.
    """
    connect_checked(folder, "ro").close()
    require_whole(folder)
    return connect_checked(folder, "rw", sync)


def connect_checked(folder: Path, mode: str, sync: Sync = "normal") -> sqlite3.Connection:
    """Open the journal of a run, if it is one that this version reads.

    Raises:
        JournalError: It is of another version, or the run never began.
        sqlite3.Error: It cannot be opened or read.
    """
    db = connect(folder / FILE_NAME, mode, sync)
    try:
        _check_version(folder, db)
    except BaseException:
        db.close()
        raise
    return db


def _check_version(folder: Path, db: sqlite3.Connection) -> None:
    (version,) = db.execute("PRAGMA user_version").fetchone()
    if version > SCHEMA_VERSION:
        raise NewerSchemaError(
            f"{folder}: written by a newer Kibitz (journal version {version}, this one reads {SCHEMA_VERSION});"
            " upgrade Kibitz to read it"
        )
    if version == 0:
        raise NotARunError(f"{folder}: the run was stopped before it began; remove the folder and start again")
    if version < SCHEMA_VERSION:
        raise OlderSchemaError(
            f"{folder}: written by an older Kibitz (journal version {version}, this one reads {SCHEMA_VERSION});"
            " read it with the Kibitz that its run.toml names"
        )
    if db.execute("SELECT info FROM run").fetchone() is None:
        raise DamagedJournalError(f"{folder / FILE_NAME}: is damaged (it does not say what the run is)")


def require_no_log(folder: Path) -> None:
    """What a killed run wrote last stands in a log beside the journal; without it the journal would be an older one.

    Raises:
        NotARunError: There is such a log.
    """
    log = folder / f"{FILE_NAME}-wal"
    if log.exists() and log.stat().st_size:
        raise NotARunError(
            f"{folder}: the run was killed, and its last records cannot be read where nothing may be written;"
            " copy the folder to where you may write"
        )
