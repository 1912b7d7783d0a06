"""The tight-aggressive player: sound by hand, and better than players that do not look."""

from random import Random
from statistics import fmean

import pytest

from kibitz.games.cards.holdem import Holdem
from kibitz.games.cards.poker.betting import Betting
from kibitz.games.cards.poker.tight import needed


def chosen(hand, board, *history, seed=0):
    game, seat = Holdem(), 0
    other = "2c 3d" if "2c" not in f"{hand} {board}" and "3d" not in f"{hand} {board}" else "4s 5h"
    for seat in (0, 1):
        hands = [hand, other] if seat == 0 else [other, hand]
        game.at({"hands": hands, "board": board, "history": list(history)})
        if game.movers() == (seat,):
            break
    return game.heuristic(seat, Random(seed))


@pytest.mark.parametrize(
    ("hand", "board", "history", "action"),
    [
        ("As Ad", "", (), "raise to 5"),
        ("7s 2d", "", (), "fold"),
        ("9s 5d", "", (), "call"),
        ("As Ad", "", ("raise to 6",), "raise to 18"),
        ("As Ad", "", ("raise to 30",), "all-in"),
        ("As Ad", "", ("all-in",), "call"),
        ("7s 2d", "", ("all-in",), "fold"),
        ("Ks Jd", "", ("raise to 6",), "call"),
        ("7s 2d", "", ("call",), "check"),
        ("As Kd", "", ("call",), "raise to 4"),
        ("As Kd", "Ac Kh 2s", ("raise to 6", "call"), "raise to 8"),
        ("As Kd", "Ac Kh 2s", ("raise to 6", "call", "raise to 10"), "raise to 30"),
        ("7s 4d", "Ac Kh Js", ("raise to 6", "call"), "check"),
        ("7s 4d", "Ac Kh Js", ("raise to 6", "call", "raise to 10"), "fold"),
        ("Ts 4d", "Ac Th Js 2s 3h", ("raise to 6", "call", *["check"] * 4, "raise to 5"), "call"),
    ],
)
def test_choices_by_hand(hand, board, history, action):
    assert chosen(hand, board, *history) == action


def test_a_larger_bet_needs_more_than_its_odds():
    margins = []
    for bet in ("raise to 4", "raise to 20", "all-in"):
        betting = Betting()
        betting.act(bet)
        margins.append(needed(betting) - 100 * betting.to_call / (betting.pot + betting.to_call))
    assert margins == sorted(margins)
    assert margins[0] > 0


def test_it_bluffs_now_and_then():
    bets = sum(chosen("9s 8s", "7s 2d Kh", "raise to 6", "call", seed=seed) != "check" for seed in range(100))
    assert 3 <= bets <= 35


def draws(game, seat, rng):
    return game.observe(seat).actions.draw(rng)


def calls(game, seat, rng):
    return next(action for action in ("check", "call") if action in game.observe(seat).actions.listed)


def shoves(game, seat, rng):
    return next(action for action in ("all-in", "call") if action in game.observe(seat).actions.listed)


@pytest.mark.parametrize("opponent", [draws, calls, shoves])
def test_it_wins_over_duplicate_deals_against_players_that_do_not_look(opponent):
    won = []
    for seed in range(250):
        for seat in (0, 1):
            game, rng = Holdem(), Random(f"{seed}/{seat}")
            game.reset(seed)
            while game.movers():
                (turn,) = game.movers()
                game.step({turn: game.heuristic(turn, rng) if turn == seat else opponent(game, turn, rng)})
            won.append(game.outcome().raw[seat])
    assert fmean(won) > 1
