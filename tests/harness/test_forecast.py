import asyncio
import json
import re
from pathlib import Path

import pytest

from kibitz.harness.cast import make_cast
from kibitz.harness.cli import main
from kibitz.harness.clock import SystemClock
from kibitz.harness.config import parse
from kibitz.harness.forecast import Load, Range, forecast, load_of, pace, stops
from kibitz.harness.prices import prices_of
from kibitz.harness.sampling import SeatSample, Took
from kibitz.harness.tokens import Worst

SPEC = "scripted:kibitz.agents.models.scripted:seeded_choice"
LLM = {"kind": "llm", "model": SPEC, "action_mode": "json", "max_tokens": 200}
PRICES = {SPEC: {"input": 1.0, "output": 2.0}}


def forecast_of(**sections):
    agents = {"x": LLM, "r": {"kind": "random"}}
    data = {"name": "s", "agents": agents, "match": [{"game": "tictactoe", "pairs": 10}], "prices": PRICES, **sections}
    suite = parse(data, "s", None)
    cast = make_cast(suite)
    return asyncio.run(forecast(suite, cast, prices_of(cast.models(), suite.prices), SystemClock()))


def test_a_forecast_says_what_each_agent_takes():
    found = forecast_of()
    x, r, total = found["agents"]["x"], found["agents"]["r"], found["total"]
    assert (x["seats"], r["seats"]) == (20, 20)
    assert 2 * 20 <= x["decisions"]["low"] <= x["decisions"]["expected"] <= x["decisions"]["high"] <= 5 * 20
    assert x["calls"]["low"] == x["decisions"]["low"]
    assert x["calls"]["high"] == 2 * x["decisions"]["high"]  # one retry
    assert (r["calls"]["high"], r["usd"]["high"], r["largest_call"]) == (0, 0, None)
    assert total["decisions"]["high"] == x["decisions"]["high"] + r["decisions"]["high"]
    assert total["usd"] == x["usd"]
    for key in ("calls", "input_tokens", "output_tokens", "usd"):
        assert x[key]["low"] < x[key]["expected"] < x[key]["high"]
    assert x["usd"]["expected"] == pytest.approx(
        (x["input_tokens"]["expected"] + 2 * x["output_tokens"]["expected"]) / 1e6, rel=0.01
    )
    assert (found["unpriced"], found["unsampled"], found["budgets"]) == ([], [], [])
    assert found["sampled"] == 8
    json.dumps(found, allow_nan=False)


def test_every_key_of_a_forecast_is_documented():
    docs = (Path(__file__).resolve().parents[2] / "docs" / "formats.md").read_text("utf-8")
    section = docs.partition("--dry-run --json`")[2].partition("## Exit codes")[0]

    def keys(value):
        if isinstance(value, dict):
            return {*value, *(key for part in value.values() for key in keys(part))}
        return {key for part in value for key in keys(part)} if isinstance(value, list) else set()

    agents = {"x": LLM, "y": {**LLM, "model": "openai:m", "base_url": "http://127.0.0.1:1/v1"}, "r": {"kind": "random"}}
    found = forecast_of(agents=agents, budget={"tokens": 5}, limits={"scripted": {"rpm": 10}})
    found["unsampled"] = [{"game": "", "agent": "", "reason": ""}]
    names = keys(found) - {"x", "y", "r", "policy", "scripted"}
    assert [name for name in sorted(names) if not re.search(rf"\b{name}\b", section)] == []


def test_an_unknown_price_is_said_and_never_zero():
    agents = {"x": {**LLM, "model": "openai:m", "base_url": "http://127.0.0.1:1/v1"}, "r": {"kind": "random"}}
    found = forecast_of(agents=agents)
    assert (found["agents"]["x"]["usd"], found["total"]["usd"]) == (None, None)
    assert found["agents"]["x"]["largest_call"]["usd"] is None
    (unknown,) = found["unpriced"]
    assert (unknown["agent"], unknown["role"], unknown["model"]) == ("x", "policy", "openai:m")
    assert "address" in unknown["reason"]


def test_limits_a_minute_give_a_bound_of_the_time():
    found = forecast_of(limits={"scripted": {"rpm": 10, "tpm": 10**9}})
    calls = found["total"]["calls"]
    for case in ("low", "expected", "high"):
        seconds = found["at_least_seconds"]["scripted"][case]
        assert seconds == pytest.approx(max(0, calls[case] / 10 - 1) * 60, abs=1)
    assert forecast_of(limits={"scripted": {"in_flight": 3}})["at_least_seconds"] == {}


@pytest.mark.parametrize(
    ("budget", "said"),
    [
        ({"tokens": 10**9}, [("run", "tokens", "no")]),
        ({"tokens": 150_000}, [("run", "tokens", "possible")]),
        ({"tokens": 30_000}, [("run", "tokens", "likely")]),
        ({"tokens": 5_000}, [("run", "tokens", "certain")]),
        ({"usd": 0.0}, [("run", "usd", "certain")]),
        ({"agent": {"usd": 1000.0}}, [("agent x", "usd", "no")]),
    ],
)
def test_which_budget_would_stop_the_run(budget, said):
    found = forecast_of(budget=budget)["budgets"]
    assert [(one["budget"], one["figure"], one["stops"]) for one in found] == said


@pytest.mark.parametrize(("limit", "said"), [(1, "certain"), (5, "likely"), (15, "possible"), (20, "no")])
def test_whether_a_limit_stops(limit, said):
    assert stops(limit, Range(2, 10, 20)) == said


def test_a_budget_below_a_single_call_stops_everything():
    (found,) = forecast_of(budget={"tokens": 300})["budgets"]
    assert found["stops"] == "certain"


def case(decisions, low, expected, high):
    def seat(took):
        return SeatSample(decisions, {"policy": took}, Worst(took.input + took.output, took.usd))

    return {"low": seat(low), "expected": seat(expected), "high": seat(high)}


def test_a_load_is_that_of_the_cheapest_the_mean_and_the_dearest_episode():
    cases = [
        case(2, Took(2, 10, 1, 0.1), Took(2, 20, 2, 0.2), Took(4, 80, 8, 0.8)),
        case(4, Took(4, 30, 3, 0.3), Took(4, 40, 4, 0.4), Took(8, 160, 16, 1.6)),
    ]
    load = load_of(cases, 10)
    assert (load.decisions, load.calls) == (Range(20, 30, 40), Range(20, 30, 80))
    assert (load.input_tokens, load.output_tokens) == (Range(100, 300, 1600), Range(10, 30, 160))
    assert load.usd is not None
    assert (load.usd.low, load.usd.expected, load.usd.high) == pytest.approx((1.0, 3.0, 16.0))
    assert load.largest_call == Worst(176, 1.6)
    assert load_of([], 10) == Load()
    assert load_of(cases, 10, frozenset({"critic"})).calls == Range()
    assert (load + Load()).largest_call == load.largest_call


@pytest.mark.parametrize(
    ("limit", "seconds"),
    [
        ({"rpm": 10}, Range(0, 60, 540)),
        ({"tpm": 10}, Range(60, 1140, 11940)),
        ({"rpm": 1, "tpm": 10**6}, Range(540, 1140, 5940)),
    ],
)
def test_a_pace(limit, seconds):
    load = Load(calls=Range(10, 20, 100), input_tokens=Range(10, 100, 1000), output_tokens=Range(10, 100, 1000))
    assert pace(load, limit) == seconds


SUITE = f"""
name = "s"
[protocol]
ask = "after"
[agents.x]
kind = "llm"
model = "{SPEC}"
action_mode = "json"
[agents.r]
kind = "random"
[[match]]
game = "connect4"
pairs = 3
[[match]]
game = "numberline"
pairs = 3
"""


def test_a_run_takes_what_was_forecast(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("kibitz.agents.models.discover.find_endpoints", lambda environ: [])
    (tmp_path / "s.toml").write_text(SUITE)
    assert main(["run", "s.toml", "--dry-run", "--json"]) == 0
    calls = json.loads(capsys.readouterr().out)["forecast"]["agents"]["x"]["calls"]
    assert main(["run", "s.toml", "--out", "r"]) == 0
    capsys.readouterr()
    assert main(["board", "r", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)["rows"]
    (taken,) = [row["calls"] for row in rows if (row["agent"], row["game"]) == ("x", "*")]
    assert calls["low"] <= taken <= calls["high"]
    assert taken == pytest.approx(calls["expected"], rel=0.4)
