import heapq
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kibitz.harness.eta import Durations, estimate

TEN = Durations([10.0] * 20, [])


def test_waiting_episodes_take_rounds():
    # Two slots, both half through; four wait: they take two rounds more. How far apart the slots end is not known.
    remaining = estimate(TEN, [5.0, 5.0], 4, 20)
    assert remaining.expected == pytest.approx(25, rel=0.1)
    assert 20 <= remaining.low <= 25 <= remaining.high <= 30


def test_the_last_ones_run_out():
    assert estimate(TEN, [4.0], 0, 20).expected == pytest.approx(6, rel=0.01)
    assert estimate(TEN, [4.0, 9.0, 1.0], 0, 20).expected == pytest.approx(9, rel=0.01)


def test_running_episodes_are_known_to_be_long():
    seen = Durations([1.0, 1.0, 1.0, 1.0, 1.0], [])
    known = Durations([1.0, 1.0, 1.0, 1.0, 1.0], [9.0] * 5)
    assert seen.mean == pytest.approx(1)
    assert 5 < known.mean < 10
    # Weights of Kaplan and Meier, by hand: 1 ends of 4, then 1 of 2.
    assert Durations([1.0, 3.0], [2.0, 4.0]).ends_within(0, 1.0) == pytest.approx(1 / 4)
    assert Durations([1.0, 3.0], [2.0, 4.0]).ends_within(0, 3.0) == pytest.approx(1 / 4 + 3 / 8)


@pytest.mark.parametrize(
    ("seconds", "probability"), [(0, 0.0), (5, 0.5), (10, 1.0)]
)  # of ten seconds, seen at a random moment
def test_what_is_seen_at_a_random_moment(seconds, probability):
    assert TEN.ends_soon(seconds) == pytest.approx(probability)


def test_what_is_left():
    assert TEN.left(4.0) == pytest.approx(6)
    two = Durations([10.0, 20.0], [])
    assert two.left(0.0) == pytest.approx(15)
    assert two.left(10.0) == pytest.approx(10)
    assert two.left(99.0) > 0  # longer than any that ended
    assert 0 < two.ends_within(99.0, 5.0) < 1


LENGTHS = st.lists(st.floats(0, 1e5), min_size=1, max_size=30)


@given(LENGTHS, LENGTHS, st.integers(0, 10_000), st.integers(1, 400), st.booleans())
def test_any_run_gets_an_interval_around_its_estimate(ended, elapsed, waiting, known, censored):
    remaining = estimate(Durations(ended, elapsed if censored else ()), elapsed, waiting, known)
    assert 0 <= remaining.low <= remaining.expected <= remaining.high < float("inf")


def test_of_many_running_episodes_some_stand_for_all():
    few = estimate(TEN, [n / 50 for n in range(500)], 0, 400)
    many = estimate(TEN, [n / 500 for n in range(5000)], 0, 400)
    assert few.expected == pytest.approx(many.expected, rel=0.05)


def test_in_simulated_runs_the_interval_mostly_holds_the_end():
    held = [_holds(seed) for seed in range(100)]
    assert sum(held) >= 75


def _holds(seed):
    """Whether the interval half way through a run of 100 episodes, 8 at once, holds its end."""
    rng = Random(seed)
    running = [(rng.uniform(40, 80), 0.0) for _ in range(8)]
    heapq.heapify(running)
    took, waiting, told = [], 92, None
    now = 0.0
    while running:
        now, began = heapq.heappop(running)
        took.append(now - began)
        if waiting:
            waiting -= 1
            heapq.heappush(running, (now + rng.uniform(40, 80), now))
        if len(took) == 50:
            elapsed = [now - began for _, began in running]
            told = now, estimate(Durations(took, elapsed), elapsed, waiting, 42)
    assert told is not None
    then, remaining = told
    return remaining.low <= now - then <= remaining.high
