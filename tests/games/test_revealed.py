from itertools import product
from random import Random

import pytest

from kibitz.games.bargaining.pools import pools, rest, splits, valuations
from kibitz.games.bargaining.revealed import best_reply, better_split, preferred, up_sets

GRID = (0, 1, 2, 5)
"""Values of one item in the enumeration: all orders of three kinds, ties and zeros are among them."""


def value(values, share):
    return sum(v * n for v, n in zip(values, share, strict=True))


def fits(theirs, pool, proposals):
    """Item by item: nothing that was left is worth more than something that was kept."""
    for kept in proposals:
        inside = [theirs[kind] for kind in range(3) for _ in range(kept[kind])]
        outside = [theirs[kind] for kind in range(3) for _ in range(pool[kind] - kept[kind])]
        if inside and outside and max(outside) > min(inside):
            return False
    return True


def better_by_enumeration(pool, values, proposals):
    """Whether a split is better for me than the last proposal and no worse for any valuation of a grid that fits."""
    possible = [theirs for theirs in product(GRID, repeat=3) if fits(theirs, pool, proposals)]
    kept = proposals[-1]
    return any(
        value(values, rest(pool, share)) > value(values, rest(pool, kept))
        and all(value(theirs, share) >= value(theirs, kept) for theirs in possible)
        for share in product(*(range(count + 1) for count in pool))
    )


def best_by_enumeration(pool, values, kept):
    return max(
        value(values, rest(pool, share))
        for share in product(*(range(count + 1) for count in pool))
        if sum(share) >= sum(kept)
    )


def cases(count):
    for number in range(count):
        rng = Random(f"revealed/{number}")
        pool = rng.choice(pools())
        proposals = tuple(rng.choice(splits(pool)) for _ in range(rng.randint(1, 5)))
        yield pool, rng.choice(valuations(pool)), proposals


def test_truths_are_what_enumeration_finds_in_hundreds_of_cases():
    seen = set()
    for pool, values, proposals in cases(400):
        truth = better_split(pool, values, proposals)
        assert truth == better_by_enumeration(pool, values, proposals), (pool, values, proposals)
        best = best_reply(pool, values, proposals[-1])
        assert best == best_by_enumeration(pool, values, proposals[-1])
        # Equal values fit whatever was proposed, so a better split leaves as many items, and the best reply is better.
        offered = value(values, rest(pool, proposals[-1]))
        assert best >= offered + truth
        seen.add((truth, best > offered))
    assert seen == {(True, True), (False, True), (False, False)}


@pytest.mark.parametrize(
    ("proposals", "better"),
    [
        ([(1, 1, 0)], True),  # both were kept and left, so they are equally dear: one for one
        ([(1, 2, 0)], False),  # the squares are dearer than circles, and there are no more to give
        ([(2, 2, 0)], False),
        ([(2, 2, 4)], False),  # all is kept: anything given back may be a loss
        ([(0, 0, 0)], False),  # nothing is kept: nothing can be taken
        ([(0, 2, 0), (0, 1, 1)], True),  # squares were preferred to triangles: give one back, take a triangle
        ([(0, 0, 4), (0, 1, 1)], True),  # triangles are as dear as squares: here both were kept and left
        ([(0, 2, 4), (0, 1, 4)], False),  # one square for one triangle suits me; to them triangles are dearer
        ([(2, 0, 0), (0, 1, 4)], True),  # circles are dearer than triangles: a circle for a triangle
        ([(0, 0, 4), (2, 2, 3)], False),  # triangles are dearer than all others: no gain in giving one
        ([(0, 0, 3), (0, 0, 4), (2, 0, 3)], False),  # a triangle for a circle suits them, and not me
    ],
)
def test_better_splits_by_hand(proposals, better):
    pool, values = (2, 2, 4), (4, 1, 5)
    assert better_by_enumeration(pool, values, proposals) is better
    assert better_split(pool, values, proposals) is better


@pytest.mark.parametrize(
    ("kept", "best"),
    [((0, 0, 0), 30), ((2, 2, 4), 0), ((2, 0, 0), 28), ((0, 0, 2), 28), ((0, 0, 4), 20), ((1, 1, 3), 15)],
)
def test_best_replies_by_hand(kept, best):
    # Worth 4, 1 and 5: two squares go first, then two circles, then triangles.
    assert best_reply((2, 2, 4), (4, 1, 5), kept) == best


def test_preferences_and_up_sets_by_hand():
    pairs = preferred((2, 2, 4), [(2, 0, 1)])
    assert pairs == {(0, 1), (0, 2), (2, 1)}
    assert set(up_sets(pairs)) == {(1, 0, 0), (1, 0, 1), (1, 1, 1)}
    assert len(up_sets(frozenset())) == 7
