from typing import Any

import pytest

from kibitz.results.leaderboard import BoardData, board
from kibitz.results.scores import Score


def score_of(data: BoardData, agent: str, game: str = "connect4") -> Score:
    return next(r.score for r in data.rows if (r.score.agent, r.score.game) == (agent, game))


@pytest.fixture
def run(builder: Any) -> Any:
    """Ten scheduled episodes of ann: 6 won, 2 failed, 2 not played."""
    run = builder()
    for _ in range(6):
        run.play("ann", "bob", reward=(1, -1))
    for cause in ("timeout", "agent_error"):
        run.play("ann", "bob", reward=(), status="failed", cause=cause)
    for _ in range(2):
        run.unit("ann", "bob")
    return run


def test_three_treatments_by_hand(run: Any) -> None:
    found = score_of(board([run.data()]), "ann").treatments
    assert found.failures == {"agent_error": 1, "timeout": 1}
    assert (found.graded, found.excluded.mean, found.excluded.n) == (0.6, 1.0, 6)
    assert (found.zero.mean, found.zero.n, found.zero.clusters) == (0.5, 8, 8)  # (6 - 2) / 8
    assert (found.worst, found.best) == pytest.approx((0.2, 1.0))  # 0.6 - 0.4, 0.6 + 0.4
    lost = score_of(board([run.data()]), "bob").treatments
    assert (lost.excluded.mean, lost.zero.mean, lost.worst) == pytest.approx((-1.0, -1.0, -1.0))
    assert lost.best == pytest.approx(-0.2)


def test_nothing_missing_bounds_nothing(builder: Any) -> None:
    run = builder()
    run.play("ann", "bob", reward=(1, -1))
    found = score_of(board([run.data()]), "ann").treatments
    assert (found.graded, found.worst, found.best, found.failures) == (1.0, 1.0, 1.0, {})
    assert found.excluded == found.zero


def test_a_game_of_which_all_episodes_failed_is_not_dropped(builder: Any) -> None:
    run = builder(games=[builder.game("x"), builder.game("y", reward_range=(0.0, 1.0))])
    run.play("ann", "bob", reward=(1, -1), game="x")
    run.play("ann", "bob", reward=(), game="y", status="failed", cause="timeout")
    data = board([run.data()])
    alone = score_of(data, "ann", "y").treatments
    assert (alone.graded, alone.excluded.mean, alone.zero.mean, alone.worst, alone.best) == (0.0, None, 0.0, 0.0, 1.0)
    pooled = score_of(data, "ann", "*")
    assert (pooled.games, pooled.outcome.mean, pooled.treatments.zero.mean) == (1, 1.0, 0.0)
    assert (pooled.treatments.graded, pooled.treatments.worst, pooled.treatments.best) == (0.5, 0.0, 1.0)
    assert pooled.treatments.failures == {"timeout": 1}


def test_a_run_of_which_nothing_was_played(builder: Any) -> None:
    run = builder()
    run.unit("ann", "bob")
    row = score_of(board([run.data()]), "ann")
    assert (row.outcome.mean, row.treatments.graded, row.treatments.worst, row.treatments.best) == (
        None,
        0.0,
        -1.0,
        1.0,
    )
    assert row.treatments.as_json()["zero"] == {"mean": None, "low": None, "high": None, "n": 0, "clusters": 0}


def test_where_nothing_can_be_won_the_share_is_still_told(builder: Any) -> None:
    run = builder(games=[builder.game(seats=1, payoff="none")])
    run.play("ann", reward=(0.0,))
    run.play("ann", reward=(), status="failed", cause="timeout")
    found = score_of(board([run.data()]), "ann").treatments
    assert (found.graded, found.failures, found.zero.mean, found.worst) == (0.5, {"timeout": 1}, None, None)
