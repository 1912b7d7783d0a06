"""The counts behind a display of progress: episodes, calls, tokens, dollars, and how long it may still take."""

from __future__ import annotations

import math
from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Mapping
from itertools import islice

from kibitz.harness.eta import Durations, Remaining, estimate
from kibitz.results.figures import dollars
from kibitz.results.records import EpisodeRecord, UnitRecord

Clock = Callable[[], float]

ENOUGH = 5
"""Ended episodes before anything is said of the time that is left; also, twice as many as run at once."""

LATELY = 400
"""Ended episodes that are looked at for it, the last ones: an estimate follows a run that gets slower."""

SECONDS_OF_USE = 2.0
"""How long an estimate is shown before it is made again."""

WINDOW = 60.0
"""Seconds over which calls a second are counted."""


class Pace:
    """How often something happens lately: since about ``WINDOW`` ago, or since the last look where that is longer."""

    def __init__(self, now: float) -> None:
        self._marks: deque[tuple[float, int]] = deque([(now, 0)])

    def look(self, now: float, count: int) -> float:
        """The rate a second, given how many there were until ``now``."""
        marks = self._marks
        while len(marks) > 1 and now - marks[1][0] >= WINDOW:
            marks.popleft()
        then, before = marks[0]
        if now - marks[-1][0] >= 1:
            marks.append((now, count))
        return (count - before) / (now - then) if now > then else 0.0


class Tally:
    """Counts of one session of a run.

    Attributes:
        total: Episodes of the schedule; ``earlier`` were done before this session.
        usd: Known cost; ``unpriced`` calls have none.
        stopping: The run is being stopped.
    """

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.total = 0
        self.earlier = 0
        self.stopping = False
        self.begin()

    def begin(self) -> None:
        """Count from now: what came before, such as fetching a model, is no part of any rate."""
        self.started = self.clock()
        self.done = 0
        self.failed = 0
        self.calls = 0
        self.tokens = 0
        self.usd = 0.0
        self.unpriced = 0
        self.running: dict[str, float] = {}
        self._pace = Pace(self.started)
        self._took: deque[float] = deque(maxlen=LATELY)
        self._estimate: tuple[float, Remaining | None] = (-math.inf, None)
        self._rewards: defaultdict[str, tuple[float, int]] = defaultdict(lambda: (0.0, 0))

    def start(self, unit: UnitRecord) -> None:
        """Count one episode that begins."""
        self.running[unit.key] = self.clock()

    def end(self, unit: UnitRecord, record: EpisodeRecord) -> None:
        """Count one ended episode."""
        if (began := self.running.pop(unit.key, None)) is not None:
            self._took.append(self.clock() - began)
        if record.status == "failed":
            self.failed += 1
            return
        self.done += 1
        for agent, reward in zip(unit.agents, record.reward, strict=False):
            total, count = self._rewards[agent]
            self._rewards[agent] = total + reward, count + 1

    def call(self, tokens: int, usd: float | None) -> None:
        """Count one call; ``usd`` is None where its price is unknown."""
        self.calls += 1
        self.tokens += tokens
        if usd is None:
            self.unpriced += 1
        else:
            self.usd += usd

    @property
    def seconds(self) -> float:
        """Time since the start."""
        return self.clock() - self.started

    @property
    def left(self) -> int:
        """Episodes that have not ended."""
        return max(0, self.total - self.earlier - self.done - self.failed)

    @property
    def remaining(self) -> Remaining | None:
        """The time to the end; None while too few episodes have ended."""
        now = self.clock()
        if now - self._estimate[0] >= SECONDS_OF_USE:
            self._estimate = (now, self._estimated(now))
        return self._estimate[1]

    def _estimated(self, now: float) -> Remaining | None:
        # Copies: a display may draw from a thread of its own.
        took, elapsed = list(self._took), [now - began for began in list(self.running.values())]
        ended = self.done + self.failed
        if not elapsed or not took or ended < max(ENOUGH, 2 * len(elapsed)):
            return None
        # The last ones of many are as long as any; of few, it counts that the running ones are longer.
        durations = Durations(took, () if ended > LATELY else elapsed)
        return estimate(durations, elapsed, max(0, self.left - len(elapsed)), max(1, len(took) - len(elapsed)))

    def line(self) -> str:
        """Everything on one line."""
        return ", ".join(self._parts())

    def _parts(self) -> Iterator[str]:
        if self.stopping:
            yield "stopping"
        yield f"{self.earlier + self.done}/{self.total} episodes"
        if self.failed:
            yield f"{self.failed} failed"
        if self.running:
            yield f"{len(self.running)} running"
        if self.calls:
            rate = self._pace.look(self.clock(), self.calls)
            yield f"{amount(self.calls)} calls ({rate:.1f}/s), {amount(self.tokens)} tokens"
        if self.usd:
            yield dollars(self.usd)
        if self.unpriced:
            yield f"{amount(self.unpriced)} unpriced"
        if not self.left:
            yield duration(self.seconds)
        elif not self.stopping and (remaining := self.remaining) is not None:
            yield told(remaining)

    def now_running(self, most: int) -> list[str]:
        """Keys of running episodes, the oldest first."""
        return list(islice(self.running, most))

    def standings(self) -> Mapping[str, tuple[float, int]]:
        """Mean reward and number of episodes by agent in this session, best first."""
        # A list first: a display may draw from a thread of its own.
        means = {agent: (total / count, count) for agent, (total, count) in list(self._rewards.items())}
        return dict(sorted(means.items(), key=lambda item: (-item[1][0], item[0])))

    def standings_line(self, most: int) -> str:
        """The standings on one line; empty before an episode has ended."""
        places = [f"{agent} {mean:+.2f} ({count})" for agent, (mean, count) in self.standings().items()]
        more = f"  and {len(places) - most} more" if len(places) > most else ""
        return f"mean reward: {'  '.join(places[:most])}{more}" if places else ""


def told(remaining: Remaining) -> str:
    """Say how long it still takes, as a person would."""
    expected, low, high = (roughly(seconds) for seconds in remaining)
    return f"about {expected} left" if low == high else f"about {expected} ({low} to {high}) left"


def duration(seconds: float) -> str:
    """Write a duration: ``8s``, ``3m20s``, ``2h05m``."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole}s"
    if whole < 3600:
        return f"{whole // 60}m{whole % 60:02d}s"
    return f"{whole // 3600}h{whole % 3600 // 60:02d}m"


def roughly(seconds: float) -> str:
    """Write a duration that is not known well: ``40s``, ``12m``, ``2h05m``, ``3d4h``."""
    if seconds < 99.5:
        return f"{round(seconds)}s"
    minutes = round(seconds / 60)
    if minutes < 100:
        return f"{minutes}m"
    if minutes < 48 * 60:
        return f"{minutes // 60}h{minutes % 60:02d}m"
    return f"{minutes // 1440}d{minutes % 1440 // 60}h"


def amount(count: float) -> str:
    """Write a count: ``950``, ``12.3k``, ``4.6M``."""
    if count < 1000:
        return f"{count:.0f}"
    if count < 999_950:
        return f"{count / 1000:.1f}k"
    return f"{count / 1_000_000:.1f}M"
