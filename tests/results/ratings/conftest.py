"""Games between agents, without runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import count

import pytest

from kibitz.results.ratings.games import Game

Match = Callable[..., list[Game]]


@pytest.fixture
def match() -> Match:
    """Makes the games of one pairing: ``match("a", "b", "WDL")`` are three games in the eyes of ``a``, who sits first.

    With ``mirrored`` every second game has the seats exchanged, and two games are one pair of one deal.
    """
    numbers = count()

    def games(
        one: str, other: str, results: str, *, label: str = "x", mirrored: bool = True, deals: Sequence[int] = ()
    ) -> list[Game]:
        made = []
        for i, letter in enumerate(results):
            swapped = mirrored and i % 2 == 1
            result = {"W": 1, "D": 0, "L": -1}[letter]
            k = deals[i] if deals else i // 2 if mirrored else i
            made.append(
                Game(
                    label=label,
                    first=other if swapped else one,
                    second=one if swapped else other,
                    result=-result if swapped else result,
                    deal=("0", k),
                    pair=("0", f"{label}/{k}/{'+'.join(sorted((one, other)))}"),
                    course=f"course-{next(numbers)}",
                )
            )
        return made

    return games
