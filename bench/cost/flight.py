"""Memory with thousands of episodes in flight, and whether it grows with those that are done.

Usage (a process of its own, so that its memory is nobody else's): python -m cost.flight EPISODES TURNS IN_FLIGHT
Prints the highest memory of each wave, CPU per call and the most calls at once, as JSON.

The run is several times longer than what is in flight, and as all calls take equally long, episodes go through it in
waves. Flat means that the peaks of the first and the last wave are the same, give or take: what a run has to keep of
each episode until its end, and whatever leaks, is the difference.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import threading
from dataclasses import replace
from pathlib import Path

from cost import slow
from cost.measure import Row, cpu_seconds, significant
from cost.ours import LLM_AGENT, BenchError, suite
from cost.players import plugged_in
from kibitz.harness.orchestrator import run
from kibitz.harness.progress import SilentProgress
from kibitz.results.records import EpisodeRecord, UnitRecord

WAVES = 3
PEAK_TARGET = 600.0
FLAT_TARGET = 1.05
SAMPLED_EVERY = 0.1
DEADLINE = 1800.0
BENCH = Path(__file__).parents[1]


def in_flight(at_once: int, turns: int, *, whole: bool) -> list[Row]:
    """Peak memory, the last wave's beside the first's, CPU per call, and how many calls were under way at once.

    Args:
        at_once: Episodes in flight.
        turns: Calls of an episode.
        whole: This is the size that the targets are for.
    """
    name = f"in_flight/{at_once}"
    if not _STATM.exists():
        note = "this system has no /proc"
        return [Row(f"{name}_peak", None, "MB", target=PEAK_TARGET, note=note)]
    command = [sys.executable, "-m", "cost.flight", *(str(number) for number in (WAVES * at_once, turns, at_once))]
    done = subprocess.run(command, cwd=BENCH, stdout=subprocess.PIPE, text=True, timeout=DEADLINE, check=False)
    if done.returncode:
        raise BenchError(f"the run with {at_once} episodes in flight failed")
    found = json.loads(done.stdout)
    waves, peak = found["waves"], max(found["waves"])
    ratio = significant(waves[-1] / waves[0])
    rows = [
        Row(f"{name}_peak", significant(peak), "MB", target=PEAK_TARGET, passed=peak <= PEAK_TARGET),
        Row(f"{name}_last_wave", waves[-1], "MB", waves[0], ratio, FLAT_TARGET, ratio <= FLAT_TARGET),
        Row(f"{name}_cpu_per_call", found["us"], "us"),
        Row(f"{name}_most_calls", found["calls"], "calls"),
    ]
    return rows if whole else [replace(row, target=None, passed=None) for row in rows]


# -- the process that is measured --------------------------------------------------------------------------------------

_STATM = Path("/proc/self/statm")
_PAGE = os.sysconf("SC_PAGE_SIZE")


def resident() -> float:
    """Resident memory of this process in MB (10^6 bytes)."""
    return int(_STATM.read_text().split()[1]) * _PAGE / 1e6


class Watch(SilentProgress):
    """Keeps the highest resident memory of each wave."""

    def __init__(self, at_once: int) -> None:
        super().__init__()
        self.peaks = [0.0] * WAVES
        self._at_once = at_once
        self._ended = 0
        self._over = threading.Event()

    def unit_ended(self, unit: UnitRecord, record: EpisodeRecord) -> None:
        """Count."""
        super().unit_ended(unit, record)
        self._ended += 1

    def watch(self) -> None:
        """Sample until the run is over."""
        while not self._over.wait(SAMPLED_EVERY):
            wave = min(self._ended // self._at_once, WAVES - 1)
            self.peaks[wave] = max(self.peaks[wave], resident())

    def stop(self) -> None:
        """The run is over."""
        self._over.set()


def main() -> None:
    episodes, turns, at_once = (int(argument) for argument in sys.argv[1:])
    agent = {**LLM_AGENT, "model": "scripted:cost.slow:after_a_while"}
    watch = Watch(at_once)
    watcher = threading.Thread(target=watch.watch, daemon=True)
    with plugged_in(), tempfile.TemporaryDirectory(prefix="kibitz-bench-") as folder:
        played = suite(agent, episodes, turns, at_once)
        watcher.start()
        start = cpu_seconds()
        out = Path(folder) / "run"
        result = asyncio.run(run(played, out, resume=False, concurrency=at_once, progress=watch, command=["bench"]))
        spent = cpu_seconds() - start
        watch.stop()
        watcher.join()
    if not result.complete:
        sys.exit(f"{result.done} of {result.units} episodes were played: {result.messages}")
    cost = significant(1e6 * spent / (episodes * turns))
    waves = [significant(peak) for peak in watch.peaks]
    sys.stdout.write(json.dumps({"waves": waves, "us": cost, "calls": slow.under_way.most}) + "\n")


if __name__ == "__main__":
    main()
