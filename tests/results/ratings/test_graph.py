from itertools import combinations, pairwise

from hypothesis import given
from hypothesis import strategies as st

from kibitz.results.ratings.graph import components, connecting, letters


def test_components() -> None:
    assert components(["a", "b", "c"], [("a", "b"), ("c", "b")]) == (("a", "b", "c"),)
    assert components(["d", "a", "b", "c"], [("a", "b"), ("c", "b")]) == (("a", "b", "c"), ("d",))
    assert components([], []) == ()


def test_parts_are_connected_by_their_middles() -> None:
    values = {"a": 1.0, "b": 2.0, "c": 3.0, "d": 1.0, "e": 2.0, "f": 3.0, "g": 0.0}
    parts = [("a", "b", "c"), ("d", "e", "f"), ("g",)]
    assert connecting(parts, values) == (("b", "e"), ("b", "g")) or connecting(parts, values) == (
        ("b", "e"),
        ("e", "g"),
    )
    assert connecting([("a", "b")], values) == ()


@given(st.lists(st.integers(1, 3), min_size=2, max_size=5))
def test_as_few_matches_as_can_be_connect_all(sizes: list[int]) -> None:
    names = iter(range(100))
    parts = [tuple(f"n{next(names):02}" for _ in range(size)) for size in sizes]
    agents = [name for part in parts for name in part]
    within = [pair for part in parts for pair in pairwise(part)]
    found = connecting(parts, dict.fromkeys(agents, 0.0))
    assert len(found) == len(parts) - 1
    assert components(agents, [*within, *found]) == (tuple(sorted(agents)),)


def test_letters() -> None:
    """The example of a table of means: a and b alike, b and c alike, a and c apart."""
    assert letters(["a", "b", "c"], [("a", "c")]) == {"a": "a", "b": "ab", "c": "b"}
    assert letters(["a", "b"], []) == {"a": "a", "b": "a"}
    assert letters(["a", "b", "c"], [("a", "b"), ("a", "c"), ("b", "c")]) == {"a": "a", "b": "b", "c": "c"}
    assert letters(["a"], []) == {"a": "a"}


def test_many_letters_are_told_apart() -> None:
    order = [f"n{i:02}" for i in range(30)]
    found = letters(order, combinations(order, 2))
    assert (found["n00"], found["n25"], found["n26"], found["n29"]) == ("a", "z", "aa", "ad")


@given(st.integers(1, 6), st.data())
def test_agents_share_a_letter_where_they_are_not_apart(size: int, data: st.DataObject) -> None:
    order = [f"n{i}" for i in range(size)]
    pairs = list(combinations(order, 2))
    apart = data.draw(st.lists(st.sampled_from(pairs), unique=True)) if pairs else []
    found = letters(order, apart)
    for pair in pairs:
        assert bool(set(found[pair[0]]) & set(found[pair[1]])) == (pair not in apart)
