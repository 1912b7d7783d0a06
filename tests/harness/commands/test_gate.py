import json
from xml.etree import ElementTree as ET

import pytest

from kibitz.harness.cli import main

SUITE = """
name = "bots"
[agents.player]
kind = "random"
[agents.other]
kind = "random"
[[match]]
game = "tictactoe"
options = { opening_plies = 3 }
pairs = 40
"""


@pytest.fixture
def played(run, tmp_path, monkeypatch):
    """Plays two bots into a folder, without a report."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("kibitz.agents.models.discover.find_endpoints", lambda environ: [])

    def play(name, kind="greedy", plies=3, pairs=20):
        match = {"game": "tictactoe", "options": {"opening_plies": plies}, "pairs": pairs}
        player = {"kind": kind} | ({"depth": 2} if kind == "minimax" else {})
        run({"agents": {"player": player, "other": {"kind": "random"}}, "match": [match]}, name)

    return play


def test_pass_fail_and_inconclusive(played, capsys, tmp_path):
    played("base")
    played("same")
    played("worse", "random")
    capsys.readouterr()
    assert main(["gate", "base", "worse", "--agent", "player"]) == 1
    assert capsys.readouterr().out.startswith("FAIL: ")
    assert main(["gate", "base", "same", "--agent", "player"]) == 2
    out = capsys.readouterr().out
    assert out.startswith("INCONCLUSIVE: no difference, about ")
    assert "player is the same agent on both sides: what differs is noise." in out
    policy = "[metrics.outcome]\ndrop = 0.3\n"
    (tmp_path / "wide.toml").write_text(policy)
    assert main(["gate", "base", "same", "--agent", "player", "--policy", "wide.toml"]) == 0
    assert capsys.readouterr().out.startswith("PASS: no difference ")


def test_every_output_says_the_same(played, capsys, tmp_path):
    played("base")
    played("worse", "random")
    capsys.readouterr()
    files = ["--junit", "gate.xml", "--markdown", "gate.md"]
    assert main(["gate", "base", "worse", "--agent", "player", "--json", "-", *files]) == 1
    found = json.loads(capsys.readouterr().out)
    assert {
        "agents", "alpha", "baseline", "candidate", "clusters", "delta0", "differences", "discordant", "drop", "flips",
        "mde", "metrics", "mode", "p", "pairs", "schema", "verdict",
    } <= set(found)  # fmt: skip
    assert (found["verdict"], found["mode"], found["delta0"], found["pairs"]) == ("FAIL", "fixed", 0.05, 40)
    assert found["drop"]["low"] > 0.05
    assert found["flips"][0]["after"] < found["flips"][0]["before"]
    assert (tmp_path / "gate.md").read_text(encoding="utf-8").startswith("**❌ FAIL: ")
    suite = ET.fromstring((tmp_path / "gate.xml").read_bytes())[0]
    assert suite.attrib["failures"] == "1"
    assert main(["gate", "base", "worse", "--agent", "player", "--json", "again.json"]) == 1
    assert json.loads((tmp_path / "again.json").read_text()) == found
    assert capsys.readouterr().out.startswith("FAIL: ")


def test_a_narrow_terminal_gets_fewer_columns_and_no_broken_line(played, capsys, monkeypatch):
    played("base")
    played("worse", "random")
    capsys.readouterr()
    for width, left_out in (
        (60, "Left out, the terminal is narrow: p, smallest visible drop, baseline, candidate; "),
        (200, ""),
    ):
        monkeypatch.setenv("COLUMNS", str(width))
        assert main(["gate", "base", "worse", "--agent", "player"]) == 1
        out = capsys.readouterr().out
        assert max(map(len, out.splitlines())) <= width
        assert left_out in " ".join(out.split())
        assert ("Left out" in out) == bool(left_out)
        assert "FAIL\n" in out
        assert "player differs in kind: greedy → random.\n" in out


def test_what_cannot_be_compared_exits_3_and_says_what_differs(played, capsys):
    played("base", pairs=2)
    played("other", plies=2, pairs=2)
    capsys.readouterr()
    assert main(["gate", "base", "other", "--agent", "player", "--json", "-"]) == 3
    out = capsys.readouterr()
    found = json.loads(out.out)
    assert (found["verdict"], found["comparable"]) == (None, False)
    assert [one["name"] for one in found["differences"]] == ["game.tictactoe"]
    assert "base and other cannot be compared: game.tictactoe" in out.err
    assert main(["gate", "base", "other", "--agent", "player", "--arm", "game.*"]) == 2


WRONG = [
    (["gate", "none", "base"], "none: there is no such file or folder"),
    (["gate", "base", "base", "--agent", "player"], "player would be compared with itself"),
    (["gate", "base", "other"], "name the agent that is compared with --agent"),
    (["gate", "base", "other", "--agent", "zoe"], "there is no agent 'zoe'"),
    (["gate", "base", "other", "--agent", "player", "--policy", "none.toml"], "the policy cannot be read"),
    (["gate", "base", "other", "--agent", "player", "--policy", "bad.toml"], "mode = 'x' is not one of fixed"),
    (["gate", "base", "other", "--agent", "player", "--policy", "m.toml"], "did you mean 'outcome'?"),
    (["gate", "base", "other", "--agent", "player", "--json", "-", "--junit", "-"], "can go to stdout (-)"),
    (["gate", "base", "other", "--agent", "player", "--junit", "no/x"], "no/x: cannot be written"),
    (["run", "base.toml", "--until-decided", "bad.toml"], "--until-decided POLICY and --baseline RUN go together"),
    (
        ["run", "base.toml", "--until-decided", "m.toml", "--baseline", "base"],
        'needs a policy with mode = "anytime"',
    ),
    (["run", "base.toml", "--until-decided", "any.toml", "--baseline", "none"], "there is no such file or folder"),
]


def test_what_is_wrong_is_one_sentence(played, capsys, tmp_path):
    played("base", pairs=1)
    played("other", pairs=1)
    (tmp_path / "base.toml").write_text(SUITE)
    (tmp_path / "bad.toml").write_text('mode = "x"')
    (tmp_path / "m.toml").write_text("[metrics.outcom]\ndrop = 0.1")
    (tmp_path / "any.toml").write_text('mode = "anytime"\nagents = ["player"]')
    for words, said in WRONG:
        assert main(words) == 3
        assert said in capsys.readouterr().err


def test_a_run_that_is_decided_ends_with_the_gate_s_code(played, capsys, tmp_path):
    played("base", "minimax", pairs=40)
    (tmp_path / "suite.toml").write_text(SUITE)
    (tmp_path / "any.toml").write_text('mode = "anytime"\nagents = ["player"]')
    until = ["--until-decided", "any.toml", "--baseline", "base"]
    assert main(["run", "suite.toml", "--out", "worse", *until]) == 1
    out = capsys.readouterr()
    assert "stopped by decision: the gate is certain (FAIL) after " in out.err
    assert "Incomplete" not in out.out
    assert "FAIL: " in out.out
    assert out.out.splitlines()[-1].replace("\\", "/") == "worse/report.html"
    assert json.loads((tmp_path / "worse" / "decision.json").read_text())["verdict"] == "FAIL"
    assert main(["board", "worse", "--json"]) == 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["decided"]["bots"]["verdict"] == "FAIL"
    assert main(["gate", "base", "worse", "--policy", "any.toml"]) == 1
    assert capsys.readouterr().out.startswith("FAIL: ")
    # A gate for one look does not take a part for the whole.
    assert main(["gate", "base", "worse", "--agent", "player"]) == 1
    assert "not played" in capsys.readouterr().out
    assert main(["run", "--resume", "--out", "worse"]) == 0


def test_a_run_that_a_budget_ends_says_nothing_of_the_gate(played, capsys, tmp_path, plug):
    played("base", pairs=2)
    player = 'kind = "llm"\nmodel = "scripted:tests.harness.commands.test_gate:silent"\n[budget]\ntokens = 1'
    (tmp_path / "poor.toml").write_text(SUITE.replace('[agents.player]\nkind = "random"', f"[agents.player]\n{player}"))
    (tmp_path / "any.toml").write_text('mode = "anytime"\nagents = ["player"]\narms = ["*"]')
    assert main(["run", "poor.toml", "--out", "poor", "--until-decided", "any.toml", "--baseline", "base"]) == 4
    out = capsys.readouterr()
    assert "INCONCLUSIVE" not in out.out
    assert "--until-decided any.toml --baseline base" in out.err


def silent(request):
    """A model that is never asked: its first call does not fit into the budget."""
    raise AssertionError(request)
