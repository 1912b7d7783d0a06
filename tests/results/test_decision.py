from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kibitz.results.decision import FILE_NAME, Decision, read_decision, write_decision
from kibitz.results.leaderboard import board
from kibitz.results.tables import status_lines

DECISION = Decision(verdict="FAIL", deals=19, episodes=76, gate={"verdict": "FAIL", "p": 0.01})


def test_what_is_written_is_read(tmp_path: Path) -> None:
    assert read_decision(tmp_path) is None
    write_decision(tmp_path, DECISION)
    assert read_decision(tmp_path) == DECISION
    assert [path.name for path in tmp_path.iterdir()] == [FILE_NAME]
    assert (tmp_path / FILE_NAME).read_text() == (
        '{"deals":19,"episodes":76,"gate":{"p":0.01,"verdict":"FAIL"},"schema":1,"verdict":"FAIL"}\n'
    )


@pytest.mark.parametrize("text", ["", "{", "[]", '{"schema": 2}', '{"schema":1,"verdict":"MAYBE"}', "\x00"])
def test_a_damaged_decision_is_none(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE_NAME).write_text(text)
    assert read_decision(tmp_path) is None


def test_a_decided_run_is_not_called_incomplete(builder: Any) -> None:

    run = builder("demo")
    run.play("ann", "bob", reward=(1.0, -1.0))
    run.unit("bob", "ann")
    assert "Incomplete: 1 of 2" in status_lines(board([run.data()]))[0]
    data = board([replace(run.data(), decision=DECISION)])
    (line,) = status_lines(data)
    assert line.startswith("demo: stopped by decision, the gate was certain (FAIL) after 19 deals. `kibitz run")
    found: Any = data.as_json()
    assert (found["complete"], found["decided"]) == (
        False,
        {"demo": {"deals": 19, "episodes": 76, "verdict": "FAIL"}},
    )
    # Two runs, of which one is really incomplete.
    both = board([replace(run.data(), decision=DECISION), run.data()])
    assert [line.split(":")[0] for line in status_lines(both)] == ["demo#1", "Incomplete"]


def test_a_decided_run_that_was_played_on_is_complete(builder: Any) -> None:

    run = builder()
    run.play("ann", "bob", reward=(1.0, -1.0))
    data = board([replace(run.data(), decision=DECISION)])
    assert (data.complete, data.decided, status_lines(data)) == (True, {}, [])
