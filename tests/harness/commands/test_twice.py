import json
import shutil

import msgspec
import pytest

from kibitz.agents.models.scripted import seeded_choice
from kibitz.harness.cli import main
from kibitz.harness.commands import twice
from kibitz.harness.config import parse
from kibitz.harness.settings import Amount
from kibitz.results.reader import JournalReader

BOTS = """
name = "bots"
[agents.random]
kind = "random"
answers = "random"
[agents.minimax]
kind = "minimax"
depth = 1
[[match]]
game = "tictactoe"
pairs = 2
"""

NOISY = f"""
name = "noisy"
[protocol]
ask = "none"
[agents.llm]
kind = "llm"
model = "scripted:{__name__}:noisy"
action_mode = "choice"
[agents.bot]
kind = "random"
answers = "random"
[[match]]
game = "tictactoe"
pairs = 4
"""

ASKED: list[int | None] = []


def noisy(request):
    """Another reply each time it is asked, whatever the seed says."""
    ASKED.append(request.seed)
    return seeded_choice(msgspec.structs.replace(request, seed=len(ASKED)))


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("kibitz.agents.models.discover.find_endpoints", lambda environ: [])
    monkeypatch.setitem(__import__("sys").modules, __name__, __import__("sys").modules[__name__])
    (tmp_path / "bots.toml").write_text(BOTS)
    (tmp_path / "noisy.toml").write_text(NOISY)


def test_bots_have_no_noise_and_the_report_s_path_is_last(capsys):
    assert main(["run", "bots.toml", "--aa"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "The noise is 0: all 4 episodes are equal to the byte in both runs."
    assert lines[1] == "Never did otherwise in the same situation: random, minimax."
    assert lines[-1].replace("\\", "/") == "runs/bots-aa-1/report.html"


def test_every_call_is_asked_again_and_what_differs_is_told(capsys):
    ASKED.clear()
    assert main(["run", "noisy.toml", "--aa", "--out", "out", "--json", "--concurrency", "1"]) == 0
    data = json.loads(capsys.readouterr().out)
    with JournalReader.read(twice.Path("out/a")) as first, JournalReader.read(twice.Path("out/b")) as second:
        assert len(list(first.calls())) + len(list(second.calls())) == len(ASKED)
    llm, bot = data["agents"]
    assert (llm["agent"], llm["repeats_itself"], bot["repeats_itself"]) == ("llm", False, True)
    assert llm["strayed"] == data["episodes"] - data["equal"] > 0


def test_it_goes_on_where_it_was_killed(capsys):
    assert main(["run", "bots.toml", "--aa", "--out", "out"]) == 0
    shutil.rmtree("out/b")
    capsys.readouterr()
    assert main(["run", "bots.toml", "--aa", "--out", "out"]) == 3
    assert "choose another --out" in capsys.readouterr().err
    assert main(["run", "--aa", "--resume", "--out", "out"]) == 0
    assert "The noise is 0" in capsys.readouterr().out
    assert main(["run", "--aa", "--resume", "--out", "none"]) == 3
    assert "holds no run that was begun with --aa" in capsys.readouterr().err


def test_a_run_that_fails_says_how_to_go_on_with_both(capsys, monkeypatch):
    (twice.Path("broken.toml")).write_text(NOISY.replace("noisy", "broken"))
    assert main(["run", "broken.toml", "--aa", "--out", "out"]) == 4
    err = capsys.readouterr().err
    assert "run a of a and b" in err
    assert "Go on with: kibitz run --aa --resume --out out" in err
    assert not twice.Path("out/b").exists()


def broken(request):
    raise ConnectionError("no")


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["bots.toml", "--aa", "--dry-run"], "leave --aa out"),
        (["bots.toml", "--json"], "--json goes with --dry-run and --aa"),
    ],
)
def test_what_does_not_go_together(argv, said, capsys):
    assert main(["run", *argv]) == 3
    assert said in capsys.readouterr().err


def test_a_recording_is_refused(capsys):
    assert main(["run", "bots.toml", "--out", "recorded"]) == 0
    assert main(["run", "--replay", "recorded", "--aa", "--out", "out"]) == 3
    assert "a recording has no noise" in capsys.readouterr().err


def test_the_board_of_a_run_with_questions_and_one_without_shows_what_asking_did(capsys):
    twice.Path("asked.toml").write_text(NOISY.replace('ask = "none"', 'ask = "before"'))
    assert main(["run", "noisy.toml", "--out", "silent"]) == 0
    assert main(["run", "asked.toml", "--out", "asked"]) == 0
    capsys.readouterr()
    assert main(["board", "silent", "asked", "--json"]) == 0
    (found,) = json.loads(capsys.readouterr().out)["reactivity"]
    assert (found["agent"], found["ask"], found["pairs"]) == ("llm", "before", 8)
    assert main(["board", "silent", "asked"]) == 0
    assert "Reactivity of asking: llm in " in capsys.readouterr().out


def test_budgets_are_for_both_runs_together(capsys):
    assert main(["run", "noisy.toml", "--out", "first"]) == 0
    data = {
        "name": "s",
        "agents": {"bot": {"kind": "greedy"}},
        "match": [{"game": "numberline"}],
        "budget": {"usd": 2.0, "tokens": 1_000_000, "agent": {"tokens": 500}},
    }
    left = twice.left_over(parse(data, "s", None), twice.Path("first"))
    with JournalReader.read(twice.Path("first")) as journal:
        spent = journal.spent()["llm"]
    assert left.budget.run == Amount(2.0 - spent.usd, 1_000_000 - spent.tokens)
    assert left.budget.agent == Amount(None, max(0, 500 - spent.tokens))
