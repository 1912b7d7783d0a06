"""Regions on bitboards against breadth-first search on cells."""

from collections import deque
from random import Random

import pytest

from kibitz.games.arcade import regions
from kibitz.games.arcade.regions import BIT, FIELD, LEFT, NEXT, RIGHT, STEPS, cell_of
from kibitz.games.arcade.territory import best_step, territories


def distances(starts, free):
    """Steps from the nearest start to every free cell that can be reached; cells are (row, column)."""
    far, queue = dict.fromkeys(starts, 0), deque(starts)
    while queue:
        row, column = queue.popleft()
        for cell in ((row + 1, column), (row - 1, column), (row, column + 1), (row, column - 1)):
            if cell in free and cell not in far:
                far[cell] = far[row, column] + 1
                queue.append(cell)
    return far


def fields(count, share):
    """Random fields as sets of free cells, from open to crowded."""
    for number in range(count):
        rng = Random(f"field/{number}")
        yield rng, {(row, column) for row in range(1, 19) for column in range(1, 39) if rng.random() < share}


def packed(cells):
    return sum(BIT[cell_of(*cell)] for cell in cells)


def test_the_field_lies_within_its_border():
    assert packed([(row, column) for row in range(1, 19) for column in range(1, 39)]) == FIELD
    assert FIELD.bit_count() == 18 * 38


@pytest.mark.parametrize("share", [0.35, 0.55, 0.65, 0.8, 1.0])
def test_flood_fill_finds_what_a_search_finds(share):
    for rng, free in fields(20, share):
        start = rng.choice(sorted(free))
        far, board = distances([start], free), packed(free)
        assert regions.filled(packed([start]), board) == packed(far)
        most = rng.randint(1, 60)
        within = [steps for steps in range(max(far.values()) + 1) if sum(d <= steps for d in far.values()) > most]
        assert regions.steps_to_fill(packed([start]), board, most) == min(within, default=max(far.values()))


@pytest.mark.parametrize("share", [0.55, 0.65, 0.8])
def test_fills_meet_when_searches_meet(share):
    for rng, free in fields(20, share):
        first, second = rng.sample(sorted(free), 2)
        near, far = distances([first], free), distances([second], free)
        met = min((max(near[cell], far[cell]) for cell in near.keys() & far.keys()), default=None)
        steps = regions.steps_to_meet(packed([first]), packed([second]), packed(free))
        assert steps == (min(max(near.values()), max(far.values())) if met is None else met)


def shared_out(mine, theirs, free):
    """Both spread by one step at a time; what both reach in the same step is nobody's, and nobody passes it."""
    own, other = {mine}, {theirs}
    fronts, free = ({mine}, {theirs}), free - {mine, theirs}
    while any(fronts):
        near, far = ({cell for last in front for cell in beside(last) & free} for front in fronts)
        fronts, free = (near - far, far - near), free - near - far
        own, other = own | fronts[0], other | fronts[1]
    return own, other


def beside(cell):
    return {(cell[0] + 1, cell[1]), (cell[0] - 1, cell[1]), (cell[0], cell[1] + 1), (cell[0], cell[1] - 1)}


@pytest.mark.parametrize("share", [0.6, 0.8, 1.0])
def test_territories_are_shared_out_step_by_step(share):
    for rng, free in fields(12, share):
        mine, theirs = rng.sample(sorted(free), 2)
        own, other = territories(packed([mine]), packed([theirs]), packed(free))
        assert (own, other) == tuple(map(packed, shared_out(mine, theirs, free)))


def test_a_way_ends_before_the_first_obstacle():
    free = FIELD & ~BIT[cell_of(5, 30)]
    assert regions.way(cell_of(5, 10), RIGHT, free) == 19
    assert regions.way(cell_of(5, 10), LEFT, free) == 9
    assert regions.way(cell_of(5, 29), RIGHT, free) == 0


def test_neighbours_stay_within_the_border():
    assert NEXT[cell_of(1, 1)] == packed([(1, 2), (2, 1)])
    assert NEXT[cell_of(10, 38)] == packed([(9, 38), (11, 38), (10, 37)])


def test_the_best_step_enters_the_larger_part():
    # A wall down column 20 with the head in it: 18 columns to the right, 19 to the left, the other head far off.
    free = FIELD & ~packed([(row, 20) for row in range(1, 19)]) & ~BIT[cell_of(1, 1)] & ~packed([(2, 1), (1, 2)])
    (best,) = best_step(cell_of(9, 20), cell_of(1, 1), free)
    assert STEPS[best] == LEFT


def test_a_cell_that_the_other_may_enter_is_the_last_choice():
    head, other = cell_of(9, 10), cell_of(9, 12)
    free = packed([(9, 11), (8, 10), (8, 9)])
    assert [STEPS[place] for place in best_step(head, other, free)] == [regions.UP]
    assert [STEPS[place] for place in best_step(head, other, packed([(9, 11)]))] == [RIGHT]


def test_who_is_stuck_may_go_anywhere():
    assert list(best_step(cell_of(9, 10), cell_of(5, 5), 0)) == [0, 1, 2, 3]
