from hypothesis import given
from hypothesis import strategies as st

from kibitz.results.report.labels import ADVANCE, GAP, LINE, Box, Label, placed

FRAME = Box(0, 0, 400, 200)


def box(label: Label) -> Box:
    width = ADVANCE * len(label.text)
    left = {"left": label.x, "right": label.x - width, "center": label.x - width / 2}[label.align]
    return Box(left, label.y - LINE / 2, left + width, label.y + LINE / 2)


def test_a_name_stands_right_of_its_point_where_there_is_room() -> None:
    assert placed(["ann"], [(100, 100)], [], FRAME, 20) == (Label("ann", 100 + GAP, 100, "left"),)


def test_at_the_right_edge_it_stands_left() -> None:
    assert placed(["ann"], [(395, 100)], [], FRAME, 20) == (Label("ann", 395 - GAP, 100, "right"),)


def test_long_names_are_cut() -> None:
    (label,) = placed(["abcdefgh"], [(100, 100)], [], FRAME, 4)
    assert label is not None
    assert label.text == "abc…"


def test_where_there_is_no_room_there_is_no_name() -> None:
    assert placed(["ann", "bob"], [(100, 100), (200, 100)], [FRAME], FRAME, 20) == (None, None)


@given(st.lists(st.tuples(st.floats(0, 400), st.floats(0, 200)), max_size=30))
def test_names_never_cover_each_other_or_a_point(points: list[tuple[float, float]]) -> None:
    labels = placed([f"agent {i}" for i in range(len(points))], points, [], FRAME, 20)
    boxes = [box(label) for label in labels if label is not None]
    assert not any(one.meets(other) for i, one in enumerate(boxes) for other in boxes[:i])
    assert not any(one.meets(Box(x - 4, y - 4, x + 4, y + 4)) for one in boxes for x, y in points)
    assert all(one.within(FRAME) for one in boxes)
