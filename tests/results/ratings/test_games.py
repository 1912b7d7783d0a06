from typing import Any

import pytest

from kibitz.results.leaderboard import Names
from kibitz.results.ratings.games import digest, head_to_head
from kibitz.results.records import Forfeit


def played(*runs: Any) -> list[tuple[str, str, int]]:
    data = [run.data() for run in runs]
    return [(game.first, game.second, game.result) for game in head_to_head(data, Names(data))]


@pytest.mark.parametrize(("reward", "expected"), [((1, -1), 1), ((0, 0), 0), ((-1, 1), -1), ((0.4, 0.3), 1)])
def test_the_better_reward_wins(builder: Any, reward: tuple[float, float], expected: int) -> None:
    run = builder(games=[builder.game(payoff="general")])
    run.play("ann", "bob", reward=reward)
    assert played(run) == [("ann", "bob", expected)]


def test_who_forfeits_alone_has_lost_even_where_nobody_has_more(builder: Any) -> None:
    run = builder(games=[builder.game(payoff="general", reward_range=(0.0, 1.0))])
    run.play("ann", "bob", reward=(0, 0), forfeit=Forfeit(step=1, seats=(0,)))
    run.play("bob", "ann", reward=(0.5, 0), forfeit=Forfeit(step=1, seats=(1,)))
    run.play("bob", "ann", reward=(0, 0), forfeit=Forfeit(step=1, seats=(0, 1)))
    assert sorted(played(run)) == [("ann", "bob", -1), ("bob", "ann", 0), ("bob", "ann", 1)]


@pytest.mark.parametrize(
    "changes", [{"payoff": "single", "seats": 1}, {"payoff": "cooperative"}, {"payoff": "none", "seats": 1}]
)
def test_only_opponents_can_be_rated(builder: Any, changes: dict[str, Any]) -> None:
    run = builder(games=[builder.game(**changes)])
    seats = changes.get("seats", 2)
    run.play(*["ann", "bob"][:seats], reward=(1, 0)[:seats])
    assert played(run) == []


def test_failed_games_count_nowhere(builder: Any) -> None:
    run = builder()
    run.play("ann", "bob", reward=(1, -1))
    run.play("bob", "ann", reward=(), status="failed", cause="timeout")
    run.unit("ann", "bob")
    assert played(run) == [("ann", "bob", 1)]


def test_games_against_oneself_are_kept_where_the_agent_met_others(builder: Any) -> None:
    run = builder(games=[builder.game("x"), builder.game("y")])
    run.play("ann", "ann", reward=(1, -1), game="x")
    run.play("ann", "bob", reward=(1, -1), game="x")
    run.play("ann", "ann", reward=(1, -1), game="y")
    data = [run.data()]
    assert [(g.label, g.first, g.second) for g in head_to_head(data, Names(data))] == [
        ("x", "ann", "ann"),
        ("x", "ann", "bob"),
    ]


def test_the_order_of_runs_and_games_is_forgotten(builder: Any) -> None:
    one, two = builder("one"), builder("two")
    for run, order in ((one, (1, -1, 0)), (two, (0, -1, 1))):
        for result in order:
            run.play("ann", "bob", reward=(result, -result), k=result + 1, pair=f"p{result}", trajectory=f"t{result}")
    data, other = [one.data()], [two.data()]
    found, again = head_to_head(data, Names(data)), head_to_head(other, Names(other))
    assert found == again
    assert digest(found) == digest(again) != digest(found[1:])


def test_equal_deals_of_runs_with_other_seeds_are_other_deals(builder: Any) -> None:
    run = builder()
    run.play("ann", "bob", reward=(1, -1))
    data = [run.data(), run.data(seed=1)]
    assert {game.deal for game in head_to_head(data, Names(data))} == {("0", 0), ("1", 0)}
