"""How well a reader of views does on the rungs of a ladder: for the tests of the games' ladders."""

from collections.abc import Callable, Mapping
from random import Random
from typing import Any

from kibitz.games.game import Game
from kibitz.games.ladder import RUNGS
from kibitz.games.positions import MOST_OF_A_CLASS, POSITIONS, items
from kibitz.games.subproblem import Answer, Unknown

Reader = Callable[[str, int, str, Random], Mapping[str, Any]]
"""Answers by question from the text of a view, the seat, the given action and a source of slips."""


def accuracies(game: Game, reader: Reader) -> list[float]:
    """The share of right answers of a reader on each rung; no answer may be the truth of too many positions."""
    found = []
    for rung in RUNGS:
        grades: list[bool] = []
        truths: list[tuple[str, Answer]] = []
        for number, item in enumerate(items(game, rung)):
            game.at(item.position)
            said = reader(game.observe(item.seat).text, item.seat, item.given, Random(f"slip/{number}"))
            for question in game.subproblems(item.seat):
                truth = game.truth(item.seat, question.id, item.given if question.about == "action" else None)
                assert not isinstance(truth, Unknown)
                grades.append(question.kind.grade(said[question.id], truth).verdict == "right")
                truths.append((question.id, truth))
        assert max(map(truths.count, set(truths))) <= MOST_OF_A_CLASS * POSITIONS
        found.append(sum(grades) / len(grades))
    return found
