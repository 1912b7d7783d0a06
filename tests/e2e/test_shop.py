"""The shop-quickstart suite without its model: goals are shopped for, wherever the products are from."""

import json
import tomllib
from importlib.resources import files

import pytest

from kibitz.harness import cli


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    """The match of the suite that ships by its bots, and one on a catalogue that the command has written."""
    folder = tmp_path_factory.mktemp("shop")
    written = tomllib.loads(files("kibitz.harness.suites").joinpath("shop-quickstart.toml").read_text("utf-8"))
    assert written["match"][0]["options"] == {"shown": 5, "steps": 8}
    suite = folder / "shop.toml"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KIBITZ_CACHE", str(folder / "cache"))
        made = ["shop", "generate", "--products", "60", "--seed", "7", "-o", str(folder / "catalogue")]
        assert cli.main(made) == 0
        suite.write_text(
            f"""
name = "shop"
[agents.random]
kind = "random"
answers = "random"
[agents.heuristic]
kind = "heuristic"
[agents.oracle]
kind = "oracle"
answers = "truth"
[[match]]
game = "webshop"
options = {{ shown = 5, steps = 8 }}
pairs = 4
[[match]]
game = "webshop"
pairs = 3
[match.options]
catalogue = {json.dumps(str(folder / "catalogue"))}
rules = "webshop"
split = "test"
split_by = "product"
"""
        )
        assert cli.main(["run", str(suite), "--out", str(folder / "run")]) == 0
        yield folder / "run"


def rows_of(run, capsys):
    capsys.readouterr()
    assert cli.main(["board", str(run), "--json"]) == 0
    return json.loads(capsys.readouterr().out)["rows"]


def test_the_oracle_buys_what_was_asked_for(played, capsys):
    oracle = [row for row in rows_of(played, capsys) if row["agent"] == "oracle"]
    assert len(oracle) == 3
    assert {row["outcome"]["mean"] for row in oracle} == {1.0}
    assert {row["intermediate"]["mean"] for row in oracle} == {1.0}
    assert {row["privilege"] for row in oracle} == {"truth"}


def test_the_rule_baseline_is_better_than_chance_and_not_perfect(played, capsys):
    means = {row["agent"]: row["outcome"]["mean"] for row in rows_of(played, capsys) if row["game"] == "*"}
    assert means["random"] < means["heuristic"] < 1.0


def test_it_comes_out_the_same_when_played_again(played, capsys):
    assert cli.main(["verify", str(played)]) == 0


def test_pages_can_be_replayed(played, capsys):
    from kibitz.results.journal import Journal

    with Journal.read(played) as journal:
        key = next(unit.key for unit in journal.units() if unit.agents == ("oracle",))
    capsys.readouterr()
    assert cli.main(["replay", str(played), key, "--all"]) == 0
    said = capsys.readouterr().out
    assert all(word in said for word in ("Page: search", "Page: results, 1 of", "Page: product", "click[buy now]"))
    assert (played / "report.html").stat().st_size > 10_000
