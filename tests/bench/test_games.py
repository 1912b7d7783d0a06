"""The bench of games: it plays every game of ours, and its rows are what the formats page says."""

import json
import sys

import pytest


@pytest.fixture
def games(bench, monkeypatch):
    """The bench with rounds so short that one episode fills them."""
    import games

    monkeypatch.setattr(games, "rates", lambda who, seconds: {name: [float(play(0))] for name, play in who.items()})
    return games


def test_every_game_of_ours_is_played(games, capsys, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["games.py", "--json", "-", "--check"])
    assert games.main() in (0, 1)  # a single episode says nothing of a rate
    rows = json.loads(capsys.readouterr().out)
    assert {row["name"].split("/")[1] for row in rows} >= {"tictactoe", "connect4", "numberline"}
    assert all(set(row) == {"name", "value", "unit", "reference", "ratio", "target", "pass"} for row in rows)


def test_a_rival_that_is_not_there_is_left_out(games, monkeypatch):
    import rivals

    monkeypatch.setattr(rivals, "_there", lambda module: False)
    assert [row.name for row in games.measure("tictactoe", 0.0)] == ["games/tictactoe"]


def test_a_missed_ratio_fails_the_check(games, monkeypatch):
    monkeypatch.setattr(games, "RIVALS", {"rival": (lambda name: lambda seed: 10**9, 5.0)})
    own, beside = games.measure("tictactoe", 0.0)
    assert (own.passed, beside.passed, beside.target) == (None, False, 5.0)


def test_an_unknown_game_is_named(games, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["games.py", "--only", "chess"])
    with pytest.raises(SystemExit):
        games.main()
    assert "unknown game 'chess'; there are" in capsys.readouterr().err
