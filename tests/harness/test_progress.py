import io

import pytest

from kibitz.harness.progress import LiveProgress, PlainProgress, choose, one_line
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
    assert stream.getvalue().splitlines() == ["3/10 episodes", "4/10 episodes"]


def test_the_last_line_says_how_long_it_took():
    clock, stream = Clock(), io.StringIO()
    with PlainProgress(stream, clock=clock, every=5) as progress:
        progress.planned(1)
        progress.call_ended(1200, 0.5)
        clock.now += 2
        progress.unit_ended(unit(0), done(0))
    assert stream.getvalue() == "1/1 episodes, 1 calls (0.5/s), 1.2k tokens, $0.5, 2s\n"


def test_the_log_of_a_long_run_stays_short_and_shows_the_table_now_and_then():
    clock, stream = Clock(), io.StringIO()
    total = 24 * 3600
    with PlainProgress(stream, clock=clock) as progress:
        progress.planned(total)
        for n in range(total):
            progress.unit_started(unit(n))
            clock.now += 1
            progress.call_ended(500, None)
            progress.unit_ended(unit(n), done(n))
    text = stream.getvalue()
    assert len(text) < 100_000
    assert 300 < len(text.splitlines()) < 1000
    assert 30 < text.count("mean reward: a +1.00") < 100


def test_failures_of_one_cause_are_told_up_to_a_number():
    stream = io.StringIO()
    progress = PlainProgress(stream, clock=Clock())
    for n in range(500):
        progress.unit_ended(unit(n), failed(n))
    lines = stream.getvalue().splitlines()
    assert len(lines) == 11
    assert lines[-1] == "further failures of the cause timeout are counted and not told one by one"
    assert progress.tally.failed == 500


@pytest.mark.parametrize(
    ("calls", "said"),
    [(3, "waiting for 3 calls in flight"), (1, "waiting for 1 call in flight"), (0, "no call is in flight")],
)
def test_that_the_run_stops_is_said_with_how_to_stop_it_at_once(calls, said):
    stream = io.StringIO()
    with PlainProgress(stream, clock=Clock()) as progress:
        progress.planned(4)
        progress.stopping(calls)
    assert stream.getvalue().splitlines() == [f"stopping: {said}; Ctrl-C again stops at once", "stopping, 0/4 episodes"]


def test_failures_and_notes_are_said_at_once_on_one_line():
    stream = io.StringIO()
    progress = PlainProgress(stream, clock=Clock())
    progress.note("fetching\nweights")
    progress.unit_ended(unit(1), failed(1))
    assert stream.getvalue().splitlines() == ["fetching weights", "failed: g/1/a,b: timeout: too late ?[31m"]


def test_the_live_display_shows_and_stops_even_after_an_error():
    from rich.console import Console

    stream, clock = io.StringIO(), Clock()
    progress = LiveProgress(Console(file=stream, force_terminal=True, width=100), clock=clock)

    def fail():
        with progress:
            progress.planned(2)
            progress.unit_started(unit(1))
            progress.call_ended(1500, 0.01)
            progress.note("[bold]not markup[/bold]")
            progress.unit_ended(unit(2), failed(2))
            raise ValueError("boom")

    with pytest.raises(ValueError, match="boom"):
        fail()
    shown = stream.getvalue()
    assert "[bold]not markup[/bold]" in shown
    assert "1 failed" in shown
    assert "1.5k tokens, $0.01" in shown


def test_no_terminal_means_plain_lines(monkeypatch):
    assert isinstance(choose(io.StringIO()), PlainProgress)

    class Terminal(io.StringIO):
        def isatty(self):
            return True

    monkeypatch.setenv("TERM", "xterm")
    assert isinstance(choose(Terminal()), LiveProgress)
    monkeypatch.setenv("TERM", "dumb")
    assert isinstance(choose(Terminal()), PlainProgress)


def test_a_reader_that_is_gone_does_not_end_the_run():
    class Gone(io.StringIO):
        def write(self, text):
            raise BrokenPipeError

    with PlainProgress(Gone(), every=0) as progress:
        progress.planned(1)
        progress.call_ended(1, None)
        progress.note("one line")
    assert progress.tally.calls == 1
