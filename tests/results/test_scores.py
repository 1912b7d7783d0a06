import random
from dataclasses import replace
from typing import Any

import pytest

from kibitz.results.leaderboard import board, row_as_json
from kibitz.results.records import ComplaintRecord, EpisodeMeasured, Forfeit, Spent
from kibitz.results.scores import Score


def row(run: Any, agent: str, game: str = "connect4") -> Score:
    return next(r.score for r in board([run.data()]).rows if (r.score.agent, r.score.game) == (agent, game))


def test_contest_counts_by_the_sign_of_the_reward(builder: Any) -> None:
    run = builder()
    run.play("ann", "bob", reward=(1, -1), pair="p0")
    run.play("bob", "ann", reward=(1, -1), pair="p0")
    run.play("ann", "bob", reward=(0, 0), pair="p1")
    run.play("bob", "ann", reward=(-1, 1), pair="p1")
    ann = row(run, "ann")
    assert (ann.episodes, ann.wins, ann.draws, ann.losses) == (4, 2, 1, 1)
    assert ann.outcome.mean == pytest.approx(0.25)
    assert (ann.outcome.n, ann.outcome.clusters) == (4, 2)
    assert row(run, "bob").outcome.mean == pytest.approx(-0.25)


def test_forfeit_counts_in_the_primary_outcome_only(builder: Any) -> None:
    run = builder()
    run.play("ann", "bob", reward=(-1, 1), played=(1, -1), forfeit=Forfeit(step=2, seats=(0,)), fallbacks=(1, 0))
    ann = row(run, "ann")
    assert (ann.losses, ann.outcome.mean, ann.outcome_with_fallback.mean) == (1, -1, 1)


def test_single_seat_win_is_success_without_forfeit(builder: Any) -> None:
    line = builder.game("line", seats=1, payoff="single", reward_range=(0.0, 1.0))
    run = builder(games=[line])
    run.play("ann", reward=(0.5,), success=True)
    run.play("ann", reward=(0.25,), success=False)
    run.play("ann", reward=(0.0,), played=(0.5,), success=True, forfeit=Forfeit(step=0, seats=(0,)))
    ann = row(run, "ann", "line")
    assert (ann.wins, ann.draws, ann.losses) == (1, 0, 2)
    assert ann.outcome.mean == pytest.approx(0.25)
    assert ann.scale == (0.0, 1.0)


def test_a_team_loses_together(builder: Any) -> None:
    run = builder(games=[builder.game("hanabi", payoff="cooperative", reward_range=(0.0, 1.0))])
    run.play("ann", "bob", reward=(0, 0), played=(1, 1), success=True, forfeit=Forfeit(step=3, seats=(1,)))
    assert (row(run, "ann", "hanabi").losses, row(run, "bob", "hanabi").losses) == (1, 1)


def test_all_episodes_of_a_deal_are_one_cluster(builder: Any) -> None:
    run = builder(agents=[builder.agent(name) for name in ("ann", "bob", "cyn")])
    for k in (0, 1):
        for other in ("bob", "cyn"):
            run.play("ann", other, reward=(1, -1), k=k, pair=f"ann+{other}/{k}")
            run.play(other, "ann", reward=(1, -1), k=k, pair=f"ann+{other}/{k}")
    ann = row(run, "ann")
    assert (ann.outcome.n, ann.outcome.clusters) == (8, 2)


def test_identical_trajectories_are_one_cluster(builder: Any) -> None:
    run = builder()
    for pair in ("p0", "p0", "p1", "p2"):
        run.play("ann", "bob", reward=(1, -1), pair=pair, trajectory="same" if pair != "p2" else "other")
    ann = row(run, "ann")
    assert (ann.episodes, ann.distinct, ann.outcome.clusters) == (4, 2, 2)


def test_failed_and_open_episodes_are_not_scored(builder: Any) -> None:
    run = builder()
    run.play("ann", "bob", reward=(1, -1))
    failed = run.play("ann", "bob", reward=(), status="failed", cause="rate_limited")
    run.answer(failed)
    run.move(failed)
    run.move(run.unit("ann", "bob"))
    ann = row(run, "ann")
    assert (ann.episodes, ann.intermediate.n, ann.turns) == (1, 0, 0)
    data = board([run.data()])
    assert (data.complete, data.scored, data.scheduled, data.failures) == (False, 1, 3, {"rate_limited": 1})


def test_decisions(builder: Any) -> None:
    complaints = (ComplaintRecord(problem="illegal", reason="column 9"),)
    run = builder()
    unit = run.play("ann", "bob", reward=(1, -1))
    run.move(unit, 0, consistent=True, regret=0.0, regret_method="exact")
    run.move(unit, 1, effect="no_effect")
    run.move(unit, 0, consistent=False, regret=2.0, regret_method="exact", complaints=complaints)
    run.move(unit, 0, regret_unknown="unsolved", fallback=True, complaints=complaints)
    run.move(unit, 0, regret=0.5, regret_method="depth 4", effect="no_effect")
    ann = row(run, "ann")
    assert (ann.turns, ann.fallbacks, ann.effectless) == (4, 1, 1)
    assert (ann.legality.mean, ann.legality.n) == (0.5, 4)
    assert (ann.consistency.mean, ann.consistency.n) == (0.5, 2)
    assert ann.regret.n == 3
    assert ann.regret_methods == {"depth 4": 1, "exact": 2}
    assert ann.regret.mean == pytest.approx(2.5 / 3)


def test_over_all_games_only_exact_regrets_count(builder: Any) -> None:
    run = builder(games=[builder.game("connect4"), builder.game("checkers")])
    solved, searched = run.play("ann", "bob", reward=(1, -1)), run.play("ann", "bob", reward=(1, -1), game="checkers")
    run.move(solved, 0, regret=1.0, regret_method="exact")
    run.move(searched, 0, regret=0.04, regret_method="depth 5")
    pooled = row(run, "ann", "*")
    assert (pooled.regret.mean, pooled.regret_methods) == (1.0, {"exact": 1})
    assert row(run, "ann", "checkers").regret.mean == pytest.approx(0.04)


def test_spending(builder: Any) -> None:
    run = builder()
    for unpriced in (0, 1):
        run.play(
            "ann",
            "bob",
            reward=(1, -1),
            spent=(Spent(calls=2, input_tokens=100, output_tokens=10, usd=0.25, unpriced=unpriced), Spent()),
            measured=EpisodeMeasured(seconds=9, seat_seconds=(3.0, 0.5)),
        )
    ann, bob = row(run, "ann"), row(run, "bob")
    assert (ann.calls, ann.tokens, ann.usd, ann.unpriced, ann.seconds) == (4, 220, None, 1, 6.0)
    assert (bob.tokens, bob.usd) == (0, 0.0)


def test_overall_is_gamebots_average(builder: Any) -> None:
    run = builder()
    unit = run.play("ann", "bob", reward=(1, -1))
    run.play("ann", "bob", reward=(0, 0))
    run.answer(unit, "right")
    run.answer(unit, "wrong")
    assert row(run, "ann").overall == pytest.approx((0.5 + 0.5) / 2)
    assert row(run, "bob").overall is None


def test_all_games_count_alike(builder: Any) -> None:
    line = builder.game("line", seats=1, payoff="single", reward_range=(0.0, 1.0))
    run = builder(games=[builder.game(), line])
    for _ in range(9):
        run.play("ann", "bob", reward=(1, -1), game="connect4")
    unit = run.play("ann", reward=(0.25,), game="line", success=False)
    run.answer(unit, sub="wins")
    pooled = row(run, "ann", "*")
    assert pooled.outcome.mean == pytest.approx((1.0 - 0.5) / 2)
    assert (pooled.episodes, pooled.games, pooled.wins, pooled.losses) == (10, 2, 9, 1)
    assert list(pooled.per_subproblem) == ["line/wins"]
    assert pooled.intermediate.mean == 1.0


def test_both_seats_of_self_play_count(builder: Any) -> None:
    run = builder(agents=[builder.agent("ann")])
    run.play("ann", "ann", reward=(1, -1))
    ann = row(run, "ann")
    assert (ann.episodes, ann.wins, ann.losses, ann.distinct, ann.outcome.clusters) == (2, 1, 1, 1, 1)


def test_costs_of_an_episode(builder: Any) -> None:
    run = builder()
    for usd in (0.1, 0.3):
        run.play("ann", "bob", reward=(1, -1), spent=(Spent(calls=1, input_tokens=50, usd=usd), Spent(unpriced=1)))
    ann, bob = row(run, "ann"), row(run, "bob")
    assert (ann.usd_each.mean, ann.usd_each.clusters) == (pytest.approx(0.2), 2)
    assert (ann.tokens_each.mean, ann.tokens_each.low, ann.seconds_each.mean) == (50, None, 1.5)
    assert bob.usd_each.mean is None


def test_few_clusters_are_marked(builder: Any) -> None:
    run = builder()
    for _ in range(9):
        run.play("ann", "bob", reward=(1, -1))
    assert row(run, "ann").few_clusters
    run.play("ann", "bob", reward=(1, -1))
    assert not row(run, "ann").few_clusters


@pytest.mark.parametrize("reward", [(0, 0), (-1, 1)])
@pytest.mark.parametrize("episodes", [1, 20])
def test_all_ties_and_all_losses_are_not_certain(builder: Any, reward: tuple[int, int], episodes: int) -> None:
    run = builder()
    for _ in range(episodes):
        run.play("ann", "bob", reward=reward)
    found = row(run, "ann").outcome
    assert found.low is not None
    assert found.high is not None
    assert (found.mean, found.high > found.low) == (reward[0], True)


def test_the_order_of_runs_and_of_episodes_changes_no_digit(builder: Any) -> None:
    draw = random.Random(3)
    runs = []
    for name in ("a", "b", "c"):
        run = builder(name, games=[builder.game("x", reward_range=(0.0, 3.0)), builder.game("y")])
        for k in range(12):
            for game, top in (("x", 3.0), ("y", 1.0)):
                reward = draw.choice([0.1, 0.7, 1 / 3, 0.0]) * top
                unit = run.play("ann", "bob", reward=(reward, 0.0), game=game, k=k, trajectory=f"{name}{k}{game}")
                run.answer(unit, draw.choice(["right", "wrong", "missing"]))
                run.move(unit, regret=draw.random(), regret_method="exact", consistent=draw.random() < 0.5)
        runs.append(run.data())
    first = {(r["agent"], r["game"]): r for r in map(row_as_json, board(runs).rows)}
    for _ in range(4):
        draw.shuffle(runs)
        mixed = [replace(run, units=tuple(draw.sample(run.units, len(run.units)))) for run in runs]
        again = {(r["agent"], r["game"]): r for r in map(row_as_json, board(mixed).rows)}
        assert again == first
