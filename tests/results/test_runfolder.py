import shutil
import sqlite3
from collections import namedtuple
from contextlib import closing, suppress

import psutil
import pytest

from kibitz.results.journal import Journal
from kibitz.results.records import CallRecord, RunInfo, UnitRecord
from kibitz.results.runfolder import (
    DamagedJournalError,
    JournalError,
    NotARunError,
    UnsafePlaceError,
    locked,
    require_free,
    require_local,
    require_whole,
    sqlite_errors,
)
from kibitz.results.schema import SCHEMA_VERSION

INFO = RunInfo(
    name="r", seed=0, protocol={}, protocol_hash="p", games={}, agents={}, config={}, config_hash="c", versions={},
    command=[], started="",
)  # fmt: skip
UNIT = UnitRecord(index=0, key="u", game="g", task=None, k=0, agents=("a",), pair="u", seed=0)

Mount = namedtuple("Mount", "device mountpoint fstype opts")


def fill(journal, first=0, count=300):
    for i in range(first, first + count):
        call = CallRecord(
            unit="u", trial=0, step=0, seat=0, scope="s", i=i, agent="a", role="policy", request="h" * 400,
            parameters={}, context=0, completion={},
        )  # fmt: skip
        journal.put_call(call)
    journal.commit()


@pytest.fixture
def run(tmp_path):
    with Journal.create(tmp_path / "run", INFO, [UNIT]) as journal:
        fill(journal)
    return tmp_path / "run"


@pytest.fixture
def killed(run, tmp_path):
    """What is left of a run that was killed: its last records stand in the log beside the journal."""
    with Journal.open(run) as journal:
        fill(journal, 300)
        shutil.copytree(run, tmp_path / "killed")
    return tmp_path / "killed"


def overwrite(path):
    """What a broken disk does to some pages in the middle."""
    with path.open("r+b") as file:
        file.seek(20 * 4096)
        file.write(b"\xa5" * 10 * 4096)


def contents(folder):
    """All bytes that matter: SQLite's shared memory, and an empty log, are made by whoever opens the journal."""
    found = {f.name: f.read_bytes() for f in folder.iterdir() if not f.name.endswith("-shm")}
    return {name: data for name, data in found.items() if data}


def test_a_whole_journal_is_opened(run):
    require_whole(run)
    with Journal.open(run) as journal:
        assert len(list(journal.calls())) == 300


def test_damage_in_the_middle_is_found_before_anything_is_written(run):
    overwrite(run / "journal.sqlite")
    before = contents(run)
    with pytest.raises(DamagedJournalError, match=r"is damaged .*nothing was changed, restore it from a copy"):
        Journal.open(run)
    assert contents(run) == before
    locked(run).release()  # the run is not held any more


def test_the_log_of_a_killed_run_is_not_poured_into_a_damaged_journal(killed):
    assert (killed / "journal.sqlite-wal").stat().st_size
    overwrite(killed / "journal.sqlite")
    before = contents(killed)
    for opened in (Journal.open, Journal.open):
        with pytest.raises(DamagedJournalError):
            opened(killed)
    with Journal.read(killed) as journal, suppress(DamagedJournalError):
        list(journal.calls())
    assert contents(killed) == before


def test_a_killed_run_goes_on_with_all_that_was_committed(killed):
    with Journal.open(killed) as journal:
        assert len(list(journal.calls())) == 600


def test_a_journal_that_was_cut_off_is_damaged(run):
    path = run / "journal.sqlite"
    path.write_bytes(path.read_bytes()[: 4096 * 20])
    with pytest.raises(DamagedJournalError):
        Journal.open(run)
    assert path.stat().st_size == 4096 * 20


def test_another_program_s_database_is_no_journal_and_is_left_alone(tmp_path):
    path = tmp_path / "journal.sqlite"
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE thesis (text)")
        db.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
    before = path.read_bytes()
    with pytest.raises(NotARunError, match="no such table: run"):
        Journal.open(tmp_path)
    assert path.read_bytes() == before


@pytest.mark.parametrize(("sync", "level"), [("normal", 1), ("full", 2)])
def test_commits_wait_for_the_disk_where_that_is_wanted(tmp_path, sync, level):
    with Journal.create(tmp_path / "run", INFO, [UNIT], sync=sync) as journal:
        assert journal._db.execute("PRAGMA synchronous").fetchone() == (level,)
    with Journal.open(tmp_path / "run", sync=sync) as journal:
        assert journal._db.execute("PRAGMA synchronous").fetchone() == (level,)


def mounted(monkeypatch, kind):
    monkeypatch.setattr(psutil, "disk_partitions", lambda *, all: [Mount("x", "/", kind, "rw")])  # noqa: A006


def test_a_network_file_system_is_refused_before_anything_is_written(tmp_path, monkeypatch):
    mounted(monkeypatch, "nfs4")
    with pytest.raises(UnsafePlaceError) as refused:
        Journal.create(tmp_path / "run", INFO, [UNIT])
    assert str(refused.value) == (
        f"{tmp_path / 'run'}: lies on a network file system (nfs4), where SQLite's journal can be damaged; choose an"
        " --out on a local disk, and copy the run when it is done"
        " (KIBITZ_TRUST_FILESYSTEM=1 if you know that it is safe)"
    )
    assert list(tmp_path.iterdir()) == []


def test_a_run_on_a_network_file_system_is_read_but_not_gone_on_with(run, monkeypatch):
    before = contents(run)
    mounted(monkeypatch, "cifs")
    with Journal.read(run) as journal:
        assert len(list(journal.calls())) == 300
    with pytest.raises(UnsafePlaceError, match=r"\(cifs\).*copy the run to a local disk and go on there"):
        Journal.open(run)
    assert contents(run) == before


def test_who_knows_better_may_trust_a_file_system(tmp_path, monkeypatch):
    mounted(monkeypatch, "nfs")
    monkeypatch.setenv("KIBITZ_TRUST_FILESYSTEM", "1")
    Journal.create(tmp_path / "run", INFO, [UNIT]).close()


def test_the_file_system_behind_a_link_counts(tmp_path, monkeypatch):
    (tmp_path / "disk").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "disk", target_is_directory=True)
    found = [Mount("x", "/", "ext4", "rw"), Mount("x", str((tmp_path / "disk").resolve()), "nfs", "rw")]
    monkeypatch.setattr(psutil, "disk_partitions", lambda *, all: found)  # noqa: A006
    with pytest.raises(UnsafePlaceError):
        require_free(tmp_path / "link" / "run")
    require_free(tmp_path / "run")


def test_a_system_that_does_not_say_what_is_mounted_is_no_hindrance(tmp_path, monkeypatch):
    def hidden(*, all):  # noqa: A002
        raise PermissionError("/proc")

    monkeypatch.setattr(psutil, "disk_partitions", hidden)
    require_local(tmp_path, "go elsewhere")


def test_a_file_system_without_locks_is_refused(tmp_path, monkeypatch):
    fcntl = pytest.importorskip("fcntl")

    def no_lock(*_):
        raise OSError(38, "Function not implemented")

    monkeypatch.setattr(fcntl, "flock", no_lock)
    with pytest.raises(UnsafePlaceError, match="cannot lock files"):
        Journal.create(tmp_path / "run", INFO, [UNIT])


def test_a_full_disk_loses_nothing_that_was_committed(run):
    with Journal.open(run) as journal:
        (pages,) = journal._db.execute("PRAGMA page_count").fetchone()
        journal._db.execute(f"PRAGMA max_page_count = {pages + 5}")
        with pytest.raises(JournalError, match="the disk is full; free some space and go on with --resume"):
            fill(journal, 300)
    with Journal.open(run) as journal:
        assert [call.i for call in journal.calls()][:300] == list(range(300))
        fill(journal, 1000)


@pytest.mark.parametrize(
    ("code", "kind", "said"),
    [
        (sqlite3.SQLITE_IOERR_WRITE, JournalError, "the disk failed"),
        (sqlite3.SQLITE_IOERR_SHMMAP, UnsafePlaceError, "gives SQLite no shared memory"),
        (sqlite3.SQLITE_PROTOCOL, NotARunError, "locks do not work"),
        (sqlite3.SQLITE_READONLY_DBMOVED, NotARunError, "cannot be written to"),
        (sqlite3.SQLITE_BUSY, NotARunError, "another program holds the journal"),
        (sqlite3.SQLITE_CANTOPEN, NotARunError, "look at the rights"),
        (sqlite3.SQLITE_ERROR, NotARunError, "cannot be used"),
    ],
)
def test_what_sqlite_says_becomes_what_to_do(tmp_path, code, kind, said):
    error = sqlite3.OperationalError("something")
    error.sqlite_errorcode = code
    with pytest.raises(kind, match=said) as told, sqlite_errors(tmp_path):
        raise error
    assert str(told.value).startswith(f"{tmp_path}: ")
