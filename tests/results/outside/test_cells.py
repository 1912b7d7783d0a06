from collections.abc import Callable

import pytest

from kibitz.results.outside import cells
from kibitz.results.outside.cells import Cell, CellError


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("1", 1.0),
        (" 0.25 ", 0.25),
        ("5e-1", 0.5),
        ("TRUE", 1.0),
        ("False", 0.0),
        ("pass", 1.0),
        ("Fail", 0.0),
        (True, 1.0),
        (False, 0.0),
        (0, 0.0),
        (0.5, 0.5),
    ],
)
def test_scores(cell: Cell, value: float) -> None:
    assert cells.score(cell) == value


@pytest.mark.parametrize(
    ("read", "cell", "said"),
    [
        (cells.score, "85", "scale is 0 to 100, divide"),
        (cells.score, "101", "map the scores"),
        (cells.score, "-0.1", "outside 0..1"),
        (cells.score, "nan", "no number"),
        (cells.score, "inf", "no number"),
        (cells.score, "85%", "'85%'; a score is a number from 0 to 1, true, false, pass or fail"),
        (cells.score, "yes", "pass or fail"),
        (cells.score, "0,5", "a point, not a comma"),
        (cells.score, "1_0", "a score is"),
        (cells.score, "١", "a score is"),
        (cells.amount, "$1", "without unit"),
        (cells.amount, "-1", "below 0"),
        (cells.whole, "1.5", "no whole number"),
        (cells.whole, "-1", "no whole number"),
        (cells.whole, "1e300", "no whole number"),
        (cells.name, " ", "is empty"),
        (cells.name, 1.5, "text or a whole number"),
        (cells.name, "x" * 1001, "1001 characters"),
        (cells.fault, "mine", "agent, environment, provider, harness"),
    ],
)
def test_what_is_refused(read: Callable[[Cell], object], cell: Cell, said: str) -> None:
    with pytest.raises(CellError, match=said.replace(".", r"\.")):
        read(cell)


def test_whole_numbers_and_names() -> None:
    assert (cells.whole("3.0"), cells.whole(7), cells.name(12), cells.name(" a ")) == (3, 7, "12", "a")
