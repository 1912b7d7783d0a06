"""Equities and outs are compared with enumeration one hand at a time, by the library treys and by PokerKit."""

from itertools import combinations
from random import Random

import numpy as np
import pytest
from pokerkit import StandardHighHand

from kibitz.games.cards.deck import CARDS, named, unseen
from kibitz.games.cards.poker.equity import equity, outs, sampled
from kibitz.games.cards.poker.ranks import category, strength
from kibitz.games.cards.poker.strengths import bits_of, strengths


def cards(text):
    return tuple(CARDS[name] for name in text.split())


def drawn(seed, board):
    found = Random(f"equity/{seed}").sample(range(52), 2 + board)
    return tuple(found[:2]), tuple(found[2:])


def one_by_one(hand, board):
    """Every hand of the opponent, every board card to come, each pair of hands compared by treys."""
    twice = count = 0
    others = unseen((*hand, *board))
    for more in combinations(others, 5 - len(board)):
        mine = strength((*hand, *board, *more))
        for theirs in combinations([card for card in others if card not in more], 2):
            other = strength((*theirs, *board, *more))
            twice += 2 if mine > other else 1 if mine == other else 0
            count += 1
    return 50 * twice / count


@pytest.mark.parametrize("seed", range(8))
def test_on_the_river(seed):
    hand, board = drawn(f"river/{seed}", 5)
    assert equity(hand, board) == pytest.approx(one_by_one(hand, board), abs=1e-9)


@pytest.mark.parametrize("seed", range(2))
def test_on_the_turn(seed):
    hand, board = drawn(f"turn/{seed}", 4)
    assert equity(hand, board) == pytest.approx(one_by_one(hand, board), abs=1e-9)


@pytest.mark.parametrize("seed", range(3))
def test_on_the_flop(seed):
    """All 1,070,190 pairs of a hand and two board cards, without the split into sets that the equity is counted by."""
    hand, board = drawn(f"flop/{seed}", 3)
    others = unseen((*hand, *board))
    bits = {card: bits_of((card,)) for card in others}
    pairs = [bits[first] | bits[second] for first, second in combinations(others, 2)]
    every = np.array(pairs, np.uint64)
    known = np.uint64(bits_of(board))
    mine = strengths(every | np.uint64(bits_of((*hand, *board))))
    twice = count = 0
    for more, own in zip(every, mine, strict=True):
        other = strengths(every[(every & more) == 0] | more | known)
        twice += int(2 * (own > other).sum() + (own == other).sum())
        count += len(other)
    assert count == 1_070_190
    assert equity(hand, board) == pytest.approx(50 * twice / count, abs=1e-9)


@pytest.mark.parametrize(
    ("hand", "board", "share"),
    [
        ("As Ks", "Qs Js Ts 2d 2c", 100),  # nothing beats it, nothing ties
        ("2c 3d", "As Ks Qs Js Ts", 50),  # the board plays
        ("8s 2d", "Qs Js Ts 9s 3h", 100 * (990 - 44) / 990),  # beaten by the king of spades and any of 44
    ],
)
def test_equities_by_hand(hand, board, share):
    assert equity(cards(hand), cards(board)) == pytest.approx(share, abs=1e-9)


def test_the_order_of_cards_does_not_matter():
    hand, board = drawn("order", 3)
    assert equity(hand, board) == equity(hand[::-1], board[::-1])


@pytest.mark.parametrize("size", [3, 4, 5])
def test_a_sample_is_near_and_follows_from_its_generator(size):
    for seed in range(20):
        hand, board = drawn(f"sample/{size}/{seed}", size)
        found = sampled(hand, board, Random(seed))
        assert found == sampled(hand, board, Random(seed))
        # Five standard errors; where there are few sets, all are counted.
        assert abs(found - equity(hand, board)) <= (10 if size < 5 else 0)


def better_by_pokerkit(hand, board):
    order = ["High card", "One pair", "Two pair", "Three of a kind", "Straight", "Flush", "Full house"]
    order += ["Four of a kind", "Straight flush", "royal"]

    def place(held):
        entry = StandardHighHand.from_game(named(held).replace(" ", "")).entry
        best = StandardHighHand("AsKsQsJsTs").entry
        return order.index("royal" if entry.index == best.index else entry.label.value)

    now = place((*hand, *board))
    return sum(place((*hand, *board, card)) > now for card in unseen((*hand, *board)))


@pytest.mark.parametrize("size", [3, 4])
def test_outs_are_those_of_pokerkit(size):
    for seed in range(30):
        hand, board = drawn(f"outs/{size}/{seed}", size)
        assert outs(hand, board) == better_by_pokerkit(hand, board)


@pytest.mark.parametrize(
    ("hand", "board", "count"),
    [
        ("As Kd", "Qh 7c 2s", 15),  # any of five ranks pairs
        ("As Kd", "Qh Jc 2s", 19),  # and four tens make a straight
        ("As Ks", "Qs Js 2d", 9 + 3 + 12 + 2),  # nine spades; then tens, the four high ranks, deuces
        ("Ah 2s", "3d 4c 9h", 4 + 15),  # four fives: the wheel
        ("9s 9d", "Kh 7c 2s", 2 + 9),  # two nines, and each card of the board pairs
        ("As Ad", "Ah Ac 2s", 0),  # no straight flush is one card away
        ("Ks Qs", "Js Ts 9s", 1),  # the ace of spades: from straight flush to royal flush
        ("As Ks", "Qs Js Ts", 0),  # nothing is above
        ("7s 7d", "7h 2c 2d", 1),  # from full house to four sevens; a third deuce makes a better full house only
        ("7s 5d", "7h 5c 2d", 4),  # two pair to full house; a deuce makes another two pair
    ],
)
def test_outs_by_hand(hand, board, count):
    assert outs(cards(hand), cards(board)) == count


def test_outs_leave_out_what_is_only_a_better_hand_of_the_same_kind():
    hand, board = cards("Ks 2d"), cards("9h 9c 4s")
    # A pair: trips by two nines, two pair by a king, a deuce or a four; an ace only betters the kicker.
    assert outs(hand, board) == 2 + 9
    assert category((*hand, *board)) == category((*hand, *board, CARDS["Ah"])) == 1
