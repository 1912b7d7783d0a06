import asyncio
import json

import pytest

from kibitz.games import registry
from kibitz.games.positions import Posed
from kibitz.harness.cli import main
from kibitz.harness.commands.prompt import estimate, requests
from kibitz.harness.library import load_suite
from kibitz.harness.participants import agent_from_spec
from kibitz.harness.schedule import units

SCRIPTED = "scripted:kibitz.agents.models.replies:text_of"


@pytest.mark.parametrize(("ask", "scopes"), [("none", 1), ("same", 1), ("before", 2), ("after", 2), ("probe", 2)])
def test_every_way_of_asking_shows_its_calls(ask, scopes, capsys):
    assert main(["prompt", "connect4", "--agent", "llm:action_mode=json", "--ask", ask, "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert len(data["calls"]) == scopes
    first = data["calls"][0]
    assert first["input_tokens"] == sum(message["tokens"] for message in first["messages"])
    assert "estimate" in data["tokens"]


def test_a_position_suite_shows_the_positions_that_it_plays(capsys):
    suite = load_suite("positions:tictactoe@easy")
    planned = units(suite)[3]
    posed = Posed("tictactoe", "easy")
    posed.reset(planned.seed, planned.task)
    assert main(["prompt", "positions:tictactoe@easy", "--agent", "llm:action_mode=json", "--seed", "3", "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    (call,) = data["calls"]
    assert data["game"] == "positions:tictactoe@easy"
    assert posed.observe(0).text in call["messages"][-1]["text"]
    assert f"Suppose that your action is {posed.given(0)}." in call["messages"][-1]["text"]


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["positions:othello@hrd"], "no rung 'hrd': othello has the rungs easy, medium, hard"),
        (["positions:numberline@easy"], "numberline has no position suites"),
        (["positions:chess@easy"], "unknown game 'chess'"),
        (["positions:tictactoe@easy", "--seed", "200"], "--seed 200: a rung has 200 positions, counted from 0"),
        (["positions:tictactoe@easy", "--options", "size=4"], "unknown option 'size=4'"),
    ],
)
def test_no_such_position_is_one_sentence(argv, said, capsys):
    assert main(["prompt", *argv, "--agent", "llm"]) == 3
    (line,) = capsys.readouterr().err.splitlines()
    assert said in line


def test_the_messages_are_those_of_a_run():
    from kibitz.agents.models.model import Choice, Completion, Measured, ModelError  # noqa: F401
    from kibitz.harness.calls import CallDesk
    from kibitz.harness.scene import made, set_scene
    from kibitz.harness.stopping import RunStopping

    config = agent_from_spec("llm:action_mode=json")
    game = registry.make("tictactoe", opening_plies=2)
    shown = asyncio.run(requests(game, config, seed=3, ask="same"))
    sent = []

    class StopError(RunStopping):
        pass

    class Desk(CallDesk):
        async def answer(self, site, role, place, request):
            sent.append((str(place), request.messages, request.parameters()))
            raise StopError

    scene = set_scene(game, {config.name: made(config)}, (config.name,) * 2, seed=3, ask="same")
    with pytest.raises(StopError):
        asyncio.run(scene.play(Desk(None, (), {}), lambda record, grades: None))
    ((place, messages, parameters),) = sent
    ((scope, request),) = shown
    assert messages == request.messages
    assert place.endswith(scope)
    assert {k: v for k, v in parameters.items() if k != "seed"} == request.parameters()


def test_the_seed_changes_the_position(capsys):
    shown = []
    for seed in ("0", "1"):
        argv = ["prompt", "connect4", "--agent", "llm", "--seed", seed, "--options", "opening_plies=4", "--ask", "none"]
        assert main(argv) == 0
        shown.append(capsys.readouterr().out)
    assert shown[0] != shown[1]
    assert "characters / 4" in shown[0]


def test_an_agent_without_a_model_sends_nothing(capsys):
    assert main(["prompt", "tictactoe", "--agent", "random"]) == 3
    assert "calls no model" in capsys.readouterr().err


def test_a_combination_that_cannot_be_asked_is_refused(capsys):
    assert main(["prompt", "tictactoe", "--agent", "llm:action_mode=choice"]) == 3
    assert "action_mode" in capsys.readouterr().err


def test_tokens_are_rounded_up():
    assert [estimate(text) for text in ("", "a", "abcd", "abcde")] == [0, 1, 1, 2]
