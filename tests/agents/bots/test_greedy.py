from dataclasses import replace

import pytest

from kibitz.agents.bots.greedy import GreedyBot
from kibitz.agents.bots.lookahead import LookaheadError
from kibitz.agents.bots.random_bot import RandomBot
from kibitz.games.registry import make


@pytest.mark.parametrize(("heap", "action"), [(1, "1"), (2, "2"), (4, "1")])
async def test_it_wins_at_once_and_hands_over_no_win(heap, action, nim, decide):
    nim.heap = heap
    for seed in range(5):
        assert (await decide(GreedyBot(), nim, seed)).action == action


async def test_equal_actions_are_drawn_from(nim, decide):
    assert {(await decide(GreedyBot(), nim, seed)).action for seed in range(20)} == {"1", "2"}


async def test_it_beats_random_at_tictactoe(contest):
    game = make("tictactoe")
    won = sum([(await contest(game, (GreedyBot(), RandomBot()), seed))[0] for seed in range(15)])
    won += sum([(await contest(game, (RandomBot(), GreedyBot()), seed))[1] for seed in range(15)])
    assert won > 15


async def test_without_a_simulator_it_says_so(nim, seat_ctx, make_turn):
    ctx = replace(seat_ctx(nim, 0, None), simulator=None)
    with pytest.raises(LookaheadError, match="greedy needs a simulator"):
        await GreedyBot().act(make_turn(), ctx)
