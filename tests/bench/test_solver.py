"""The bench of what actions are worth: its rows name game, positions, method and percentile."""

import json
import sys

import pytest


@pytest.fixture
def solver(bench, monkeypatch):
    """The bench with a position or two of each sort."""
    import solver

    monkeypatch.setattr(solver, "DISCS", (28,))
    real = solver.measured
    monkeypatch.setattr(solver, "measured", lambda count: real(3))
    return solver


def test_every_game_that_computes_long_is_timed(solver, capsys, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["solver.py", "--json", "-", "--check"])
    assert solver.main() == 0
    rows = {row["name"]: row for row in json.loads(capsys.readouterr().out)}
    assert {name.split("/")[1] for name in rows} == {"connect4", "othello", "checkers"}
    bound = rows["solver/connect4/28-discs/careful/p95"]
    assert (bound["target"], bound["pass"], bound["unit"]) == (1000.0, True, "cpu_ms")
    assert rows["solver/checkers/depth-5/p50"]["target"] is None


def test_a_slow_solver_fails_the_check(solver, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["solver.py", "--check"])
    monkeypatch.setattr(solver, "timed", lambda board: 1.5)
    assert solver.main() == 1


def test_positions_are_undecided_and_have_their_discs(solver):
    for sort in solver.SORTS:
        own, other = solver.position(28, sort, 0)
        assert (own | other).bit_count() == 28
        assert own & other == 0
