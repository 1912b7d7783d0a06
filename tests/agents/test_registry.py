from importlib.metadata import EntryPoint

import pytest

from kibitz.agents import registry
from kibitz.agents.bots.minimax import MinimaxBot
from kibitz.agents.registry import UnknownAgentError, installed, load, make, options_for
from kibitz.games.options import OptionError


def test_what_ships_is_installed():
    assert {"random", "greedy", "minimax", "llm"} <= set(installed())
    for kind in ("random", "greedy", "minimax", "llm"):
        assert load(kind).kind == kind


def test_make():
    bot = make("minimax", {"depth": 2}, "small")
    assert isinstance(bot, MinimaxBot)
    assert bot.identity == {"kind": "minimax", "depth": 2, "answers": "none"}


def test_an_unknown_kind_is_told_what_there_is():
    with pytest.raises(UnknownAgentError, match=r"unknown kind of agent 'minmax'; installed: .*minimax"):
        make("minmax", {})


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"deep": 2}, "agent minimax: unknown option 'deep'; it has depth, answers"),
        ({"depth": 0}, "agent minimax: depth = 0 is outside 1..64"),
        ({"answers": "all"}, "answers = 'all' is not one of none, random, truth"),
    ],
)
def test_wrong_options_are_told_what_is_allowed(options, message):
    with pytest.raises(OptionError, match=message):
        make("minimax", options)


def test_a_language_model_has_its_models_options_too():
    own = {option.name for option in load("llm").declared}
    assert own < {option.name for option in options_for("llm", {"model": "openai:x"})}
    assert options_for("random", {}) == tuple(load("random").declared)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("kibitz.agents.nowhere:Bot", "cannot be imported from kibitz.agents.nowhere:Bot"),
        ("kibitz.agents.llm:Nothing", "cannot be imported"),
        ("kibitz.agents.agent:Needs", "is no agent class"),
        ("kibitz.agents.llm:HISTORY", "is no agent class"),
    ],
)
def test_a_broken_plug_in_is_named(value, message, monkeypatch):
    monkeypatch.setattr(registry, "installed", lambda: {"odd": EntryPoint("odd", value, "kibitz.agents")})
    with pytest.raises(UnknownAgentError, match=f"agent 'odd'.*{message}"):
        load("odd")


def test_an_unfinished_class_is_told_what_it_lacks(monkeypatch):
    class Half:
        declared = ()

        async def act(self, turn, ctx): ...

    monkeypatch.setattr(registry, "load", lambda kind: Half)
    with pytest.raises(UnknownAgentError, match="has no options, identity, needs, answers, models, learner"):
        make("half", {}, "mine")
