"""A run folder that cannot be used: each case has its sentence, nothing is destroyed, and the run goes on later."""

import shutil
import signal
import sqlite3
import sys
from contextlib import closing

import pytest

from tests.e2e.conftest import until
from tests.e2e.rows import committed, count, records

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="processes with POSIX limits and modes")

CONCURRENCY = 4


@pytest.fixture
def begun(forked, suite, server, tmp_path):
    """The folder of a run that a provider ended early: some episodes are done, some are not."""
    process = forked.start("run", suite, "--out", "begun", "--concurrency", CONCURRENCY)
    until(lambda: server.sent >= 30)
    server.status = 401
    assert process.wait() == 4
    server.status = 200
    server.forget()
    return tmp_path / "begun"


def contents(folder):
    """All bytes that a run folder keeps; neither its lock nor the memory that SQLite's processes share hold any."""
    kept = {path.name: path.read_bytes() for path in folder.iterdir() if not path.name.endswith((".lock", "-shm"))}
    return {name: data for name, data in kept.items() if data or not name.endswith("-wal")}


def sentence(err):
    """The one line that is said about an error."""
    (line,) = [line for line in err.splitlines() if line.startswith("kibitz: ")]
    assert "Traceback" not in err
    return line


def test_a_second_process_is_refused_and_the_first_one_is_not_disturbed(whole, forked, suite, server, tmp_path):
    server.hold()
    first = forked.start("run", suite, "--out", "run")
    until(lambda: server.in_flight)
    _, resumed = forked("run", "--resume", "--out", "run", code=3)
    _, begun = forked("run", suite, "--out", "run", code=3)
    server.release()
    assert first.wait() == 0
    assert sentence(resumed) == "kibitz: run: another process is writing to this run; wait for it or stop it"
    assert sentence(begun) == "kibitz: run: holds a run already; go on with --resume, or choose another --out"
    assert records(tmp_path / "run") == whole.records
    assert set(server.calls.values()) == {1}


@pytest.mark.parametrize(
    ("trouble", "said"),
    [
        ("full", "the disk is full; free some space"),
        ("limit_files", "the disk failed (disk I/O error); look at the disk"),
    ],
)
def test_a_run_whose_disk_is_full_goes_on_when_there_is_space(whole, forked, suite, server, tmp_path, trouble, said):
    room = (whole.folder / "journal.sqlite").stat().st_size // 2
    limit = room // 8192 if trouble == "full" else room
    _, err = forked("run", suite, "--out", "run", "--concurrency", CONCURRENCY, code=4, trouble=(trouble, limit))
    assert said in sentence(err)
    assert "Go on with: kibitz run --resume --out run" in err
    kept, sent = committed(tmp_path / "run"), set(server.calls)
    assert kept
    assert kept <= sent
    assert len(sent - kept) <= CONCURRENCY
    server.forget()
    forked("run", "--resume", "--out", "run")
    assert not kept & set(server.calls)
    assert records(tmp_path / "run") == whole.records


def test_a_disk_that_is_full_from_the_start_plays_nothing(forked, suite, server, tmp_path):
    _, err = forked("run", suite, "--out", "run", code=3, trouble=("full", 3))
    assert "the disk is full" in sentence(err)
    assert server.sent == 0


@pytest.mark.skipif(sys.platform != "linux", reason="how root is bound by modes")
def test_a_folder_that_is_read_only_is_read_and_not_written(whole, begun, forked, suite, server, tmp_path):
    before, bound = contents(begun), ("bound_by_modes",)
    for path in (*begun.iterdir(), begun):
        path.chmod(0o555 if path.is_dir() else 0o444)
    _, err = forked("run", "--resume", "--out", "begun", code=3, trouble=bound)
    assert sentence(err).startswith("kibitz: begun: cannot be written to (Permission denied)")
    forked("board", "begun", "--json", trouble=bound)
    assert contents(begun) == before
    begun.chmod(0o755)
    for path in begun.iterdir():
        path.chmod(0o644)

    (tmp_path / "locked").mkdir(mode=0o555)
    _, err = forked("run", suite, "--out", "locked/run", code=3, trouble=bound)
    assert sentence(err).startswith("kibitz: locked/run: cannot be written to (Permission denied)")
    assert server.sent == 0

    forked("run", "--resume", "--out", "begun")
    assert records(begun) == whole.records


def overwritten(place, size=64):
    def damage(file):
        data = bytearray(file.read_bytes())
        start = int(len(data) * place) // 8192 * 8192
        data[start : start + size] = bytes(byte ^ 0xFF for byte in data[start : start + size])
        file.write_bytes(data)

    return damage


def newer(file):
    with closing(sqlite3.connect(file)) as db:
        db.execute("PRAGMA user_version = 99")


DAMAGE = {
    "its first bytes": (overwritten(0, 16), "is damaged (file is not a database)"),
    "its schema": (overwritten(0, 300), "is damaged ("),
    "a page in the first quarter": (overwritten(0.25), "is damaged ("),
    "a page in the middle": (overwritten(0.5), "is damaged ("),
    "its last page": (overwritten(0.999), "is damaged ("),
    "half of it": (lambda file: file.write_bytes(file.read_bytes()[: file.stat().st_size // 2]), "is damaged ("),
    "all of it": (lambda file: file.write_bytes(b""), "was stopped before it began; remove the folder"),
    "another file": (lambda file: file.write_text("dear diary\n" * 1000), "is damaged (file is not a database)"),
    "a newer version": (newer, "written by a newer Kibitz (journal version 99"),
}
"""What happens to the journal, and what is said then."""


def test_a_damaged_journal_is_refused_and_left_as_it_is(whole, begun, forked, server, tmp_path):
    for number, (what, (damage, said)) in enumerate(DAMAGE.items()):
        folder = shutil.copytree(begun, tmp_path / f"damaged-{number}")
        damage(folder / "journal.sqlite")
        before = contents(folder)
        for command in (["run", "--resume", "--out", folder], ["board", folder], ["verify", folder]):
            launched = forked.start(*command)
            # The other commands only find damage in what they read.
            assert launched.wait() in ((3,) if command[0] == "run" else (0, 3)), f"{what}: {launched.err}"
            assert launched.wait() == 0 or said in sentence(launched.err), what
            assert contents(folder) == before, f"{what}: {command}"
    assert server.sent == 0
    forked("run", "--resume", "--out", begun)
    assert records(begun) == whole.records


def test_a_run_that_was_killed_before_it_began_says_to_start_again(whole, forked, suite, server, tmp_path):
    forked("run", suite, "--out", "run", code=-signal.SIGKILL, trouble=("killed", "before", 0))
    assert count(tmp_path / "run") == server.sent == 0
    _, err = forked("run", "--resume", "--out", "run", code=3)
    assert sentence(err) == "kibitz: run: the run was stopped before it began; remove the folder and start again"
    shutil.rmtree(tmp_path / "run")
    forked("run", suite, "--out", "run")
    assert records(tmp_path / "run") == whole.records
