from typing import Any

import pytest

from kibitz.results.leaderboard import board
from kibitz.results.report.heatmap import HeatMap, heat_maps, points


def heat(run: Any) -> HeatMap:
    (found,) = heat_maps(board([run.data()]))
    return found


def answers(builder: Any, verdicts: str, truths: str) -> Any:
    """A run in which ann answers one question an episode: r right, w wrong, and . for the truth none."""
    run = builder()
    for verdict, truth in zip(verdicts, truths, strict=True):
        unit = run.play("ann", "bob", reward=(1, -1))
        run.answer(unit, "right" if verdict == "r" else "wrong", truth="none" if truth == "." else "1,1")
    return run


@pytest.mark.parametrize(
    ("verdicts", "truths", "tint", "lift"),
    [
        ("rrrrrrrrww", "........xx", "", "±0"),  # always "none": 80 % right, and nothing to see
        ("rrrrrrrrrw", "........xx", "up1", "+10"),  # one better: could be luck
        ("rrrrrrrrrrrrrrrrrrrr", "..........xxxxxxxxxx", "up3", "+50"),
        ("wwwwwwwwww", "........xx", "down3", "−80"),
        ("rwrwrwrwrwrwrwrwrwrw", "....................", "down3", "−50"),
    ],
)
def test_colour_is_the_difference_from_the_constant_answer(
    builder: Any, verdicts: str, truths: str, tint: str, lift: str
) -> None:
    cell = heat(answers(builder, verdicts, truths)).rows[0].cells[0]
    assert cell is not None
    assert (cell.tint, cell.lift) == (tint, lift)


def test_cell_says_everything_in_words(builder: Any) -> None:
    found = heat(answers(builder, "rrrrrrrrww", "........xx"))
    cell = found.rows[0].cells[0]
    assert cell is not None
    assert (cell.accuracy, cell.baseline, found.constants) == ("80%", "80%", ("80% “none”",))
    for part in (
        "8 of 10 right",
        "always answering “none” gets 80%",
        "where the truth is not none: 0.00",
        "asked: same",
    ):
        assert part in cell.detail


def test_references_are_marked_and_come_last(builder: Any) -> None:
    agents = [
        builder.agent("a-truth", privilege="truth", identity={"answers": "truth"}),
        builder.agent("b-guess", identity={"answers": "random"}),
        builder.agent("mute", answers=False),
        builder.agent("zoe"),
    ]
    run = builder(agents=agents)
    for name in ("a-truth", "b-guess", "zoe"):
        run.answer(run.play(name, "mute", reward=(0, 0)))
    assert [(row.agent, row.reference) for row in heat(run).rows] == [
        ("zoe", ""),
        ("b-guess", "answers at random"),
        ("a-truth", "answers from the truths"),
    ]


def test_no_questions_no_map(builder: Any) -> None:
    run = builder()
    run.play("ann", "bob", reward=(1, -1))
    assert heat_maps(board([run.data()])) == ()


@pytest.mark.parametrize(("value", "text"), [(0.0, "±0"), (0.004, "±0"), (0.12, "+12"), (-0.5, "−50"), (None, "–")])
def test_points(value: float | None, text: str) -> None:
    assert points(value) == text
