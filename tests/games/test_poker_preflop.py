"""The table of equities before the flop: against published numbers, against samples, and as a whole."""

from itertools import combinations
from random import Random

import numpy as np
import pytest

from kibitz.games.cards.deck import CARDS
from kibitz.games.cards.poker.preflop import CLASSES, EQUITY, class_of, equity
from kibitz.games.cards.poker.strengths import bits_of, strengths

HANDS = tuple(combinations(range(52), 2))


def test_every_hand_has_a_class():
    found = [class_of(hand) for hand in HANDS]
    assert sorted(EQUITY) == sorted(CLASSES) == sorted(set(found))
    assert {len(name): found.count(name) for name in ("AA", "T9s", "T9o")} == {2: 6, 3: 12}
    assert found.count("T9s") == 4


@pytest.mark.parametrize(
    ("hand", "name"), [("As Ad", "AA"), ("Kd As", "AKo"), ("9h Th", "T9s"), ("2c 7d", "72o"), ("3d 2d", "32s")]
)
def test_classes_by_hand(hand, name):
    assert class_of(tuple(CARDS[card] for card in hand.split())) == name


def test_over_all_hands_the_mean_is_one_half():
    # Who holds a random hand against a random hand wins half: one wrong number would show.
    assert sum(map(equity, HANDS)) / len(HANDS) == pytest.approx(50, abs=0.0005)


@pytest.mark.parametrize(
    ("name", "percent"),
    [  # as published in tables of heads-up equities, to one decimal
        ("AA", 85.2),
        ("KK", 82.4),
        ("QQ", 79.9),
        ("JJ", 77.5),
        ("22", 50.3),
        ("AKs", 67.0),
        ("AKo", 65.3),
        ("JTs", 57.5),
        ("72o", 34.6),
        ("32o", 32.3),
    ],
)
def test_published_numbers(name, percent):
    assert EQUITY[name] == pytest.approx(percent, abs=0.1)


def test_suited_hands_are_worth_more():
    for name in CLASSES:
        if name.endswith("s"):
            assert 1 < EQUITY[name] - EQUITY[f"{name[:2]}o"] < 4.5


def test_samples_of_boards_agree_with_the_table():
    """Each class against 4,000 random hands and boards: a standard error of at most 0.8 points."""
    rng = np.random.default_rng(5)
    one = np.array([bits_of((card,)) for card in range(52)], np.uint64)
    by_class = {class_of(hand): hand for hand in HANDS}
    for name, hand in by_class.items():
        rest = np.array([card for card in range(52) if card not in hand])
        drawn = np.argpartition(rng.random((4000, 50)), 7, axis=1)[:, :7]
        cards = one[rest[drawn]]
        board = np.bitwise_or.reduce(cards[:, :5], axis=1)
        mine = strengths(board | np.uint64(bits_of(hand)))
        other = strengths(board | cards[:, 5] | cards[:, 6])
        share = 100 * float((mine > other).mean() + (mine == other).mean() / 2)
        assert abs(share - EQUITY[name]) < 3.6, name


def test_a_hand_has_the_equity_of_its_class():
    rng = Random("hands")
    for hand in rng.sample(HANDS, 20):
        assert equity(hand) == equity(hand[::-1]) == EQUITY[class_of(hand)]
