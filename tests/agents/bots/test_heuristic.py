from random import Random

import pytest

from kibitz.agents.agent import Turn
from kibitz.agents.bots.heuristic import HeuristicBot
from kibitz.agents.bots.lookahead import LookaheadError
from kibitz.harness.table import GameSimulator


@pytest.fixture
def thumbed(nim, monkeypatch):
    """Nim with a rule of thumb: leave a multiple of three."""
    monkeypatch.setattr(type(nim), "heuristic", lambda game, seat, rng: str(game.heap % 3 or rng.choice((1, 2))))
    return nim


async def test_the_games_own_rule_is_played(thumbed, decide):
    assert (await decide(HeuristicBot(), thumbed)).action == "1"
    thumbed.step({0: "1"})
    actions = {(await decide(HeuristicBot(), thumbed, seed)).action for seed in range(20)}
    assert actions == {"1", "2"}


async def test_it_needs_a_game_that_has_one():
    assert HeuristicBot().needs.game == {"heuristic"}
    assert HeuristicBot(answers="truth").needs.privilege == "truth"


async def test_without_a_simulator_it_says_so(nim, seat_ctx):
    from dataclasses import replace

    turn = Turn("nim", "", 0, 0, nim.observe(0))
    with pytest.raises(LookaheadError, match="heuristic needs a simulator"):
        await HeuristicBot().act(turn, replace(seat_ctx(nim, 0, Random(0)), simulator=None))


def test_a_simulator_passes_it_on(thumbed):
    assert GameSimulator(thumbed, lambda: None, False).heuristic(0, Random(0)) == "1"
