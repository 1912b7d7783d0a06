from typing import Any

import pytest

from kibitz.results.comparing.ofrun import NoAgentError, of_run, players
from kibitz.results.records import ComplaintRecord


def test_each_seat_of_an_episode_is_a_trial(builder: Any) -> None:
    run = builder()
    run.play("ann", "bob", reward=(1.0, -1.0), k=0)
    run.play("bob", "ann", reward=(0.0, 0.0), k=0)
    run.play("ann", "ann", reward=(1.0, -1.0), k=0)
    found = of_run(run.data(), "runs/a", "ann")
    assert [(t.task, t.scores["outcome"]) for t in found.trials] == [
        ("0/_,bob", 1.0),
        ("0/bob,_", 0.5),
        ("0/_,_ seat 0", 1.0),
        ("0/_,_ seat 1", 0.0),
    ]
    assert found.scheduled == 4
    assert found.trials[0].usd == 0.01


def test_shares_are_of_one_episode_and_seat(builder: Any) -> None:
    run = builder()
    unit = run.play("ann", "bob", reward=(1.0, -1.0))
    bad = ComplaintRecord(problem="illegal_action", reason="no")
    run.move(unit, 0, consistent=True)
    run.move(unit, 0, complaints=(bad,), consistent=False)
    run.move(unit, 1, fallback=True)
    run.answer(unit, "right", step=0)
    run.answer(unit, "missing", step=1)
    run.answer(unit, "right", sub="count", step=0)
    run.answer(unit, "unknown", sub="count", step=1, truth=None)
    scores = of_run(run.data(), "runs/a", "ann").trials[0].scores
    assert scores == {
        "outcome": 1.0,
        "outcome_with_fallback": 1.0,
        "legality": 0.5,
        "consistency": 0.5,
        "answers.wins": 0.5,
        "answers.count": 1.0,
        "intermediate": 0.75,
    }


def test_failed_and_open_episodes(builder: Any) -> None:
    run = builder()
    run.play("ann", "bob", reward=(), status="failed", cause="timeout", fault="provider")
    run.unit("ann", "bob")
    found = of_run(run.data(), "runs/a", "ann")
    assert [(t.failed, t.fault, t.scores) for t in found.trials] == [("timeout", "provider", {})]
    assert (found.graded, found.scheduled) == (0, 2)


@pytest.mark.parametrize(
    ("blamed", "of_ann", "of_bob"),
    [
        ("ann", "agent", "environment"),
        ("bob", "environment", "agent"),
        ("", "environment", "environment"),
    ],
)
def test_what_the_opponent_broke_is_not_the_agent_s_fault(builder: Any, blamed: str, of_ann: str, of_bob: str) -> None:
    run = builder()
    run.play("ann", "bob", reward=(), status="failed", cause="agent_error", fault="agent", blamed=blamed)
    faults = [of_run(run.data(), "runs/a", name).trials[0].fault for name in ("ann", "bob")]
    assert faults == [of_ann, of_bob]


def test_where_only_answers_count_there_is_no_outcome(builder: Any) -> None:
    run = builder(games=[builder.game(seats=1, payoff="none")])
    unit = run.play("ann", reward=(0.0,))
    run.move(unit)
    run.answer(unit, "right")
    assert set(of_run(run.data(), "runs/a", "ann").trials[0].scores) == {"answers.wins", "intermediate"}


def test_conditions_are_the_protocol_the_games_and_who_was_met(builder: Any) -> None:
    run = builder(agents=[builder.agent("ann"), builder.agent("bob"), builder.agent("eve")])
    run.play("ann", "bob", reward=(1.0, -1.0))
    found = of_run(run.data(), "runs/a", "ann").conditions
    assert found["protocol.ask"] == "same"
    assert found["opponent.bob"] == "hash-bob"
    assert set(found) == {
        "seed",
        "protocol.ask",
        "protocol.retries",
        "protocol.fallback",
        "game.connect4",
        "opponent.bob",
    }


def test_who_is_measured(builder: Any) -> None:
    model = builder.agent("ann", identity={"models": {"policy": {}}})
    data = builder(agents=[model, builder.agent("bob"), builder.agent("god", privilege="truth")]).data()
    assert players(data) == ("ann",)
    assert of_run(data, "runs/a").subject == "ann"
    two = builder().data()
    with pytest.raises(NoAgentError, match="--agent; its agents are ann, bob"):
        of_run(two, "runs/a")
    with pytest.raises(NoAgentError, match="no agent 'zoe'"):
        of_run(two, "runs/a", "zoe")
