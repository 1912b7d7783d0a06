from itertools import combinations
from random import Random

import numpy as np

from kibitz.games.cards.deck import unseen
from kibitz.games.cards.poker.preflop import CLASSES, class_of
from kibitz.games.cards.poker.ranks import strength


def test_the_score_of_every_hand_on_a_board_is_that_of_comparing_one_by_one():
    from preflop import ONE, scores

    for seed in range(2):
        board = tuple(Random(f"board/{seed}").sample(range(52), 5))
        found = {hand: strength((*hand, *board)) for hand in combinations(unseen(board), 2)}
        kinds, twice = scores(np.bitwise_or.reduce(ONE[list(board)]))
        assert [CLASSES[kind] for kind in kinds] == [class_of(hand) for hand in found]
        for place, (hand, mine) in list(enumerate(found.items()))[::50]:
            others = [other for theirs, other in found.items() if not set(theirs) & set(hand)]
            assert len(others) == 990
            assert twice[place] == sum(2 * (mine > other) + (mine == other) for other in others)
