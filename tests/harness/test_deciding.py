import json

import pytest

from kibitz.harness.deciding import Deciding
from kibitz.harness.errors import UsageError
from kibitz.results.comparing.change import UnknownMetricError
from kibitz.results.comparing.pairs import NotComparableError
from kibitz.results.comparing.reading import read_results
from kibitz.results.decision import read_decision
from kibitz.results.gate.gate import GateError, gate
from kibitz.results.gate.policy import Metric, Policy

ANYTIME = Policy(mode="anytime", agents=("player",))
GAME = {"game": "tictactoe", "options": {"opening_plies": 3}, "pairs": 40}


def suite(kind="minimax", pairs=40, **options):
    player = {"kind": kind, **({"depth": 3} if kind == "minimax" else {}), **options}
    return {"agents": {"player": player, "other": {"kind": "random"}}, "match": [GAME | {"pairs": pairs}]}


@pytest.fixture
def baseline(run, tmp_path):
    run(suite(), "base")
    return tmp_path / "base"


def decided(folder):
    decision = read_decision(folder)
    return decision and json.dumps(decision.gate | {"candidate": ""}, sort_keys=True), decision


def test_one_worker_and_eight_decide_the_same_after_the_same_deals(run, baseline, tmp_path):
    found = []
    for name, concurrency in (("one", 1), ("eight", 8)):
        deciding = Deciding(ANYTIME, baseline)
        result = run(suite("random"), name, concurrency=concurrency, deciding=deciding)
        assert result.stopped.startswith("stopped by decision: the gate is certain (FAIL) after ")
        text, decision = decided(tmp_path / name)
        assert decision.verdict == deciding.finish().verdict == "FAIL"
        # What was in flight is kept, and nothing more is begun.
        assert decision.episodes <= result.done < decision.episodes + concurrency < 80
        found.append((text, decision.deals))
    assert found[0] == found[1]
    # Whoever reads the runs later finds the same.
    for name in ("one", "eight"):
        sides = read_results(baseline, "player"), read_results(tmp_path / name, "player")
        assert gate([sides], ANYTIME).decided == found[0][1]


def test_a_decided_run_goes_on_if_one_wants_more(run, baseline, tmp_path):
    run(suite("random"), "more", deciding=Deciding(ANYTIME, baseline))
    before = decided(tmp_path / "more")
    again = Deciding(ANYTIME, baseline)
    done = run(suite("random"), "more", resume=True, deciding=again)
    assert again.result is not None
    assert not done.complete
    assert run(suite("random"), "more", resume=True).complete
    assert decided(tmp_path / "more") == before
    sides = read_results(baseline, "player"), read_results(tmp_path / "more", "player")
    assert gate([sides], ANYTIME).verdict == "FAIL"


def test_without_a_decision_all_is_played(run, baseline, tmp_path):
    deciding = Deciding(ANYTIME, baseline)
    result = run(suite(), "same", deciding=deciding)
    assert (result.complete, deciding.result) == (True, None)
    assert deciding.finish().verdict == "INCONCLUSIVE"
    assert read_decision(tmp_path / "same") is None


def test_agents_of_other_metrics_are_read_episode_by_episode(run, baseline, tmp_path):
    policy = Policy(mode="anytime", agents=("player",), metrics=(Metric("legality"), Metric("outcome")))
    deciding = Deciding(policy, baseline)
    run(suite("random"), "two", deciding=deciding)
    figures = deciding.finish().as_json()
    sides = read_results(baseline, "player"), read_results(tmp_path / "two", "player")
    assert figures["metrics"] == gate([sides], policy).as_json()["metrics"]


def test_what_cannot_be_compared_is_refused_before_anything_is_made(run, baseline, tmp_path):
    for data, error, said in (
        (suite() | {"seed": 3}, NotComparableError, "seed: 0 / 3"),
        (
            {**suite(), "agents": {"player": {"kind": "random"}, "other": {"kind": "greedy"}}},
            NotComparableError,
            "other",
        ),
        (
            {**suite(), "agents": {"me": {"kind": "random"}, "other": {"kind": "random"}}},
            UsageError,
            "no agent 'player'",
        ),
    ):
        with pytest.raises(error, match=said):
            run(data, "never", deciding=Deciding(ANYTIME, baseline))
        assert not (tmp_path / "never").exists()
    unknown = Policy(mode="anytime", agents=("player",), metrics=(Metric("answers.wins"),))
    with pytest.raises(UnknownMetricError, match=r"no metric 'answers.wins' \(there are outcome"):
        run(suite(), "never", deciding=Deciding(unknown, baseline))


def test_a_policy_for_one_look_and_a_nameless_agent_are_refused(baseline):
    with pytest.raises(UsageError, match='needs a policy with mode = "anytime"'):
        Deciding(Policy(agents=("player",)), baseline)
    with pytest.raises(UsageError, match=r'in the policy \(agents = \["NAME"\]\); its agents are player, other'):
        Deciding(Policy(mode="anytime"), baseline)


def breaking(share):
    from kibitz.agents.bots.random_bot import RandomBot

    class Breaking(RandomBot):
        kind = "breaking"

        async def act(self, turn, ctx):
            if ctx.rng.random() < share:
                raise RuntimeError("no")
            return await super().act(turn, ctx)

    return Breaking


def test_an_agent_that_breaks_loses_what_it_breaks(run, baseline, plug):
    plug(breaking=breaking(1.0))
    deciding = Deciding(ANYTIME, baseline)
    result = run(suite("breaking"), "broken", deciding=deciding)
    assert deciding.finish().verdict == "FAIL"
    assert 20 <= result.failures["agent_error"] < 80
    assert not result.over


def test_what_an_opponent_breaks_is_left_out_and_a_baseline_without_it_is_refused(run, tmp_path, plug):
    plug(breaking=breaking(1.0))
    data = {**suite(pairs=2), "agents": {"player": {"kind": "random"}, "other": {"kind": "breaking"}}}
    run(data, "base")
    assert {trial.fault for trial in read_results(tmp_path / "base", "player").trials} == {"environment"}
    with pytest.raises(GateError, match=r"base: only 0 of 4 episodes of player could be graded \(4 agent_error\)"):
        run(data, "never", deciding=Deciding(ANYTIME, tmp_path / "base"))
