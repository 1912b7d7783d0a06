import math
from random import Random
from typing import Any

import pytest

from kibitz.results.ratings.games import Game, telling
from kibitz.results.ratings.rating import rate
from kibitz.results.ratings.table import ELO, Anchor, Rating, RatingTable


def rated(games: list[Game], **changes: Any) -> RatingTable:
    return rate(telling(games), "x", **changes)


def found(table: RatingTable, agent: str) -> Rating:
    rating = table.of(agent)
    assert rating is not None
    return rating


def test_two_agents_by_hand(match: Any) -> None:
    """30 wins, 10 losses: odds of 30.5 to 10.5, and variance 1 / 30.5 + 1 / 10.5 of the model."""
    table = rated(match("a", "b", "WWWL" * 10, mirrored=False) + match("b", "a", "LLLW" * 10, mirrored=False))
    value = ELO * math.log(60.5 / 20.5)
    assert found(table, "a").value - found(table, "b").value == pytest.approx(value, abs=0.02)
    assert table.anchor.text == "the mean of a and b = 1500"
    assert found(table, "a").value + found(table, "b").value == pytest.approx(3000, abs=0.02)
    assert table.seat_effect["x"].value == 0
    assert table.ties == {"x": 0}


def test_random_bots_are_1000_by_kind(match: Any) -> None:
    table = rated(match("a", "chance", "WWWL" * 5), bots=["chance"])
    assert (found(table, "chance").value, found(table, "chance").low, found(table, "chance").high) == (1000,) * 3
    assert table.anchor.text == "chance = 1000"
    assert found(table, "a").value > 1100


def test_two_random_bots_are_1000_together(match: Any) -> None:
    games = match("a", "r1", "WWWL" * 5) + match("a", "r2", "WWWWWL" * 4)
    table = rated(games, bots=["r1", "r2"])
    assert table.anchor.text == "r1 and r2 = 1000"
    assert found(table, "r1").value + found(table, "r2").value == pytest.approx(2000, abs=0.02)
    assert found(table, "r1").value > found(table, "r2").value


def test_the_order_of_games_changes_no_digit(match: Any) -> None:
    games = match("a", "b", "WWDL" * 4) + match("b", "c", "WLDD" * 4, label="y") + match("a", "c", "WWWL" * 4)
    shuffled = Random(3).sample(games, len(games))
    assert rated(shuffled).as_json() == rated(games).as_json()


def test_an_undefeated_agent_has_no_upper_limit(match: Any) -> None:
    games = match("a", "b", "WWWWLWWL" * 3) + match("top", "a", "W" * 20) + match("top", "b", "W" * 20)
    table = rated(games, bots=["b"])
    top = found(table, "top")
    assert top.high is None
    assert top.low is not None
    high = found(table, "a").high
    assert high is not None
    assert high < top.low
    assert top.rank == 1
    assert not top.bounded


def test_an_agent_that_lost_everything_has_no_lower_limit(match: Any) -> None:
    games = match("a", "b", "WWWWLWWL" * 3) + match("low", "a", "L" * 20) + match("low", "b", "L" * 20)
    low = found(rated(games, bots=["b"]), "low")
    assert low.low is None
    assert low.high is not None
    assert low.high < 1000
    assert low.rank == 3


def test_an_undefeated_agent_does_not_move_the_anchor(match: Any) -> None:
    """Without a bot the mean is that of the agents whose differences are bounded; else it would run away too."""
    games = match("a", "b", "WWWWLWWL" * 3) + match("top", "a", "W" * 20) + match("top", "b", "W" * 20)
    table = rated(games)
    assert table.anchor.agents == ("a", "b")
    assert table.anchor.text == "the mean of a and b = 1500"
    assert found(table, "a").bounded
    assert found(table, "top").high is None


def test_an_anchor_of_many_names_the_first() -> None:
    assert Anchor(("r",), 1000, bot=True).text == "r = 1000"
    assert Anchor(tuple("abcd"), 1500, bot=False).text == "the mean of a, b, c and d = 1500"
    assert Anchor(tuple("abcdef"), 1500, bot=False).text == "the mean of a, b, c, d and 2 more = 1500"


def test_two_agents_of_which_one_won_everything(match: Any) -> None:
    table = rated(match("a", "b", "W" * 20))
    a, b = found(table, "a"), found(table, "b")
    assert (a.high, b.low) == (None, None)
    assert a.value - b.value == pytest.approx(ELO * math.log(20.5 / 0.5), abs=0.02)
    assert (a.rank, b.rank, a.group, b.group) == (1, 2, "a", "b")


def test_wins_from_the_first_seat_only_are_the_seat(match: Any) -> None:
    table = rated(match("a", "b", "WL" * 10))
    assert found(table, "a").value == found(table, "b").value
    assert table.seat_effect["x"].high is None
    assert table.seat_effect["x"].low is not None
    assert table.seat_effect["x"].low > 0
    assert (found(table, "a").rank, found(table, "b").rank) == (1, 1)


def test_wins_first_and_draws_second_bound_nothing_above(match: Any) -> None:
    """It may be infinitely strong, if the first seat is worth infinitely much."""
    table = rated(match("a", "b", "WD" * 10))
    assert found(table, "a").high is None


def test_one_game_says_next_to_nothing(match: Any) -> None:
    table = rated(match("a", "b", "W"))
    assert (found(table, "a").rank, found(table, "b").rank) == (1, 1)
    assert found(table, "a").group == found(table, "b").group == "a"
    assert found(table, "a").bootstrap is None


def test_all_draws_are_equal_for_all_that_is_known(match: Any) -> None:
    table = rated(match("a", "b", "D" * 20) + match("b", "c", "D" * 20))
    assert {rating.value for rating in table.ratings} == {1500}
    assert {rating.rank for rating in table.ratings} == {1}
    assert table.ties["x"] > 0.9


def test_references_are_rated_and_never_ranked(match: Any) -> None:
    games = match("a", "b", "WWWL" * 10) + match("oracle", "a", "WWWWWL" * 10)
    table = rated(games, references=["oracle"])
    assert [rating.agent for rating in table.ratings] == ["oracle", "a", "b"]
    assert [rating.rank for rating in table.ratings] == [None, 1, 2]
    assert [rating.group for rating in table.ratings] == ["", "a", "b"]


def test_agents_that_never_met_are_not_ranked(match: Any) -> None:
    games = match("a", "r", "WWWL" * 5) + match("c", "d", "WWL" * 6) + match("d", "e", "WWL" * 6)
    table = rated(games, bots=["r"])
    assert not table.connected
    assert table.components == (("a", "r"), ("c", "d", "e"))
    assert [anchor.text for anchor in table.anchors] == ["r = 1000", "the mean of c, d and e = 1500"]
    assert len(table.connecting) == 1
    assert table.connecting[0][1] == "d"
    assert {rating.rank for rating in table.ratings} == {None}
    assert [rating.agent for rating in table.ratings] == ["a", "r", "c", "d", "e"]


def test_separate_parts_are_rated_as_if_alone(match: Any) -> None:
    one, other = match("a", "b", "WWDL" * 5), match("c", "d", "WWDL" * 5, label="y")
    alone = rate(telling(one), "x")
    together = rate(telling(one + other), "*")
    assert found(together, "a").value == found(alone, "a").value


def test_games_count_the_same_however_many_they_are(match: Any) -> None:
    """20 games that say 3 to 1 and 200 that say 1 to 3, in the weight of one each, say nothing."""
    games = match("a", "b", "WWWL" * 5, mirrored=False) + match("b", "a", "LLLW" * 5, mirrored=False)
    games += match("a", "b", "LLLW" * 50, mirrored=False, label="y")
    games += match("b", "a", "WWWL" * 50, mirrored=False, label="y")
    table = rate(telling(games), "*")
    assert found(table, "a").value == pytest.approx(1500, abs=0.02)
    assert set(table.seat_effect) == {"x", "y"}


def test_copies_are_one_game(match: Any) -> None:
    """Twenty games that went alike are no more certain than one."""
    games = match("a", "b", "WL" * 10) + match("a", "b", "WD" * 10)
    copied = [Game(g.label, g.first, g.second, g.result, g.deal, g.pair, f"{g.first}{g.result}") for g in games]

    def width(table: RatingTable) -> float:
        return table.seat_effect["x"].value - (table.seat_effect["x"].low or -math.inf)

    assert width(rated(copied)) > 2 * width(rated(games))


def test_games_against_oneself_tell_about_the_seat(match: Any) -> None:
    games = match("a", "b", "WLWLDDWLLW" * 2)
    more = games + match("a", "a", "W" * 40, mirrored=False)
    one, other = rated(games), rated(more)
    assert other.seat_effect["x"].value > one.seat_effect["x"].value + 50
    assert found(other, "a").games == found(one, "a").games == 20
    assert abs(found(other, "a").value - found(one, "a").value) < 10


def test_json_has_what_the_formats_page_promises(match: Any) -> None:
    told = rated(match("a", "b", "WWDL" * 5) + match("b", "c", "WWDL" * 5)).as_json()
    assert set(told) == {
        *("game", "ratings", "seat_effect", "ties", "anchor", "anchors", "connected", "components", "connecting"),
        "sensitivity",
    }
    ratings = told["ratings"]
    assert isinstance(ratings, list)
    assert set(ratings[0]) == {"agent", "value", "low", "high", "games", "rank", "group", "bootstrap"}
