from dataclasses import replace
from types import SimpleNamespace

import pytest

from kibitz.agents.agent import Needs
from kibitz.agents.bots.minimax import MinimaxBot
from kibitz.agents.bots.random_bot import RandomBot
from kibitz.games.registry import make
from kibitz.harness.executors.placement import bot_apart, game_apart, misplaced

MODEL = {"kind": "llm", "model": "scripted:kibitz.agents.models.scripted:seeded_choice"}
RANDOM = {"kind": "random"}


@pytest.mark.parametrize(("mode", "trap", "tame"), [("auto", True, False), ("all", True, True), ("none", False, False)])
def test_games_are_apart_by_declaration_or_by_order(mode, trap, tame):
    assert game_apart(make("trap"), mode) is trap
    assert game_apart(make("tame"), mode) is tame


def test_bots_are_apart_by_declaration_and_models_agents_never(cast):
    model, bot = cast("tame", model=MODEL, pinning={"kind": "pinning"}).agents.values()
    assert [bot_apart(bot, mode) for mode in ("auto", "all", "none")] == [True, False, False]
    assert not bot_apart(model, "auto")
    assert not bot_apart(RandomBot(), "auto")


def test_minimax_is_apart_where_it_takes_its_time():
    assert [MinimaxBot(depth=depth).isolate for depth in (1, 3, 4, 9)] == [False, False, True, True]


def test_what_ships_can_be_placed_anywhere(cast):
    bots = {"random": RANDOM, "greedy": {"kind": "greedy"}, "minimax": {"kind": "minimax"}, "model": MODEL}
    for game in ("tictactoe", "connect4", "numberline"):
        for mode in ("auto", "all", "none"):
            assert misplaced(cast(game, **bots), mode) == []


@pytest.mark.parametrize(
    ("needs", "wants"), [(Needs(simulator=True), "a simulator"), (Needs(privilege="truth"), "truths")]
)
def test_a_models_agent_cannot_think_in_a_game_that_is_elsewhere(cast, needs, wants):
    made = cast("trap", model=MODEL, random=RANDOM)
    thinker = SimpleNamespace(models=made.agents["model"].models, needs=needs)
    made = replace(made, agents=made.agents | {"model": thinker})
    (miss,) = misplaced(made, "auto")
    assert miss == (
        f"agent model calls a model and needs {wants} of trap, which is played in a process of its own; "
        'to play it in the same process: [execution] isolate = "none"'
    )
    assert misplaced(made, "none") == []


def test_what_another_process_cannot_make_is_found_before_the_run(cast, monkeypatch):
    made = cast("tame", pinning={"kind": "pinning"}, random=RANDOM)
    made.agents["pinning"].key = lambda: None
    (miss,) = misplaced(made, "auto")
    assert miss.startswith("agent pinning: cannot be sent between processes")
    assert misplaced(made, "none") == []

    made = cast("trap", one=RANDOM, two=RANDOM)
    monkeypatch.setattr(type(made.games["trap"]), "__module__", "__main__")
    (miss,) = misplaced(made, "auto")
    assert "game trap: its class Trap is in the program that was started" in miss

    class Local(type(made.games["trap"])):
        """Defined inside a function, where nobody else finds it."""

    monkeypatch.undo()
    (miss,) = misplaced(replace(made, games={"trap": Local()}), "auto")
    assert miss.startswith("game trap: cannot be sent between processes")
