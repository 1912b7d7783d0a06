import asyncio
import json
import sqlite3
import sys
from contextlib import closing
from importlib.metadata import EntryPoint
from types import ModuleType

import pytest

from kibitz.agents import registry
from kibitz.agents.agent import Bot, Decision, Reply
from kibitz.games.cards.numberline import NumberLine
from kibitz.harness import orchestrator
from kibitz.harness.config import parse
from kibitz.harness.errors import ConfigError, UsageError
from kibitz.harness.progress import SilentProgress
from kibitz.harness.regrade import regrade
from kibitz.harness.verify import verify
from kibitz.results.journal import Journal

MODEL = "scripted:kibitz.agents.models.scripted:seeded_choice"


def suite(pairs=1, **changes):
    agents = {
        "model": {"kind": "llm", "model": MODEL, "action_mode": "json"},
        "random": {"kind": "random", "answers": "random"},
    }
    games = [{"game": name, "pairs": pairs} for name in ("tictactoe", "numberline")]
    return parse({"name": "s", "agents": agents, "match": games} | changes, "s", None)


def play(folder, made=None, *, resume=False):
    with SilentProgress() as progress:
        return asyncio.run(
            orchestrator.run(
                made or suite(), folder, resume=resume, concurrency=4, progress=progress, command=["kibitz"]
            )
        )


@pytest.fixture
def run(tmp_path):
    play(tmp_path / "run")
    return tmp_path / "run"


def change(run, table, edit):
    """Edit every record of a table behind the journal's back."""
    with closing(sqlite3.connect(run / "journal.sqlite", isolation_level=None)) as db:
        for rowid, record in db.execute(f"SELECT unit, record FROM {table}").fetchall():
            edited = json.dumps(edit(json.loads(record))).encode()
            db.execute(f"UPDATE {table} SET record = ? WHERE unit = ? AND record = ?", (edited, rowid, record))


def test_a_run_repeats_itself(run):
    found = asyncio.run(verify(run))
    assert (found["episodes"], found["equal"], found["differing"], found["resent"]) == (4, 4, [], [])


def test_two_runs_of_one_suite_are_equal(run, tmp_path):
    play(tmp_path / "other")
    assert asyncio.run(verify(run, tmp_path / "other"))["equal"] == 4


def test_grades_that_were_changed_afterwards_are_found(run):
    change(run, "grade", lambda grade: grade | {"verdict": "right"})
    assert asyncio.run(verify(run))["differing"]


def test_results_that_were_changed_afterwards_are_found(run):
    change(run, "episode", lambda episode: episode | {"reward": [0.25] * len(episode["reward"])})
    assert asyncio.run(verify(run))["equal"] == 0


def test_a_missing_call_is_named(run):
    with closing(sqlite3.connect(run / "journal.sqlite", isolation_level=None)) as db:
        db.execute("DELETE FROM call WHERE unit IN (SELECT idx FROM unit WHERE key LIKE 'tictactoe%')")
    found = asyncio.run(verify(run))
    assert sorted(found["resent"]) == ["tictactoe/0/model,random", "tictactoe/0/random,model"]


def test_episodes_that_only_one_run_has_are_named(run, tmp_path):
    play(tmp_path / "more", suite(pairs=2))
    found = asyncio.run(verify(run, tmp_path / "more"))
    assert found["equal"] == 4
    assert len(found["skipped"]) == 4
    assert all("only in" in skipped["reason"] for skipped in found["skipped"])


def test_runs_with_nothing_in_common_cannot_be_compared(run, tmp_path):
    play(tmp_path / "other", suite(match=[{"game": "connect4"}]))
    with pytest.raises(UsageError, match="no episode in common"):
        asyncio.run(verify(run, tmp_path / "other"))


def test_a_finished_run_has_nothing_left_to_resume(run):
    before = (run / "run.toml").read_text()
    result = play(run, resume=True)
    assert (result.complete, result.done) == (True, 4)
    assert (run / "run.toml").read_text() == before


def test_a_run_killed_before_its_suite_was_written_gets_it_when_it_goes_on(run):
    before = (run / "run.toml").read_text()
    (run / "run.toml").unlink()
    play(run, resume=True)
    assert (run / "run.toml").read_text() == before


def test_one_broken_game_costs_its_own_episodes(tmp_path, monkeypatch):
    def boom(self):
        raise RuntimeError("boom")

    monkeypatch.setattr(NumberLine, "position", boom)
    result = play(tmp_path / "run")
    assert result.failures == {"game_error": 2}
    assert "boom" in result.messages["game_error"]
    assert "boom" in (tmp_path / "run" / "errors.log").read_text()
    with Journal.read(tmp_path / "run") as journal:
        assert sum(record.status == "done" for record in journal.episodes().values()) == 2


def test_a_game_that_breaks_when_it_is_tried_out_leaves_no_folder(tmp_path, monkeypatch):
    monkeypatch.setattr(NumberLine, "truth", lambda self, *args: 1 / 0)
    with pytest.raises(ConfigError, match="game numberline: broke"):
        play(tmp_path / "run")
    assert not (tmp_path / "run").exists()


class Counting:
    """A learner that counts episodes."""

    step = 1

    def start(self):
        return 0

    def fold(self, state, lesson):
        return state + self.step

    def read(self, state, turn):
        return (state,)


class Pupil(Bot):
    """Plays another action the more episodes it knows of."""

    kind = "pupil"
    learner = Counting()
    answers = True

    async def act(self, turn, ctx):
        listed = turn.observation.actions.listed
        action = listed[turn.cases[0] % len(listed)]
        return Decision(action, Reply(action, action), greedy=action)


@pytest.fixture
def taught(tmp_path, monkeypatch):
    module = ModuleType("pupils")
    module.Pupil = Pupil
    monkeypatch.setitem(sys.modules, "pupils", module)
    points = {**registry.installed(), "pupil": EntryPoint("pupil", "pupils:Pupil", registry.GROUP)}
    monkeypatch.setattr(registry, "installed", lambda: points)
    agents = {"pupil": {"kind": "pupil"}, "random": {"kind": "random"}}
    play(tmp_path / "run", suite(4, agents=agents, protocol={"wave": 3}, match=[{"game": "tictactoe", "pairs": 4}]))
    return tmp_path / "run"


def test_learners_know_in_each_wave_what_they_knew_then(taught):
    found = asyncio.run(verify(taught))
    assert (found["equal"], found["differing"]) == (8, [])
    again = asyncio.run(regrade(taught))
    assert (again["episodes"], again["appended"], again["grades"] > 0) == (8, 0, True)


def test_a_learner_that_learns_otherwise_now_is_found(taught, monkeypatch):
    monkeypatch.setattr(Counting, "step", 2)
    found = asyncio.run(verify(taught))
    differing = found["differing"]
    assert found["episodes"] == 8  # what an agent has learned is none
    assert any("agent pupil: what it learns from wave 0 is not what it learned" in one for one in differing)
    assert len(differing) > 2
