from collections.abc import Sequence

import pytest

from kibitz.results.comparing.pairs import pair
from kibitz.results.comparing.trials import Results, Trial
from kibitz.results.gate.blocks import Block, blocks_of, finished, numbered


def trial(group: str, k: int, name: str, score: float | None = 1.0, course: str = "") -> Trial:
    scores = {} if score is None else {"outcome": score}
    failed = "timeout" if score is None else ""
    return Trial(task=f"{k}/{name}", group=group, cluster=str(k), block=k, scores=scores, failed=failed, course=course)


def side(*trials: Trial, planned: Sequence[Trial] = ()) -> Results:
    keys = {one.key: one.block for one in planned or trials}
    return Results(source="x", subject="ann", trials=trials, scheduled=len(keys), planned=keys)


def blocks(before: Results, after: Results, *groups: str) -> tuple[Block, ...]:
    return blocks_of(pair(before, after), "outcome", groups)


def test_games_weigh_the_same_whatever_they_have_of_pairs() -> None:
    before = side(*(trial("g", 0, name) for name in "abcd"), trial("h", 0, "a"))
    after = side(*(trial("g", 0, name, 0.0) for name in "abcd"), trial("h", 0, "a", 1.0))
    (one,) = blocks(before, after, "g", "h")
    assert (one.drop, one.sides, len(one.pairs), one.clusters) == (0.5, (1.0, 0.5), 5, 2)


def test_blocks_end_with_the_shortest_game() -> None:
    both = side(*(trial("g", k, "a") for k in range(3)), *(trial("h", k, "a") for k in range(2)))
    assert [one.number for one in blocks(both, both, "g", "h")] == [0, 1]
    assert [one.number for one in blocks(both, both, "g")] == [0, 1, 2]


def test_a_block_with_an_excluded_episode_is_left_out_whole() -> None:
    before = side(*(trial("g", k, name) for k in range(3) for name in "ab"))
    after = side(*(trial("g", k, name, None if (k, name) == (1, "b") else 0.5) for k in range(3) for name in "ab"))
    assert [one.number for one in blocks(before, after, "g")] == [0, 2]


def test_a_metric_that_an_episode_does_not_have_is_no_failure() -> None:
    before = side(trial("g", 0, "a"), trial("g", 0, "b"))
    other = Trial(task="0/b", group="g", cluster="0", block=0, scores={"legality": 1.0})
    after = side(trial("g", 0, "a", 0.25), other)
    assert [one.drop for one in blocks(before, after, "g")] == [0.75]


def test_what_goes_as_before_is_not_fresh() -> None:
    courses = ["way", "way", "other", "new", "way"]
    both = side(*(trial("g", k, "a", course=course) for k, course in enumerate(courses)))
    found = blocks(both, both, "g")
    assert [one.fresh for one in found] == [True, False, True, True, False]
    assert [one.clusters for one in found] == [1, 1, 2, 3, 3]


def test_a_course_must_be_the_same_on_both_sides() -> None:
    before = side(*(trial("g", k, "a", course="way") for k in range(2)))
    after = side(*(trial("g", k, "a", course=f"way {k}") for k in range(2)))
    assert [one.fresh for one in blocks(before, after, "g")] == [True, True]


def test_tasks_without_a_number_are_numbered_as_they_come() -> None:
    trials = [Trial(task=name, group=group) for name, group in (("a", "g"), ("x", "h"), ("b", "g"), ("a", "g"))]
    trials[3] = Trial(task="a", group="g", trial=1)
    assert list(numbered(trials).values()) == [0, 0, 1, 0]


@pytest.mark.parametrize(
    ("missing", "blocks"),
    [((), 4), (("0/a",), 0), (("2/b",), 2), (("3/a", "3/b"), 3), (("1/b", "3/a"), 1)],
)
def test_only_what_is_over_as_a_whole_is_read(missing: tuple[str, ...], blocks: int) -> None:
    planned = [trial("g", k, name) for k in range(4) for name in "ab"]
    there = [one for one in planned if one.task not in missing]
    before, after, end = finished(side(*planned), side(*there, planned=planned))
    assert end == blocks
    assert len(before.trials) == len(after.trials) == 2 * blocks
    # On which side it is missing does not matter.
    assert finished(side(*there, planned=planned), side(*planned))[2] == blocks
    assert finished(side(*there, planned=planned), side(*there, planned=planned))[2] == blocks


def test_what_one_side_never_planned_does_not_count_as_missing() -> None:
    many = [trial("g", k, name) for k in range(3) for name in "abc"]
    few = [one for one in many if not one.task.endswith("c")]
    before, after, end = finished(side(*many), side(*few))
    assert (len(before.trials), len(after.trials), end) == (6, 6, 3)


def test_the_order_of_ending_does_not_matter() -> None:
    planned = [trial("g", k, name) for k in range(4) for name in "ab"]
    there = [planned[i] for i in (7, 0, 5, 1, 3, 2)]
    assert finished(side(*planned), side(*there, planned=planned))[2] == 2
