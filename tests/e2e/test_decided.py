"""A run that a gate ends, killed on the way: gone on with, it decides what it would have decided."""

import json
import signal

import pytest

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="kill -9 is a POSIX signal")

SUITE = """
name = "guarded"
[agents.player]
kind = {kind}
[agents.other]
kind = "random"
[[match]]
game = "tictactoe"
options = {{ opening_plies = 3 }}
pairs = 40
"""


def test_kill_9_and_going_on_changes_no_decision(forked, tmp_path):
    for name, kind in (("good", '"minimax"\ndepth = 2'), ("crippled", '"random"')):
        (tmp_path / f"{name}.toml").write_text(SUITE.format(kind=kind))
    (tmp_path / "gate.toml").write_text('mode = "anytime"\nagents = ["player"]')
    until = ("--until-decided", "gate.toml", "--baseline", "base")
    forked("run", "good.toml", "--out", "base")
    forked("run", "crippled.toml", "--out", "whole", *until, code=1)
    killed = forked.start("run", "crippled.toml", "--out", "killed", *until, trouble=("killed", "before", 200))
    assert killed.wait() == -signal.SIGKILL
    assert not (tmp_path / "killed" / "decision.json").exists()
    assert forked.json("board", "killed")["decided"] == {}
    _, err = forked("run", "--resume", "--out", "killed", *until, code=1)
    assert "stopped by decision: the gate is certain (FAIL)" in err
    decisions = [json.loads((tmp_path / name / "decision.json").read_text()) for name in ("whole", "killed")]
    for decision in decisions:
        assert decision["gate"].pop("candidate") in ("whole", "killed")
    assert decisions[0] == decisions[1]
    board = forked.json("board", "killed")
    assert board["episodes"]["scored"] < board["episodes"]["scheduled"] == 80
    forked("gate", "base", "killed", "--policy", "gate.toml", code=1)
