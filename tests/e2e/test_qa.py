"""The qa-quickstart suite without its model: questions are answered by searching, and each page can be replayed."""

import json

import pytest

from kibitz.harness import cli


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    """The suite as it ships, by its bots."""
    folder = tmp_path_factory.mktemp("qa")
    suite = folder / "qa.toml"
    suite.write_text(
        """
name = "qa"
[agents.random]
kind = "random"
answers = "random"
[agents.heuristic]
kind = "heuristic"
[agents.oracle]
kind = "oracle"
answers = "truth"
[[match]]
game = "hotpotqa"
pairs = 5
[[match]]
game = "hotpotqa"
options = { docstore = "pooled", level = "hard" }
pairs = 3
"""
    )
    assert cli.main(["run", str(suite), "--out", str(folder / "run")]) == 0
    return folder / "run"


def test_the_oracle_answers_everything(played, capsys):
    capsys.readouterr()
    assert cli.main(["board", str(played), "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)["rows"]
    oracle = [row for row in rows if row["agent"] == "oracle"]
    assert {row["outcome"]["mean"] for row in oracle} == {1.0}
    assert {row["intermediate"]["mean"] for row in oracle if row["intermediate"]["n"]} == {1.0}
    assert {row["privilege"] for row in oracle} == {"truth"}
    assert all(row["rank"] is None for row in oracle)


def test_everybody_gets_the_same_questions(played):
    from kibitz.results.journal import Journal

    with Journal.read(played) as journal:
        tasks = {(unit.game, unit.k): unit.task for unit in journal.units()}
        assert all(unit.task == tasks[unit.game, unit.k] for unit in journal.units())
        closed, pooled = ({task for (game, _), task in tasks.items() if word in game} for word in ("closed", "pooled"))
        assert (len(closed), len(pooled)) == (5, 3)


def test_it_comes_out_the_same_when_played_again(played, capsys):
    assert cli.main(["verify", str(played)]) == 0


def test_pages_can_be_replayed(played, capsys):
    capsys.readouterr()
    assert cli.main(["replay", str(played), "hotpotqa[docstore=pooled,level=hard]/0/oracle", "--all"]) == 0
    said = capsys.readouterr().out
    assert "Titles named so far:" in said
    assert "finish[" in said
