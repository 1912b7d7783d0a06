"""The court's closed forms against a ball that moves by single units and a hand-written table of hits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kibitz.games.arcade import court

HEIGHTS = st.integers(16, 176)
SPEEDS = st.integers(1, 6).flatmap(lambda speed: st.sampled_from([speed, -speed]))


def crawl(y, dy, frames):
    """Height, direction and bounces of a ball that goes one unit at a time and turns when it cannot go on."""
    step, met = (1 if dy > 0 else -1), 0
    for left in range(abs(dy) * frames, 0, -1):
        y += step
        if y in (16, 176):
            step = -step
            met += left > 1
    return y, step * abs(dy), met


@given(HEIGHTS, SPEEDS, st.integers(1, 400))
def test_a_ball_is_where_a_crawling_ball_is(y, dy, frames):
    dy = court.turned(y, dy)
    where, goes, met = crawl(y, dy, frames)
    assert court.fly(y, dy, frames) == (where, goes)
    assert court.bounces(y, dy, frames) == met


@pytest.mark.parametrize(
    ("y", "dy", "frames", "lands"),
    [
        (100, 1, 5, (105, 1)),
        (17, -1, 1, (16, 1)),
        (175, 1, 1, (176, -1)),
        (18, -6, 1, (20, 6)),
        (96, 6, 60, (136, 6)),  # 360 units: up 80, down 160, up 120
        (16, 4, 80, (16, 4)),  # up and down once
    ],
)
def test_flights_counted_by_hand(y, dy, frames, lands):
    assert court.fly(y, dy, frames) == lands


@pytest.mark.parametrize(("hits", "speed"), [(0, 2), (1, 2), (2, 3), (3, 3), (5, 4), (6, 5), (7, 5), (8, 6), (99, 6)])
def test_speed_grows_with_every_second_hit(hits, speed):
    assert court.across(hits) == speed
    assert 120 % speed == 60 % 2 == 0, "the ball is on a line at a whole frame"


@pytest.mark.parametrize(
    ("off", "speed"),
    [(1, 1), (2, 2), (3, 3), (4, 3), (5, 4), (6, 5), (7, 6), (8, 6)],
)
@pytest.mark.parametrize("dy", [-4, 4])
def test_where_a_paddle_hits_decides_how_steep_the_ball_goes_back(off, speed, dy):
    assert court.struck(100 + off, 92, dy) == speed
    assert court.struck(100 - off, 92, dy) == -speed


@pytest.mark.parametrize(("dy", "speed"), [(5, 1), (-5, -1)])
def test_the_exact_middle_keeps_the_direction(dy, speed):
    assert court.struck(100, 92, dy) == speed


def test_a_hit_at_the_floor_goes_up_and_one_at_the_ceiling_down():
    assert court.struck(16, 16, 3) == 6
    assert court.struck(176, 160, -3) == -6


@pytest.mark.parametrize(
    ("x", "frames"), [(20, 4), (39, 4), (40, 8), (59, 8), (60, 12), (80, 12), (100, 12), (101, 8), (120, 8), (121, 4)]
)
def test_samples_are_rarer_in_the_middle_and_the_same_from_both_sides(x, frames):
    assert court.sampling(x) == court.sampling(160 - x) == frames


@pytest.mark.parametrize(
    ("x", "dx", "frames"), [(96, 2, 12), (136, 2, 2), (92, 6, 8), (68, -6, 8), (20, 5, 4), (100, -2, 12)]
)
def test_an_action_is_held_to_the_next_sample_or_to_the_line(x, dx, frames):
    assert court.frames_held(x, dx) == frames


@given(st.integers(8, 80).map(lambda n: 2 * n), HEIGHTS, st.integers(0, 60))
def test_a_paddle_reaches_what_some_frame_by_frame_way_reaches(low, y, frames):
    lows = {low}
    for _ in range(frames):
        lows |= {min(max(place + way, 16), 160) for place in (min(lows), max(lows)) for way in (-2, 2)}
    reached = any(place <= y <= place + 16 for place in range(min(lows), max(lows) + 1, 2))
    assert court.reaches(low, y, frames) == reached
