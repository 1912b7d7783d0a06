"""A run folder from the outside: may it be written to or read, who holds it, and what is wrong with it.

Errors::

    JournalError
    ├── RunExistsError       the folder holds something already
    ├── RunLockedError       another process writes to the run
    ├── UnsafePlaceError     the folder lies where a journal would be damaged
    ├── DiskError            the disk is full, or failed
    ├── NotARunError         the folder holds no run, or cannot be read
    ├── NewerSchemaError     written by a newer Kibitz
    ├── OlderSchemaError     written by an older Kibitz, in a form that is no longer read
    └── DamagedJournalError  the file is not what SQLite wrote
"""

from __future__ import annotations

import os
import sqlite3
import warnings
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from kibitz.results.filesystems import TRUST, network_file_system

if TYPE_CHECKING:
    from filelock import BaseFileLock

FILE_NAME = "journal.sqlite"
LOCK_NAME = ".lock"


class JournalError(Exception):
    """A run folder cannot be used; the message says why and what to do."""


class RunExistsError(JournalError):
    """The folder holds something already."""


class RunLockedError(JournalError):
    """Another process writes to the run."""


class UnsafePlaceError(JournalError):
    """The folder lies on a file system on which a journal would be damaged."""


class DiskError(JournalError):
    """The disk is full, or failed; what was committed before is safe."""


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
        UnsafePlaceError: It lies on a network file system.
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
    require_local(folder, "choose an --out on a local disk, and copy the run when it is done")


def require_local(folder: Path, way_out: str) -> None:
    """Check that a journal can be written to in ``folder``, whether it exists or not.

    Args:
        folder: The run folder.
        way_out: What to do instead, for the message.

    Raises:
        UnsafePlaceError: It lies on a network file system, and the environment does not say to trust that.
    """
    import psutil  # not needed to read a run: that must start quickly

    if os.environ.get(TRUST) == "1":
        return
    try:
        mounts = psutil.disk_partitions(all=True)
    except (OSError, psutil.Error):
        return  # a system that does not tell what is mounted: SQLite's own errors remain
    kind = network_file_system(folder.resolve(), mounts)
    if kind is not None:
        raise UnsafePlaceError(
            f"{folder}: lies on a network file system ({kind}), where SQLite's journal can be damaged; {way_out}"
            f" ({TRUST}=1 if you know that it is safe)"
        )


def require_run(folder: Path) -> None:
    """Check that ``folder`` holds a run.

    Raises:
        NotARunError: It does not, or it cannot be read.
    """
    try:
        there, present = folder.exists(), (folder / FILE_NAME).is_file()
    except OSError as error:
        raise NotARunError(f"{folder}: cannot be read ({error.strerror}); look at the rights of the folder") from error
    if not there:
        raise NotARunError(f"{folder}: there is no such run folder; runs are where --out put them, by default in runs/")
    if not present:
        raise NotARunError(f"{folder}: is not a run folder (it has no {FILE_NAME})")


def require_whole(folder: Path) -> None:
    """Check that the journal is what SQLite wrote, without changing a byte of it.

    It reads the whole file, at about two gigabytes a second where the disk keeps up: little beside calls that would be
    paid for and then not written. Contents are not compared with indexes, which would double that.

    Raises:
        DamagedJournalError: It is not.
        NotARunError: It cannot be read.
    """
    # Closing a writable connection copies the log into the file, also into a damaged one; a read-only one leaves both.
    address = f"{(folder / FILE_NAME).resolve().as_uri()}?mode=ro"
    with sqlite_errors(folder), closing(sqlite3.connect(address, uri=True, timeout=10)) as db:
        (found,) = db.execute("PRAGMA quick_check(1)").fetchone()
    if found != "ok":
        raise _damaged(folder, " ".join(str(found).split()))


def locked(folder: Path) -> BaseFileLock:
    """Take the run for writing; the lock dies with the process.

    Raises:
        RunLockedError: Another process has it.
        UnsafePlaceError: The file system has no locks that die with their process.
        OSError: The folder cannot be written to.
    """
    from filelock import FileLock, SoftFileLock, Timeout  # with asyncio, not needed to read a run either

    lock: BaseFileLock = FileLock(folder / LOCK_NAME)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about the soft lock, which is refused below
            lock.acquire(timeout=0)
    except Timeout:
        raise RunLockedError(f"{folder}: another process is writing to this run; wait for it or stop it") from None
    except NotImplementedError:
        raise _no_locks(folder) from None
    if isinstance(lock, SoftFileLock):
        lock.release()
        raise _no_locks(folder)
    return lock


def _no_locks(folder: Path) -> UnsafePlaceError:
    return UnsafePlaceError(f"{folder}: its file system cannot lock files; use a folder on a local disk")


_NO_SHARED_MEMORY = frozenset(
    (
        sqlite3.SQLITE_IOERR_SHMOPEN,
        sqlite3.SQLITE_IOERR_SHMSIZE,
        sqlite3.SQLITE_IOERR_SHMLOCK,
        sqlite3.SQLITE_IOERR_SHMMAP,
    )
)
_SAID: dict[int, str] = {
    sqlite3.SQLITE_FULL: "the disk is full; free some space and go on with --resume",
    sqlite3.SQLITE_IOERR: (
        "the disk failed ({error}); look at the disk, its free space and your quota, then go on with --resume"
    ),
    sqlite3.SQLITE_READONLY: "the journal cannot be written to; give yourself the right to, or work on a copy",
    sqlite3.SQLITE_BUSY: "another program holds the journal ({error}); close it and try again",
    sqlite3.SQLITE_LOCKED: "another program holds the journal ({error}); close it and try again",
    sqlite3.SQLITE_PROTOCOL: "the file system's locks do not work ({error}); use a folder on a local disk",
    sqlite3.SQLITE_CANTOPEN: "the journal cannot be opened ({error}); look at the rights of the folder and its files",
}
"""What to say, by SQLite's primary error code."""


@contextmanager
def sqlite_errors(folder: Path) -> Iterator[None]:
    """Turn what SQLite raises in the block into errors that say what to do."""
    try:
        yield
    except sqlite3.OperationalError as error:
        raise _unusable(folder, error) from error
    except (sqlite3.DatabaseError, msgspec.DecodeError, msgspec.ValidationError, UnicodeError) as error:
        raise _damaged(folder, str(error)) from error


def _unusable(folder: Path, error: sqlite3.OperationalError) -> JournalError:
    code: int = getattr(error, "sqlite_errorcode", 0)  # absent where Python raised it, not SQLite
    if code in _NO_SHARED_MEMORY:
        return UnsafePlaceError(
            f"{folder}: its file system gives SQLite no shared memory ({error}); use a folder on a local disk"
        )
    said = _SAID.get(code & 0xFF, "the journal cannot be used ({error})").format(error=error)
    # An unreadable folder holds no run that could be used; a disk that failed may hold one tomorrow.
    kind = DiskError if code & 0xFF in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR) else NotARunError
    return kind(f"{folder}: {said}")


def _damaged(folder: Path, reason: str) -> DamagedJournalError:
    return DamagedJournalError(
        f"{folder / FILE_NAME}: is damaged ({reason}); nothing was changed, restore it from a copy or run again"
    )
