from typing import Any

import pytest

from kibitz.results.leaderboard import board
from kibitz.results.ratings.table import Meeting
from kibitz.results.report.matrix import matrices, tint
from kibitz.results.statistics.intervals import Interval


def test_a_matrix_shows_who_met_whom(builder: Any) -> None:
    run = builder(agents=[builder.agent(name) for name in ("ann", "bob", "cat", "zoe")])
    for _ in range(4):
        run.play("ann", "bob", reward=(1, -1))
        run.play("bob", "cat", reward=(0, 0))
    run.unit("zoe", "cat")
    (matrix,) = matrices(board([run.data()]))
    assert set(matrix.agents) == {"ann", "bob", "cat"}
    at = {name: i for i, name in enumerate(matrix.agents)}
    assert [matrix.rows[at[name]][at[name]] for name in at] == [None, None, None]
    assert matrix.rows[at["ann"]][at["cat"]] is None
    cell = matrix.rows[at["ann"]][at["bob"]]
    assert cell is not None
    assert (cell.opponent, cell.share) == ("bob", "100%")
    assert cell.detail.startswith("ann against bob: 4 won, 0 drawn, 0 lost of 4; share of points 1.00 [")
    assert not matrix.numbered


def test_many_agents_are_numbered(builder: Any) -> None:
    names = [f"a{i}" for i in range(9)]
    run = builder(agents=[builder.agent(name) for name in names])
    for i in range(9):
        run.play(names[i], names[i - 1], reward=(1, -1))
    (matrix,) = matrices(board([run.data()]))
    assert matrix.numbered


@pytest.mark.parametrize(
    ("mean", "low", "high", "expected"),
    [
        (0.5, 0.4, 0.6, ""),
        (0.9, 0.4, 1.0, "up1"),  # may be chance
        (0.6, 0.55, 0.65, "up1"),
        (0.7, 0.55, 0.8, "up2"),
        (0.9, 0.8, 1.0, "up3"),
        (0.3, 0.2, 0.45, "down2"),
        (0.0, 0.0, 0.2, "down3"),
        (None, None, None, ""),
    ],
)
def test_tints_say_how_far_from_even(mean: float | None, low: float | None, high: float | None, expected: str) -> None:
    assert tint(Meeting(1, 0, 1, Interval(mean, low, high, 2, 2))) == expected


def test_games_against_nobody_have_no_matrix(builder: Any) -> None:
    run = builder(games=[builder.game("line", seats=1, payoff="single")])
    run.play("ann", reward=(0.75,), game="line")
    assert matrices(board([run.data()])) == ()
