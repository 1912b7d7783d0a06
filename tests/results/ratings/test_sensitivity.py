from typing import Any

import pytest

from kibitz.results.ratings.games import telling
from kibitz.results.ratings.rating import rate
from kibitz.results.ratings.table import Swap


def test_an_order_that_hangs_on_one_opponent(match: Any) -> None:
    """a lost to b, and stands above it only because it beats c, to which b loses."""
    games = match("a", "b", "LLLW" * 5) + match("a", "c", "WWWWWWWWWL" * 3) + match("b", "c", "LLLLLLWL" * 4)
    table = rate(telling(games), "x")
    assert [rating.agent for rating in table.ratings] == ["a", "c", "b"]
    without = {one.agent: one for one in table.sensitivity.left_out}
    assert without["c"].swaps == (Swap("a", "b"),)
    assert without["c"].values["b"] > without["c"].values["a"]
    assert sum(without["c"].values.values()) == pytest.approx(
        sum(rating.value for rating in table.ratings if rating.agent != "c"), abs=0.03
    )
    assert without["b"].swaps == ()


def test_who_holds_the_others_together(match: Any) -> None:
    games = match("hub", "a", "WWL" * 4) + match("hub", "b", "WWL" * 4)
    table = rate(telling(games), "x")
    without = {one.agent: one for one in table.sensitivity.left_out}
    assert not without["hub"].connected
    assert without["hub"].values == {}
    assert without["a"].connected


def test_a_lead_of_one_pair_is_fragile(match: Any) -> None:
    """20 pairs of one point each and one that a won: without it nobody leads, without two b would have to."""
    games = match("a", "b", "WL" * 19 + "WW" + "LL" + "WW")
    table = rate(telling(games), "x")
    found = table.sensitivity.fragile
    assert [(one.swap, one.dropped) for one in found] == []
    more = match("a", "b", "WL" * 36 + "WW" * 2 + "LL" + "WL")
    found = rate(telling(more), "x").sensitivity.fragile
    assert [(one.swap, one.dropped) for one in found] == [(Swap("a", "b"), 2)]
    assert found[0].share == 2 / 40


def test_a_clear_lead_is_not_fragile(match: Any) -> None:
    table = rate(telling(match("a", "b", "WWWL" * 30)), "x")
    assert table.sensitivity.fragile == ()


def test_two_agents_have_nobody_to_leave_out(match: Any) -> None:
    assert rate(telling(match("a", "b", "WL")), "x").sensitivity.left_out == ()
