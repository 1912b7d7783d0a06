"""Ratings on a board."""

import json
import subprocess
import sys
from typing import Any

from kibitz.results import tables
from kibitz.results.leaderboard import BoardData, board


def paired(run: Any, one: str, other: str, results: list[int], game: str = "") -> None:
    for i, result in enumerate(results):
        run.play(one, other, reward=(result, -result), game=game, pair=f"{one}{other}{i}")
        run.play(other, one, reward=(-result, result), game=game, pair=f"{one}{other}{i}")


def test_rows_have_the_rating_of_their_table(builder: Any) -> None:
    agents = [builder.agent("ann"), builder.agent("dice", kind="random"), builder.agent("oracle", privilege="truth")]
    run = builder(
        agents=agents, games=[builder.game("x"), builder.game("y"), builder.game("z", payoff="single", seats=1)]
    )
    paired(run, "ann", "dice", [1, 1, -1, 1], "x")
    paired(run, "oracle", "dice", [1, 1, -1, 1], "y")
    run.play("ann", reward=(1,), game="z")
    data = board([run.data()])
    assert list(data.ratings) == ["x", "y", "*"] == list(data.matrices)
    ratings = {(row.score.game, row.score.agent): row.rating for row in data.rows}
    assert ratings["z", "ann"] is None
    assert ratings["x", "ann"] is not None
    assert ratings["x", "ann"] == data.ratings["x"].of("ann")
    dice = ratings["x", "dice"]
    assert dice is not None
    assert dice.value == 1000
    oracle = ratings["*", "oracle"]
    assert oracle is not None
    assert oracle.rank is None


def test_a_board_without_opponents_has_no_ratings(builder: Any) -> None:
    run = builder(games=[builder.game("z", payoff="single", seats=1)])
    run.play("ann", reward=(1,))
    data = board([run.data()])
    assert (data.ratings, data.matrices) == ({}, {})
    found = json.loads(data.to_json())
    assert found["ratings"] == found["matrices"] == {}
    assert found["rows"][0]["rating"] is None
    assert "rating" not in tables.markdown(data)


def test_one_game_is_rated_once(builder: Any) -> None:
    run = builder()
    paired(run, "ann", "bob", [1, 0, -1, 1])
    data = board([run.data()])
    assert data.ratings["*"].ratings == data.ratings["connect4"].ratings
    assert data.ratings["*"].game == "*"


def test_agents_that_are_the_same_in_two_runs_are_rated_once(builder: Any) -> None:
    one = builder("one", agents=[builder.agent("ann"), builder.agent("bob")])
    two = builder("two", agents=[builder.agent("ann", hash="new"), builder.agent("bob")])
    for run in (one, two):
        paired(run, "ann", "bob", [1, -1, 1])
    table = board([one.data(), two.data(seed=1)]).ratings["connect4"]
    assert {rating.agent for rating in table.ratings} == {"ann@one", "ann@two", "bob"}
    bob = table.of("bob")
    assert bob is not None
    assert bob.games == 12


def apart(builder: Any) -> BoardData:
    run = builder(agents=[builder.agent(name) for name in ("ann", "bob", "[eve](x)", "dan")])
    paired(run, "ann", "bob", [1, -1, 1])
    paired(run, "[eve](x)", "dan", [1, -1, 1])
    return board([run.data()])


def test_what_would_connect_agents_is_said_in_words(builder: Any) -> None:
    data = apart(builder)
    text = "\n".join(tables.notes(data))
    assert "not all agents can be compared" in text
    assert "ann, bob; [eve](x), dan" in text or "[eve](x), dan; ann, bob" in text
    assert "These matches would connect them: " in text
    assert "\\[eve\\](x)" in tables.markdown(data).split("These matches")[0].splitlines()[-1]


def test_the_anchor_is_said(builder: Any) -> None:
    run = builder(agents=[builder.agent("ann"), builder.agent("dice", kind="random")])
    paired(run, "ann", "dice", [1, -1, 1])
    assert "(dice = 1000)" in "\n".join(tables.notes(board([run.data()])))


def test_a_board_without_opponents_waits_for_no_library() -> None:
    code = "import sys, kibitz.results.leaderboard; print({'numpy', 'networkx'} & set(sys.modules))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "set()"
