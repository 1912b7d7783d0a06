"""The ratings and win matrices of a board: one for each game in which agents met, and ``*`` for all of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from kibitz.results.ratings.games import Game, Naming, head_to_head

if TYPE_CHECKING:
    from kibitz.results.ratings.table import RatingTable, WinMatrix
    from kibitz.results.rundata import RunData

ALL = "*"


@dataclass(frozen=True)
class Arena:
    """Ratings and win matrices by game label, ``*`` for all games; both empty where no agents met."""

    ratings: Mapping[str, RatingTable]
    matrices: Mapping[str, WinMatrix]


def arena(
    runs: Sequence[RunData], names: Naming, bots: Collection[str] = (), references: Collection[str] = ()
) -> Arena:
    """Rate the agents of runs.

    Args:
        runs: The runs.
        names: Names of agents and games over all of them.
        bots: The agents that draw actions at random.
        references: The agents that are rated but never ranked.
    """
    games = head_to_head(runs, names)
    if not games:
        return Arena({}, {})
    from kibitz.results.ratings.matrix import matrix
    from kibitz.results.ratings.rating import rate  # imports numpy and networkx, which other boards need not wait for

    by_label: dict[str, list[Game]] = {}
    for game in games:
        by_label.setdefault(game.label, []).append(game)
    ratings = {label: rate(played, label, bots, references) for label, played in by_label.items()}
    if len(by_label) == 1:
        ratings[ALL] = replace(next(iter(ratings.values())), game=ALL)
    else:
        ratings[ALL] = rate(games, ALL, bots, references)
    by_label[ALL] = list(games)
    matrices = {
        label: matrix(by_label[label], label, [rating.agent for rating in table.ratings])
        for label, table in ratings.items()
    }
    return Arena(ratings, matrices)
