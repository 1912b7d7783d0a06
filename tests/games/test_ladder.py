"""Rungs of ladders, and the classes of truths that position suites balance."""

import pytest

from kibitz.games.kinds import Boolean, SetOf
from kibitz.games.ladder import Rung
from kibitz.games.positions import truth_classes
from kibitz.games.subproblem import Subproblem


def test_a_rung_with_bounds_can_be_a_key_and_differs_from_one_with_others():
    rungs = {Rung("easy", (0, 4), {"pips": (0, 3)}), Rung("easy", (0, 4), {"pips": (0, 3)}), Rung("easy", (0, 4))}
    assert len(rungs) == 2


@pytest.mark.parametrize(("measures", "holds"), [({"pips": 3, "dice": 9}, True), ({"pips": 4, "dice": 1}, False)])
def test_a_rung_holds_what_is_within_its_bounds(measures, holds):
    assert Rung("easy", (0, 4), {"pips": (0, 3)}).holds(measures) is holds


@pytest.mark.parametrize(
    ("kind", "truth", "classes"),
    [
        (SetOf(("a", "b")), frozenset("ba"), ("is a; b", "has members")),
        (SetOf(("a", "b")), frozenset(), ("is none", "is empty")),
        (SetOf(("a", "b"), empty=False), frozenset("b"), ("is b",)),
        (SetOf(("a", "b"), each=True), frozenset("b"), ("is b",)),
        (SetOf(("a", "b"), each=True), frozenset(), ("is none",)),
        (Boolean(), True, ("is yes",)),
    ],
)
def test_truths_fall_into_classes(kind, truth, classes):
    assert truth_classes(Subproblem("q", "Which?", kind), truth) == classes
