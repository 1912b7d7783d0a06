import asyncio
import signal
import sqlite3
import subprocess
import sys
import textwrap

import msgspec
import pytest

from kibitz.results.abridged import Move, Moves
from kibitz.results.journal import Journal
from kibitz.results.records import (
    CallRecord,
    EpisodeRecord,
    GradeRecord,
    MessageRecord,
    RunInfo,
    SeatRecord,
    Spent,
    StepRecord,
    UnitRecord,
    WaveRecord,
)
from kibitz.results.runfolder import (
    DamagedJournalError,
    JournalError,
    NewerSchemaError,
    NotARunError,
    OlderSchemaError,
    RunExistsError,
    RunLockedError,
)

INFO = RunInfo(
    name="r", seed=0, protocol={}, protocol_hash="p", games={}, agents={}, config={}, config_hash="c", versions={},
    command=[], started="",
)  # fmt: skip
UNITS = [
    UnitRecord(index=n, key=f"g/{n}/a,b", game="g", task=None, k=n, agents=("a", "b"), pair=f"g/{n}/a+b", seed=n)
    for n in range(3)
]


def call(unit="g/0/a,b", step=0, i=0):
    return CallRecord(
        unit=unit, trial=0, step=step, seat=0, scope="try0", i=i, agent="a", role="policy", request="h", parameters={},
        context=1, completion={"choices": []},
    )  # fmt: skip


def grade(verdict="right", unit="g/0/a,b"):
    return GradeRecord(
        unit=unit, step=0, seat=0, agent="a", subproblem="wins", about="view", ask="same", action=None, raw="none",
        parsed="none", truth="none", kind="set", verdict=verdict,
    )  # fmt: skip


def step(unit="g/0/a,b", n=0):
    return StepRecord(
        unit=unit, step=n, position={}, seats=(SeatRecord(seat=0, agent="a", observation="o", action="x"),)
    )


SYSTEM, GO, DONE, MORE = (MessageRecord(role="user", text=text) for text in ("rules", "go", "done", "more"))


@pytest.fixture
def run(tmp_path):
    with Journal.create(tmp_path / "run", INFO, UNITS) as journal:
        yield journal


def test_what_is_written_is_read(run):
    run.put_call(call())
    run.put_step(step(), [grade()])
    run.put_episode(EpisodeRecord(unit="g/0/a,b", status="done", reward=(1.0, -1.0)))
    run.commit()
    with Journal.read(run.folder) as other:
        assert other.info == INFO
        assert other.units() == UNITS
        assert list(other.calls()) == list(other.calls("g/0/a,b")) == [call()]
        assert other.steps("g/0/a,b") == list(other.all_steps()) == [step()]
        assert other.episodes()["g/0/a,b"].reward == (1.0, -1.0)


def test_a_conversation_is_a_chain_of_what_each_call_added(run):
    first = run.put_talk([SYSTEM, GO])
    second = run.put_talk([DONE, GO], first, 2)
    forked = run.put_talk([MORE], first, 1)
    again = run.put_talk([], second, 1)
    assert run.conversation(first) == [SYSTEM, GO]
    assert run.conversation(second) == [SYSTEM, GO, DONE, GO]
    assert run.conversation(forked) == [SYSTEM, MORE]
    assert run.conversation(again) == [SYSTEM, GO, DONE]
    assert run.conversation(0) == []


def test_a_journal_that_is_opened_again_goes_on_with_its_numbers(run):
    first = run.put_talk([SYSTEM])
    run.close()
    with Journal.open(run.folder) as journal:
        assert journal.put_talk([GO], first, 1) == first + 1
        assert journal.conversation(first + 1) == [SYSTEM, GO]


def test_what_was_spent_is_summed_by_agent(run):
    run.put_call(call(), 12, 0.5)
    run.put_call(call(i=1), 8, None)
    assert run.spent() == {"a": Spent(calls=2, input_tokens=20, usd=0.5, unpriced=1)}


def test_units_with_a_call_or_a_step_have_begun(run):
    run.put_call(call())
    run.put_step(step("g/2/a,b"), [])
    assert run.begun() == {"g/0/a,b", "g/2/a,b"}


def test_one_call_is_never_written_twice(run):
    run.put_call(call())
    run.put_call(call())
    with pytest.raises(DamagedJournalError, match="UNIQUE"):
        run.commit()


def test_nothing_is_written_behind_a_commit_that_failed(run):
    run.put_call(call())
    run.put_call(call())
    with pytest.raises(DamagedJournalError):
        run.commit()
    run.put_call(call(i=5))
    with pytest.raises(DamagedJournalError):
        run.commit()
    run.close()
    with Journal.read(run.folder) as other:
        assert list(other.calls()) == []


def test_what_was_learned_is_read_wave_by_wave(run):
    waves = [WaveRecord(wave=n, agent="a", state=f"s{n}", learned=("g/0/a,b",)) for n in (1, 0)]
    for wave in waves:
        run.put_wave(wave)
    assert run.waves() == waves[::-1]


def test_grades_are_appended_and_the_latest_is_read(run):
    run.put_step(step(), [grade("wrong")])
    run.put_grades([grade("right")])
    assert [g.verdict for g in run.grades()] == [g.verdict for g in run.grades("g/0/a,b")] == ["right"]
    assert run._db.execute("SELECT COUNT(*) FROM grade").fetchone() == (2,)


def test_scores_read_what_they_need_of_all_steps_and_latest_grades(run):
    for unit in (UNITS[2].key, UNITS[0].key):
        run.put_step(step(unit), [grade("wrong", unit)])
    assert list(run.moves()) == [(2, Moves(seats=(Move(seat=0),))), (0, Moves(seats=(Move(seat=0),)))]
    assert [(number, answer.verdict) for number, answer in run.answers()] == [(2, "wrong"), (0, "wrong")]
    for verdict in ("missing", "right"):
        run.put_grades([grade(verdict, UNITS[0].key)])
    assert {(number, answer.verdict) for number, answer in run.answers()} == {(2, "wrong"), (0, "right")}


def test_a_record_that_is_no_record_is_damage(run):
    run.put_step(step(), [grade()])
    run.commit()
    run._db.execute("UPDATE step SET record = '{\"seats\": 3}'")
    run._db.execute("UPDATE grade SET record = x'ff'")
    for read in (run.all_steps, run.grades, run.moves, run.answers):
        with pytest.raises(DamagedJournalError, match="is damaged"):
            list(read())


def test_episodes_come_in_schedule_order_whatever_the_order_of_completion(run):
    for n in (2, 0, 1):
        run.put_episode(EpisodeRecord(unit=UNITS[n].key, status="done"))
    assert list(run.episodes()) == [unit.key for unit in UNITS]


def test_a_failed_episode_can_be_written_again(run):
    run.put_episode(EpisodeRecord(unit="g/0/a,b", status="failed", cause="timeout"))
    run.put_episode(EpisodeRecord(unit="g/0/a,b", status="done"))
    assert run.episodes()["g/0/a,b"].status == "done"


async def test_those_who_write_in_one_turn_of_the_loop_share_one_commit(run):
    commits = []
    run._db.set_trace_callback(lambda sql: commits.append(sql) if sql == "COMMIT" else None)

    async def write(i):
        run.put_call(call(i=i))
        await run.committed()

    async with asyncio.TaskGroup() as group:
        for i in range(50):
            group.create_task(write(i))
    assert len(commits) == 1
    assert len(list(run.calls())) == 50


async def test_committed_returns_at_once_when_nothing_waits(run):
    await run.committed()


async def test_a_failing_commit_reaches_everybody_who_waits(run, monkeypatch):
    def full():
        raise NotARunError("the disk is full")

    run.put_call(call())
    monkeypatch.setattr(run, "commit", full)
    results = await asyncio.gather(run.committed(), run.committed(), return_exceptions=True)
    monkeypatch.undo()
    assert [str(result) for result in results] == ["the disk is full"] * 2


async def test_a_row_that_cannot_be_written_is_told_to_who_waits_for_it(run):
    run.put_call(call(), tokens=2**63)
    with pytest.raises(JournalError, match=r"a record cannot be written \(OverflowError"):
        await asyncio.wait_for(run.committed(), 5)


def test_one_ended_episode_is_read_by_its_key(run):
    assert run.episode("g/0/a,b") is None
    run.put_episode(EpisodeRecord(unit="g/0/a,b", status="done", steps=3))
    assert run.episode("g/0/a,b") == run.episodes()["g/0/a,b"]


def test_a_second_writer_is_refused_and_a_reader_is_not(run):
    with pytest.raises(RunLockedError, match="another process is writing"):
        Journal.open(run.folder)
    with Journal.read(run.folder) as reader:
        assert reader.units() == UNITS


def test_an_existing_run_is_refused_and_named(run):
    run.close()
    with pytest.raises(RunExistsError, match=r"--resume.*another --out"):
        Journal.create(run.folder, INFO, UNITS)


def test_a_folder_with_other_things_is_refused_and_left_alone(tmp_path):
    (tmp_path / "thesis.txt").write_text("x")
    with pytest.raises(RunExistsError, match="not empty"):
        Journal.create(tmp_path, INFO, UNITS)
    assert [f.name for f in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_folder_without_a_run(tmp_path):
    with pytest.raises(NotARunError, match="no such run folder"):
        Journal.read(tmp_path / "nothing")
    with pytest.raises(NotARunError, match="is not a run folder"):
        Journal.read(tmp_path)


def test_a_newer_schema_is_refused(run):
    run.close()
    db = sqlite3.connect(run.folder / "journal.sqlite")
    db.execute("PRAGMA user_version = 99")
    db.close()
    for opened in (Journal.open, Journal.read):
        with pytest.raises(NewerSchemaError, match="newer Kibitz"):
            opened(run.folder)


def test_an_older_schema_is_refused(run):
    run.close()
    db = sqlite3.connect(run.folder / "journal.sqlite")
    db.execute("PRAGMA user_version = 1")
    db.close()
    for opened in (Journal.open, Journal.read):
        with pytest.raises(OlderSchemaError, match="older Kibitz"):
            opened(run.folder)


def test_full_sync_flushes_the_disk_at_each_commit(tmp_path):
    with Journal.create(tmp_path / "a", INFO, UNITS, sync="full") as journal:
        assert journal._db.execute("PRAGMA synchronous").fetchone() == (2,)
    with Journal.open(tmp_path / "a") as journal:
        assert journal._db.execute("PRAGMA synchronous").fetchone() == (1,)


def test_a_damaged_journal_is_named_and_not_touched(run):
    run.close()
    path = run.folder / "journal.sqlite"
    path.write_bytes(b"not a database at all" * 100)
    with pytest.raises(DamagedJournalError, match="is damaged"):
        Journal.read(run.folder)
    assert path.read_bytes().startswith(b"not a database")


def test_a_run_killed_before_it_began_says_so(tmp_path):
    sqlite3.connect(tmp_path / "journal.sqlite").close()
    with pytest.raises(NotARunError, match="before it began"):
        Journal.read(tmp_path)


def test_a_read_only_folder_can_be_read(run):
    run.put_step(step(), [])
    run.close()
    run.folder.chmod(0o500)
    try:
        with Journal.read(run.folder) as reader:
            assert reader.steps("g/0/a,b") == [step()]
    finally:
        run.folder.chmod(0o700)


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="kill -9 is a POSIX signal")
def test_after_a_kill_everything_committed_is_there(tmp_path):
    script = textwrap.dedent(
        """
        import asyncio, sys
        from pathlib import Path
        from kibitz.results.journal import Journal
        from kibitz.results.records import CallRecord, RunInfo, UnitRecord
        info = RunInfo(name="r", seed=0, protocol={}, protocol_hash="p", games={}, agents={}, config={},
                       config_hash="c", versions={}, command=[], started="")
        async def main():
            journal = Journal.create(Path(sys.argv[1]), info, [UnitRecord(
                index=0, key="u", game="g", task=None, k=0, agents=("a",), pair="u", seed=0)])
            for i in range(100_000):
                journal.put_call(CallRecord(unit="u", trial=0, step=0, seat=0, scope="s", i=i, agent="a",
                                 role="policy", request="h", parameters={}, context=0, completion={}))
                await journal.committed()
                print(i, flush=True)
        asyncio.run(main())
        """
    )
    process = subprocess.Popen([sys.executable, "-c", script, str(tmp_path / "run")], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    for _ in range(200):
        seen = int(process.stdout.readline())
    process.kill()
    process.wait()
    rest = process.stdout.read().split()
    process.stdout.close()
    last = int(rest[-1]) if rest else seen
    with Journal.open(tmp_path / "run") as journal:  # the lock died with its holder
        stored = [record.i for record in journal.calls()]
    assert stored == list(range(len(stored)))
    assert len(stored) > last


def test_a_killed_run_is_not_read_without_its_last_records(run, monkeypatch):
    run.put_step(step(), [])
    run.commit()
    connect = sqlite3.connect

    def read_only(database, **options):
        if database.endswith("mode=ro"):
            raise sqlite3.OperationalError("unable to open database file")
        return connect(database, **options)

    monkeypatch.setattr(sqlite3, "connect", read_only)
    with pytest.raises(NotARunError, match="copy the folder"):
        Journal.read(run.folder)


def test_the_first_grades_stay_and_all_come_in_the_order_in_which_the_questions_were_put(run):
    asked = [msgspec.structs.replace(grade("wrong"), subproblem=name) for name in ("wins", "blocks", "count")]
    run.put_step(step(), asked)
    run.put_grades([msgspec.structs.replace(asked[0], verdict="right")])
    for unit in (None, "g/0/a,b"):
        assert list(run.grades(unit, first=True)) == asked
        assert [(g.subproblem, g.verdict) for g in run.grades(unit)] == [
            ("wins", "right"),
            ("blocks", "wrong"),
            ("count", "wrong"),
        ]
