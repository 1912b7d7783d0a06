"""A run folder from the outside: may it be written to or read, who holds it, and what is wrong with it.

Errors::

    JournalError
    ├── RunExistsError       the folder holds something already
    ├── RunLockedError       another process writes to the run
    ├── NotARunError         the folder holds no run, or cannot be read
    ├── NewerSchemaError     written by a newer Kibitz
    ├── OlderSchemaError     written by an older Kibitz, in a form that is no longer read
    └── DamagedJournalError  the file is not what SQLite wrote
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
from filelock import FileLock, Timeout

FILE_NAME = "journal.sqlite"
LOCK_NAME = ".lock"


class JournalError(Exception):
    """A run folder cannot be used; the message says why and what to do."""


class RunExistsError(JournalError):
    """The folder holds something already."""


class RunLockedError(JournalError):
    """Another process writes to the run."""


class NotARunError(JournalError):
    """The folder holds no run, or cannot be read."""


class NewerSchemaError(JournalError):
    """The run was written by a newer Kibitz."""


class OlderSchemaError(JournalError):
    """The run was written by an older Kibitz."""


class DamagedJournalError(JournalError):
    """The journal is not what SQLite wrote."""


def require_free(folder: Path) -> None:
    """Check that a new run can be written to ``folder``.

    Raises:
        RunExistsError: It holds a run, or anything else.
        NotARunError: It cannot be read.
    """
    try:
        # A lock alone is what a start leaves that was refused or killed before it wrote anything.
        occupied = folder.exists() and (not folder.is_dir() or any(f.name != LOCK_NAME for f in folder.iterdir()))
    except OSError as error:
        raise NotARunError(f"{folder}: cannot be read ({error.strerror}); choose another --out") from error
    if occupied and not folder.is_dir():
        raise RunExistsError(f"{folder}: is a file; name a folder with --out")
    if occupied and (folder / FILE_NAME).exists():
        raise RunExistsError(f"{folder}: holds a run already; go on with --resume, or choose another --out")
    if occupied:
        raise RunExistsError(f"{folder}: exists and is not empty; choose another --out")


def require_run(folder: Path) -> None:
    """Check that ``folder`` holds a run.

    Raises:
        NotARunError: It does not, or it cannot be read.
    """
    try:
        there, present = folder.exists(), (folder / FILE_NAME).is_file()
    except OSError as error:
        raise NotARunError(f"{folder}: cannot be read ({error.strerror})") from error
    if not there:
        raise NotARunError(f"{folder}: there is no such run folder")
    if not present:
        raise NotARunError(f"{folder}: is not a run folder (it has no {FILE_NAME})")


def locked(folder: Path) -> FileLock:
    """Take the run for writing; the lock dies with the process.

    Raises:
        RunLockedError: Another process has it.
        OSError: The folder cannot be written to.
    """
    lock = FileLock(folder / LOCK_NAME)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise RunLockedError(f"{folder}: another process is writing to this run; wait for it or stop it") from None
    return lock


@contextmanager
def sqlite_errors(folder: Path) -> Iterator[None]:
    """Turn what SQLite raises in the block into errors that say what to do."""
    try:
        yield
    except sqlite3.OperationalError as error:
        if "full" in str(error):
            raise JournalError(f"{folder}: the disk is full; free some space and go on with --resume") from error
        raise NotARunError(f"{folder}: the journal cannot be used ({error})") from error
    except (sqlite3.DatabaseError, msgspec.DecodeError, msgspec.ValidationError, UnicodeError) as error:
        raise DamagedJournalError(
            f"{folder / FILE_NAME}: is damaged ({error}); nothing was changed, restore it from a copy or run again"
        ) from error
