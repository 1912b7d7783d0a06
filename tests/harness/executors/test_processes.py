import asyncio
import os
import signal
from contextlib import asynccontextmanager

import pytest

from kibitz.harness.cast import describe, make_cast
from kibitz.harness.clock import SystemClock
from kibitz.harness.decision import AgentBrokeError
from kibitz.harness.episode import Finished
from kibitz.harness.errors import ConfigError
from kibitz.harness.executors.failures import ChildCrashedError, ChildHungError
from kibitz.harness.executors.processes import Processes
from kibitz.harness.prices import prices_of
from kibitz.harness.sampling import sample
from kibitz.harness.scene import Scene, open_desk
from kibitz.harness.schedule import units
from kibitz.harness.stage import set_stage
from kibitz.harness.verify import verify

posix = pytest.mark.skipif(os.name != "posix", reason="POSIX signals")
MODEL = {"kind": "llm", "model": "scripted:kibitz.agents.models.scripted:seeded_choice", "action_mode": "json"}
RANDOM = {"kind": "random", "answers": "random"}
PINNING = {"kind": "pinning"}


class Played:
    """One pool, one suite: plays its episodes and keeps what they write."""

    def __init__(self, suite, pool, stage):
        self.units, self.pool, self.stage = units(suite), pool, stage
        self.steps, self.grades = [], []

    async def __call__(self, n=0, then=lambda step: None, finished=None):
        self.steps, self.grades = [], []

        def keep(step, grades):
            self.steps.append(step)
            self.grades += grades
            then(step)

        unit, stage = self.units[n], self.stage
        async with (
            open_desk(Scene(stage, unit)) as desk,
            self.pool.seat(unit, stage.seated(unit, {})) as (table, players),
        ):
            finished = finished or Finished()
            return await stage.episode(unit, desk, keep, finished, table=table, players=players).play()


@pytest.fixture
def pool(suite):
    """A pool for a suite of one game and the named agents."""

    @asynccontextmanager
    async def make(game, options=None, *, mode="auto", slots=1, deadline=30.0, **agents):
        made = suite([{"game": game, "options": options or {}}], **(agents or {"one": RANDOM, "two": RANDOM}))
        cast = make_cast(made)
        async with Processes(cast, mode=mode, slots=slots, deadline=deadline) as processes:
            stage = set_stage(made, cast, describe(made, cast, ()), SystemClock(), {game: ()})
            yield Played(made, processes, stage)

    return make


# -- the same records ------------------------------------------------------------------------------------------------


def test_where_an_episode_is_played_changes_no_record(run, tmp_path):
    agents = {
        "random": RANDOM,
        "greedy": {"kind": "greedy"},
        "minimax": {"kind": "minimax", "depth": 4, "answers": "truth"},
        "pinning": PINNING,
    }
    games = [{"game": name} for name in ("trap", "tame", "tictactoe", "numberline", "pensive")]
    for name, isolate, processes, concurrency in [
        ("here", "none", 1, 1),
        ("some", "auto", 2, 8),
        ("some, in turn", "auto", 2, 1),
        ("all", "all", 3, 8),
        ("all, in turn", "all", 1, 1),
    ]:
        execution = {"isolate": isolate, "processes": processes}
        result = run({"agents": agents, "match": games, "execution": execution}, name, concurrency=concurrency)
        assert (result.complete, result.failures) == (True, {})
        found = asyncio.run(verify(tmp_path / "here", tmp_path / name))
        assert (found["equal"], found["differing"], found["skipped"]) == (result.units, [], [])
    again = asyncio.run(verify(tmp_path / "all"))
    assert (again["equal"], again["differing"]) == (result.units, [])


@pytest.mark.parametrize("mode", ["auto", "none"])
async def test_what_takes_long_to_value_is_valued_in_a_child_process(pool, mode):
    async with pool("located", mode=mode) as play:
        assert (await play()).status == "done"
        places = {seat.regret_method for step in play.steps for seat in step.seats}
        assert places == ({f"in {pid}" for pid in play.pool.pids} if mode == "auto" else {f"in {os.getpid()}"})


def test_a_models_agent_stays_here_and_its_game_goes(run, tmp_path):
    agents = {"model": MODEL, "pinning": PINNING}
    games = [{"game": "trap"}, {"game": "tame"}]
    for name in ("none", "all"):
        run({"agents": agents, "match": games, "execution": {"isolate": name}}, name)
    found = asyncio.run(verify(tmp_path / "none", tmp_path / "all"))
    assert (found["equal"], found["differing"]) == (4, [])


# -- crashes and rebuilding ------------------------------------------------------------------------------------------


@posix
@pytest.mark.parametrize("game", ["trap", "tame"])
async def test_an_episode_whose_process_was_killed_is_rebuilt_with_the_same_records(pool, game):
    async with pool(game, one=PINNING, two=PINNING) as play:
        whole = await play()
        steps = play.steps

        def kill(step):
            if step.step == 3:
                (pid,) = play.pool.pids
                os.kill(pid, signal.SIGKILL)

        with pytest.raises(ChildCrashedError, match=r"crashed \(signal SIGKILL, as from a system that is out of mem"):
            await play(then=kill)
        assert len(play.steps) == 4
        record = await play(finished=Finished(play.steps, play.grades))
        assert record.digest == whole.digest
        assert [step.seats for step in play.steps] == [step.seats for step in steps[4:]]


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("exit", r"trap.*: its process crashed \(exit code 7\) while it played a step"),
        ("leave", r"\(exit code 1\).* it wrote last: enough"),
        pytest.param("segfault", r"signal SIGSEGV.*Segmentation fault.*traps\.py.* in spoil", marks=posix),
        pytest.param("scribble", r"it broke its connection", marks=posix),
    ],
)
async def test_a_crash_costs_its_own_episode_and_says_where(pool, fault, said):
    async with pool("trap", {"fault": fault}, slots=2) as play:
        whole = await asyncio.gather(play(), play(), return_exceptions=True)
        assert all(isinstance(error, ChildCrashedError) for error in whole)
        with pytest.raises(ChildCrashedError, match=said) as error:
            await play()
        assert error.value.cause == "crashed"
        assert len(str(error.value)) < 600
        assert len(play.steps) == 3


@pytest.mark.parametrize("fault", ["loop", pytest.param("stuck", marks=posix)])
async def test_what_hangs_is_killed_at_its_deadline(pool, fault):
    async with pool("trap", {"fault": fault}, deadline=0.5) as play:
        with pytest.raises(
            ChildHungError, match=r"trap.*: did not answer within 0.5 s while it played a step"
        ) as error:
            await play()
        assert error.value.cause == "hung"
        if os.name == "posix":
            assert "in spoil" in str(error.value)


async def test_after_a_crash_the_slot_has_another_process(pool):
    async with pool("trap", {"fault": "exit", "at": 5}) as play:
        with pytest.raises(ChildCrashedError):
            await play()
        first = play.steps
        with pytest.raises(ChildCrashedError):
            await play()
        assert [step.seats for step in play.steps] == [step.seats for step in first]


async def test_a_bot_breaks_alone(pool):
    async with pool("tame", slots=1, one=PINNING, two=PINNING | {"fault": "exit"}) as play:
        with pytest.raises(
            ChildCrashedError, match=r"two in tame: its process crashed \(exit code 7\) while it decided"
        ):
            await play(1)
    async with pool("tame", deadline=0.5, one=PINNING, two=PINNING | {"fault": "loop"}) as play:
        with pytest.raises(ChildHungError, match=r"two in tame: did not answer within 0\.5 s while it decided"):
            await play(1)


@pytest.mark.parametrize("game", ["trap", "tame"])
async def test_what_is_raised_arrives_as_it_was_and_the_process_lives(pool, game):
    bots = {"one": PINNING, "two": PINNING | {"fault": "raise"}}
    async with pool(game, **bots) as play:
        for _ in range(2):
            with pytest.raises(AgentBrokeError, match="agent two: SaidNo: trap says no: not today") as error:
                await play(1)
            assert "in spoil" in error.value.__cause__.__notes__[0]
        assert await play(0) is not None
        assert len(play.pool.pids) == 1


async def test_what_is_printed_does_not_get_into_the_channel(pool):
    async with pool("trap", {"fault": "flood"}) as play:
        assert (await play()).status == "done"


async def test_a_recorded_step_that_the_game_refuses_is_a_value_error(pool):
    async with pool("trap") as play:
        await play()
        wrong = [step.seats[0] for step in play.steps]
        assert wrong
        async with play.pool.seat(play.units[0], []) as (table, _):
            await table.open(0, None)
            with pytest.raises(ValueError, match="z is neither a nor b"):
                await table.settle({}, {0: "z"})
            assert (await table.position())["said"] == []


# -- the pool --------------------------------------------------------------------------------------------------------


async def test_there_are_no_more_processes_than_slots_and_none_where_none_is_needed(pool):
    async with pool("trap", slots=2) as play:
        await asyncio.gather(*(play(n % 2) for n in range(6)))
        assert len(play.pool.pids) == 2
    async with pool("tame") as play:
        await play()
        assert play.pool.pids == []


async def test_an_episode_that_is_stopped_takes_its_process_along(pool, gone):
    async with pool("trap", {"fault": "loop"}) as play:
        stuck = asyncio.Event()
        playing = asyncio.create_task(play(then=lambda step: stuck.set() if step.step == 2 else None))
        await stuck.wait()
        await asyncio.sleep(0.05)
        (pid,) = play.pool.pids
        playing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await playing
        assert play.pool.pids == []
    assert gone(pid)


@pytest.mark.parametrize("error", [ZeroDivisionError, asyncio.CancelledError])
async def test_all_processes_end_with_the_block_whatever_happens_in_it(pool, gone, error):
    pids = []

    async def fail():
        async with pool("trap", slots=2) as play:
            await asyncio.gather(play(), play(1))
            pids.extend(play.pool.pids)
            raise error

    with pytest.raises(error):
        await fail()
    assert len(pids) == 2
    assert all(gone(pid) for pid in pids)


async def test_children_get_no_keys(pool, monkeypatch):
    monkeypatch.setenv("SOME_PROVIDERS_NAME", "sk-canary-1234567890")
    monkeypatch.setenv("KIBITZ_KEY", "sk-canary-0987654321")
    async with pool("tame", one={"kind": "secretive"}, two=RANDOM) as play:
        await play()
        pid, *environment = play.steps[0].seats[0].memo.split()
        assert int(pid) == play.pool.pids[0] != os.getpid()
        assert "PATH" in environment
        assert not [word for word in environment if "canary" in word or word in ("SOME_PROVIDERS_NAME", "KIBITZ_KEY")]


# -- before the run --------------------------------------------------------------------------------------------------


async def test_examples_come_from_where_the_game_is(pool):
    async with pool("trap") as there, pool("trap", mode="none") as here:
        examples = await there.pool.examples()
        assert examples == await here.pool.examples()
        assert examples["trap"]
        assert len(there.pool.pids) == 1
        assert here.pool.pids == []


async def test_a_game_that_takes_its_process_along_when_it_is_tried_out_is_named(pool):
    async with pool("trap", {"fault": "exit", "at": 0}) as play:
        with pytest.raises(
            ConfigError, match=r"game trap.*: its process crashed \(exit code 7\) while it was tried out"
        ):
            await play.pool.examples()


@pytest.mark.parametrize("game", ["trap", "tame"])
def test_a_crash_costs_one_more_try_and_no_record(run, tmp_path, game):
    once = PINNING | {"fault": "exit", "mark": str(tmp_path / "crashed")}
    data = {"agents": {"model": MODEL, "pinning": once}, "match": [{"game": game}]}
    result = run(data, "crashed once", concurrency=1)
    assert (tmp_path / "crashed").exists()
    assert (result.complete, result.failures) == (True, {})
    assert run(data, "whole").complete
    found = asyncio.run(verify(tmp_path / "crashed once", tmp_path / "whole"))
    assert (found["equal"], found["differing"]) == (2, [])


def test_who_crashes_twice_has_failed(run, tmp_path):
    data = {"agents": {"one": PINNING, "two": PINNING | {"fault": "exit", "at": 5}}, "match": [{"game": "tame"}]}
    result = run(data)
    assert (result.failures, result.done) == ({"crashed": 1}, 1)
    assert "two in tame: its process crashed (exit code 7) while it decided" in result.messages["crashed"]
    assert not (tmp_path / "run" / "errors.log").exists()


def test_what_a_bot_raises_there_is_its_own_error_with_its_traceback(run, tmp_path):
    data = {"agents": {"one": PINNING, "two": PINNING | {"fault": "raise"}}, "match": [{"game": "tame"}]}
    result = run(data)
    assert result.failures == {"agent_error": 1}
    assert "agent two: SaidNo: trap says no: not today" in result.messages["agent_error"]
    assert "in spoil" in (tmp_path / "run" / "errors.log").read_text()


def test_a_forecast_is_made_where_the_game_is(suite, monkeypatch):
    async def none(pool):
        return {"trap": (), "tame": ()}

    monkeypatch.setattr(Processes, "examples", none)
    made = suite([{"game": "trap", "options": {"fault": "exit"}}, {"game": "tame"}], one=MODEL, two=RANDOM)
    cast = make_cast(made)
    samples = asyncio.run(sample(made, cast, prices_of(cast.models(), {}), SystemClock()))
    assert "its process crashed (exit code 7)" in samples.broken["trap"]
    assert samples.seats["tame", "one"]
