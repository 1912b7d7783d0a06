"""The command, on a run that was really played."""

import json
import sqlite3
import sys
from contextlib import closing

import pytest

from kibitz.harness.cli import main
from kibitz.results.reader import JournalReader

SUITE = """
name = "small"
[agents.a]
kind = "random"
[agents.b]
kind = "greedy"
[[match]]
game = "tictactoe"
pairs = 1
"""


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    folder = tmp_path_factory.mktemp("played")
    (folder / "small.toml").write_text(SUITE)
    assert main(["run", str(folder / "small.toml"), "--out", str(folder / "run")]) == 0
    return folder / "run"


def test_a_run_is_exported_and_the_path_is_the_last_line(played, tmp_path, capsys):
    out = tmp_path / "deep" / "out"
    assert main(["export", str(played), "--to", "jsonl", "-o", str(out), "--with-prompts"]) == 0
    said = capsys.readouterr()
    assert said.out == f"{out}\n"
    assert said.err.startswith("written: runs 1, episodes 4, moves ")
    with JournalReader.read(played) as journal:
        steps = [step for unit in journal.units() for step in journal.steps(unit.key)]
        grades = list(journal.grades())
    moves = [json.loads(line) for line in (out / "moves.jsonl").read_text("ascii").splitlines()]
    assert [move["action"] for move in moves] == [seat.action for step in steps for seat in step.seats]
    answers = [json.loads(line) for line in (out / "answers.jsonl").read_text("ascii").splitlines()]
    assert [(a["raw"], a["truth"], a["verdict"]) for a in answers] == [(g.raw, g.truth, g.verdict) for g in grades]
    assert (out / "calls.jsonl").read_text("ascii") == ""


def test_several_runs_go_into_one_export(played, tmp_path, capsys):
    copy = tmp_path / "copy"
    copy.mkdir()
    (copy / "journal.sqlite").write_bytes((played / "journal.sqlite").read_bytes())
    assert main(["export", str(played), str(copy), "--to", "jsonl", "-o", str(tmp_path / "out")]) == 0
    runs = [json.loads(line)["run"] for line in (tmp_path / "out" / "runs.jsonl").read_text("ascii").splitlines()]
    assert runs == ["small#1", "small#2"]


def test_what_is_missing_is_said(played, tmp_path, capsys):
    copy = tmp_path / "copy"
    copy.mkdir()
    (copy / "journal.sqlite").write_bytes((played / "journal.sqlite").read_bytes())
    with closing(sqlite3.connect(copy / "journal.sqlite")) as db, db:
        db.execute("DELETE FROM episode WHERE unit = 1")
    assert main(["export", str(copy), "--to", "jsonl", "-o", str(tmp_path / "out")]) == 0
    assert "small is incomplete: 1 of 2 episodes are scored.\n" in capsys.readouterr().err
    rows = [json.loads(line) for line in (tmp_path / "out" / "episodes.jsonl").read_text("ascii").splitlines()]
    assert [row["status"] for row in rows] == ["done", "done", "unplayed", "unplayed"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["{run}", "--to", "jsonl", "-o", "{run}"], "exists already; remove it, or choose another -o"),
        (["{run}", "{run}", "--to", "jsonl", "-o", "{out}"], "is named twice"),
        (["{out}", "--to", "jsonl", "-o", "{out}2"], "there is no such run folder"),
    ],
)
def test_mistakes_are_one_sentence(played, tmp_path, capsys, arguments, said):
    filled = [argument.format(run=played, out=tmp_path / "out") for argument in arguments]
    assert main(["export", *filled]) == 3
    assert said in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("form", "module", "extra"),
    [
        ("parquet", "pyarrow.parquet", "export"),
        ("datasets", "datasets", "export"),
        ("inspect", "inspect_ai.log", "inspect"),
    ],
)
def test_a_missing_library_is_one_sentence(played, tmp_path, capsys, monkeypatch, form, module, extra):
    monkeypatch.setitem(sys.modules, module, None)
    assert main(["export", str(played), "--to", form, "-o", str(tmp_path / "out")]) == 3
    said = capsys.readouterr().err.strip().splitlines()
    assert len(said) == 1
    assert f"pip install 'kibitz[{extra}]'" in said[0]
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_format_is_a_usage_error(played, tmp_path, capsys):
    with pytest.raises(SystemExit) as stopped:
        main(["export", str(played), "--to", "xlsx", "-o", str(tmp_path / "out")])
    assert stopped.value.code == 3
