from collections import Counter
from itertools import product
from random import Random

import pytest

from kibitz.games.bargaining.pools import (
    draw_pool,
    draw_pool_by_total,
    draw_values,
    partners,
    pools,
    splits,
    valuations,
)

SOME = [(1, 1, 6), (2, 2, 4), (3, 3, 6), (4, 4, 3), (2, 5, 5), (10, 1, 1)]


def naive_valuations(pool):
    return {
        values for values in product(range(31), repeat=3) if sum(v * n for v, n in zip(values, pool, strict=True)) == 30
    }


def test_the_pools_are_all_of_8_to_12_items_but_one():
    all_counts = {counts for counts in product(range(1, 11), repeat=3) if 8 <= sum(counts) <= 12}
    assert set(pools()) == all_counts - {(4, 4, 4)}
    assert len(pools()) == 184
    assert set(pools(3)) == {pool for pool in pools() if pool[2] >= 3}


@pytest.mark.parametrize("pool", [*SOME, (4, 4, 4)])
def test_valuations_are_all_that_make_the_pool_worth_30(pool):
    assert len(valuations(pool)) == len(set(valuations(pool)))
    assert set(valuations(pool)) == naive_valuations(pool)


def test_every_value_has_a_partner_and_a_kind_is_worth_something_to_one_of_them():
    for pool in pools():
        for mine in valuations(pool):
            found = partners(pool, mine)
            assert found
            assert set(found) == {v for v in valuations(pool) if all(a + b for a, b in zip(mine, v, strict=True))}


def test_splits_are_all_shares():
    assert len(splits((2, 5, 1))) == 3 * 6 * 2
    assert set(splits((1, 1, 6))) == set(product(range(2), range(2), range(7)))


def test_pools_are_equally_likely():
    rng = Random(5)
    counts = Counter(draw_pool(rng) for _ in range(18400))
    assert set(counts) == set(pools())
    # 100 expected each; five standard deviations are 50.
    assert all(50 < count < 150 for count in counts.values())


def test_the_original_draws_the_number_of_items_first_and_many_of_the_third_kind():
    rng = Random(6)
    drawn = [draw_pool_by_total(rng, 3) for _ in range(5000)]
    totals = Counter(map(sum, drawn))
    assert set(totals) == set(range(8, 13))
    assert all(850 < count < 1150 for count in totals.values())
    assert min(pool[2] for pool in drawn) == 3
    # Of the ten pools of eight items each has a tenth.
    eights = Counter(pool for pool in drawn if sum(pool) == 8)
    assert len(eights) == 10
    assert all(60 < count < 145 for count in eights.values())


def test_values_are_uniform_among_the_pairs_that_may_be():
    pool, rng = (4, 4, 3), Random(7)
    possible = {(a, b) for a in valuations(pool) for b in valuations(pool) if all(map(max, a, b))}
    counts = Counter(draw_values(rng, pool) for _ in range(100 * len(possible)))
    assert set(counts) == possible
    assert all(50 < count < 150 for count in counts.values())
