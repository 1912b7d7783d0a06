"""The suite of all eight games, from the command line: played to the end, verified, each game with a replay."""

import json

import pytest

from kibitz.harness.cli import main
from kibitz.results.journal import Journal

GAMES = {"tictactoe", "connect4", "othello", "checkers", "holdem", "negotiation", "pong", "surround"}
BOARDS = ("tictactoe", "connect4", "othello", "checkers")


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    out = tmp_path_factory.mktemp("gamebot") / "run"
    assert main(["run", "gamebot", "--seeds", "1", "--out", str(out)]) == 0
    return out


def test_every_game_is_played_by_everybody_who_can(played, capsys):
    assert main(["board", str(played), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["complete"]
    assert found["failures"] == {}
    rows = {(row["game"], row["agent"]): row for row in found["rows"]}
    assert {game for game, _ in rows} == GAMES | {"*"}
    for game in GAMES:
        assert rows[game, "random"]["legality"]["mean"] == rows[game, "heuristic"]["legality"]["mean"] == 1.0
        assert rows[game, "random"]["per_subproblem"], game
        assert ((game, "minimax") in rows) == ((game, "greedy") in rows) == (game in BOARDS)
    for game in BOARDS:
        assert rows[game, "random"]["regret"]["n"] > 0
    assert rows["*", "heuristic"]["rank"] == 1


def test_it_comes_out_the_same_when_played_again(played, capsys):
    assert main(["verify", str(played), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["equal"], found["differing"], found["skipped"]) == (found["episodes"], [], [])


@pytest.mark.parametrize("game", sorted(GAMES))
def test_each_game_has_replays(played, game, capsys):
    with Journal.read(played) as journal:
        unit = next(unit for unit in journal.units() if unit.game == game)
    assert main(["replay", str(played), unit.key]) == 0
    told = capsys.readouterr().out
    assert "played: " in told
    assert "--- ended after" in told


def test_regrets_say_how_they_were_found(played):
    methods = {game: set() for game in BOARDS}
    with Journal.read(played) as journal:
        for unit in journal.units():
            for step in journal.steps(unit.key) if unit.game in BOARDS else ():
                methods[unit.game] |= {(seat.regret_method, seat.regret_unknown) for seat in step.seats}
    assert methods["tictactoe"] == {("exact", "")}
    assert methods["connect4"] == {("exact", ""), ("", "unsolved")}
    assert methods["othello"] == {("exact", ""), ("depth 4", "")}
    assert methods["checkers"] == {("depth 5", "")}
