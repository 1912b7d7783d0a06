"""A run that a gate ends, killed on the way: gone on with, it decides what it would have decided."""

import json
import signal

import pytest

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="kill -9 is a POSIX signal")

SUITE = """
name = "guarded"
[agents.player]
kind = "{kind}"
[agents.other]
kind = "random"
[[match]]
game = "tictactoe"
options = {{ opening_plies = 3 }}
pairs = 40
"""


def test_kill_9_and_going_on_changes_no_decision(forked, tmp_path):
    for name, kind in (("good", "minimax"), ("crippled", "random")):
        (tmp_path / f"{name}.toml").write_text(SUITE.format(kind=kind))
    (tmp_path / "gate.toml").write_text('mode = "anytime"\nagents = ["player"]')
    until = ("--until-decided", "gate.toml", "--baseline", "base")
    forked("run", "good.toml", "--out", "base")
    forked("run", "crippled.toml", "--out", "whole", *until, code=1)
    killed = forked.start("run", "crippled.toml", "--out", "killed", *until, trouble=("killed", "before", 200))
    assert killed.wait() == -signal.SIGKILL
    assert not (tmp_path / "killed" / "decision.json").exists()
    assert forked.json("board", "killed")["decided"] == {}
    again = forked.start("run", "--resume", "--out", "killed", *until, trouble=("killed", "after", 60))
    assert again.wait() in (-signal.SIGKILL, 1)
    _, err = forked("run", "--resume", "--out", "killed", *until, code=1)
    assert "stopped by decision: the gate is certain (FAIL)" in err
    decisions = [json.loads((tmp_path / name / "decision.json").read_text()) for name in ("whole", "killed")]
    for decision in decisions:
        assert decision["gate"].pop("candidate") in ("whole", "killed")
    assert decisions[0] == decisions[1]
    board = forked.json("board", "killed")
    assert board["episodes"]["scored"] < board["episodes"]["scheduled"] == 80
    # The crippled agent fails, and the same agent again does not.
    forked("gate", "base", "killed", "--policy", "gate.toml", code=1)
    forked("run", "good.toml", "--out", "same")
    forked("gate", "base", "same", "--agent", "player", code=2)
    (tmp_path / "wide.toml").write_text("[metrics.outcome]\ndrop = 0.3")
    forked("gate", "base", "same", "--agent", "player", "--policy", "wide.toml", code=0)
    forked("gate", "base", "killed", "--agent", "player", code=1)
