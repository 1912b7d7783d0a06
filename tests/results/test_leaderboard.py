import json
from typing import Any

import pytest

from kibitz.results.leaderboard import BoardData, board
from kibitz.results.report.build import render
from kibitz.results.runfolder import DamagedJournalError

ROW_KEYS = {
    *("agent", "game", "episodes", "wins", "draws", "losses", "outcome", "outcome_with_fallback", "intermediate"),
    *(
        "per_subproblem",
        "consistency",
        "regret",
        "regret_methods",
        "overall",
        "legality",
        "rating",
        "usd",
        "tokens",
        "seconds",
    ),
}
INTERVAL_KEYS = {"mean", "low", "high", "n", "clusters"}


def agents_of(data: BoardData, game: str) -> list[tuple[str, int | None]]:
    return [(row.score.agent, row.rank) for row in data.of_game(game)]


def test_json_is_as_promised(builder: Any) -> None:
    run = builder()
    run.answer(run.play("ann", "bob", reward=(1, -1)))
    text = board([run.data()]).to_json()
    assert "\n" not in text
    found = json.loads(text)
    assert text == json.dumps(found, sort_keys=True)
    assert found["schema"] == 1
    assert set(found) >= {"runs", "complete", "rows", "failures", "ratings", "matrices"}
    assert (found["runs"], found["complete"], found["failures"]) == (["run"], True, {})
    for row in found["rows"]:
        assert set(row) >= ROW_KEYS
        for key in ("outcome", "outcome_with_fallback", "intermediate", "consistency", "regret", "legality"):
            assert set(row[key]) == INTERVAL_KEYS
        assert set(row["rating"]) == {"value", "low", "high"}
    assert {(r["agent"], r["game"]) for r in found["rows"]} == {
        (a, g) for a in ("ann", "bob") for g in ("connect4", "*")
    }
    assert found["rows"][0]["per_subproblem"]["wins"]["mean"] == 1.0
    assert found["rows"][0]["outcome"] == {"mean": 1.0, "low": -0.586901, "high": 1.0, "n": 1, "clusters": 1}


def test_references_stand_apart_and_are_never_ranked(builder: Any) -> None:
    agents = [builder.agent("ann"), builder.agent("oracle", privilege="truth"), builder.agent("bob")]
    run = builder(agents=agents)
    run.play("oracle", "ann", reward=(1, -1))
    run.play("bob", "ann", reward=(-1, 1))
    run.play("bob", "oracle", reward=(-1, 1))
    assert agents_of(board([run.data()]), "connect4") == [("ann", 1), ("bob", 2), ("oracle", None)]


def test_equal_outcomes_share_a_rank(builder: Any) -> None:
    run = builder(agents=[builder.agent(name) for name in "abc"])
    run.play("b", "a", reward=(0, 0))
    run.play("c", "a", reward=(-1, 1))
    run.play("c", "b", reward=(-1, 1))
    assert agents_of(board([run.data()]), "connect4") == [("a", 1), ("b", 1), ("c", 3)]


def test_no_rank_over_all_games_for_who_played_only_some(builder: Any) -> None:
    run = builder(games=[builder.game("x"), builder.game("y")], agents=[builder.agent(name) for name in "abc"])
    run.play("a", "b", reward=(1, -1), game="x")
    run.play("a", "c", reward=(-1, 1), game="y")
    assert agents_of(board([run.data()]), "*") == [("a", 1), ("c", None), ("b", None)]


def test_unplayed_agents_are_listed_without_numbers(builder: Any) -> None:
    run = builder()
    run.unit("ann", "bob")
    data = board([run.data()])
    assert agents_of(data, "connect4") == [("ann", None), ("bob", None)]
    assert json.loads(data.to_json())["rows"][0]["outcome"]["mean"] is None
    assert '"usd": 0.0' in data.to_json()


def test_same_agents_of_two_runs_are_pooled(builder: Any) -> None:
    one, two = builder("one"), builder("two")
    one.play("ann", "bob", reward=(1, -1))
    two.play("ann", "bob", reward=(-1, 1), trajectory="another")
    data = board([one.data(), two.data(seed=1)])
    assert data.runs == ("one", "two")
    assert (data.rows[0].score.episodes, data.rows[0].score.outcome.clusters) == (2, 2)


def test_the_same_tasks_twice_are_one_cluster(builder: Any) -> None:
    one, two = builder("one"), builder("two")
    one.play("ann", "bob", reward=(1, -1))
    two.play("ann", "bob", reward=(-1, 1), trajectory="another")
    assert board([one.data(), two.data()]).rows[0].score.outcome.clusters == 1


def test_changed_agents_and_games_are_never_pooled(builder: Any) -> None:
    one, two = builder("one"), builder("two", agents=[builder.agent("ann", hash="new"), builder.agent("bob")])
    for run in (one, two):
        run.play("ann", "bob", reward=(1, -1))
    names = {row.score.agent for row in board([one.data(), two.data()]).rows}
    assert names == {"ann@one", "ann@two", "bob"}
    three = builder("one", games=[builder.game(setting="other")])
    three.play("ann", "bob", reward=(1, -1))
    assert set(board([one.data(), three.data()]).games) == {"connect4@one#1", "connect4@one#2"}
    names = {row.score.agent for row in board([one.data(), three.data(protocol_hash="p2")]).rows}
    assert names == {"ann@one#1", "ann@one#2", "bob@one#1", "bob@one#2"}


def test_a_board_needs_a_run() -> None:
    with pytest.raises(ValueError, match="at least one run"):
        board([])


def test_answers_are_named(builder: Any) -> None:
    agents = [
        builder.agent("ann"),
        builder.agent("guess", identity={"answers": "random"}),
        builder.agent("mute", answers=False),
    ]
    run = builder(agents=agents)
    for other in ("guess", "mute"):
        run.play("ann", other, reward=(0, 0))
    assert {row.score.agent: row.answers for row in board([run.data()]).rows} == {
        "ann": "own",
        "guess": "random",
        "mute": "none",
    }


def test_json_is_ascii_for_every_name(builder: Any) -> None:
    run = builder(agents=[builder.agent("ánn \ud800"), builder.agent("bob")])
    run.play("ánn \ud800", "bob", reward=(1, -1))
    text = board([run.data()]).to_json()
    assert text.isascii()
    assert {row["agent"] for row in json.loads(text)["rows"]} == {"ánn \ud800", "bob"}


def unknown_game(run: Any) -> None:
    run.unit("ann", "bob", game="chess")


def unknown_agent(run: Any) -> None:
    run.unit("ann", "eve")


def missing_reward(run: Any) -> None:
    run.play("ann", "bob", reward=(1,))


def impossible_reward(run: Any) -> None:
    run.play("ann", "bob", reward=(3, -1))


def reward_that_is_no_number(run: Any) -> None:
    run.play("ann", "bob", reward=(0, 0), played=(float("nan"), 0))


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (unknown_game, "chess/0/ann,bob: the run has no game 'chess'"),
        (unknown_agent, "connect4/0/ann,eve: the run has no agent 'eve'"),
        (missing_reward, "connect4/0/ann,bob: 1 rewards for 2 seats"),
        (impossible_reward, r"connect4/0/ann,bob: reward 3 is outside -1.0..1.0"),
        (reward_that_is_no_number, r"connect4/0/ann,bob: reward nan is outside -1.0..1.0"),
    ],
)
def test_records_that_do_not_fit_are_damage(builder: Any, damage: Any, message: str) -> None:
    run = builder()
    damage(run)
    with pytest.raises(DamagedJournalError, match=message):
        board([run.data()])
    with pytest.raises(DamagedJournalError, match=message):
        render([run.data()], lambda *_: None)
