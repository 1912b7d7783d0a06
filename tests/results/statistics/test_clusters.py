import pytest
from hypothesis import given
from hypothesis import strategies as st

from kibitz.results.statistics.clusters import merge


@pytest.mark.parametrize(
    ("links", "expected"),
    [
        ([], []),
        ([("p1", "t1"), ("p2", "t2")], [0, 1]),
        ([("p1", "t1"), ("p1", "t2")], [0, 0]),
        ([("p1", "t1"), ("p2", "t2"), ("p3", "t1")], [0, 1, 0]),
        ([("p1", "t1"), ("p1", "t2"), ("p2", "t2"), ("p2", "t3"), ("p3", "t4")], [0, 0, 0, 0, 1]),
        ([("a", "x"), ("b", "y"), ("b", "x")], [0, 0, 0]),
    ],
)
def test_merge(links: list[tuple[str, str]], expected: list[int]) -> None:
    assert merge(links) == expected


@given(st.lists(st.tuples(st.integers(0, 8), st.integers(100, 108)), max_size=30))
def test_items_that_share_a_label_are_together(links: list[tuple[int, int]]) -> None:
    found = merge(links)
    for i, one in enumerate(links):
        for j, other in enumerate(links):
            if set(one) & set(other):
                assert found[i] == found[j]
    assert sorted(set(found)) == list(range(len(set(found))))
