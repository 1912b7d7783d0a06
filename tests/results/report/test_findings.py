from typing import Any

from kibitz.results.leaderboard import board
from kibitz.results.records import Forfeit
from kibitz.results.report.findings import findings


def test_a_clear_lead(builder: Any) -> None:
    run = builder()
    for k in range(20):
        run.play(*(("ann", "bob") if k % 2 else ("bob", "ann")), reward=(1, -1) if k % 2 else (-1, 1))
    first, leader = findings(board([run.data()]))
    assert first == "All 20 episodes were played and scored."
    assert leader.startswith("Connect4: ann is rated highest, ")
    assert leader.endswith(" Elo points, and can be told apart from all other ranked agents.")


def test_agents_that_cannot_be_told_apart(builder: Any) -> None:
    run = builder(agents=[builder.agent(name) for name in "abc"])
    for one, other in ("ab", "ba"):
        run.play(one, other, reward=(0, 0))
    for one in "ab":
        run.play(one, "c", reward=(1, -1))
        run.play("c", one, reward=(-1, 1))
    line = findings(board([run.data()]))[1]
    assert line.startswith("Connect4: a and b are rated highest, ")
    assert line.endswith(" Elo points, but cannot be told apart from c.")


def test_who_always_sat_first_is_not_better_for_certain(builder: Any) -> None:
    run = builder()
    for _ in range(20):
        run.play("ann", "bob", reward=(1, -1))
    assert findings(board([run.data()]))[1].endswith("but cannot be told apart from bob.")


def test_without_opponents_intervals_are_compared(builder: Any) -> None:
    run = builder(games=[builder.game("line", seats=1, payoff="single", reward_range=(0.0, 1.0))])
    for k in range(4):
        run.play("ann", reward=(0.5 + 0.1 * k,), game="line", pair=f"p{k}")
        run.play("bob", reward=(0.4 + 0.1 * k,), game="line", pair=f"p{k}")
    line = findings(board([run.data()]))[1]
    assert line.startswith("Line: ann leads with 0.65 [")
    assert line.endswith("; the interval overlaps with bob, so that order is not settled.")


def test_reasoning_and_fallbacks(builder: Any) -> None:
    run = builder()
    unit = run.play("ann", "bob", reward=(-1, 1), forfeit=Forfeit(step=0, seats=(0,)))
    run.move(unit, 0, fallback=True)
    run.answer(unit)
    lines = findings(board([run.data()]))
    assert "ann answers none of 1 subproblems measurably better than a constant answer." in lines
    assert lines[-1].startswith("ann gave no legal action in 1 of 1 decisions")


def test_what_is_missing_comes_first(builder: Any) -> None:
    run = builder()
    run.unit("ann", "bob")
    assert findings(board([run.data()]))[0].startswith("Incomplete: 0 of 1 episodes")


def test_many_agents_are_summed_up(builder: Any) -> None:
    names = [f"agent{i}" for i in range(7)]
    run = builder(agents=[builder.agent(name) for name in names])
    for i, name in enumerate(names):
        unit = run.play(name, names[i - 1], reward=(0, 0), forfeit=Forfeit(step=0, seats=(0,)))
        run.move(unit, 0, fallback=True)
        for k in range(40):
            run.answer(unit, step=k, truth="none" if k % 2 else "0,0")
    _, leaders, reasoning, fallbacks = findings(board([run.data()]))
    assert leaders == "Connect4: agent0, agent1, agent2 and 4 others are rated the same."
    assert (
        reasoning
        == "agent0, agent1, agent2 and 4 others answer none of 1 subproblems measurably better than a constant answer."
    )
    assert fallbacks.startswith(
        "7 agents gave no legal action in 7 of 7 of their decisions (agent0, agent1, agent2 and 4 others); "
    )


def test_many_games_are_summed_up(builder: Any) -> None:
    run = builder(games=[builder.game(f"game{i}") for i in range(6)])
    for i in range(6):
        run.play("ann", "bob", reward=(1, -1), game=f"game{i}")
    (line,) = findings(board([run.data()]))[1:]
    assert line.startswith("All games: ann is rated highest, ")


def test_settings_of_one_game_are_told_apart(builder: Any) -> None:
    run = builder(games=[builder.game(f"connect4[opening_plies={i}]", title="Connect4") for i in (0, 4)])
    for label in run.games:
        run.play("ann", "bob", reward=(0, 0), game=label)
    assert [line.split(":")[0] for line in findings(board([run.data()]))[1:]] == [
        "All games",
        "Connect4 (connect4[opening_plies=0])",
        "Connect4 (connect4[opening_plies=4])",
    ]
