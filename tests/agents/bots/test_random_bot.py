from collections import Counter
from random import Random

import pytest

from kibitz.agents.agent import Turn
from kibitz.agents.bots.random_bot import RandomBot
from kibitz.agents.listed import OpenActionsError
from kibitz.games.actions import Actions, Pattern
from kibitz.games.game import Observation


async def test_actions_are_drawn_uniformly_and_repeat_with_the_seed(nim, decide):
    first = [(await decide(RandomBot(), nim, seed)).action for seed in range(200)]
    assert first == [(await decide(RandomBot(), nim, seed)).action for seed in range(200)]
    assert 70 < Counter(first)["1"] < 130


async def test_open_actions_are_refused(nim, seat_ctx):
    turn = Turn("shop", "", 0, 0, Observation("", Actions(open=(Pattern("search .*", "search WORDS"),))))
    with pytest.raises(OpenActionsError, match="random plays a known action, and none of shop is known here"):
        await RandomBot().act(turn, seat_ctx(nim, 0, Random(0)))
    assert RandomBot().needs.listed
