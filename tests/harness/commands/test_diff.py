import json

import pytest

from kibitz.harness.cli import main

SUITE = """
name = "bots"
[protocol]
ask = "{ask}"
[agents.random]
kind = "random"
answers = "random"
[agents.minimax]
kind = "minimax"
depth = {depth}
[[match]]
game = "tictactoe"
options = {{ opening_plies = 1 }}
pairs = 16
"""


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("diff")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setattr("kibitz.agents.models.discover.find_endpoints", lambda environ: [])
        for name, depth, ask in (("deep", 3, "same"), ("flat", 1, "same"), ("silent", 3, "none")):
            (folder / f"{name}.toml").write_text(SUITE.format(depth=depth, ask=ask))
            assert main(["run", f"{name}.toml", "--out", name]) == 0
    return folder


@pytest.fixture(autouse=True)
def here(runs, monkeypatch):
    monkeypatch.chdir(runs)


def test_flips_first_and_the_conclusion_before_them(capsys):
    assert main(["diff", "deep", "flat", "--agent", "minimax"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("minimax is worse in outcome")
    assert "the agent differs in depth: 3 / 1" in lines
    assert any(line.startswith("Flips in outcome") for line in lines[:6])


def test_as_json(capsys):
    assert main(["diff", "deep", "flat", "--agent", "minimax", "--json"]) == 0
    out = capsys.readouterr().out
    assert out.count("\n") == 1
    data = json.loads(out)
    assert (data["schema"], data["comparable"], data["verdict"]) == (1, True, "worse")
    assert [one["name"] for one in data["identity"]] == ["hash", "identity.depth"]


def test_the_same_runs_give_the_same_bytes(capsys):
    said = []
    for _ in range(2):
        main(["diff", "deep", "flat", "--agent", "minimax", "--json"])
        said.append(capsys.readouterr().out)
    assert said[0] == said[1]


def test_what_is_not_comparable_is_told_as_data_too(capsys):
    assert main(["diff", "deep", "flat", "--agent", "random"]) == 3
    assert "opponent.minimax" in capsys.readouterr().err
    assert main(["diff", "deep", "flat", "--agent", "random", "--json"]) == 3
    data = json.loads(capsys.readouterr().out)
    assert (data["comparable"], [one["name"] for one in data["differences"]]) == (False, ["opponent.minimax"])
    assert main(["diff", "deep", "flat", "--agent", "random", "--arm", "opponent.*"]) == 0
    assert "compared on purpose: opponent.minimax" in capsys.readouterr().out


def test_the_reactivity_of_asking_is_an_arm(capsys):
    assert main(["diff", "silent", "deep", "--agent", "minimax", "--arm", "protocol.ask"]) == 0
    out = capsys.readouterr().out
    assert "compared on purpose: protocol.ask: none / same" in out
    assert "all 32 pairs in" in out  # a bot plays the same whether it is asked or not


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["deep", "flat"], "name the agent that is compared with --agent"),
        (["deep", "flat", "--agent", "zoe"], "there is no agent 'zoe'; its agents are random, minimax"),
        (["deep", "nowhere", "--agent", "minimax"], "nowhere"),
        (["deep", "deep", "--agent", "minimax"], "would be compared with itself"),
        (["deep", "flat", "--agent", "minimax", "--metric", "outcom"], "did you mean 'outcome'"),
    ],
)
def test_bad_input_is_one_sentence(argv, said, capsys):
    assert main(["diff", *argv]) == 3
    err = capsys.readouterr().err
    assert said in err
    assert err.count("\n") == 1


def test_a_plan_from_one_run_and_from_two(capsys):
    assert main(["plan", "deep", "--agent", "minimax", "--detect", "0.1"]) == 0
    assert "A second run measures it" in " ".join(capsys.readouterr().out.split())
    assert main(["plan", "deep", "--agent", "minimax", "--detect", "0.1", "--against", "flat", "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert (data["schema"], data["against"], data["expected"]["assumption"]) == (1, "flat", "measured")
    assert data["expected"]["pairs"] > data["now"]["pairs"]


@pytest.mark.parametrize("detect", ["5", "0", "-0.1", "nan", "five"])
def test_a_change_that_cannot_be_is_refused(detect, capsys):
    with pytest.raises(SystemExit, match="3"):
        main(["plan", "deep", f"--detect={detect}"])
    assert "is no number between 0 and 1 (5 points are 0.05)" in capsys.readouterr().err
