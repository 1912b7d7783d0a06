import argparse
import json

import pytest

from kibitz.harness import regrade as regrading
from kibitz.harness.commands import regrade

FOUND = {
    "episodes": 2,
    "grades": 30,
    "appended": 5,
    "unchanged": 25,
    "changed": [
        {"game": "connect4", "subproblem": "wins", "from": "wrong", "to": "right", "count": 3},
        {"game": "connect4", "subproblem": "threats", "from": "malformed", "to": "wrong", "count": 1},
    ],
    "one_by_one": [{"reason": "the agent asks its model something else now", "count": 10}],
    "kept": [{"reason": "the game does not ask forks any more", "count": 2}],
    "skipped": [{"episode": "connect4/3/a,b", "reason": "not finished"}],
}
NOTHING = FOUND | {"episodes": 0, "grades": 0, "appended": 0, "changed": [], "one_by_one": [], "kept": []}


@pytest.fixture
def command(monkeypatch):
    def run(found, **options):
        async def found_so(folder, *, dry_run):
            assert dry_run == options.get("dry_run", False)
            return found

        monkeypatch.setattr(regrading, "regrade", found_so)
        return regrade.main(argparse.Namespace(**{"run": "runs/x", "json": False, "dry_run": False} | options))

    return run


def test_it_says_what_changed_and_what_did_not(command, capsys):
    assert command(FOUND) == 0
    assert capsys.readouterr().out.splitlines() == [
        "30 answers of 2 episodes were graded again; 5 were appended",
        "  connect4  wins     wrong -> right      3 answers",
        "  connect4  threats  malformed -> wrong  1 answers",
        "10 were read from the recorded answers alone: the agent asks its model something else now",
        "2 keep their grade: the game does not ask forks any more",
        "skipped: connect4/3/a,b: not finished",
        "The report in the run folder is the old one; for a new one: kibitz report runs/x -o runs/x/report.html",
    ]


def test_a_dry_run_says_so(command, capsys):
    command(FOUND, dry_run=True)
    out = capsys.readouterr().out
    assert "5 would be appended" in out
    assert "kibitz report" not in out


def test_json_is_one_object_on_one_line(command, capsys):
    command(FOUND, json=True)
    (line,) = capsys.readouterr().out.splitlines()
    assert json.loads(line) == FOUND | {"schema": 1}
    assert line == json.dumps(json.loads(line), sort_keys=True)


def test_a_run_of_which_nothing_could_be_regraded_is_incomplete(command):
    assert command(NOTHING) == 4
