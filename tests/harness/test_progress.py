import io

import pytest

from kibitz.harness.progress import LiveProgress, PlainProgress, SilentProgress, amount, choose, duration, one_line
from kibitz.results.records import EpisodeRecord, UnitRecord


class Clock:
    now = 100.0

    def __call__(self):
        return self.now


def unit(n):
    return UnitRecord(index=n, key=f"g/{n}/a,b", game="g", task=None, k=n, agents=("a", "b"), pair="p", seed=0)


def done(n, reward=(1.0, -1.0)):
    return EpisodeRecord(unit=unit(n).key, status="done", reward=reward)


def failed(n):
    return EpisodeRecord(unit=unit(n).key, status="failed", cause="timeout", message="too\nlate \x1b[31m")


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0s"), (59.4, "59s"), (200, "3m20s"), (7500, "2h05m"), (59.6, "1m00s")]
)
def test_durations(seconds, text):
    assert duration(seconds) == text


@pytest.mark.parametrize(("count", "text"), [(0, "0"), (999, "999"), (12_345, "12.3k"), (4_600_000, "4.6M")])
def test_amounts(count, text):
    assert amount(count) == text


def test_one_line_takes_control_characters_away():
    assert one_line("a\n\tb\x1b[31m") == "a b?[31m"
    assert len(one_line("x" * 10_000)) == 300


def test_plain_lines_come_at_most_every_few_seconds():
    clock, stream = Clock(), io.StringIO()
    with PlainProgress(stream, clock=clock, every=5) as progress:
        progress.planned(10)
        for n in range(4):
            progress.unit_started(unit(n))
            clock.now += 2
            progress.unit_ended(unit(n), done(n))
    lines = stream.getvalue().splitlines()
    assert len(lines) == 2
    assert lines[0] == "3/10 episodes, about 14s left"
    assert lines[1].startswith("4/10 episodes")


def test_the_last_line_says_how_long_it_took():
    clock, stream = Clock(), io.StringIO()
    with PlainProgress(stream, clock=clock, every=5) as progress:
        progress.planned(1)
        progress.call_ended(1200)
        clock.now += 2
        progress.unit_ended(unit(0), done(0))
    assert stream.getvalue() == "1/1 episodes, 1 calls (0.5/s), 1.2k tokens, 2s\n"


def test_failures_and_notes_are_said_at_once_on_one_line():
    stream = io.StringIO()
    progress = PlainProgress(stream, clock=Clock())
    progress.note("fetching\nweights")
    progress.unit_ended(unit(1), failed(1))
    assert stream.getvalue().splitlines() == ["fetching weights", "failed: g/1/a,b: timeout: too late ?[31m"]


def test_what_was_done_earlier_does_not_count_for_the_rate():
    clock = Clock()
    progress = SilentProgress(clock=clock)
    progress.planned(10, done=6)
    clock.now += 10
    progress.unit_ended(unit(7), done(7))
    assert progress.tally.remaining == 30
    assert progress.tally.line().startswith("7/10 episodes")


def test_standings_are_means_best_first():
    progress = SilentProgress(clock=Clock())
    progress.unit_ended(unit(1), done(1, (0.0, 1.0)))
    progress.unit_ended(unit(2), done(2, (1.0, 1.0)))
    assert list(progress.tally.standings().items()) == [("b", (1.0, 2)), ("a", (0.5, 2))]


def test_the_live_display_shows_and_stops_even_after_an_error():
    from rich.console import Console

    stream, clock = io.StringIO(), Clock()
    progress = LiveProgress(Console(file=stream, force_terminal=True, width=100), clock=clock)

    def fail():
        with progress:
            progress.planned(2)
            progress.unit_started(unit(1))
            progress.call_ended(1500)
            progress.note("[bold]not markup[/bold]")
            progress.unit_ended(unit(2), failed(2))
            raise ValueError("boom")

    with pytest.raises(ValueError, match="boom"):
        fail()
    shown = stream.getvalue()
    assert "[bold]not markup[/bold]" in shown
    assert "1 failed" in shown
    assert "1.5k tokens" in shown


def test_no_terminal_means_plain_lines(monkeypatch):
    assert isinstance(choose(io.StringIO()), PlainProgress)

    class Terminal(io.StringIO):
        def isatty(self):
            return True

    monkeypatch.setenv("TERM", "xterm")
    assert isinstance(choose(Terminal()), LiveProgress)
    monkeypatch.setenv("TERM", "dumb")
    assert isinstance(choose(Terminal()), PlainProgress)
