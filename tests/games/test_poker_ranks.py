"""Two evaluators, ours for many hands at once and treys for one, are compared with each other and with PokerKit."""

from itertools import combinations, combinations_with_replacement
from random import Random

import numpy as np
import pytest
from pokerkit import StandardHighHand

from kibitz.games.cards.deck import CARDS, RANKS, SUITS, named
from kibitz.games.cards.poker.ranks import CATEGORIES, category, strength
from kibitz.games.cards.poker.strengths import bits_of, categories, strengths

POKERKIT = {
    "high card": "High card",
    "pair": "One pair",
    "two pair": "Two pair",
    "three of a kind": "Three of a kind",
    "straight": "Straight",
    "flush": "Flush",
    "full house": "Full house",
    "four of a kind": "Four of a kind",
    "straight flush": "Straight flush",
    "royal flush": "Straight flush",
}


def cards(text):
    return [CARDS[name] for name in text.split()]


def in_bulk(hands):
    return strengths(np.array([bits_of(hand) for hand in hands], np.uint64))


def every_class():
    """One hand of five of each of the 7,462 that differ in strength."""
    for ranks in combinations_with_replacement(RANKS, 5):
        if max(map(ranks.count, ranks)) < 5:
            # Suits in turn: equal ranks get different ones, and never all five the same.
            yield cards(" ".join(rank + SUITS[place % 4] for place, rank in enumerate(ranks)))
    for ranks in combinations(RANKS, 5):
        yield cards(" ".join(f"{rank}h" for rank in ranks))


def pokerkit(hand):
    return StandardHighHand.from_game(named(hand).replace(" ", "")).entry


def test_all_classes_are_in_the_same_order_in_all_three():
    hands = list(every_class())
    ours, treys, theirs = in_bulk(hands).tolist(), [strength(hand) for hand in hands], [pokerkit(h) for h in hands]
    assert sorted(treys) == list(range(1, 7463))
    order = sorted(range(len(hands)), key=treys.__getitem__)
    in_order = [ours[place] for place in order]
    assert in_order == sorted(set(ours))
    indices = [theirs[place].index for place in order]
    assert indices == sorted(set(indices))
    found = categories(in_bulk(hands)).tolist()
    assert found == [category(hand) for hand in hands]
    assert [entry.label.value for entry in theirs] == [POKERKIT[CATEGORIES[place]] for place in found]


@pytest.mark.parametrize("size", [5, 6, 7])
def test_random_hands_are_ordered_as_by_treys(size):
    rng = Random(f"hands/{size}")
    hands = [rng.sample(range(52), size) for _ in range(4000)]
    # Rich in flushes, straights, and equal ranks: drawn from few cards.
    hands += [rng.sample(rng.sample(range(52), 14), size) for _ in range(2000)]
    hands += [rng.sample([card for card in range(52) if card % 4 < 2], size) for _ in range(2000)]
    hands += [rng.sample(range(start := rng.randrange(4) * 8, start + 20), size) for _ in range(2000)]
    ours, treys = in_bulk(hands), np.array([strength(hand) for hand in hands])
    by_strength = dict(zip(treys.tolist(), ours.tolist(), strict=True))
    assert [by_strength[value] for value in treys.tolist()] == ours.tolist()
    in_order = [by_strength[value] for value in sorted(by_strength)]
    assert in_order == sorted(set(in_order))
    assert categories(ours).tolist() == [category(hand) for hand in hands]


def test_random_hands_of_seven_are_ordered_as_by_pokerkit():
    rng = Random("sevens")
    hands = [rng.sample(rng.sample(range(52), 16), 7) for _ in range(1200)]
    theirs = [pokerkit(hand).index for hand in hands]
    ours = in_bulk(hands).tolist()
    by_index = dict(zip(theirs, ours, strict=True))
    assert [by_index[index] for index in theirs] == ours
    assert [by_index[index] for index in sorted(by_index)] == sorted(by_index.values())


@pytest.mark.parametrize(
    ("hand", "called"),
    [
        ("As Ks Qs Js Ts 2d 3d", "royal flush"),
        ("Kh Qh Jh Th 9h As 2d", "straight flush"),
        ("Ac 2c 3c 4c 5c Kd Kh", "straight flush"),
        ("Ad 2c 3h 4s 5c Kd Qh", "straight"),
        ("Ad Kc Qh Js Tc 2d 2h", "straight"),
        ("Qd Kc Ah 2s 3c 8d 9h", "high card"),
        ("Ks Kd Kh 5s 5d 5h 2c", "full house"),
        ("Ks Kd Qh Qs 5d 5h 2c", "two pair"),
        ("Ks Kd Kh Kc Qd Qh Qc", "four of a kind"),
        ("2s 4s 6s 8s Ts Th Td", "flush"),
        ("2s 2d 2h 5s 7d 9h Jc", "three of a kind"),
        ("2s 2d 3h 5s 7d 9h Jc", "pair"),
        ("3s 4d 5h 6s 7d 7h 7c", "straight"),
    ],
)
def test_hands_by_hand(hand, called):
    assert CATEGORIES[category(cards(hand))] == called
    assert CATEGORIES[categories(in_bulk([cards(hand)]))[0]] == called


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ("6s 5d 4h 3s 2d", "As 5d 4h 3s 2c"),
        ("As Ad Kh 3s 2d", "As Ad Qh Js Td"),
        ("3s 3d 2h 2s Ad", "3s 3d 2h 2s Kd"),
        ("2s 2d 2h 3s 3d", "As Ks Qs Js 9s"),
        ("9s 8s 6s 3s 2s", "9s 7s 6s 5s 4s"),
    ],
)
def test_kickers_decide(better, worse):
    first, second = in_bulk([cards(better), cards(worse)])
    assert first > second
    assert strength(cards(better)) > strength(cards(worse))


def test_the_board_is_shared():
    board = "As Ks Qs Js Ts"
    first, second = in_bulk([cards(f"{board} 2c 2d"), cards(f"{board} Ad Ac")])
    assert first == second
