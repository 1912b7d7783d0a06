import json

import pytest

from kibitz.agents.models.model import Message, Request, Tool, Usage
from kibitz.harness import sampling
from kibitz.harness.cast import make_cast
from kibitz.harness.clock import SystemClock
from kibitz.harness.config import parse
from kibitz.harness.executors.slot import Slot
from kibitz.harness.prices import prices_of
from kibitz.harness.sampling import CASES, chosen, made_up, reply_tokens, sample
from kibitz.harness.schedule import units
from kibitz.harness.tokens import least_input, likely_input, most_input, most_output

LLM = {"kind": "llm", "model": "scripted:kibitz.agents.models.scripted:first_choice", "max_tokens": 1000}


def suite_of(ask="none", game="tictactoe", **options):
    agents = {"x": {**LLM, **options}, "r": {"kind": "random"}}
    return parse(
        {"name": "s", "protocol": {"ask": ask, "retries": 2}, "agents": agents, "match": [{"game": game, "pairs": 3}]},
        "s",
        None,
    )


async def samples_of(suite):
    cast = make_cast(suite)
    return await sample(suite, cast, prices_of(cast.models(), suite.prices), SystemClock())


@pytest.mark.parametrize("mode", ["free", "json", "choice", "scored", "tool"])
@pytest.mark.parametrize(("ask", "calls"), [("none", 1), ("before", 2), ("after", 2), ("probe", 2)])
async def test_calls_a_decision_follow_from_the_way_of_asking(mode, ask, calls):
    found = (await samples_of(suite_of(ask, action_mode=mode))).seats["tictactoe", "x"]
    assert len(found) == 6
    for case in found:
        decisions = case["expected"].decisions
        assert 2 <= decisions <= 5
        assert case["expected"].roles["policy"].calls == case["low"].roles["policy"].calls == calls * decisions
        assert case["high"].roles["policy"].calls == 3 * calls * decisions  # two retries


async def test_open_actions_are_sampled_too():
    found = (await samples_of(suite_of("same", game="negotiation"))).seats["negotiation", "x"]
    assert found[0]["expected"].roles["policy"].calls == found[0]["expected"].decisions > 0


@pytest.mark.parametrize("mode", ["free", "json", "tool"])
async def test_who_is_only_asked_is_sampled_too_and_is_asked_once(mode):
    agents = {"x": {**LLM, "action_mode": mode}, "r": {"kind": "random"}}
    match = {"game": "negotiation", "schedule": "positions", "rung": "easy", "pairs": 3}
    samples = await samples_of(parse({"name": "s", "agents": agents, "match": [match]}, "s", None))
    assert samples.broken == {}
    for case in samples.seats["negotiation@easy", "x"]:
        assert {case[name].decisions for name in CASES} == {1}
        assert {case[name].roles["policy"].calls for name in CASES} == {1}


async def test_nobody_asks_what_actions_are_worth(monkeypatch):
    async def asked(self, *request):
        pytest.fail(f"a forecast does not need {request}")

    monkeypatch.setattr(Slot, "request", asked)  # where the values of a slow game come from
    found = await samples_of(suite_of("same", game="othello"))
    assert found.broken == {}
    assert found.seats["othello", "x"]


async def test_same_asks_within_the_acting_call():
    found = (await samples_of(suite_of("same"))).seats["tictactoe", "x"][0]["expected"]
    assert found.roles["policy"].calls == found.decisions


async def test_tokens_grow_from_case_to_case_and_with_what_is_remembered():
    plain = (await samples_of(suite_of())).seats["tictactoe", "x"][0]
    full = (await samples_of(suite_of(history="full"))).seats["tictactoe", "x"][0]
    for found in (plain, full):
        inputs = [found[case].roles["policy"].input for case in CASES]
        assert inputs == sorted(inputs)
    assert full["expected"].roles["policy"].input > plain["expected"].roles["policy"].input + 300
    worst = full["high"].largest.tokens
    assert 2000 < worst < 20_000
    assert plain["low"].roles["policy"].output == 20 * plain["low"].decisions
    assert plain["expected"].roles["policy"].output == 300 * plain["expected"].decisions
    assert plain["high"].roles["policy"].output == 3000 * plain["high"].decisions


async def test_bots_take_no_calls_and_sampling_repeats_itself():
    first, second = await samples_of(suite_of("after")), await samples_of(suite_of("after"))
    assert first == second
    assert first.seats["tictactoe", "r"][0]["high"].roles == {}


async def test_sampling_ends_with_its_time(monkeypatch):
    monkeypatch.setattr(sampling, "SECONDS", -1.0)
    assert await samples_of(suite_of()) == sampling.Samples({}, 0, {})


async def test_a_game_that_breaks_is_said(monkeypatch):
    def broken(self, actions):
        raise RuntimeError("the dice are lost")

    suite = suite_of()
    cast = make_cast(suite)
    new_game = type(cast).new_game

    def breaking(self, label):
        game = new_game(self, label)
        monkeypatch.setattr(game, "step", broken.__get__(game))
        return game

    prices = prices_of({}, {})
    monkeypatch.setattr(type(cast), "examples", lambda self: {"tictactoe": ()})
    monkeypatch.setattr(type(cast), "new_game", breaking)
    found = await sample(suite, cast, prices, SystemClock())
    assert found.broken == {"tictactoe": "game tictactoe: RuntimeError: the dice are lost"}


def test_first_everybody_is_sampled_once_in_each_game():
    agents = {name: {"kind": "random"} for name in "abc"}
    games = [{"game": "tictactoe", "pairs": 9}, {"game": "numberline", "pairs": 9}]
    planned = units(parse({"name": "s", "agents": agents, "match": games}, "s", None))
    once = chosen(planned, 1)
    assert {(unit.game, name) for unit in once for name in unit.agents} == {
        (game, name) for game in ("tictactoe", "numberline") for name in agents
    }
    assert len(once) < 8
    assert chosen(planned, 2)[: len(once)] == once
    assert len(chosen(planned, 99)) == len(planned)


REQUEST = Request(messages=(Message("user", "x" * 350),), n=2, max_tokens=100)


@pytest.mark.parametrize(
    ("change", "tokens"),
    [
        ({}, (40, 200, 200)),
        ({"max_tokens": 1000}, (40, 600, 2000)),
        ({"max_tokens": 5}, (10, 10, 10)),
        ({"score": ("a", "b")}, (0, 0, 200)),
    ],
)
def test_tokens_of_a_reply(change, tokens):
    request = Request(messages=REQUEST.messages, **{"n": 2, "max_tokens": 100, **change})
    assert tuple(reply_tokens(request, case) for case in CASES) == tokens


def test_tokens_of_a_request():
    assert (least_input(REQUEST), likely_input(REQUEST), most_output(REQUEST)) == (87, 100, 200)
    assert most_input(REQUEST) == 2 * (175 + 16)
    wide = Request(messages=(Message("user", "\u20ac" * 10),))
    assert most_input(wide) == 15 + 16


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"choices": ("a", "b2")}, "b2"),
        ({"json_schema": "{}"}, '{"action": "b2"}'),
        ({}, "<action>b2</action>"),
    ],
)
def test_made_up_replies_state_the_action_in_the_form_that_is_asked_for(change, said):
    completion = made_up(Request(messages=(), n=2, **change), "b2", Usage(output=200))
    assert len(completion.choices) == 2
    assert completion.choices[0].text.endswith(said)
    if not change:
        assert len(completion.choices[0].text) == pytest.approx(350, abs=2)


def test_made_up_tool_calls_and_scores():
    tool = made_up(Request(messages=(), tools=(Tool("play", "", "{}"),)), "b2", Usage()).choices[0].tool_calls[0]
    assert json.loads(tool.arguments) == {"action": "b2"}
    assert made_up(Request(messages=(), score=("a", "b2")), "b2", Usage()).scores == (-1.0, 0.0)
