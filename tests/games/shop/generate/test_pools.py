"""Values of options: what is chosen must count as what was asked for, under the original's reward too."""

import pytest

from kibitz.games.shop.generate import beauty, electronics, fashion, garden, grocery
from kibitz.games.shop.generate.pools import POOLS
from kibitz.games.shop.product import Product
from kibitz.games.shop.reward import ORIGINAL, STRICT

DEPARTMENTS = [where for module in (beauty, electronics, fashion, garden, grocery) for where in module.DEPARTMENTS]


@pytest.mark.parametrize("where", DEPARTMENTS, ids=lambda where: where.path)
def test_a_chosen_value_is_what_was_asked_for(where):
    for name, pool, _ in where.options:
        nothing = Product(asin="K000000000", name="thing", options=((name, POOLS[pool]),))
        for value in POOLS[pool]:
            for rule in (ORIGINAL, STRICT):
                assert rule.meets(nothing, (name, value), (name, value)), value


@pytest.mark.parametrize("where", DEPARTMENTS, ids=lambda where: where.path)
def test_no_two_options_of_a_product_share_a_value(where):
    values = [value for _, pool, _ in where.options for value in POOLS[pool]]
    assert len(values) == len(set(values))


def test_kinds_are_in_one_department_only():
    queries = [kind.query for where in DEPARTMENTS for kind in where.kinds]
    assert len(queries) == len(set(queries)) == 246
