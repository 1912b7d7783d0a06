"""Who beat whom: counts and shares of points."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from kibitz.results.ratings.games import Game
from kibitz.results.ratings.table import Meeting, WinMatrix
from kibitz.results.statistics.clusters import merge
from kibitz.results.statistics.intervals import bounded_mean, equal_weights, grouped


def matrix(games: Sequence[Game], game: str, agents: Sequence[str]) -> WinMatrix:
    """The win matrix of head-to-head games.

    The share of points has Wilson's interval where nothing was drawn, and that of t otherwise. Games of one deal (a
    mirrored pair), and games that went exactly alike, are one observation. Over several labels each has the same
    weight.

    Args:
        games: The games, sorted.
        game: What the matrix is of: a label, or ``*``.
        agents: The agents in the order in which they are shown.
    """
    met: defaultdict[tuple[str, str], defaultdict[str, list[Game]]] = defaultdict(lambda: defaultdict(list))
    for one in games:
        if one.first != one.second:
            met[one.first, one.second][one.label].append(one)
            met[one.second, one.first][one.label].append(one)
    pairs = [(a, b) for a in agents for b in agents if (a, b) in met]
    return WinMatrix(game, tuple(agents), {(a, b): _meeting(a, list(met[a, b].values())) for a, b in pairs})


def _meeting(agent: str, by_label: Sequence[Sequence[Game]]) -> Meeting:
    results = [_result(agent, game) for games in by_label for game in games]
    shares = []
    for games in by_label:
        clusters = merge((("deal", *game.deal), ("course", game.first, game.course)) for game in games)
        points = [(1 + _result(agent, game)) / 2 for game in games]
        shares.append(bounded_mean(grouped(points, clusters), 0.0, 1.0))
    return Meeting(results.count(1), results.count(0), results.count(-1), equal_weights(shares))


def _result(agent: str, game: Game) -> int:
    return game.result if game.first == agent else -game.result
