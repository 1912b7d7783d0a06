from dataclasses import replace
from random import Random

import pytest

from kibitz.agents.agent import Turn
from kibitz.agents.bots.greedy import GreedyBot
from kibitz.agents.bots.minimax import MinimaxBot
from kibitz.agents.bots.random_bot import RandomBot
from kibitz.agents.parsing import Wanted, read_free
from kibitz.games.game import Observation

BOTS = (RandomBot, GreedyBot, MinimaxBot)


@pytest.mark.parametrize("bot", BOTS)
async def test_true_answers_are_true_and_a_privilege(bot, nim, decide):
    made = bot(answers="truth")
    decision = await decide(made, nim)
    assert decision.reply.answers["lost"].answer is False
    assert decision.reply.answers["left"].answer == 7 - int(decision.action)
    assert made.answers
    assert made.needs.privilege == "truth"


@pytest.mark.parametrize("bot", BOTS)
async def test_guesses_do_not_change_the_action(bot, nim, decide):
    for seed in range(10):
        plain, guessing = await decide(bot(), nim, seed), await decide(bot(answers="random"), nim, seed)
        assert plain.action == guessing.action
        assert set(guessing.reply.answers) == {"lost", "left"}
        assert plain.reply.answers == {}


async def test_without_the_option_nothing_is_asked_or_needed():
    assert not RandomBot().answers
    assert RandomBot().needs.privilege == "none"
    assert RandomBot(answers="random").needs.privilege == "none"


async def test_the_reply_reads_back(nim, decide):
    decision = await decide(RandomBot(answers="truth"), nim)
    read = read_free(decision.reply.text, Wanted(nim.subproblems(0), nim.observe(0).actions))
    assert (read.action, read.answers) == (decision.action, decision.reply.answers)


async def test_before_acting_only_the_view_is_asked_about(nim, decide):
    assert set((await decide(RandomBot(answers="truth"), nim, ask="before")).reply.answers) == {"lost"}


@pytest.mark.parametrize("bot", BOTS)
async def test_where_no_action_is_wanted_the_given_one_is_asked_about(bot, nim, seat_ctx):
    turn = Turn("nim", "", 0, 0, Observation("7 left", None), nim.subproblems(0), "same",
                wants=frozenset({"answers"}), given="2")  # fmt: skip
    decision = await bot(answers="truth").act(turn, seat_ctx(nim, 0, Random(0)))
    assert (decision.action, decision.candidates) == (None, ())
    assert {name: said.answer for name, said in decision.reply.answers.items()} == {"lost": False, "left": 5}


async def test_truth_is_refused_where_it_is_not_granted(nim, seat_ctx, make_turn):
    ctx = replace(seat_ctx(nim, 0, Random(0)), truth=None)
    with pytest.raises(ValueError, match="needs the privilege"):
        await RandomBot(answers="truth").act(make_turn(), ctx)
