import json
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from kibitz.harness.cli import main
from kibitz.harness.commands import baseline as command
from kibitz.harness.commands.baseline import planned, shipped
from kibitz.harness.library import load_suite
from kibitz.results.comparing.baseline import hash_of, read_header
from kibitz.results.comparing.reading import read_results

SUITE = """
name = "bots"
[agents.random]
kind = "random"
[agents.greedy]
kind = "greedy"
[[match]]
game = "tictactoe"
options = { opening_plies = 1 }
pairs = 2
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("place")
    (folder / "bots.toml").write_text(SUITE)
    (folder / "other.toml").write_text(SUITE.replace("plies = 1", "plies = 2"))
    (folder / "changed.toml").write_text(SUITE.replace('"greedy"\n[[', '"greedy"\nanswers = "random"\n[['))
    words = [sys.executable, "-m", "kibitz.harness.cli", "run", "bots.toml", "--out", "run"]
    subprocess.run(words, cwd=folder, check=True, capture_output=True)
    return folder


@pytest.fixture
def kibitz(place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    monkeypatch.chdir(place)

    def call(*words: str, code: int = 0) -> tuple[str, str]:
        assert main(words) == code
        out, err = capsys.readouterr()
        return out.rstrip("\n"), err

    return call


def test_what_is_saved_is_found_again(kibitz: Any, place: Path) -> None:
    path, _ = kibitz("baseline", "save", "run", "--agent", "greedy")
    assert path == str(Path("baselines/bots.greedy.jsonl"))
    first = (place / path).read_bytes()
    assert kibitz("baseline", "save", "run", "--agent", "greedy")[0] == path
    assert (place / path).read_bytes() == first
    assert kibitz("baseline", "find", "--suite", "bots.toml", "--agent", "greedy", "--same-agent")[0] == path
    found = json.loads(kibitz("baseline", "find", "run", "--agent", "greedy", "--json")[0])
    assert (found["file"], found["identity"], found["trials"]) == (path, [], 4)
    kept, run = read_results(place / path), read_results(place / "run", "greedy")
    assert [t.scores for t in kept.trials] == [t.scores for t in run.trials]
    assert (kept.conditions, kept.identity) == (run.conditions, run.identity)


def test_another_agent_fits_unless_the_same_is_wanted(kibitz: Any) -> None:
    path, _ = kibitz("baseline", "save", "run", "--agent", "greedy")
    wanted = ("baseline", "find", "--suite", "changed.toml", "--agent", "greedy")
    assert kibitz(*wanted)[0] == path
    assert "hash" in [one["name"] for one in json.loads(kibitz(*wanted, "--json")[0])["identity"]]
    assert "the nearest is bots.greedy.jsonl, which differs in hash" in kibitz(*wanted, "--same-agent", code=3)[1]


def test_another_fingerprint_of_the_provider_is_told(kibitz: Any, monkeypatch: pytest.MonkeyPatch, place: Path) -> None:
    said = iter([["fp_1"], ["fp_1"], ["fp_2"]])
    monkeypatch.setattr(command, "fingerprints", lambda journal, agent: next(said))
    path, _ = kibitz("baseline", "save", "run", "--agent", "greedy", "-o", "told/g.jsonl")
    assert read_header(place / path).fingerprints == ["fp_1"]
    wanted = ("baseline", "find", "run", "--agent", "greedy", "--dir", "told")
    assert kibitz(*wanted)[1] == ""
    out, err = kibitz(*wanted, "--json")
    assert "another fingerprint than when g.jsonl was made: fp_1 / fp_2" in err
    assert json.loads(out)["fingerprints"] == {"baseline": ["fp_1"], "candidate": ["fp_2"]}


def test_fingerprints_are_those_of_the_agents_calls() -> None:
    calls = [("a", "fp_2"), ("a", "fp_1"), ("a", ""), ("b", "fp_3"), ("a", "fp_1")]
    found = [SimpleNamespace(agent=agent, measured=SimpleNamespace(fingerprint=said)) for agent, said in calls]
    journal: Any = SimpleNamespace(calls=lambda: found)
    assert command.fingerprints(journal, "a") == ["fp_1", "fp_2"]


def test_where_none_fits_it_is_told_what_differs(kibitz: Any) -> None:
    kibitz("baseline", "save", "run", "--agent", "greedy")
    wanted = ("baseline", "find", "--suite", "other.toml", "--agent", "greedy", "--dir", "baselines")
    assert "which differs in game.tictactoe: tictactoe version" in kibitz(*wanted, code=3)[1]
    found = json.loads(kibitz(*wanted, "--json", code=3)[0])
    (differing,) = found["others"].values()
    assert (found["file"], [one["name"] for one in differing]) == (None, ["game.tictactoe"])
    assert "no such folder" in kibitz("baseline", "find", "run", "--agent", "greedy", "--dir", "none", code=3)[1]


def test_nothing_but_a_baseline_is_overwritten(kibitz: Any, place: Path) -> None:
    (place / "notes.txt").write_text("mine")
    _, err = kibitz("baseline", "save", "run", "--agent", "greedy", "-o", "notes.txt", code=3)
    assert "is no baseline file; name another with -o" in err
    assert (place / "notes.txt").read_text() == "mine"


def test_an_agent_must_be_named_where_there_are_several(kibitz: Any) -> None:
    assert "--agent; its agents are random, greedy" in kibitz("baseline", "save", "run", code=3)[1]


SHIPPED = sorted(path for folder in shipped() for path in folder.glob("*.jsonl"))


def test_all_that_can_be_kept_of_the_shipped_suites_is() -> None:
    wanted = {
        (suite, agent.name)
        for suite in ("quickstart", "gamebot")
        for agent in load_suite(suite).agents
        if agent.options.get("answers") != "truth"
    }
    assert {(header.suite, header.agent) for header in map(read_header, SHIPPED)} == wanted


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_shipped_baselines_are_those_of_the_suites_as_they_are_now(path: Path) -> None:
    kept, header = read_results(path), read_header(path)
    now = planned(header.suite, header.agent)
    remedy = "it is stale: python bench/baselines.py"
    assert kept.conditions == now.conditions, remedy
    assert header.identity_hash == hash_of(now.identity), remedy
    assert kept.planned == now.planned, remedy
    assert kept.graded == len(kept.trials)


def test_of_a_baseline_of_quite_another_suite_the_first_differences_are_told(
    kibitz: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "MOST_TOLD", 2)
    _, err = kibitz(
        "baseline", "find", "--suite", "bots.toml", "--agent", "greedy", "--dir", str(*command.shipped()), code=3
    )
    assert err.count(" / ") == 2
    assert "; and in 3 more (--json has all). Play the suite" in err
