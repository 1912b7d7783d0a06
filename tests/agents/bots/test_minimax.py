import asyncio
import math
import time
from random import Random
from threading import Event

import pytest

from kibitz.agents.bots.greedy import GreedyBot
from kibitz.agents.bots.minimax import HASTE, TIE, MinimaxBot, Search, Stopped
from kibitz.agents.bots.random_bot import RandomBot
from kibitz.games.registry import make


def plain_minimax(game, root, depth, ply=1):
    """Value of each action without any pruning; the reference."""
    (mover,) = game.movers()
    values = {}
    for action in game.observe(mover).actions.listed:
        fork = game.clone()
        gained = fork.step({mover: action}).get(root, 0.0) * (1 - HASTE * ply)
        outcome = fork.outcome()
        if outcome is not None:
            value = outcome.reward[root] * (1 - HASTE * ply)
        elif depth == 1:
            value = fork.evaluate(root)
        else:
            below = plain_minimax(fork, root, depth - 1, ply + 1).values()
            value = max(below) if fork.movers()[0] == root else min(below)
        values[action] = gained + value
    return values


def best(values):
    return {action for action, value in values.items() if value > max(values.values()) - TIE / 2}


@pytest.mark.parametrize(("heap", "action"), [(2, "2"), (4, "1"), (5, "2"), (7, "1"), (8, "2")])
async def test_it_leaves_a_multiple_of_three(heap, action, nim, decide):
    nim.heap = heap
    assert (await decide(MinimaxBot(depth=9), nim)).action == action


@pytest.mark.parametrize("name", ["tictactoe", "connect4", "numberline"])
@pytest.mark.parametrize("depth", [1, 2, 3])
def test_pruning_keeps_the_best_actions_and_their_value(name, depth, seat_ctx):
    game = make(name)
    rng = Random(f"{name} {depth}")
    for seed in range(4):
        game.reset(seed)
        for _ in range(rng.randrange(5)):
            if game.movers():
                (mover,) = game.movers()
                game.step({mover: rng.choice(game.observe(mover).actions.listed)})
        if not game.movers():
            continue
        (seat,) = game.movers()
        exact = plain_minimax(game, seat, depth)
        simulator = seat_ctx(game, seat, rng).simulator()
        found = Search(seat).root(simulator, game.observe(seat).actions.listed, depth)
        assert best(found) == best(exact)
        assert math.isclose(max(found.values()), max(exact.values()), abs_tol=TIE)


def test_it_beats_the_horizon_to_a_win(nim, seat_ctx):
    nim.heap = 2
    found = Search(0).root(seat_ctx(nim, 0, None).simulator(), ("1", "2"), 5)
    assert math.isclose(found["2"], 1 - HASTE)


async def test_it_never_loses_at_tictactoe(contest):
    game = make("tictactoe")
    perfect = MinimaxBot(depth=9)
    for opponent in (RandomBot(), GreedyBot()):
        for seed in range(2):
            assert (await contest(game, (perfect, opponent), seed))[0] >= 0
            assert (await contest(game, (opponent, perfect), seed))[1] >= 0


async def test_it_walks_the_number_line(contest):
    for seed in range(5):
        assert (await contest(make("numberline"), (MinimaxBot(depth=10),), seed))[0] == 1.0


async def test_the_loop_runs_on_while_it_thinks(decide):
    game = make("connect4")
    game.reset(0)
    ticks, thinking = 0, asyncio.create_task(decide(MinimaxBot(depth=6), game))
    while not thinking.done():
        await asyncio.sleep(0.001)
        ticks += 1
    assert ticks > 2
    assert (await thinking).action in "1234567"


async def test_cancelling_ends_the_search(decide):
    game = make("connect4")
    game.reset(0)
    thinking = asyncio.create_task(decide(MinimaxBot(depth=30), game))
    await asyncio.sleep(0.05)
    thinking.cancel()
    started = time.perf_counter()
    with pytest.raises(asyncio.CancelledError):
        await thinking
    await asyncio.get_running_loop().shutdown_default_executor()
    assert time.perf_counter() - started < 2


def test_a_stopped_search_raises(nim, seat_ctx):
    stop = Event()
    stop.set()
    with pytest.raises(Stopped):
        Search(0, stop).root(seat_ctx(nim, 0, None).simulator(), ("1",), 3)
