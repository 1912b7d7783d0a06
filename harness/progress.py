"""Progress of a run, on stderr: a live display for a terminal, plain lines for everything else.

The orchestrator reports what happens to a ``Progress``; it never asks it anything. The clock is passed in, so that
tests take no time.
"""

from __future__ import annotations

import sys
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self, TextIO

from kibitz.results.records import EpisodeRecord, UnitRecord

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.live import Live

Clock = Callable[[], float]

QUIET_SECONDS = 5.0
"""Plain lines come at most this often; a log of a long run stays readable."""


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

    def call_ended(self, tokens: int, usd: float | None = 0.0) -> None:
        """A call to a model has come back; ``tokens`` are input and output together."""

    def note(self, text: str) -> None:
        """Say one line, such as that weights are fetched."""


class Tally:
    """The counts behind both displays."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.started = clock()
        self.total = 0
        self.earlier = 0
        self.done = 0
        self.failed = 0
        self.running: dict[str, UnitRecord] = {}
        self.calls = 0
        self.tokens = 0
        self.rewards: dict[str, list[float]] = defaultdict(list)

    def end(self, unit: UnitRecord, record: EpisodeRecord) -> None:
        """Count one ended episode."""
        self.running.pop(unit.key, None)
        if record.status == "failed":
            self.failed += 1
            return
        self.done += 1
        for agent, reward in zip(unit.agents, record.reward, strict=False):
            self.rewards[agent].append(reward)

    @property
    def seconds(self) -> float:
        """Time since the start."""
        return self.clock() - self.started

    @property
    def calls_per_second(self) -> float:
        """Calls a second since the start."""
        return self.calls / self.seconds if self.seconds > 0 else 0.0

    @property
    def remaining(self) -> float | None:
        """Estimated seconds to the end, from the episodes ended in this session; None before the first."""
        ended = self.done + self.failed
        left = self.total - self.earlier - ended
        return None if not ended or left < 0 else self.seconds / ended * left

    def line(self) -> str:
        """Everything on one line."""
        parts = [f"{self.earlier + self.done}/{self.total} episodes"]
        if self.failed:
            parts.append(f"{self.failed} failed")
        if self.running:
            parts.append(f"{len(self.running)} running")
        if self.calls:
            parts.append(f"{self.calls} calls ({self.calls_per_second:.1f}/s), {amount(self.tokens)} tokens")
        if self.remaining:
            parts.append(f"about {duration(self.remaining)} left")
        elif self.remaining is not None:
            parts.append(f"{duration(self.seconds)}")
        return ", ".join(parts)

    def standings(self) -> Mapping[str, tuple[float, int]]:
        """Mean reward and number of episodes by agent, best first."""
        means = {agent: (sum(values) / len(values), len(values)) for agent, values in self.rewards.items()}
        return dict(sorted(means.items(), key=lambda item: (-item[1][0], item[0])))


def duration(seconds: float) -> str:
    """Write a duration: ``8s``, ``3m20s``, ``2h05m``."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole}s"
    if whole < 3600:
        return f"{whole // 60}m{whole % 60:02d}s"
    return f"{whole // 3600}h{whole % 3600 // 60:02d}m"


def amount(count: int) -> str:
    """Write a count: ``950``, ``12.3k``, ``4.6M``."""
    if count < 1000:
        return str(count)
    if count < 1_000_000:
        return f"{count / 1000:.1f}k"
    return f"{count / 1_000_000:.1f}M"


class _Counting:
    """What the displays share: counting, and a hook for showing."""

    def __init__(self, *, clock: Clock = time.monotonic) -> None:
        self.tally = Tally(clock)

    def __enter__(self) -> Self:
        self.tally.started = self.tally.clock()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    def planned(self, total: int, done: int = 0) -> None:
        """Count."""
        # The rate counts from here: fetching a model is no part of it.
        self.tally.total, self.tally.earlier, self.tally.started = total, done, self.tally.clock()

    def unit_started(self, unit: UnitRecord) -> None:
        """Count."""
        self.tally.running[unit.key] = unit

    def unit_ended(self, unit: UnitRecord, record: EpisodeRecord) -> None:
        """Count."""
        self.tally.end(unit, record)

    def call_ended(self, tokens: int, usd: float | None = 0.0) -> None:
        """Count."""
        self.tally.calls += 1
        self.tally.tokens += tokens

    def unit_postponed(self, unit: UnitRecord, record: EpisodeRecord) -> None:
        """Count."""
        self.tally.running.pop(unit.key, None)

    def note(self, text: str) -> None:
        """Silent."""


class SilentProgress(_Counting):
    """Counts and shows nothing: for programs that run Kibitz through its Python interface."""


class PlainProgress(_Counting):
    """Plain lines: notes and failures at once, the counts at most every few seconds, and once at the end."""

    def __init__(self, stream: TextIO, *, clock: Clock = time.monotonic, every: float = QUIET_SECONDS) -> None:
        super().__init__(clock=clock)
        self.stream, self.every = stream, every
        self._last = clock()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # A run that was refused before it was planned has no counts to show.
        if self.tally.total:
            self._say(self.tally.line())

    def unit_ended(self, unit: UnitRecord, record: EpisodeRecord) -> None:
        """Count; say a failure at once."""
        super().unit_ended(unit, record)
        if record.status == "failed":
            self._say(f"failed: {unit.key}: {record.cause}: {one_line(record.message)}")
        self._maybe()

    def call_ended(self, tokens: int, usd: float | None = 0.0) -> None:
        """Count."""
        super().call_ended(tokens, usd)
        self._maybe()

    def note(self, text: str) -> None:
        """Say one line."""
        self._say(one_line(text))

    def _maybe(self) -> None:
        if self.tally.clock() - self._last >= self.every:
            self._last = self.tally.clock()
            self._say(self.tally.line())

    def _say(self, text: str) -> None:
        print(text, file=self.stream, flush=True)


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

    def unit_ended(self, unit: UnitRecord, record: EpisodeRecord) -> None:
        """Count; say a failure at once."""
        super().unit_ended(unit, record)
        if record.status == "failed":
            self.note(f"failed: {unit.key}: {record.cause}: {record.message}")

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
        running = list(tally.running)[:4]
        if running:
            rows.append(Text("now: " + "  ".join(running), style="dim", no_wrap=True, overflow="ellipsis"))
        best = "  ".join(f"{agent} {mean:+.2f} ({n})" for agent, (mean, n) in list(tally.standings().items())[:6])
        if best:
            rows.append(Text("mean reward: " + best, style="dim", no_wrap=True, overflow="ellipsis"))
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
