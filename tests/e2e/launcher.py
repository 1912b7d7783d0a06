"""The command line in a process that is made to suffer, as ``conftest`` launches it: for tests only.

It is run with the global ``JOB``: the arguments of ``launch``.
"""

import ctypes
import os
import signal
import sqlite3
import sys
import tempfile
import threading
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

connect = sqlite3.connect


class Watched(sqlite3.Connection):
    """A connection that tells when a transaction is to be committed, and lets others do it."""

    def execute(self, sql: str, *parameters: Any) -> sqlite3.Cursor:
        if sql == "COMMIT":
            self.committing()
        return super().execute(sql, *parameters)

    def committing(self) -> None:
        """Called before the commit."""


def die(*_: object) -> None:
    """What kill -9 does, to this process."""
    os.kill(os.getpid(), signal.SIGKILL)


def die_beside_the_next_statement() -> None:
    """Die in a thread that gets its turn when SQLite lets go of the interpreter, which it does while it works."""
    turn = threading.Lock()
    turn.acquire()

    def wait() -> None:
        with turn:
            die()

    threading.Thread(target=wait).start()
    turn.release()


# -- troubles ----------------------------------------------------------------------------------------------------------


def killed(when: str, rows: int) -> None:
    """Kill the process at the first commit after ``rows`` rows were written.

    Args:
        when: ``before`` the commit; ``after`` it, before anybody is told; ``during`` it, from a thread that starts
            with it; ``torn``: by the kernel, when half of the first page is in the log.
        rows: Rows.
    """

    class Doomed(Watched):
        def committing(self) -> None:
            if self.total_changes < rows:
                return
            if when == "before":
                die()
            if when == "during":
                # A checkpoint becomes part of the commit, which makes it long enough to be hit.
                self.execute("PRAGMA wal_autocheckpoint = 1")
                die_beside_the_next_statement()
            if when == "torn":
                (_, _, file), *_ = self.execute("PRAGMA database_list").fetchall()
                signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
                limit_files(Path(f"{file}-wal").stat().st_size + 2048)
            super(Watched, self).execute("COMMIT")
            die()

    sqlite3.connect = partial(connect, factory=Doomed)  # type: ignore[assignment]


def full(pages: int) -> None:
    """Let no database have more pages: SQLite then says what it says on a full disk."""

    def connected(*arguments: Any, **settings: Any) -> sqlite3.Connection:
        connection: sqlite3.Connection = connect(*arguments, **settings)
        connection.execute(f"PRAGMA max_page_count = {pages}")
        return connection

    sqlite3.connect = connected  # type: ignore[assignment]


def limit_files(size: int) -> None:
    """Let no file grow beyond ``size`` bytes, as a quota does."""
    import resource  # where there are such limits

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def bound_by_modes() -> None:
    """Let the modes of files hold for root too: give up its capabilities."""
    if os.geteuid() == 0:
        header, nothing = (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)()
        if ctypes.CDLL(None, use_errno=True).capset(header, nothing):
            raise OSError(ctypes.get_errno(), "capset")


TROUBLES: Mapping[str, Callable[..., None]] = {
    "killed": killed,
    "full": full,
    "limit_files": limit_files,
    "bound_by_modes": bound_by_modes,
}


def launch(argv: list[str], folder: str, streams: str, environ: Mapping[str, str], trouble: tuple[Any, ...]) -> int:
    """Run the command line.

    Args:
        argv: Its arguments.
        folder: The working folder.
        streams: The folder for the files ``stdout`` and ``stderr``.
        environ: Variables to set.
        trouble: The name of a trouble, and its arguments; empty for none.
    """
    os.chdir(folder)
    os.environ.update(environ)
    tempfile.tempdir = None  # what the parent found may lie elsewhere
    sys.path[:0] = environ.get("PYTHONPATH", "").split()
    for number, name in ((1, "stdout"), (2, "stderr")):
        os.dup2(os.open(f"{streams}/{name}", os.O_WRONLY | os.O_CREAT, 0o644), number)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if trouble:
        TROUBLES[trouble[0]](*trouble[1:])
    from kibitz.harness.cli import main

    sys.argv = ["kibitz", *argv]
    return main(argv)


if __name__ == "__kibitz__":
    sys.exit(launch(**globals()["JOB"]))
