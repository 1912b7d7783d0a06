import pytest

from kibitz.harness.eta import Remaining
from kibitz.harness.tally import Pace, Tally, amount, duration, roughly, told
from kibitz.results.records import EpisodeRecord, UnitRecord


class Clock:
    now = 100.0

    def __call__(self):
        return self.now


def unit(n, agents=("a", "b")):
    return UnitRecord(index=n, key=f"g/{n}/a,b", game="g", task=None, k=n, agents=agents, pair="p", seed=0)


def done(n, reward=(1.0, -1.0)):
    return EpisodeRecord(unit=unit(n).key, status="done", reward=reward)


def tally(total, earlier=0):
    made = Tally(Clock())
    made.total, made.earlier = total, earlier
    return made


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0s"), (59.4, "59s"), (200, "3m20s"), (7500, "2h05m"), (59.6, "1m00s")]
)
def test_durations(seconds, text):
    assert duration(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0s"), (99, "99s"), (100, "2m"), (720, "12m"), (5900, "98m"), (7500, "2h05m"), (200_000, "2d7h")],
)
def test_durations_that_are_not_known_well(seconds, text):
    assert roughly(seconds) == text


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0"), (999, "999"), (12_345, "12.3k"), (999_900, "999.9k"), (999_960, "1.0M"), (4_600_000, "4.6M")],
)
def test_amounts(count, text):
    assert amount(count) == text


@pytest.mark.parametrize(
    ("remaining", "text"),
    [(Remaining(720, 540, 1020), "about 12m (9m to 17m) left"), (Remaining(720, 719, 721), "about 12m left")],
)
def test_the_time_that_is_left_is_said_with_its_uncertainty(remaining, text):
    assert told(remaining) == text


def test_nothing_is_said_of_the_time_that_is_left_before_enough_is_known():
    counts = tally(20)
    for n in range(2):
        counts.start(unit(n))
    for n in range(5):
        assert counts.remaining is None
        counts.clock.now += 10
        counts.end(unit(n), done(n))
        counts.start(unit(n + 2))
        counts.clock.now += 2  # an estimate is used for a while
    assert counts.remaining is not None
    assert "left" in counts.line()


def test_the_time_that_is_left_follows_from_ended_episodes():
    counts = tally(12, earlier=2)
    for n in range(6):
        counts.start(unit(n))
        counts.clock.now += 10
        counts.end(unit(n), done(n))
    counts.start(unit(6))
    counts.clock.now += 5
    assert counts.remaining is not None
    assert counts.remaining.expected == pytest.approx(35, rel=0.01)
    assert 30 < counts.remaining.low < 35 < counts.remaining.high < 40


def test_all_counts_on_one_line():
    counts = tally(9, earlier=3)
    counts.start(unit(1))
    counts.start(unit(2))
    counts.end(unit(1), done(1))
    counts.end(unit(2), EpisodeRecord(unit=unit(2).key, status="failed", cause="timeout", message=""))
    counts.start(unit(3))
    counts.clock.now += 10
    for _ in range(5):
        counts.call(300, 0.25)
    counts.call(10, None)
    assert counts.line() == "4/9 episodes, 1 failed, 1 running, 6 calls (0.6/s), 1.5k tokens, $1.25, 1 unpriced"
    counts.stopping = True
    assert counts.line().startswith("stopping, 4/9 episodes")


def test_free_calls_have_no_price_to_show():
    counts = tally(1)
    counts.call(10, 0.0)
    assert "$" not in counts.line()


def test_calls_a_second_are_those_of_the_last_minute():
    pace = Pace(0.0)
    assert pace.look(10.0, 20) == 2
    assert pace.look(30.0, 60) == 2
    assert pace.look(80.0, 60) == pytest.approx(40 / 70)
    assert pace.look(95.0, 60) == 0
    assert pace.look(95.0, 61) > 0


def test_counting_begins_again_when_the_run_is_planned():
    counts = tally(5)
    counts.call(10, 1.0)
    counts.clock.now += 100
    counts.begin()
    assert (counts.calls, counts.usd, counts.seconds) == (0, 0.0, 0.0)


def test_standings_are_means_best_first():
    counts = tally(2)
    assert counts.standings_line(3) == ""
    counts.end(unit(1), done(1, (0.0, 1.0)))
    counts.end(unit(2), done(2, (1.0, 1.0)))
    assert list(counts.standings().items()) == [("b", (1.0, 2)), ("a", (0.5, 2))]
    assert counts.standings_line(3) == "mean reward: b +1.00 (2)  a +0.50 (2)"
    assert counts.standings_line(1) == "mean reward: b +1.00 (2)  and 1 more"
