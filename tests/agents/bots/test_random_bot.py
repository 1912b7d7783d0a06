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
    assert RandomBot().needs.known


async def test_samples_of_open_actions_are_drawn(nim, seat_ctx):
    raises = Pattern("raise to [2-9]", "raise to N", tuple(f"raise to {n}" for n in range(2, 10)))
    turn = Turn("poker", "", 0, 0, Observation("", Actions(("fold",), open=(raises,))))
    drawn = [(await RandomBot().act(turn, seat_ctx(nim, 0, Random(seed)))).action for seed in range(200)]
    assert 70 < drawn.count("fold") < 130
    assert len(set(drawn)) > 5
