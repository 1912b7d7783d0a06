"""Progress of a run, on stderr: a live display for a terminal, plain lines for everything else.

The orchestrator reports what happens to a ``Progress``; it never asks it anything. The clock is passed in, so that
tests take no time.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from contextlib import suppress
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self, TextIO

from kibitz.harness.tally import Clock, Tally
from kibitz.results.records import EpisodeRecord, UnitRecord

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.live import Live

QUIET_SECONDS = 5.0
"""Plain lines come at most this often."""

QUIET_SHARE = 0.01
"""And at most once in this share of the time so far: the log of a night has some hundred lines."""

STANDINGS_EVERY = 10
"""With every so many plain lines comes the table as it is then."""

PLACES = 8
"""Agents in that table."""

FAILURES_TOLD = 10
"""Failures of one cause that are told one by one; further ones are counted."""


class Progress(Protocol):
    """Told what happens in a run; used as a context manager around it."""

    def __enter__(self) -> Self:
        """Start showing."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop showing; the last state stays on the screen."""

    def planned(self, total: int, done: int = 0) -> None:
        """The run has ``total`` episodes, of which ``done`` were finished earlier."""

    def unit_started(self, unit: UnitRecord) -> None:
        """An episode has begun."""

    def unit_ended(self, unit: UnitRecord, record: EpisodeRecord) -> None:
        """An episode has ended, or failed."""

    def unit_left(self, unit: UnitRecord) -> None:
        """An episode is left as far as it is: the run stops, or it is tried again later."""

    def call_ended(self, tokens: int, usd: float | None) -> None:
        """A call to a model has come back: ``tokens``, input and output together; ``usd`` is None if unknown."""

    def stopping(self, calls: int) -> None:
        """The run is to stop; so many calls are in flight and are waited for."""

    def note(self, text: str) -> None:
        """Say one line, such as that weights are fetched."""


class _Counting:
    """What the displays share: counting, what is said at once, and nothing shown."""

    def __init__(self, *, clock: Clock = time.monotonic) -> None:
        self.tally = Tally(clock)
        self._failures: Counter[str] = Counter()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    def planned(self, total: int, done: int = 0) -> None:
        """Count from here."""
        self.tally.total, self.tally.earlier = total, done
        self.tally.begin()

    def unit_started(self, unit: UnitRecord) -> None:
        """Count."""
        self.tally.start(unit)

    def unit_ended(self, unit: UnitRecord, record: EpisodeRecord) -> None:
        """Count; say a failure at once."""
        self.tally.end(unit, record)
        if record.status == "failed":
            self._failures[record.cause] += 1
            told = self._failures[record.cause]
            if told <= FAILURES_TOLD:
                self.note(f"failed: {unit.key}: {record.cause}: {record.message}")
            if told == FAILURES_TOLD:
                self.note(f"further failures of the cause {record.cause} are counted and not told one by one")

    def unit_left(self, unit: UnitRecord) -> None:
        """Count."""
        self.tally.running.pop(unit.key, None)

    def call_ended(self, tokens: int, usd: float | None) -> None:
        """Count."""
        self.tally.call(tokens, usd)

    def stopping(self, calls: int) -> None:
        """Say that the run stops, and how to stop it at once."""
        self.tally.stopping = True
        waiting = f"waiting for {calls} call{'' if calls == 1 else 's'} in flight" if calls else "no call is in flight"
        self.note(f"stopping: {waiting}; Ctrl-C again stops at once")

    def note(self, text: str) -> None:
        """Silent."""


class SilentProgress(_Counting):
    """Counts and shows nothing: for programs that run Kibitz through its Python interface."""


class PlainProgress(_Counting):
    """Plain lines: notes and failures at once, the counts from time to time, now and then the table, all at the end."""

    def __init__(self, stream: TextIO, *, clock: Clock = time.monotonic, every: float = QUIET_SECONDS) -> None:
        super().__init__(clock=clock)
        self.stream, self.every = stream, every
        self._next = clock() + every
        self._lines = 0

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # A run that was refused before it was planned has no counts to show.
        if self.tally.total:
            self.note(self.tally.line())

    def unit_ended(self, unit: UnitRecord, record: EpisodeRecord) -> None:
        """Count; say a failure at once."""
        super().unit_ended(unit, record)
        self._maybe()

    def call_ended(self, tokens: int, usd: float | None) -> None:
        """Count."""
        super().call_ended(tokens, usd)
        self._maybe()

    def note(self, text: str) -> None:
        """Say one line."""
        with suppress(OSError):  # whoever read along is gone; the run is not theirs to end
            print(one_line(text), file=self.stream, flush=True)

    def _maybe(self) -> None:
        now = self.tally.clock()
        if now < self._next:
            return
        self._next = now + max(self.every, QUIET_SHARE * (now - self.tally.started))
        self.note(self.tally.line())
        self._lines += 1
        if self._lines % STANDINGS_EVERY == 0 and (standings := self.tally.standings_line(PLACES)):
            self.note(standings)


class LiveProgress(_Counting):
    """A live display at the bottom of a terminal: a bar, the counts, what runs, and the standings so far.

    It appears when the run is planned, not before: until then the screen belongs to the download of a model.
    """

    def __init__(self, console: Console, *, clock: Clock = time.monotonic) -> None:
        super().__init__(clock=clock)
        self.console = console
        self._live: Live | None = None

    def planned(self, total: int, done: int = 0) -> None:
        """Count; begin to show."""
        from rich.live import Live

        super().planned(total, done)
        if self._live is None:
            self._live = Live(get_renderable=self._draw, console=self.console, refresh_per_second=4, transient=False)
            self._live.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live is not None:
            self._live.stop()
            self._live = None

    def note(self, text: str) -> None:
        """Say one line above the display."""
        # Not markup: a provider's error text may hold square brackets.
        self.console.print(one_line(text), markup=False, highlight=False)

    def _draw(self) -> RenderableType:
        from rich.console import Group
        from rich.progress_bar import ProgressBar
        from rich.table import Table
        from rich.text import Text

        tally = self.tally
        done, total = tally.earlier + tally.done, max(tally.total, 1)
        bar = Table.grid(padding=(0, 1))
        bar.add_row(ProgressBar(total=total, completed=done, width=40), Text(f"{100 * done // total} %"))
        rows: list[RenderableType] = [bar, Text(tally.line())]
        if running := tally.now_running(4):
            rows.append(Text("now: " + "  ".join(running), style="dim", no_wrap=True, overflow="ellipsis"))
        if standings := tally.standings_line(PLACES):
            rows.append(Text(standings, style="dim", no_wrap=True, overflow="ellipsis"))
        return Group(*rows)


def one_line(text: str, limit: int = 300) -> str:
    """Return ``text`` on one line without control characters, shortened to ``limit`` characters."""
    line = " ".join("".join(c if c.isprintable() or c.isspace() else "?" for c in text[: 4 * limit]).split())
    return line if len(line) <= limit else line[: limit - 3] + "..."


def choose(stream: TextIO | None = None) -> LiveProgress | PlainProgress:
    """The display that suits ``stream`` (default stderr): live on a terminal, plain lines otherwise."""
    stream = sys.stderr if stream is None else stream
    if not stream.isatty():
        return PlainProgress(stream)
    from rich.console import Console

    # Console reads NO_COLOR and TERM itself; a dumb terminal cannot move its cursor.
    console = Console(file=stream)
    return PlainProgress(stream) if console.is_dumb_terminal else LiveProgress(console)
