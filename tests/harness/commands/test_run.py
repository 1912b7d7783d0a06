import argparse
import json
from pathlib import Path

import pytest

from kibitz.harness.cli import main, parser

SUITE = """
name = "bots"
[agents.random]
kind = "random"
answers = "random"
[agents.minimax]
kind = "minimax"
depth = 2
answers = "truth"
[[match]]
game = "tictactoe"
options = { opening_plies = 2 }
[[match]]
game = "numberline"
"""


@pytest.fixture
def suite(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bots.toml").write_text(SUITE)
    monkeypatch.setattr("kibitz.agents.models.discover.find_endpoints", lambda environ: [])
    return "bots.toml"


def test_a_run_prints_a_board_and_the_report_s_path_last(suite, tmp_path, capsys):
    assert main(["run", suite]) == 0
    out = capsys.readouterr()
    last = out.out.splitlines()[-1]
    assert last.replace("\\", "/") == "runs/bots-1/report.html"
    assert (tmp_path / last).stat().st_size > 1000
    assert "minimax" in out.out
    assert "4/4 episodes" in out.err


def test_the_commands_that_read_a_run(suite, capsys):
    assert main(["run", suite, "--out", "r1"]) == 0
    assert main(["run", suite, "--out", "r2", "--concurrency", "1"]) == 0
    capsys.readouterr()
    assert main(["verify", "r1", "--against", "r2", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["equal"] == 4
    assert main(["verify", "r1"]) == 0
    assert "4 of 4 episodes are equal when played again" in capsys.readouterr().out
    assert main(["board", "r1", "r2", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["complete"] is True
    for command in (["board"], ["report", "-o", "x.html"]):
        assert main([*command, "r1", "./r1"]) == 3
        assert "r1: is named twice" in capsys.readouterr().err
    for form in ("--csv", "--markdown"):
        assert main(["board", "r1", form]) == 0
        assert "minimax" in capsys.readouterr().out
    assert main(["replay", "r1", "0"]) == 0
    text = capsys.readouterr().out
    assert "right" in text
    assert "--- ended after" in text
    assert main(["report", "r1", "-o", "x/report.html"]) == 0
    assert capsys.readouterr().out == "x/report.html\n"


def test_another_seed_disagrees(suite, tmp_path, capsys):
    assert main(["run", suite, "--out", "r1"]) == 0
    (tmp_path / "other.toml").write_text(SUITE.replace('name = "bots"', 'name = "bots"\nseed = 1'))
    assert main(["run", "other.toml", "--out", "r2"]) == 0
    capsys.readouterr()
    assert main(["verify", "r1", "--against", "r2"]) == 5
    assert "differs: tictactoe" in capsys.readouterr().out


def test_a_rehearsal_plays_nothing(suite, tmp_path, capsys):
    assert main(["run", suite, "--dry-run", "--json", "--seeds", "3", "--game", "tictactoe"]) == 0
    plan = json.loads(capsys.readouterr().out)
    assert (plan["episodes"], plan["games"], plan["problems"]) == (6, {"tictactoe": 6}, [])
    assert not (tmp_path / "runs").exists()


def test_a_rehearsal_tells_what_is_in_the_way(suite, capsys):
    argv = ["run", suite, "--dry-run", "--agent", "llm:action_mode=choice"]
    assert main([*argv, "--json"]) == 3
    assert json.loads(capsys.readouterr().out)["problems"]
    assert main(argv) == 3
    assert "action_mode = choice" in capsys.readouterr().err


def test_a_rehearsal_holds_the_suite_to_the_gate_that_would_end_it(suite, tmp_path, capsys):
    (tmp_path / "gate.toml").write_text('mode = "anytime"\nagents = ["minimax"]')
    (tmp_path / "fixed.toml").write_text('agents = ["minimax"]')
    (tmp_path / "other.toml").write_text(SUITE.replace('name = "bots"', 'name = "bots"\nseed = 1'))
    assert main(["run", suite, "--out", "base"]) == 0
    argv = ["--dry-run", "--baseline", "base", "--until-decided"]
    capsys.readouterr()
    assert main(["run", suite, *argv, "gate.toml"]) == 0
    assert "All this is the most that is played" in capsys.readouterr().out
    assert main(["run", suite, *argv, "gate.toml", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["until_decided"] is True
    for named, policy, problem in (
        (suite, "none.toml", "none.toml: the policy cannot be read"),
        (suite, "fixed.toml", "needs a policy with mode"),
        ("other.toml", "gate.toml", "base and suite bots cannot be compared: seed: 0 / 1"),
    ):
        assert main(["run", named, *argv, policy]) == 3
        out = capsys.readouterr()
        assert not out.out
        assert problem in out.err
    assert main(["run", suite, "--dry-run", "--baseline", "base"]) == 3
    assert "go together" in capsys.readouterr().err


SCRIPTED = "llm:model=scripted:kibitz.agents.models.scripted:seeded_choice,action_mode=json,name=x"


def test_a_rehearsal_says_what_the_run_takes(suite, capsys):
    argv = ["run", suite, "--dry-run", "--agent", SCRIPTED, "--budget-tokens", "9", "--budget-usd", "2.5"]
    assert main([*argv, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)["forecast"]
    assert [(one["figure"], one["limit"], one["stops"]) for one in found["budgets"]] == [
        ("usd", 2.5, "no"),
        ("tokens", 9, "certain"),
    ]
    assert main(argv) == 0
    text = capsys.readouterr().out
    for part in (
        "suite bots (version 1): 9 episodes",
        "nothing was sent",
        "  agent    seats  decisions",
        "Price of scripted:kibitz.agents.models.scripted:seeded_choice: free",
        "The budget of the run, $2.50, is enough: the forecast is $0.",
        "The budget of the run, 9 tokens, will stop the run",
        "Assumed:",
    ):
        assert part in " ".join(text.split("\n")) or part in text


def test_a_budget_in_dollars_needs_prices(suite, capsys):
    agent = "llm:model=openai:m,base_url=http://127.0.0.1:1/v1,name=x"
    argv = ["run", suite, "--dry-run", "--agent", agent]
    assert main([*argv, "--budget-usd", "1"]) == 3
    out = capsys.readouterr()
    assert 'write it under [prices."openai:m"] in the suite' in out.err
    assert "x        5 seats" in out.out
    assert main(argv) == 0
    assert "No known price of openai:m: it is behind an address" in capsys.readouterr().out


def test_the_command_line_changes_the_budget_of_a_run_that_was_begun(suite):
    from kibitz.harness.cli import parser
    from kibitz.harness.commands.run import wanted
    from kibitz.harness.settings import Amount

    assert main(["run", suite, "--out", "r1", "--budget-usd", "3", "--budget-tokens", "5000"]) == 0
    resume = ["run", "--resume", "--out", "r1"]
    assert wanted(parser().parse_args(resume)).budget.run == Amount(3.0, 5000)
    changed = wanted(parser().parse_args([*resume, "--budget-usd", "7"]))
    assert changed.budget.run == Amount(7.0, 5000)
    assert main([*resume, "--budget-usd", "7"]) == 0


@pytest.mark.parametrize("amount", ["-1", "nan", "inf", "much", ""])
def test_an_amount_of_dollars_is_checked(suite, amount, capsys):
    with pytest.raises(SystemExit) as caught:
        main(["run", suite, f"--budget-usd={amount}"])
    assert caught.value.code == 3
    assert "is no amount of dollars" in capsys.readouterr().err


def test_why_a_run_stopped_is_said_with_the_way_on():
    from kibitz.harness.commands.run import incomplete
    from kibitz.harness.orchestrator import RunResult

    result = RunResult(Path("r"), 40, 12, {}, {}, stopped="the run has a budget of 5 US dollars")
    assert incomplete(result, "kibitz run --resume --out r") == (
        "12 of 40 episodes are done; the run has a budget of 5 US dollars. Go on with: kibitz run --resume --out r"
    )


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["run"], "no suite is named"),
        (["run", "quickstrat"], "did you mean 'quickstart'"),
        (["run", "bots.toml", "--resume"], "--resume needs --out"),
        (["run", "bots.toml", "--json"], "--json goes with --dry-run"),
        (["run", "--resume", "--out", "nowhere"], "nowhere"),
        (["run", "--resume", "--out", ".", "--seeds", "2"], "cannot change a run"),
        (["run", "bots.toml", "--out", "."], "choose another --out"),
        (["board", "nowhere"], "nowhere"),
        (["report", "nowhere", "-o", "x.html"], "nowhere"),
        (["replay", "nowhere", "1"], "nowhere"),
        (["verify", "nowhere"], "nowhere"),
    ],
)
def test_what_cannot_be_done_is_one_sentence_and_exit_code_3(suite, capsys, argv, said):
    assert main(argv) == 3
    (line,) = capsys.readouterr().err.splitlines()
    assert said in line


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"suite": "s.toml", "budget_usd": 1.0, "concurrency": 3}, "--resume --out 'a b' --concurrency 3"),
        ({"resume": True, "budget_tokens": 500}, "--resume --out 'a b' --budget-tokens 500"),
        ({"resume": True, "suite": "s.toml", "budget_usd": 0.0}, "s.toml --resume --out 'a b' --budget-usd 0.0"),
        ({"resume": True, "suite": "s.toml", "game": ["connect4"]}, "--resume --out 'a b'"),
    ],
)
def test_how_to_go_on_is_said_with_what_the_run_folder_does_not_keep(given, said):
    from kibitz.harness.commands.run import again

    args = argparse.Namespace(**{**vars(parser().parse_args(["run"])), **given})
    assert again(args, Path("a b")) == f"kibitz run {said}"


def test_a_complete_run_can_be_resumed_again(suite, capsys):
    assert main(["run", suite, "--out", "r1"]) == 0
    capsys.readouterr()
    assert main(["run", "--resume", "--out", "r1"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "r1/report.html"


def test_the_frozen_configuration_can_be_run_again(suite, capsys):
    assert main(["run", suite, "--out", "r1"]) == 0
    assert main(["run", "r1/run.toml", "--out", "r2"]) == 0
    assert main(["verify", "r1", "--against", "r2"]) == 0


def test_a_key_that_is_there_is_offered_without_its_value(monkeypatch):
    from kibitz.harness.commands.run import offers
    from kibitz.harness.library import load_suite

    async def no_servers(*args):
        return None

    monkeypatch.setattr("kibitz.agents.models.discover._server", no_servers)
    (line,) = offers(load_suite("quickstart"), "quickstart", {"OPENAI_API_KEY": "S3CRET"})
    assert "OPENAI_API_KEY" in line
    assert "--agent" in line
    assert "S3CRET" not in line
    assert offers(load_suite("quickstart"), "quickstart", {}) == []


def test_an_unknown_episode_is_told_which_there_are(suite, capsys):
    assert main(["run", suite, "--out", "r1"]) == 0
    capsys.readouterr()
    assert main(["replay", "r1", "99"]) == 3
    assert "0..3" in capsys.readouterr().err
