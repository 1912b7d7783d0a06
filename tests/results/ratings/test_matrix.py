from typing import Any

from kibitz.results.ratings.games import Game, telling
from kibitz.results.ratings.matrix import matrix
from kibitz.results.statistics.intervals import wilson


def test_counts_and_shares_mirror_each_other(match: Any) -> None:
    games = telling(match("a", "b", "WWDL") + match("b", "c", "WW"))
    found = matrix(games, "x", ["a", "b", "c"])
    assert list(found.meetings) == [("a", "b"), ("b", "a"), ("b", "c"), ("c", "b")]
    one, other = found.meetings["a", "b"], found.meetings["b", "a"]
    assert (one.wins, one.draws, one.losses) == (2, 1, 1) == (other.losses, other.draws, other.wins)
    assert one.share.mean == 0.625
    assert (one.share.n, one.share.clusters) == (4, 2)
    assert other.share.mean == 0.375


def test_games_without_draws_have_wilsons_interval(match: Any) -> None:
    """Pairs of one game each: no clusters, so it is the textbook's."""
    found = matrix(telling(match("a", "b", "WWWWWWWL", mirrored=False)), "x", ["a", "b"]).meetings["a", "b"]
    assert (found.share.low, found.share.high) == wilson(7 / 8, 8)


def test_copies_are_one_observation(match: Any) -> None:
    games = [
        Game(g.label, g.first, g.second, g.result, g.deal, g.pair, "same")
        for g in match("a", "b", "W" * 10, mirrored=False)
    ]
    assert matrix(telling(games), "x", ["a", "b"]).meetings["a", "b"].share.clusters == 1


def test_games_count_the_same(match: Any) -> None:
    games = telling(match("a", "b", "WW") + match("a", "b", "LLLLLL", label="y"))
    found = matrix(games, "*", ["a", "b"]).meetings["a", "b"]
    assert (found.wins, found.losses) == (2, 6)
    assert found.share.mean == 0.5


def test_games_against_oneself_are_in_no_cell(match: Any) -> None:
    games = telling(match("a", "a", "WW", mirrored=False) + match("a", "b", "WW"))
    assert set(matrix(games, "x", ["a", "b"]).meetings) == {("a", "b"), ("b", "a")}
